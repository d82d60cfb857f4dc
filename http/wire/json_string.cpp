// SPDX-License-Identifier: MIT
#include "http/wire/json_string.hpp"

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

/// Length of the well-formed UTF-8 sequence of several bytes at the start (Unicode 15, table 3-7);
/// 0 when there is none.
std::size_t sequence_length(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned lead = at(0);
  const unsigned second = at(1);
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool fits =
        tail(1) && (lead != 0xE0 || second >= 0xA0) && (lead != 0xED || second < 0xA0);
    return fits && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool fits =
        tail(1) && (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second < 0x90);
    return fits && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

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
    const auto length = byte < 0x80 ? 1 : sequence_length(text.substr(i));
    const bool c1 = length == 2 && byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (length > 1 && !c1) {
      i += length;
      continue;
    }
    out.append(text.substr(start, i - start));
    if (length == 0)
      out += replacement;
    else
      append_control(out, c1 ? static_cast<unsigned char>(text[i + 1]) : byte);
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
