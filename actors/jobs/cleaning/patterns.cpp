// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/patterns.hpp"

#include "actors/jobs/cleaning/folded_text.hpp"
#include "http/wire/characters.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace tributary::actors::jobs::cleaning {

namespace {

using http::wire::hex_value;
using http::wire::is_digit;
using http::wire::is_hex_digit;
using http::wire::to_lower;

bool is_letter(char c) noexcept { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
bool is_alphanumeric(char c) noexcept { return is_letter(c) || is_digit(c); }

/// Whether the text has this shape at a place: `N` stands for a digit, `X` for a hexadecimal one,
/// all else for itself.
bool has_shape(const window& text, std::size_t at, std::string_view shape) noexcept {
  for (const auto c : shape) {
    const auto found = text[at++];
    if (c == 'N' ? !is_digit(found) : c == 'X' ? !is_hex_digit(found) : found != c) return false;
  }
  return true;
}

/// Where a shape ends that no digit adjoins.
std::optional<std::size_t> shape_end(const window& text, std::size_t at,
                                     std::string_view shape) noexcept {
  const auto end = at + shape.size();
  if (is_digit(text[at - 1]) || !has_shape(text, at, shape) || is_digit(text[end])) {
    return std::nullopt;
  }
  return end;
}

// -- cards ----------------------------------------------------------------------------------------

constexpr std::size_t shortest_card = 12;
constexpr std::size_t longest_card = 19;
constexpr std::size_t printed_group = 4;

using digits = std::span<const unsigned>;

bool passes_luhn(digits number) noexcept {
  unsigned sum = 0;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const auto digit = number[number.size() - 1 - i];
    const auto doubled = digit * 2;
    sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 == 0;
}

bool begins_as_cards_do(digits number) noexcept {
  const auto four = number[0] * 1000 + number[1] * 100 + number[2] * 10 + number[3];
  return (number[0] >= 3 && number[0] <= 6) || (four >= 2221 && four <= 2720) ||
         (number[0] == 1 && number.size() == 15);
}

bool is_card(digits number) noexcept {
  return number.size() >= shortest_card && begins_as_cards_do(number) && passes_luhn(number);
}

bool is_separator(char c) noexcept { return c == ' ' || c == '-'; }

// -- IBAN -----------------------------------------------------------------------------------------

constexpr std::size_t iban_head = 4;
constexpr std::size_t shortest_iban = iban_head + 11;
constexpr std::size_t longest_iban = iban_head + 30;

/// The remainder by 97 with one more character: a letter counts as a number from 10 to 35.
unsigned remainder_with(unsigned remainder, char c) noexcept {
  if (is_digit(c)) return (remainder * 10 + static_cast<unsigned>(c - '0')) % 97;
  return (remainder * 100 + static_cast<unsigned>(to_lower(c) - 'a') + 10) % 97;
}

/// What comes behind the head of an IBAN, group by group.
class iban_body {
 public:
  /// Takes the group that begins at `at`, up to its end. @returns false when it is too long, or a
  /// word: small letters alone, unless there are four of them
  bool take_group(const window& text, std::size_t& at) noexcept {
    const auto begin = at;
    bool word = true;
    for (auto c = text[at]; is_alphanumeric(c); c = text[++at]) {
      if (size_ == longest_iban - iban_head) return false;
      ++size_;
      remainder_ = remainder_with(remainder_, c);
      word = word && c >= 'a' && c <= 'z';
    }
    return !word || at - begin == 0 || at - begin == printed_group;
  }

  bool fits(const window& text, std::size_t head) const noexcept {
    auto remainder = remainder_;
    for (auto i = head; i < head + iban_head; ++i) remainder = remainder_with(remainder, text[i]);
    return size_ + iban_head >= shortest_iban && remainder == 1;
  }

 private:
  unsigned remainder_ = 0;
  std::size_t size_ = 0;
};

// -- phones ---------------------------------------------------------------------------------------

constexpr std::size_t fewest_digits = 8;
constexpr std::size_t most_digits = 15;

/// Behind what may stand between two groups of a number: a blank, dot or hyphen, a hyphen between
/// blanks, or one or two brackets with a blank, dot or hyphen.
std::size_t behind_separator(const window& text, std::size_t at) noexcept {
  constexpr std::size_t longest = 3;
  const auto begin = at;
  bool brackets = false;
  for (; at < begin + longest; ++at) {
    const auto c = text[at];
    const bool bracket = c == '(' || c == ')';
    if (!bracket && c != ' ' && c != '.' && c != '-') break;
    brackets = brackets || bracket;
  }
  if (at - begin <= 1 || brackets || has_shape(text, begin, " - ")) return at;
  return begin;
}

std::optional<std::size_t> international_end(const window& text, std::size_t at) noexcept {
  std::optional<std::size_t> result;
  at += text[at + 1] == '(' ? 2 : 1;
  for (std::size_t count = 0; is_digit(text[at]); at = behind_separator(text, at)) {
    for (; is_digit(text[at]); ++at) {
      if (++count > most_digits) return result;
    }
    if (count >= fewest_digits) result = at;
  }
  return result;
}

// -- addresses ------------------------------------------------------------------------------------

/// Whether a text is an address of this family; it has no NUL.
bool is_address(int family, std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return false;
  std::copy(text.begin(), text.end(), terminated.begin());
  in6_addr ignored;
  return ::inet_pton(family, terminated.data(), &ignored) == 1;
}

/// The longest address that begins at a place and is made of these characters; a dot or colon at
/// its end belongs to the sentence.
template <class IsPart>
std::optional<std::size_t> address_end(const window& text, std::size_t at, int family,
                                       IsPart is_part) noexcept {
  std::array<char, INET6_ADDRSTRLEN> found{};
  std::size_t size = 0;
  for (; is_part(text[at + size]); ++size) {
    if (size == found.size()) return std::nullopt;
    found[size] = text[at + size];
  }
  if (is_alphanumeric(text[at + size])) return std::nullopt;
  std::string_view whole{found.data(), size};
  if (is_address(family, whole)) return at + size;
  if (!whole.ends_with('.') && !whole.ends_with(':')) return std::nullopt;
  whole.remove_suffix(1);
  return is_address(family, whole) ? std::optional{at + whole.size()} : std::nullopt;
}

std::optional<std::size_t> ipv4_end(const window& text, std::size_t at) noexcept {
  return address_end(text, at, AF_INET, [](char c) { return is_digit(c) || c == '.'; });
}

std::optional<std::size_t> ipv6_end(const window& text, std::size_t at) noexcept {
  bool digit = false;
  bool colon = false;
  const auto result = address_end(text, at, AF_INET6, [&](char c) {
    digit = digit || is_hex_digit(c);
    colon = colon || c == ':';
    return is_hex_digit(c) || c == ':' || c == '.';
  });
  return digit && colon ? result : std::nullopt;
}

// -- emails ---------------------------------------------------------------------------------------

bool is_label_part(char c) noexcept {
  return is_alphanumeric(c) || c == '-' || c == foreign_letter;
}

bool is_local_part(char c) noexcept {
  return is_label_part(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '\'';
}

/// Whether a local part may begin so: quotes and dashes before it belong to the sentence.
bool begins_local_part(char c) noexcept {
  return is_local_part(c) && c != '.' && c != '%' && c != '\'' && c != '-';
}

std::optional<std::size_t> domain_end(const window& text, std::size_t at) noexcept {
  std::optional<std::size_t> result;
  for (bool first = true;; first = false) {
    const auto begin = at;
    while (is_label_part(text[at])) ++at;
    if (at == begin) return result;
    if (!first && (is_letter(text[begin]) || text[begin] == foreign_letter)) {
      auto end = at;
      while (text[end - 1] == '-') --end;
      result = end;
    }
    if (text[at] != '.') return result;
    ++at;
  }
}

}  // namespace

std::optional<std::size_t> card_end(const window& text, std::size_t at) noexcept {
  if (!is_digit(text[at]) || is_digit(text[at - 1])) return std::nullopt;
  const bool begins_row = !is_separator(text[at - 1]) || !is_digit(text[at - 2]);
  std::array<unsigned, longest_card> number;
  std::size_t size = 0;
  std::optional<std::size_t> result;
  for (bool printed = true;; ++at) {
    const auto group = at;
    for (; is_digit(text[at]); ++at) {
      if (size == number.size()) return result;
      number[size++] = static_cast<unsigned>(text[at] - '0');
    }
    const bool ends_row = !is_separator(text[at]) || !is_digit(text[at + 1]);
    if ((printed || (begins_row && ends_row)) && is_card({number.data(), size})) result = at;
    if (ends_row) return result;
    printed = printed && at - group >= printed_group;
  }
}

std::optional<std::size_t> iban_end(const window& text, std::size_t at) noexcept {
  if (!is_letter(text[at]) || !is_letter(text[at + 1]) || !is_digit(text[at + 2]) ||
      !is_digit(text[at + 3]) || is_alphanumeric(text[at - 1])) {
    return std::nullopt;
  }
  iban_body body;
  std::optional<std::size_t> result;
  for (auto end = at + iban_head;; ++end) {
    if (!body.take_group(text, end)) return result;
    if (body.fits(text, at)) result = end;
    if (text[end] != ' ' || !is_alphanumeric(text[end + 1])) return result;
  }
}

std::optional<std::size_t> phone_end(const window& text, std::size_t at) noexcept {
  if (text[at] == '+') return international_end(text, at);
  return shape_end(text, at, "NNN-NNN-NNNN");
}

std::optional<std::size_t> ssn_end(const window& text, std::size_t at) noexcept {
  const auto end = shape_end(text, at, "NNN-NN-NNNN");
  if (!end || text[at] == '9' || has_shape(text, at, "000") || has_shape(text, at, "666") ||
      has_shape(text, at + 4, "00") || has_shape(text, at + 7, "0000")) {
    return std::nullopt;
  }
  return end;
}

std::optional<std::size_t> ip_end(const window& text, std::size_t at) noexcept {
  const auto before = text[at - 1];
  if (is_alphanumeric(before) || before == '.' || before == ':') return std::nullopt;
  if (const auto result = ipv4_end(text, at)) return result;
  return ipv6_end(text, at);
}

std::optional<std::size_t> uuid_end(const window& text, std::size_t at) noexcept {
  constexpr std::string_view shape = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX";
  const auto end = at + shape.size();
  if (!is_hex_digit(text[at]) || is_token_part(text[at - 1]) || !has_shape(text, at, shape) ||
      is_token_part(text[end])) {
    return std::nullopt;
  }
  return end;
}

bool is_token_part(char c) noexcept { return is_alphanumeric(c) || c == '-'; }

std::optional<stretch> email_around(const window& text, std::size_t sign) noexcept {
  const auto end = domain_end(text, sign + 1);
  if (!end) return std::nullopt;
  auto begin = sign;
  while (is_local_part(text[begin - 1])) --begin;
  while (begin < sign && !begins_local_part(text[begin])) ++begin;
  if (begin == sign) return std::nullopt;
  return stretch{begin, *end};
}

}  // namespace tributary::actors::jobs::cleaning
