// SPDX-License-Identifier: MIT
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

namespace tributary::config {

/// The ASCII characters a parameter's value may hold; indexed by byte.
using character_set = std::bitset<256>;

/// Reads `A-Za-z0-9._-`: single printable ASCII characters and ascending ranges; `-` is itself at
/// either end. An empty text allows every byte. Nothing for anything else.
std::optional<character_set> parse_character_set(std::string_view text);

}  // namespace tributary::config
