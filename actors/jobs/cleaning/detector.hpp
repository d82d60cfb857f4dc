// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace tributary::actors::jobs::cleaning {

/// Kinds of personal data that are known by their looks.
enum class detector : std::uint8_t { email, card, iban, phone, ssn, ip };
inline constexpr std::size_t detector_count = 6;

/// The name in the configuration: `email`, …
constexpr std::string_view to_string(detector value) noexcept {
  constexpr std::string_view names[] = {"email", "card", "iban", "phone", "ssn", "ip"};
  return names[static_cast<std::size_t>(value)];
}

/// What stands in place of what was found: `[email]`, …
constexpr std::string_view replacement(detector value) noexcept {
  constexpr std::string_view texts[] = {"[email]", "[card]", "[iban]", "[phone]", "[ssn]", "[ip]"};
  return texts[static_cast<std::size_t>(value)];
}

constexpr std::optional<detector> parse_detector(std::string_view name) noexcept {
  for (std::size_t i = 0; i < detector_count; ++i) {
    if (to_string(static_cast<detector>(i)) == name) return static_cast<detector>(i);
  }
  return std::nullopt;
}

/// Which detectors are on.
class detector_set {
 public:
  constexpr detector_set() noexcept = default;
  constexpr detector_set(std::initializer_list<detector> members) noexcept {
    for (const auto each : members) insert(each);
  }

  constexpr void insert(detector which) noexcept { bits_ |= bit(which); }
  constexpr bool contains(detector which) const noexcept { return (bits_ & bit(which)) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }

  constexpr bool operator==(const detector_set&) const noexcept = default;

 private:
  static constexpr unsigned bit(detector which) noexcept {
    return 1U << static_cast<unsigned>(which);
  }
  unsigned bits_ = 0;
};

}  // namespace tributary::actors::jobs::cleaning
