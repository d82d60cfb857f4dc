// SPDX-License-Identifier: MIT
#include "http/wire/base64url.hpp"

#include <array>
#include <cstdint>

namespace tributary::http::wire {

namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t no_digit = 64;

constexpr auto make_values() {
  std::array<std::uint8_t, 256> result{};
  result.fill(no_digit);
  for (std::uint8_t value = 0; value < digits.size(); ++value) {
    result[static_cast<unsigned char>(digits[value])] = value;
  }
  return result;
}

constexpr auto values = make_values();

}  // namespace

std::string encode_base64url(std::string_view bytes) {
  std::string result;
  result.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  auto held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6;) {
      held -= 6;
      result += digits[bits >> held & 63];
    }
  }
  if (held != 0) result += digits[bits << (6 - held) & 63];
  return result;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string result;
  result.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  auto held = 0;
  for (const char c : text) {
    const auto value = values[static_cast<unsigned char>(c)];
    if (value == no_digit) return std::nullopt;
    bits = bits << 6 | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    result += static_cast<char>(bits >> held & 255);
  }
  if (held >= 6 || (bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return result;
}

}  // namespace tributary::http::wire
