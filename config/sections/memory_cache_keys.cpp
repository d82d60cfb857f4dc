// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

table<memory_cache_settings> memory_cache_keys() {
  using s = memory_cache_settings;
  return {
      key("max_bytes", &s::max_bytes, bytes(0, 64 * gib),
          "Memory of all cached answers; 0 stores nothing."),
      key("max_object", &s::max_object, bytes(kib, gib), "Larger answers are not stored."),
      key("shards", &s::shards, count(0, 256), "Actors that share the cache; 0: one per worker."),
      key("max_waiters", &s::max_waiters, count(1, 1'000'000),
          "Callers that may wait for one and the same answer."),
  };
}

}  // namespace tributary::config
