// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/byte_store.hpp"
#include "actors/cache/cached_answer.hpp"
#include "actors/cache/purge_target.hpp"

#include <cstddef>
#include <string_view>

namespace tributary::actors::cache {

/// Complete answers of one shard of the endpoint cache.
class answer_store : public byte_store<cached_answer> {
 public:
  using byte_store::byte_store;

  /// Removes `key` and its variants, which are the keys that begin with `key` and a colon. Scans
  /// the shard. Returns how many went.
  std::size_t remove(std::string_view key);

  /// Removes every key that begins with `prefix`; an empty one removes all. Scans the shard.
  std::size_t remove_prefix(std::string_view prefix);

  /// Removes what a purge names: a key with its variants, a prefix, or a tag. Returns how many
  /// went.
  std::size_t remove(const purge_target& target);
};

}  // namespace tributary::actors::cache
