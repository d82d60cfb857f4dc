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

}  // namespace tributary::http::wire
