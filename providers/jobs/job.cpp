// SPDX-License-Identifier: MIT
#include "providers/jobs/job.hpp"

#include <algorithm>

namespace tributary::providers::jobs {

namespace {

constexpr std::array<std::string_view, job_priorities> priority_names{"high", "normal", "low",
                                                                      "bulk"};

}  // namespace

std::string_view to_string(job_state value) noexcept {
  switch (value) {
    case job_state::queued:
      return "queued";
    case job_state::processing:
      return "processing";
    case job_state::awaiting_vendor:
      return "awaiting_vendor";
    case job_state::complete:
      return "complete";
    case job_state::failed:
      return "failed";
    case job_state::dead:
      return "dead";
    case job_state::cancelled:
      return "cancelled";
    case job_state::expired:
      return "expired";
  }
  return "unknown";
}

std::string_view status_text(job_state state, instant run_at, instant now) noexcept {
  if (state == job_state::queued) return now < run_at ? "scheduled" : "pending";
  return to_string(state);
}

std::string_view to_string(job_priority value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < priority_names.size() ? priority_names[index] : "unknown";
}

std::optional<job_priority> parse_priority(std::string_view text) noexcept {
  const auto* found = std::find(priority_names.begin(), priority_names.end(), text);
  if (found == priority_names.end()) return std::nullopt;
  return static_cast<job_priority>(found - priority_names.begin());
}

std::string_view to_string(attempt_outcome value) noexcept {
  switch (value) {
    case attempt_outcome::success:
      return "success";
    case attempt_outcome::retry:
      return "retry";
    case attempt_outcome::failure:
      return "failure";
    case attempt_outcome::unknown:
      return "unknown";
    case attempt_outcome::crashed:
      return "crashed";
    case attempt_outcome::cancelled:
      return "cancelled";
  }
  return "unknown";
}

}  // namespace tributary::providers::jobs
