// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What personal data looks like in a folded text. Each function tells where the match ends that
/// begins at a place, the longest one; nothing when none begins there.
namespace tributary::actors::jobs::cleaning {

/// A stretch of a folded text, with nothing before and behind it. Counts how often it is looked at.
class window {
 public:
  window(std::string_view text, std::size_t begin, std::size_t end, std::uint64_t& steps) noexcept
      : text_(text), begin_(begin), end_(end), steps_(&steps) {}

  /// The character at this place of the text; NUL outside of the stretch, also before place 0.
  char operator[](std::size_t at) const noexcept {
    ++*steps_;
    return at >= begin_ && at < end_ ? text_[at] : '\0';
  }

  std::size_t begin() const noexcept { return begin_; }

 private:
  std::string_view text_;
  std::size_t begin_;
  std::size_t end_;
  std::uint64_t* steps_;
};

/// No pattern below looks further than so many characters ahead of the place where it is tried.
inline constexpr std::size_t farthest_look = 80;

/// 12–19 digits that pass Luhn's check and begin as cards do: 3, 4, 5, 6, 2221–2720, or 1 with 15
/// digits. Single blanks or hyphens may stand between them; it begins and ends where a row of
/// digits does. Where such groups of digits go on before or behind, all but the last must have at
/// least four, as cards are printed: any short numbers in a row would be cards too often.
std::optional<std::size_t> card_end(const window& text, std::size_t at) noexcept;

/// Two letters, two digits, 11–30 letters or digits, with the check of ISO 7064 (mod 97-10); groups
/// may be parted by blanks. Words that follow are not part of it.
std::optional<std::size_t> iban_end(const window& text, std::size_t at) noexcept;

/// `+` and 8–15 digits, grouped by blanks, dots, hyphens and round brackets; `NNN-NNN-NNNN`.
std::optional<std::size_t> phone_end(const window& text, std::size_t at) noexcept;

/// `NNN-NN-NNNN` that could be issued: not 000, 666 or 9xx, no group 00, no serial 0000.
std::optional<std::size_t> ssn_end(const window& text, std::size_t at) noexcept;

/// An address of IPv4 or IPv6 (RFC 4291, 2.2) that no letter or digit adjoins.
std::optional<std::size_t> ip_end(const window& text, std::size_t at) noexcept;

/// A UUID that no letter, digit or hyphen adjoins.
std::optional<std::size_t> uuid_end(const window& text, std::size_t at) noexcept;

/// Letters, digits and hyphens: what tokens such as a UUID are made of.
bool is_token_part(char c) noexcept;

/// A stretch of a folded text.
struct stretch {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const stretch&) const = default;
};

/// The address whose `@` stands at this place, which is as long as it may be: local part of
/// letters, digits and `._%+'-`; a domain with a dot, of whose labels the last begins with a
/// letter.
std::optional<stretch> email_around(const window& text, std::size_t sign) noexcept;

}  // namespace tributary::actors::jobs::cleaning
