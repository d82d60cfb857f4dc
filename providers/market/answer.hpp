// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// What adapters of several providers read in the same way. Pure.
namespace tributary::providers::market {

using provider_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// Reads `2025-11-21T19:59:18.512Z`, also with a blank for the `T`, with or without a fraction, and
/// with `Z`, `+00:00` or ` +0000` as the offset; without an offset it is UTC. Rounded down to
/// milliseconds. Nothing for anything else, and for years outside 1970–2199.
std::optional<provider_time> read_iso_time(std::string_view text) noexcept;

/// Seconds since 1970, as a number or in a string; nothing for 0 and below, and beyond 2199.
std::optional<provider_time> read_unix_seconds(const json_value& value);

/// The longest pause that a header may ask for: whatever names a later time is in error, and a
/// provider must not be lost to it.
inline constexpr std::chrono::milliseconds longest_pause = std::chrono::hours{24};

/// How long `Retry-After` asks to wait, in seconds or as a date; never negative, and never more
/// than `longest_pause`.
std::optional<std::chrono::milliseconds> read_retry_after(const wire_answer& answer);

/// How long to leave a provider alone that wants no calls now: what `read_retry_after` says, but a
/// second at least, and a minute where nothing is said.
std::chrono::milliseconds read_pause(const wire_answer& answer);

/// True when the body is a page for people: its first character that is no white space is `<`.
bool is_html(std::string_view body) noexcept;

/// What no provider's own words change: redirects, which are not followed, 5xx, 408 and no status
/// at all are `unavailable`, and so is HTML, except with 401 and 429, which mean what they say.
std::optional<failure> failure_of_transport(const wire_answer& answer);

/// A failure that stands for everything asked for. `detail` is our own words, never the provider's:
/// some of them echo the key.
failure failed(error_kind kind, std::string detail);
failure rate_limited(std::chrono::milliseconds retry_after, std::string detail);

/// True when `text` contains one of `parts`; ASCII letters are compared without case.
bool mentions(std::string_view text, std::initializer_list<std::string_view> parts) noexcept;

/// ASCII letters only; others stay.
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

/// `first`, `second` … as a query's value: each percent-encoded, the commas between them not.
template <typename Range, typename Projection>
std::string comma_separated(const Range& range, Projection text_of);

/// Appends everything but unreserved characters escaped.
void append_encoded(std::string& out, std::string_view text);

template <typename Range, typename Projection>
std::string comma_separated(const Range& range, Projection text_of) {
  std::string result;
  for (const auto& item : range) {
    if (!result.empty()) result += ',';
    append_encoded(result, text_of(item));
  }
  return result;
}

}  // namespace tributary::providers::market
