// SPDX-License-Identifier: MIT
#include "config/character_set.hpp"

namespace tributary::config {

std::optional<character_set> parse_character_set(std::string_view text) {
  character_set result;
  if (text.empty()) return result.set();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto first = static_cast<unsigned char>(text[at]);
    auto last = first;
    if (at + 2 < text.size() && text[at + 1] == '-') {
      last = static_cast<unsigned char>(text[at + 2]);
      at += 2;
    }
    if (first < 0x20 || last > 0x7e || first > last) return std::nullopt;
    for (unsigned c = first; c <= last; ++c) result.set(c);
  }
  return result;
}

}  // namespace tributary::config
