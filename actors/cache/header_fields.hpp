// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/cache_control.hpp"
#include "http/wire/characters.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace tributary::actors::cache {

/// One field of a raw header block.
struct header_line {
  std::string_view name;
  std::string_view value;  ///< trimmed
};

/// Cuts the next field off `block` (`Name: value\r\n` each; a lone line feed ends a line too).
/// Lines without a colon are left out. Nothing at the end.
inline std::optional<header_line> next_field(std::string_view& block) noexcept {
  while (!block.empty()) {
    const auto end = block.find('\n');
    auto line = block.substr(0, end);
    block.remove_prefix(end == block.npos ? block.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    return header_line{line.substr(0, colon), http::wire::trim(line.substr(colon + 1))};
  }
  return std::nullopt;
}

/// Value of an Age field. A list is read up to its first member, and what is no number is ignored
/// (RFC 9111, section 5.1).
inline std::optional<std::chrono::seconds> parse_age(std::string_view value) noexcept {
  return parse_delta_seconds(http::wire::trim(value.substr(0, value.find(','))));
}

}  // namespace tributary::actors::cache
