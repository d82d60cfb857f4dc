// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace tributary::http::wire {

/// `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110, 5.6.7): always 29 characters.
using http_date = std::array<char, 29>;

/// Years 0–9999; rounded down to the second.
http_date format_http_date(std::chrono::system_clock::time_point when) noexcept;

/// Reads an IMF-fixdate, the one form that may be generated, and the two obsolete forms of RFC 850
/// and asctime, which recipients must accept (RFC 9110, 5.6.7); names in this spelling, as the RFC
/// has them. A year of two digits is one of 1970–2069. Nothing for anything else. Years are clamped
/// to 1700–2250.
std::optional<std::chrono::system_clock::time_point> parse_http_date(
    std::string_view text) noexcept;

inline std::string_view view(const http_date& date) noexcept { return {date.data(), date.size()}; }

}  // namespace tributary::http::wire
