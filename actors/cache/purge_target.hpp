// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::cache {

enum class purge_scope : std::uint8_t {
  key,     ///< a key and its variants, which begin with it and a colon
  prefix,  ///< all keys that begin so; an empty one: all
  tag,     ///< all answers with this tag
};

/// What is to be forgotten.
struct purge_target {
  purge_scope scope = purge_scope::key;
  std::string text;

  bool operator==(const purge_target&) const = default;
};

/// `key`, `prefix` or `tag`.
std::string_view to_string(purge_scope scope) noexcept;

/// What a piece of a request target may mean as the text of a purge, each once. As keys have it, so
/// that a value is written as clients send it or as the key shows it (`user:x%3Ay`, `user:a%20b`):
/// escapes stay where keys have them. And decoded, as whoever has a library encode the text of a
/// key for them means it (`user%3A1`), or an instant, whose colons stand in keys as they are.
std::vector<std::string> purge_texts(std::string_view raw);

/// True when an answer with this key and these tags is to be forgotten.
bool matches(const purge_target& target, std::string_view key,
             std::span<const std::string> tags) noexcept;

}  // namespace tributary::actors::cache
