// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace tributary::http::wire {

/// `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110, 5.6.7): always 29 characters.
using http_date = std::array<char, 29>;

/// Years 0–9999; rounded down to the second.
http_date format_http_date(std::chrono::system_clock::time_point when) noexcept;

inline std::string_view view(const http_date& date) noexcept { return {date.data(), date.size()}; }

}  // namespace tributary::http::wire
