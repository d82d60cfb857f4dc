// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::http::wire {

/// A point in time as RFC 3339, section 5.6 writes it. The fraction is kept as text, so that
/// nothing is lost however long it is.
struct instant {
  std::int64_t seconds = 0;   ///< since 1970-01-01T00:00:00Z, leap seconds not counted
  bool leap = false;          ///< the 61st second of the minute that `seconds` ends
  std::string_view fraction;  ///< digits after the point; a view of the parsed text

  /// Exact: 0.5 equals 0.50.
  std::strong_ordering operator<=>(const instant& other) const noexcept;
  bool operator==(const instant& other) const noexcept { return (*this <=> other) == 0; }
};

/// Parses an RFC 3339 date-time; nothing for anything else. Days are checked against the calendar,
/// a second of 60 is accepted only where UTC inserts one (the end of June or December). A space in
/// place of an offset's `+` is accepted, for that is what form decoding makes of a `+` in a query.
std::optional<instant> parse_instant(std::string_view text) noexcept;

/// Appends the instant in UTC with `Z`, its fraction as it was written.
void append_utc(const instant& value, std::string& out);

}  // namespace tributary::http::wire
