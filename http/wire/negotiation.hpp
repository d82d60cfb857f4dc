// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

/// What a client asks of the answer beside its content: Accept, Prefer, If-None-Match,
/// If-Match. Pure.
namespace tributary::http::wire {

/// How much an Accept value likes a media type: its weight in thousandths (RFC 9110, 12.5.1), by
/// the most specific range that fits; 0: not acceptable. An empty value accepts everything.
/// Parameters of ranges other than `q` are ignored, and so are weights that are none; malformed
/// ranges are skipped.
/// @param media_type `type/subtype`, without parameters
int acceptance(std::string_view accept, std::string_view media_type) noexcept;

/// True when an Accept-Encoding value likes `gzip` at least as well as what is not packed (RFC
/// 9110, 12.5.3). An empty value asks for nothing packed.
bool prefers_gzip(std::string_view accept_encoding) noexcept;

/// What Prefer (RFC 7240) says of the things that we know. Of a preference given twice the first
/// counts (section 2).
struct preferences {
  enum class handling_mode { unset, strict, lenient };
  handling_mode handling = handling_mode::unset;
  std::optional<std::chrono::seconds> wait;
  bool respond_async = false;
};

/// Adds one line of Prefer; call it for each line, in order. What is malformed or unknown is
/// ignored, as section 2 wants it.
void read_preferences(std::string_view value, preferences& into) noexcept;

/// True when a line of If-None-Match names `etag` by weak comparison or is `*` (RFC 9110, 13.1.2).
/// @param etag with its quotes, maybe with `W/`
bool matches_etag(std::string_view if_none_match, std::string_view etag) noexcept;

/// True when a line of If-Match names `etag` by strong comparison, which no weak one passes, or is
/// `*` (RFC 9110, 13.1.1).
/// @param etag with its quotes, maybe with `W/`; empty: the answer has none
bool matches_etag_strongly(std::string_view if_match, std::string_view etag) noexcept;

}  // namespace tributary::http::wire
