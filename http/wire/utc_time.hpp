// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

namespace tributary::http::wire {

/// Appends `2024-01-15T14:30:00Z` (RFC 3339, ISO 8601), for years 0–9999.
void append_utc_time(std::string& out, std::chrono::sys_seconds when);

/// A time as such a text, rounded down to the second.
std::string utc_time(std::chrono::system_clock::time_point when);

}  // namespace tributary::http::wire
