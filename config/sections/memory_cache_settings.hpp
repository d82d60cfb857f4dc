// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace tributary::config {

struct memory_cache_settings {
  std::size_t max_bytes = 64 * 1024 * 1024;
  std::size_t max_object = 1024 * 1024;  ///< bytes; larger answers are not stored
  std::size_t shards = 0;                ///< actors; 0: one per worker
  std::size_t max_waiters = 10'000;      ///< callers that share one gather
};

}  // namespace tributary::config
