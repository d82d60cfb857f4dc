// SPDX-License-Identifier: MIT
#include "providers/jobs/job.hpp"

#include <catch2/catch.hpp>

namespace tributary::tests {

namespace {

using namespace providers::jobs;

constexpr instant noon{std::chrono::milliseconds{1'000'000}};

}  // namespace

TEST_CASE("a queued job is scheduled until its time and pending from then on", "[jobs]") {
  CHECK(status_text(job_state::queued, noon, noon - milliseconds{1}) == "scheduled");
  CHECK(status_text(job_state::queued, noon, noon) == "pending");
  CHECK(status_text(job_state::processing, noon, noon) == "processing");
  CHECK(status_text(job_state::awaiting_vendor, noon, noon) == "awaiting_vendor");
}

TEST_CASE("exactly the last five states are ended ones", "[jobs]") {
  CHECK_FALSE(has_ended(job_state::queued));
  CHECK_FALSE(has_ended(job_state::processing));
  CHECK_FALSE(has_ended(job_state::awaiting_vendor));
  const std::pair<job_state, std::string_view> ended[] = {{job_state::complete, "complete"},
                                                          {job_state::failed, "failed"},
                                                          {job_state::dead, "dead"},
                                                          {job_state::cancelled, "cancelled"},
                                                          {job_state::expired, "expired"}};
  for (const auto& [state, text] : ended) {
    CHECK(has_ended(state));
    CHECK(status_text(state, noon, noon - milliseconds{1}) == text);
  }
}

TEST_CASE("priorities have names, and nothing else is one", "[jobs]") {
  for (const auto each :
       {job_priority::high, job_priority::normal, job_priority::low, job_priority::bulk}) {
    CHECK(parse_priority(to_string(each)) == each);
  }
  CHECK(to_string(job_priority::high) == "high");
  CHECK_FALSE(parse_priority("High"));
  CHECK_FALSE(parse_priority(""));
  CHECK_FALSE(parse_priority("urgent"));
}

TEST_CASE("outcomes of attempts have the names that clients see", "[jobs]") {
  CHECK(to_string(attempt_outcome::success) == "success");
  CHECK(to_string(attempt_outcome::retry) == "retry");
  CHECK(to_string(attempt_outcome::failure) == "failure");
  CHECK(to_string(attempt_outcome::unknown) == "unknown");
  CHECK(to_string(attempt_outcome::crashed) == "crashed");
  CHECK(to_string(attempt_outcome::cancelled) == "cancelled");
}

}  // namespace tributary::tests
