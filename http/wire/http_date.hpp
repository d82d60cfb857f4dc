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

/// Reads an IMF-fixdate, the one form that may be generated; names in this spelling, as the RFC has
/// them. Nothing for anything else, the two obsolete forms included: fields that carry them count
/// as unreadable, which is the careful reading for a time limit. Years are clamped to 1700–2250.
std::optional<std::chrono::system_clock::time_point> parse_http_date(
    std::string_view text) noexcept;

inline std::string_view view(const http_date& date) noexcept { return {date.data(), date.size()}; }

}  // namespace tributary::http::wire
