// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Character classes of HTTP and URIs, ASCII only and independent of the locale.
namespace tributary::http::wire {

namespace detail {

enum class_bits : std::uint8_t {
  token_bit = 1,  ///< tchar, RFC 9110, 5.6.2
  digit_bit = 2,
  hex_bit = 4,
  pchar_bit = 8,      ///< pchar without pct-encoded, RFC 3986, 3.3
  reg_name_bit = 16,  ///< unreserved and sub-delims, RFC 3986, 3.2.2
  control_bit = 32,   ///< may not stand in a field value: all controls but HTAB
  lenient_bit = 64,   ///< not allowed by RFC 3986, and left as it is by clients of the URL standard
};

constexpr bool contains(std::string_view set, char c) { return set.find(c) != set.npos; }

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool digit = c >= '0' && c <= '9';
    const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const bool unreserved = digit || alpha || (i != 0 && contains("-._~", c));
    const bool name = unreserved || (i != 0 && contains("!$&'()*+,;=", c));
    int bits = 0;
    if (digit || alpha || (i != 0 && contains("!#$%&'*+-.^_`|~", c))) bits |= token_bit;
    if (digit) bits |= digit_bit;
    if (hex) bits |= hex_bit;
    if (name) bits |= reg_name_bit;
    if (name || c == ':' || c == '@') bits |= pchar_bit;
    if (i != 0 && contains("[]|^{}\\`", c)) bits |= lenient_bit;
    if ((i < 0x20 && c != '\t') || i == 0x7f) bits |= control_bit;
    table[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(bits);
  }
  return table;
}

inline constexpr auto classes = make_classes();

constexpr bool is(char c, std::uint8_t bits) noexcept {
  return (classes[static_cast<unsigned char>(c)] & bits) != 0;
}

}  // namespace detail

constexpr bool is_token_character(char c) noexcept { return detail::is(c, detail::token_bit); }
constexpr bool is_digit(char c) noexcept { return detail::is(c, detail::digit_bit); }
constexpr bool is_hex_digit(char c) noexcept { return detail::is(c, detail::hex_bit); }
constexpr bool is_path_character(char c) noexcept { return detail::is(c, detail::pchar_bit); }
/// `[ ] | ^ { } \` and the backtick, which browsers do not escape in a query or a path.
constexpr bool is_left_unescaped(char c) noexcept { return detail::is(c, detail::lenient_bit); }
constexpr bool is_host_character(char c) noexcept { return detail::is(c, detail::reg_name_bit); }
constexpr bool is_control(char c) noexcept { return detail::is(c, detail::control_bit); }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Value of a hexadecimal digit; only for `is_hex_digit` characters.
constexpr unsigned hex_value(char c) noexcept {
  return is_digit(c) ? static_cast<unsigned>(c - '0')
                     : static_cast<unsigned>(to_lower(c) - 'a') + 10U;
}

/// True for one or more token characters.
constexpr bool is_token(std::string_view text) noexcept {
  for (const char c : text) {
    if (!is_token_character(c)) return false;
  }
  return !text.empty();
}

/// Equal when ASCII letters are compared without case.
constexpr bool same_without_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// Without spaces and tabs at both ends.
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the part before the next `separator` off the front of `rest`, trimmed. A separator within
/// a quoted string does not count (RFC 9110, 5.6.4).
constexpr std::string_view next_item(std::string_view& rest, char separator) noexcept {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    if (quoted && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == '"') {
      quoted = !quoted;
    } else if (rest[i] == separator && !quoted) {
      break;
    }
  }
  i = i < rest.size() ? i : rest.size();
  const auto item = rest.substr(0, i);
  rest.remove_prefix(i < rest.size() ? i + 1 : i);
  return trim(item);
}

}  // namespace tributary::http::wire
