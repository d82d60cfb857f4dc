// SPDX-License-Identifier: MIT
#include "http/wire/json_string.hpp"

#include "http/wire/utf8.hpp"

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

unsigned hex_digits(std::string_view text) noexcept {
  unsigned value = 0;
  for (auto c : text) {
    auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return value;
}

void append_utf8(std::string& out, unsigned c) {
  auto byte = [&](unsigned value) { out += static_cast<char>(value); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      byte(0xe0 | c >> 12);
    } else {
      byte(0xf0 | c >> 18);
      byte(0x80 | (c >> 12 & 0x3f));
    }
    byte(0x80 | (c >> 6 & 0x3f));
  }
  byte(0x80 | (c & 0x3f));
}

/// Reads the digits of a `\u` escape, and of the second half of a pair; returns how many
/// characters.
std::size_t append_unicode(std::string& out, std::string_view digits) {
  auto c = hex_digits(digits.substr(0, 4));
  if (c >= 0xd800 && c < 0xdc00 && digits.substr(4, 2) == "\\u" && digits.size() >= 10) {
    auto low = hex_digits(digits.substr(6, 4));
    if (low >= 0xdc00 && low < 0xe000) {
      append_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
      return 10;
    }
  }
  append_utf8(out, c);
  return 4;
}

}  // namespace

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

std::string unescape_json(std::string_view quoted) {
  const auto content = quoted.substr(1, quoted.size() - 2);
  std::string result;
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] != '\\' || i + 1 >= content.size()) {
      result += content[i];
      continue;
    }
    switch (auto c = content[++i]) {
      case 'b':
        result += '\b';
        break;
      case 'f':
        result += '\f';
        break;
      case 'n':
        result += '\n';
        break;
      case 'r':
        result += '\r';
        break;
      case 't':
        result += '\t';
        break;
      case 'u':
        i += append_unicode(result, content.substr(i + 1));
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace tributary::http::wire
