// SPDX-License-Identifier: MIT
#include "actors/aggregation/percent.hpp"

#include <array>
#include <cstddef>

namespace tributary::actors::aggregation {

namespace {

constexpr std::uint8_t bit(encoding place) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(place));
}

constexpr bool unreserved(unsigned c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// For each byte the places where it may stand as it is.
constexpr auto make_plain() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    auto& entry = table[c];
    entry = bit(encoding::none);
    if (unreserved(c)) entry |= bit(encoding::path) | bit(encoding::query);
    if (c == ':' || c == '/' || c == ',') entry |= bit(encoding::query);
    if (c > 0x20 && c != 0x7f && c != ':' && c != '%') entry |= bit(encoding::key);
  }
  return table;
}

constexpr auto plain = make_plain();

}  // namespace

void append_encoded(std::string_view text, encoding place, std::string& out) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  auto mask = bit(place);
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((plain[byte] & mask) != 0) continue;
    out.append(text, done, i - done);
    char escape[3] = {'%', hex[byte >> 4], hex[byte & 15]};
    out.append(escape, sizeof escape);
    done = i + 1;
  }
  out.append(text, done, text.size() - done);
}

}  // namespace tributary::actors::aggregation
