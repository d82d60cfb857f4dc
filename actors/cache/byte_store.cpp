// SPDX-License-Identifier: MIT
#include "actors/cache/byte_store.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tributary::actors::cache {

std::uint64_t keyed_hash(std::string_view key, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(key.data(), key.size(), seed);
}

}  // namespace tributary::actors::cache
