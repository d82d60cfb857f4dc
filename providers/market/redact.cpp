// SPDX-License-Identifier: MIT
#include "providers/market/redact.hpp"

#include "http/wire/characters.hpp"

#include <charconv>

namespace tributary::providers::market {

namespace {

constexpr std::size_t least_for_any_case = 8;

bool same_character(char a, char b, bool any_case) noexcept {
  using http::wire::to_lower;
  return a == b || (any_case && to_lower(a) == to_lower(b));
}

/// True when `text` begins with `digits` hexadecimal digits that stand for `wanted`.
bool is_hex_of(std::string_view text, std::size_t digits, char wanted, bool any_case) noexcept {
  if (text.size() < digits) return false;
  unsigned value = 0;
  const auto* const end = text.data() + digits;
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  return error == std::errc{} && stop == end && value < 256 &&
         same_character(static_cast<char>(value), wanted, any_case);
}

/// How many characters of `text` spell `wanted`; 0: none do.
std::size_t spelled_length(std::string_view text, char wanted, bool any_case) noexcept {
  if (text.empty()) return 0;
  if (text[0] == '%') {
    if (text.substr(1).starts_with("25") && is_hex_of(text.substr(3), 2, wanted, any_case)) {
      return 5;
    }
    if (is_hex_of(text.substr(1), 2, wanted, any_case)) return 3;
  }
  if (text[0] == '\\' && text.size() > 1) {
    if (text[1] == 'u' && is_hex_of(text.substr(2), 4, wanted, any_case)) return 6;
    if (text[1] == wanted) return 2;
  }
  if (same_character(text[0], wanted, any_case)) return 1;
  return text[0] == '+' && wanted == ' ' ? 1 : 0;
}

std::size_t match_length(std::string_view text, std::string_view secret) noexcept {
  const bool any_case = secret.size() >= least_for_any_case;
  std::size_t at = 0;
  for (const char c : secret) {
    const auto length = spelled_length(text.substr(at), c, any_case);
    if (length == 0) return 0;
    at += length;
  }
  return at;
}

}  // namespace

std::string redact(std::string_view text, std::string_view secret) {
  if (secret.empty()) return std::string{text};
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto length = match_length(text, secret);
    if (length > 0) {
      result += "***";
      text.remove_prefix(length);
    } else {
      result += text[0];
      text.remove_prefix(1);
    }
  }
  return result;
}

}  // namespace tributary::providers::market
