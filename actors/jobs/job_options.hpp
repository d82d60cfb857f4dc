// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a client asks for with a new job: its payload, and what stands in the payload's `_job`.
namespace tributary::actors::jobs {

/// What options are judged by.
struct option_rules {
  struct vendor {
    std::string name;
    std::uint32_t max_attempts = 8;  ///< of a round, where a request does not say
  };
  /// A payload with this value at this place goes to this vendor.
  struct route {
    std::string pointer;  ///< JSON Pointer
    std::string equals;   ///< JSON text; strings are compared as what they say, the rest as spelled
    std::string vendor;
  };
  std::vector<vendor> vendors;
  std::vector<route> routes;   ///< the first that fits counts
  std::string default_vendor;  ///< one of `vendors`
};

/// A bad member of `_job`: where, as a JSON Pointer into the payload, and what is wrong, for
/// people. What the member held is not repeated.
struct option_error {
  std::string pointer;
  std::string detail;

  bool operator==(const option_error&) const = default;
};

/// A payload without its options, and these, with defaults for what was not said.
struct job_request {
  std::string payload;  ///< JSON text as it came, not yet cleaned
  std::string vendor;
  providers::jobs::job_priority priority = providers::jobs::job_priority::normal;
  std::optional<providers::jobs::instant> run_at;  ///< in the future; none: now
  std::optional<providers::jobs::instant> expires_at;
  std::uint32_t max_attempts = 1;
  std::string unique_key;  ///< as it came, so only its digest may be kept; empty: none
  std::optional<providers::jobs::milliseconds> unique_for;
  std::optional<providers::jobs::callback_wish> callback;  ///< the URL is not judged yet
  std::string idempotency_key;                             ///< of a payload of a batch; empty: none
};

/// Reads a payload that has passed `http::wire::check_json` and has no white space around it. Of
/// members with one name the last counts. Pure; any thread.
/// @param in_batch whether it is one of several, which may have keys of their own
/// @returns all that is wrong with `_job`, in order, where anything is
std::variant<job_request, std::vector<option_error>> read_job_request(std::string_view payload,
                                                                      const option_rules& rules,
                                                                      providers::jobs::instant now,
                                                                      bool in_batch);

}  // namespace tributary::actors::jobs
