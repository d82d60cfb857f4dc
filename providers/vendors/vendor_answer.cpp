// SPDX-License-Identifier: MIT
#include "providers/vendors/vendor_answer.hpp"

#include "http/client/fetch.hpp"
#include "http/wire/http_date.hpp"
#include "http/wire/json_check.hpp"
#include "http/wire/json_scan.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/retry_after.hpp"
#include "providers/vendors/retry_delay.hpp"
#include "providers/vendors/vendor_reference.hpp"

#include <algorithm>
#include <utility>

namespace tributary::providers::vendors {

namespace {

using http::wire::error_token;
using std::chrono::milliseconds;
using std::chrono::system_clock;

/// How far a call has come whose end is an error.
enum class progress : std::uint8_t {
  not_begun,     ///< held back on this side, for a while
  not_sent,      ///< there was no connection
  perhaps_sent,  ///< the vendor may have read the request
  answered,      ///< there is an answer that cannot be used, or one that can
};

struct meaning {
  progress how_far;
  failure_class what;
};

meaning meaning_of(const call_end& end) {
  switch (end.error) {
    case error_token::none:
    case error_token::http_response_status:
      return {progress::answered, failure_class::status};
    case error_token::destination_unavailable:
    case error_token::connection_limit_reached:
      return {progress::not_begun, failure_class::connect};
    // Failures of the handshake, but for `tls_protocol_error`, which a connection in use has too.
    case error_token::dns_timeout:
    case error_token::dns_error:
    case error_token::connection_refused:
    case error_token::connection_timeout:
    case error_token::tls_certificate_error:
    case error_token::proxy_configuration_error:
      return {progress::not_sent, failure_class::connect};
    case error_token::http_response_timeout:
      if (end.detail == "no_time_left") return {progress::not_begun, failure_class::timeout};
      return {progress::perhaps_sent, failure_class::timeout};
    case error_token::connection_terminated:
    case error_token::tls_protocol_error:
    case error_token::http_response_incomplete:
      return {progress::perhaps_sent, failure_class::reset};
    case error_token::http_response_body_size:
      return {progress::answered, failure_class::too_large};
    case error_token::http_protocol_error:
      // With a status it is the body that cannot be read, such as one in an unknown coding.
      if (end.status != 0) return {progress::answered, failure_class::body};
      return {progress::perhaps_sent, failure_class::protocol};
    case error_token::http_response_header_section_size:
      return {progress::perhaps_sent, failure_class::protocol};
    case error_token::proxy_internal_error:
      break;
  }
  return {progress::perhaps_sent, failure_class::internal};
}

bool is_success(int status) { return status >= 200 && status <= 299; }

/// The statuses after which the same request may do better.
bool is_passing(int status) {
  return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 ||
         status == 503 || status == 504;
}

std::string message_of(error_token error) {
  return "no answer: " + std::string{http::wire::to_string(error)};
}

std::string message_of(int status, std::string_view rest = {}) {
  return "the vendor answered " + std::to_string(status) + std::string{rest};
}

/// What an answer asks for. A date is compared with the clock that it was written by.
std::optional<milliseconds> wait_of(const call_end& end, system_clock::time_point now) {
  const auto written =
      http::wire::parse_http_date(http::client::find_header(end.header_block, "Date"));
  const auto wish = http::wire::parse_retry_after(
      http::client::find_header(end.header_block, "Retry-After"), written.value_or(now));
  if (!wish) return std::nullopt;
  return std::min(*wish, longest_retry_after);
}

vendor_retry retry_of(failure_class what, const call_end& end, system_clock::time_point now,
                      std::string message) {
  return {what, end.status, std::move(message), wait_of(end, now)};
}

bool is_too_large(const call_end& end) {
  return end.error == error_token::http_response_body_size || end.body.size() > most_answer_bytes;
}

/// The text of a body that is one JSON text; nullopt for any other.
std::optional<std::string_view> json_of(const call_end& end) {
  if (end.error == error_token::http_protocol_error) return std::nullopt;
  const auto checked = http::wire::check_json(end.body);
  if (!checked) return std::nullopt;
  return checked.text;
}

vendor_accepted acceptance_of(std::string_view json) {
  vendor_accepted result;
  if (!http::wire::is_object(json)) return result;
  for (const auto& member : http::wire::split_object(json, true)) {
    if (member.key != "reference") continue;
    // One that could not be kept is as good as none: the job is found by its own id.
    if (auto reference = read_reference(member.value)) result.reference = *std::move(reference);
  }
  return result;
}

look_up_verdict state_of(std::string_view json, const call_end& end, system_clock::time_point now) {
  if (http::wire::is_object(json)) {
    std::string_view status;
    std::string_view data = "null";
    const auto members = http::wire::split_object(json, true);
    for (const auto& member : members) {
      if (member.key == "status") status = member.value;
      if (member.key == "data") data = member.value;
    }
    const auto word = status.starts_with('"') ? http::wire::unescape_json(status) : std::string{};
    if (word == "done") return vendor_done{std::string{data}};
    if (word == "running") return vendor_running{};
    if (word == "failed") return vendor_failed{};
  }
  return retry_of(failure_class::body, end, now, message_of(end.status, " without a known status"));
}

}  // namespace

std::string_view to_string(failure_class value) noexcept {
  switch (value) {
    case failure_class::connect:
      return "connect";
    case failure_class::reset:
      return "reset";
    case failure_class::timeout:
      return "timeout";
    case failure_class::status:
      return "status";
    case failure_class::body:
      return "body";
    case failure_class::too_large:
      return "too_large";
    case failure_class::protocol:
      return "protocol";
    case failure_class::internal:
      break;
  }
  return "internal";
}

vendor_verdict judge_answer(answers_by kind, const call_end& end, system_clock::time_point now) {
  const auto [how_far, what] = meaning_of(end);
  switch (how_far) {
    case progress::not_begun:
      return vendor_not_asked{end.detail, end.wait};
    case progress::not_sent:
      return retry_of(what, end, now, message_of(end.error));
    case progress::perhaps_sent:
      return vendor_unknown{what, message_of(end.error)};
    case progress::answered:
      break;
  }
  // The status is looked at first: an error page may be as long and as malformed as it likes.
  if (is_passing(end.status)) {
    return retry_of(failure_class::status, end, now, message_of(end.status));
  }
  if (is_too_large(end)) {
    return vendor_refused{failure_class::too_large, end.status, "the answer is too large"};
  }
  if (!is_success(end.status)) {
    return vendor_refused{failure_class::status, end.status, message_of(end.status)};
  }
  const auto json = json_of(end);
  if (!json)
    return retry_of(failure_class::body, end, now, message_of(end.status, " without JSON"));
  if (kind == answers_by::webhook) return acceptance_of(*json);
  return vendor_done{std::string{*json}};
}

look_up_verdict judge_look_up(const call_end& end, system_clock::time_point now) {
  const auto [how_far, what] = meaning_of(end);
  if (how_far == progress::not_begun) return vendor_not_asked{end.detail, end.wait};
  // A question can be asked again, whether or not it was heard.
  if (how_far != progress::answered) return retry_of(what, end, now, message_of(end.error));
  if (end.status == 404) return vendor_unaware{};
  if (is_too_large(end)) {
    return retry_of(failure_class::too_large, end, now, "the answer is too large");
  }
  if (!is_success(end.status)) {
    return retry_of(failure_class::status, end, now, message_of(end.status));
  }
  const auto json = json_of(end);
  if (!json)
    return retry_of(failure_class::body, end, now, message_of(end.status, " without JSON"));
  return state_of(*json, end, now);
}

}  // namespace tributary::providers::vendors
