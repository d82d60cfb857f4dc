// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/error_token.hpp"
#include "http/wire/shared_bytes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What a vendor's answer, or the lack of one, means for a job. Pure; any thread.
namespace tributary::providers::vendors {

/// A larger body is no answer. Whoever makes the call stops reading there.
inline constexpr std::size_t most_answer_bytes = 10 * 1024 * 1024;

/// What went wrong, as a word for histories of jobs and for metrics.
enum class failure_class : std::uint8_t {
  connect,    ///< there was no connection: nothing was sent
  reset,      ///< the connection ended before the whole answer was there
  timeout,    ///< there was no whole answer in time
  status,     ///< the answer's status says so
  body,       ///< the answer is no JSON, or not of the form that was due
  too_large,  ///< … or has too large a body
  protocol,   ///< what came back is not HTTP
  internal,   ///< a defect of this process ended the call
};

/// `connect`, `reset`, …
std::string_view to_string(failure_class value) noexcept;

/// How a call ended. Views must live until it is judged.
struct call_end {
  http::wire::error_token error = http::wire::error_token::none;
  std::string_view detail;  ///< of an error, a literal such as `breaker_open`
  /// Of a call that a guard did not let through: how long it asks to wait.
  std::optional<std::chrono::milliseconds> wait;
  int status = 0;                 ///< 0: no answer
  std::string_view header_block;  ///< of the answer, `Name: value\r\n` each
  http::wire::shared_bytes body;
};

/// The result is there.
struct vendor_done {
  std::string data;  ///< a JSON text as the vendor spelled it, not cleaned
};

/// An asynchronous vendor has taken it and will tell by webhook.
struct vendor_accepted {
  std::string reference;  ///< its own name for the job, UTF-8; empty: it told none
};

/// Nobody was asked: a guard of ours, or a limit, did not let the call through. No attempt is used.
struct vendor_not_asked {
  std::string_view detail;  ///< a literal such as `breaker_open`, `rate_limited`, `bulkhead_full`
  std::optional<std::chrono::milliseconds> wait;
};

/// The same again, later, may do better.
struct vendor_retry {
  failure_class what = failure_class::connect;
  int status = 0;
  std::string message;  ///< words of ours, nothing that the vendor wrote
  std::optional<std::chrono::milliseconds> retry_after;
};

/// The vendor may have begun the work, or not.
struct vendor_unknown {
  failure_class what = failure_class::reset;
  std::string message;  ///< as above
};

/// The vendor has refused for good.
struct vendor_refused {
  failure_class what = failure_class::status;
  int status = 0;
  std::string message;  ///< as above
};

using vendor_verdict = std::variant<vendor_done, vendor_accepted, vendor_not_asked, vendor_retry,
                                    vendor_unknown, vendor_refused>;

/// How a vendor answers.
enum class answers_by : std::uint8_t { response, webhook };

/// Judges the answer to `start_call`.
///
/// | end of the call | verdict |
/// | --- | --- |
/// | 2xx with JSON | done; accepted by a vendor that answers by webhook |
/// | 408, 425, 429, 500, 502, 503, 504 | retry |
/// | 2xx without JSON | retry |
/// | no connection: nothing was sent | retry |
/// | timeout, reset, or no HTTP, after bytes may have been sent | unknown |
/// | any other status, a body over `most_answer_bytes` | refused |
/// | a guard let nothing through, or there was no time left to begin | not asked |
///
/// @param now for a Retry-After that is a date, where the answer has no Date of its own
vendor_verdict judge_answer(answers_by kind, const call_end& end,
                            std::chrono::system_clock::time_point now);

/// The vendor is still at it.
struct vendor_running {};

/// It has failed there.
struct vendor_failed {};

/// It knows no such job.
struct vendor_unaware {};

/// What the vendor says of a job when it is asked: `{"status": "running"|"done"|"failed", "data"?}`
/// with a status of 2xx, or 404. Data that is missing where it is done is `null`. All else tells
/// nothing and is a retry, or not asked.
using look_up_verdict = std::variant<vendor_done, vendor_running, vendor_failed, vendor_unaware,
                                     vendor_not_asked, vendor_retry>;

/// Judges the answer to `look_up_call`.
look_up_verdict judge_look_up(const call_end& end, std::chrono::system_clock::time_point now);

}  // namespace tributary::providers::vendors
