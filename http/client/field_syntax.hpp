// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

/// Character classes of RFC 9110, section 5, for what the client sends and what it accepts.
namespace tributary::http::client {

namespace detail {

constexpr auto token_table = [] {
  std::array<bool, 256> table{};
  for (auto c : std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

}  // namespace detail

constexpr bool is_token_character(char c) noexcept {
  return detail::token_table[static_cast<unsigned char>(c)];
}

constexpr bool is_token(std::string_view text) noexcept {
  for (auto c : text) {
    if (!is_token_character(c)) return false;
  }
  return !text.empty();
}

/// True for what a field value may contain: no control character but the tab.
constexpr bool is_field_value(std::string_view text) noexcept {
  for (auto c : text) {
    const auto u = static_cast<unsigned char>(c);
    if ((u < 0x20 && c != '\t') || u == 0x7f) return false;
  }
  return true;
}

/// `name` is ASCII; only letters are folded.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view name) noexcept {
  if (text.size() != name.size()) return false;
  constexpr auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != lower(name[i])) return false;
  }
  return true;
}

/// Without optional white space at both ends.
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace tributary::http::client
