// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace tributary::http::wire {

/// Why a call to an upstream brought no usable answer: the error types of RFC 9209, section 2.3,
/// under their registered names. `none` means that there was an answer.
enum class error_token : std::uint8_t {
  none,
  dns_timeout,               ///< the name was not resolved in time
  dns_error,                 ///< the name does not resolve
  destination_unavailable,   ///< not tried: breaker open, back-off, or the guard is restarting
  connection_refused,        ///< nobody listens
  connection_terminated,     ///< closed or reset before a header arrived
  connection_timeout,        ///< no connection within `connect_timeout`
  connection_limit_reached,  ///< bulkhead or connection pool full, or over the rate limit
  tls_protocol_error,        ///< handshake failed
  tls_certificate_error,     ///< the upstream's certificate does not verify
  http_protocol_error,       ///< what came back is not HTTP, or not JSON where JSON was due
  http_response_incomplete,  ///< closed in the middle of the body
  http_response_timeout,     ///< no whole answer in time
  http_response_header_section_size,  ///< header larger than `max_response_header`
  http_response_body_size,            ///< body larger than `max_response_body`
  http_response_status,               ///< ours: answered, but with a status that is not a success
  proxy_internal_error,               ///< a defect of this gateway, such as a crashed actor
  proxy_configuration_error,          ///< the configuration does not allow the call
};

/// The token as RFC 9209 spells it; empty for `none`.
std::string_view to_string(error_token token) noexcept;

/// True for the tokens that mean "time ran out" and answer 504.
constexpr bool is_timeout(error_token token) noexcept {
  return token == error_token::dns_timeout || token == error_token::connection_timeout ||
         token == error_token::http_response_timeout;
}

/// True when no call was made because a guard refused it, which answers 503.
constexpr bool is_refusal(error_token token) noexcept {
  return token == error_token::destination_unavailable ||
         token == error_token::connection_limit_reached;
}

}  // namespace tributary::http::wire
