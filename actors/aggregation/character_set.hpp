// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tributary::actors::aggregation {

/// A set of bytes as a table of 256 bits, compiled from a notation such as `A-Za-z0-9._-`: single
/// characters and ranges; a `-` at either end stands for itself, `\` takes the next one literally.
class character_set {
 public:
  /// The empty notation allows every byte but the control characters.
  constexpr explicit character_set(std::string_view notation = {}) {
    if (notation.empty()) {
      add(0x20, 0x7e);
      add(0x80, 0xff);
    }
    std::size_t i = 0;
    while (i < notation.size()) {
      auto low = next(notation, i);
      if (i + 1 < notation.size() && notation[i] == '-') {
        ++i;
        add(low, next(notation, i));
      } else {
        add(low, low);
      }
    }
  }

  constexpr bool contains(char c) const noexcept {
    auto byte = static_cast<unsigned char>(c);
    return (words_[byte >> 6] >> (byte & 63) & 1) != 0;
  }

 private:
  static constexpr unsigned char next(std::string_view notation, std::size_t& i) {
    if (notation[i] == '\\' && i + 1 < notation.size()) ++i;
    return static_cast<unsigned char>(notation[i++]);
  }

  constexpr void add(unsigned low, unsigned high) {
    for (auto byte = low; byte <= high; ++byte) words_[byte >> 6] |= std::uint64_t{1} << (byte & 63);
  }

  std::array<std::uint64_t, 4> words_{};
};

}  // namespace tributary::actors::aggregation
