// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tributary::http::wire {

/// Reads a Retry-After field (RFC 9110, 10.2.3): seconds or an HTTP date, which is compared with
/// `now`, the Date of the same answer where it has one. Negative or past: 0. Nothing when it is
/// neither. Values beyond a day count as a day.
std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now);

}  // namespace tributary::http::wire
