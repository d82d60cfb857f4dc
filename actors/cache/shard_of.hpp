// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace tributary::actors::cache {

/// The shard that holds `key`; the same for everybody in this process.
inline std::size_t shard_of(std::string_view key, std::size_t shards) noexcept {
  return std::hash<std::string_view>{}(key) % shards;
}

}  // namespace tributary::actors::cache
