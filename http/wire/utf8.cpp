// SPDX-License-Identifier: MIT
#include "http/wire/utf8.hpp"

namespace tributary::http::wire {

std::size_t utf8_sequence(std::string_view text) noexcept {
  if (text.empty()) return 0;
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto lead = byte(0);
  if (lead < 0x80) return 1;
  std::size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // The second byte tells overlong forms, surrogates and what lies beyond U+10FFFF.
  auto second = byte(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
      (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return size;
}

char32_t utf8_character(std::string_view sequence) noexcept {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return lead;
  char32_t result = lead & (0x7fU >> sequence.size());
  for (const auto c : sequence.substr(1)) {
    result = result << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  }
  return result;
}

void append_utf8(std::string& out, char32_t code) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      byte(0xe0 | code >> 12);
    } else {
      byte(0xf0 | code >> 18);
      byte(0x80 | (code >> 12 & 0x3f));
    }
    byte(0x80 | (code >> 6 & 0x3f));
  }
  byte(0x80 | (code & 0x3f));
}

std::optional<std::size_t> count_characters(std::string_view text) noexcept {
  std::size_t count = 0;
  while (!text.empty()) {
    auto size = utf8_sequence(text);
    if (size == 0) return std::nullopt;
    text.remove_prefix(size);
    ++count;
  }
  return count;
}

}  // namespace tributary::http::wire
