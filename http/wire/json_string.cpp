// SPDX-License-Identifier: MIT
#include "http/wire/json_string.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tributary::http::wire {

namespace {

/// True for the bytes that may be copied as they are.
constexpr auto plain = [] {
  std::array<bool, 256> table{};
  for (int c = 0x20; c < 0x7f; ++c) table[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return table;
}();

constexpr std::string_view replacement = "\xEF\xBF\xBD";

void append_control(std::string& out, unsigned code) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (code) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += digits[code >> 4];
  out += digits[code & 15];
}

/// The code of the four digits of a `\u` escape.
char32_t escaped_code(std::string_view digits) noexcept {
  char32_t result = 0;
  for (const auto c : digits) result = result << 4 | (is_hex_digit(c) ? hex_value(c) : 0);
  return result;
}

/// `content` begins with `\u`.
json_character unicode_escape(std::string_view content) noexcept {
  constexpr std::size_t size = 6;
  const auto code = escaped_code(content.substr(2, 4));
  const auto rest = content.substr(std::min(size, content.size()));
  if (code >= 0xd800 && code < 0xdc00 && rest.starts_with("\\u") && rest.size() >= size) {
    const auto low = escaped_code(rest.substr(2, 4));
    if (low >= 0xdc00 && low < 0xe000) {
      return {0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), 2 * size};
    }
  }
  return {code, std::min(size, content.size())};
}

/// The character that the letter behind a backslash stands for.
char32_t short_escape(char letter) noexcept {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return static_cast<unsigned char>(letter);
  }
}

}  // namespace

json_character first_character(std::string_view content) noexcept {
  if (content.front() != '\\' || content.size() == 1) {
    const auto size = utf8_sequence(content);
    if (size == 0) return {0xfffd, 1};
    return {utf8_character(content.substr(0, size)), size};
  }
  if (content[1] == 'u') return unicode_escape(content);
  return {short_escape(content[1]), 2};
}

std::string unescape_json(std::string_view quoted) {
  auto content = quoted.substr(1, quoted.size() - 2);
  std::string result;
  result.reserve(content.size());
  while (true) {
    const auto plain_size = std::min(content.find('\\'), content.size());
    result += content.substr(0, plain_size);
    content.remove_prefix(plain_size);
    if (content.empty()) return result;
    const auto next = first_character(content);
    append_utf8(result, next.code);
    content.remove_prefix(next.size);
  }
}

void append_json_escaped(std::string& out, std::string_view text) {
  std::size_t start = 0;
  std::size_t i = 0;
  while (i != text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (plain[byte]) {
      ++i;
      continue;
    }
    const auto length = utf8_sequence(text.substr(i));
    const bool c1 = length == 2 && byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (length > 1 && !c1) {
      i += length;
      continue;
    }
    out.append(text.substr(start, i - start));
    if (length == 0) {
      out += replacement;
    } else {
      append_control(out, c1 ? static_cast<unsigned char>(text[i + 1]) : byte);
    }
    i += length == 0 ? 1 : length;
    start = i;
  }
  out.append(text.substr(start));
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_json_escaped(out, text);
  out += '"';
}

}  // namespace tributary::http::wire
