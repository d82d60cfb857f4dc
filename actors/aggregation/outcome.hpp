// SPDX-License-Identifier: MIT
#pragma once

#include "config/template.hpp"
#include "http/wire/byte_slice.hpp"
#include "http/wire/error_token.hpp"
#include "http/wire/shared_bytes.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tributary::actors::aggregation {

/// Who gave what a part holds: `source` in Aggregate-Status, left out for `primary`.
enum class part_source : std::uint8_t {
  primary,   ///< the part's upstream
  cache,     ///< the part cache, fresh
  stale,     ///< the part cache, past its time
  fallback,  ///< another upstream
  fixed,     ///< the configuration
};

/// `cache`, `stale`, `fallback`, `static`; empty for primary.
std::string_view to_string(part_source source) noexcept;

/// What came of one part. The default value is a part that nothing has been heard of in time.
struct part_outcome {
  http::wire::error_token error = http::wire::error_token::http_response_timeout;
  std::string_view detail;  ///< a literal such as `breaker_open`, `backoff`, `merge_conflict`
  int status = 0;           ///< received from the upstream; 0: none
  std::chrono::milliseconds duration{0};
  std::optional<std::chrono::milliseconds> retry_after;  ///< a breaker's rest or a Retry-After
  int attempts = 1;
  bool cancelled = false;  ///< given up because the answer was settled without it
  part_source source = part_source::primary;
  std::string_view provider;                ///< upstream of a fallback; the configuration's
  std::optional<std::chrono::seconds> age;  ///< of what comes from a cache
  http::wire::byte_slice body;              ///< the JSON text; empty: the upstream has none

  bool there() const noexcept { return error == http::wire::error_token::none; }

  /// The JSON text is there. Where it is not, the part's default or `null` stands for it.
  bool has_body() const noexcept { return there() && !body.empty(); }

  /// There, but from a fallback: not what the part's own upstream says now.
  bool degraded() const noexcept {
    return there() && source != part_source::primary && source != part_source::cache;
  }
};

/// Judges what an upstream answered. A success carries JSON (http_protocol_error otherwise, detail
/// `invalid_json`) or nothing: 204, 205 and an empty body are a part that is there and has no body.
/// Any other status is the error http_response_status.
part_outcome received(int status, http::wire::shared_bytes body,
                      std::chrono::milliseconds duration);

/// True for an answer that only a request with certain fields can have, when none of them was sent:
/// 206 without Range, 226 without A-IM, 304 without If-None-Match or If-Modified-Since (RFC 9110,
/// 15; RFC 3229). What it carries is a piece, a change or nothing, and not what was asked for.
/// @param fields the part's own header fields
bool is_unsolicited(int status, std::span<const config::templated_field> fields) noexcept;

/// A call that brought no answer.
part_outcome failed(http::wire::error_token error, std::string_view detail,
                    std::chrono::milliseconds duration);

}  // namespace tributary::actors::aggregation
