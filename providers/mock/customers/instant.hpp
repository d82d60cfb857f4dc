// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tributary::providers::mock::customers {

/// A point in time at nanosecond resolution that spans RFC 3339's years 0000–9999, which
/// 64-bit nanoseconds do not.
struct instant {
  std::int64_t seconds = 0;  ///< since 1970-01-01T00:00:00Z
  std::uint32_t nanoseconds = 0;
  auto operator<=>(const instant&) const = default;
};

/// Reads an RFC 3339 section 5.6 `date-time`; nullopt for anything else. A leap second counts as
/// the first second of the next minute; digits beyond the ninth of a fraction are dropped.
std::optional<instant> parse_instant(std::string_view text) noexcept;

}  // namespace tributary::providers::mock::customers
