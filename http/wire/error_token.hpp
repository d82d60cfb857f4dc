// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace tributary::http::wire {

/// Why a call to an upstream brought no usable answer: the error types of RFC 9209, section 2.3,
/// under their registered names. `none` means that there was an answer.
enum class error_token : std::uint8_t {
  none,
  dns_timeout,
  dns_error,
  destination_unavailable,
  connection_refused,
  connection_terminated,
  connection_timeout,
  connection_limit_reached,
  tls_protocol_error,
  tls_certificate_error,
  http_protocol_error,
  http_response_incomplete,
  http_response_timeout,
  http_response_header_section_size,
  http_response_body_size,
  http_response_status,
  proxy_internal_error,
  proxy_configuration_error,
};

/// One token, as it is told to clients and counted in metrics.
struct error_type {
  error_token token;
  std::string_view name;     ///< as RFC 9209 spells it; empty for `none`
  int status = 0;            ///< what the failure of a required part amounts to
  std::string_view meaning;  ///< a sentence
};

/// All tokens, in the order of the enumeration.
inline constexpr error_type error_types[] = {
    {error_token::none, "", 0, "There was an answer."},
    {error_token::dns_timeout, "dns_timeout", 504, "The name was not resolved in time."},
    {error_token::dns_error, "dns_error", 502, "The name does not resolve."},
    {error_token::destination_unavailable, "destination_unavailable", 503,
     "Not tried: `detail` says `breaker_open`, `backoff` (the upstream asked for a pause) or "
     "`restarting` (a guard is)."},
    {error_token::connection_refused, "connection_refused", 502, "Nobody listens there."},
    {error_token::connection_terminated, "connection_terminated", 502,
     "Closed or reset before a header arrived."},
    {error_token::connection_timeout, "connection_timeout", 504,
     "No connection within `connect_timeout`."},
    {error_token::connection_limit_reached, "connection_limit_reached", 503,
     "Not tried: `detail` says `bulkhead_full` (its queue, too), `queue_timeout` (no place in "
     "time) "
     "or `rate_limited` (the upstream's configured limit)."},
    {error_token::tls_protocol_error, "tls_protocol_error", 502, "The TLS handshake failed."},
    {error_token::tls_certificate_error, "tls_certificate_error", 502,
     "The certificate of the upstream does not verify."},
    {error_token::http_protocol_error, "http_protocol_error", 502,
     "What came back is not HTTP, or not JSON where it was due (`detail=invalid_json`), is packed "
     "in "
     "a way that is not undone (`content_encoding_br`, `…_zstd` and so on) or badly "
     "(`content_encoding_malformed`), is declared in another charset (`charset_not_utf8`), or its "
     "members contradict those of another part (`merge_conflict`), or it is a 206, 226 or 304 that "
     "nothing in the request asked for (`unsolicited_status`)."},
    {error_token::http_response_incomplete, "http_response_incomplete", 502,
     "Closed in the middle of the body."},
    {error_token::http_response_timeout, "http_response_timeout", 504, "No whole answer in time."},
    {error_token::http_response_header_section_size, "http_response_header_section_size", 502,
     "The header is larger than `max_response_header`."},
    {error_token::http_response_body_size, "http_response_body_size", 502,
     "The body is larger than `max_response_body`, as sent or unpacked (`detail=body_size`), or "
     "grows to more than 100 times its size (`unpacking_ratio`)."},
    {error_token::http_response_status, "http_response_status", 502,
     "Not of RFC 9209: an answer came, but its `status` is no success."},
    {error_token::proxy_internal_error, "proxy_internal_error", 500,
     "A defect of this gateway, such as a crashed actor."},
    {error_token::proxy_configuration_error, "proxy_configuration_error", 500,
     "The configuration does not allow the call."},
};

static_assert([] {
  for (std::size_t i = 0; i < std::size(error_types); ++i) {
    if (static_cast<std::size_t>(error_types[i].token) != i) return false;
  }
  return true;
}());

/// The token as RFC 9209 spells it; empty for `none`.
constexpr std::string_view to_string(error_token token) noexcept {
  return error_types[static_cast<std::size_t>(token)].name;
}

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
