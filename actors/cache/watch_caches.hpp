// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/shard_counters.hpp"

#include <memory>
#include <vector>

namespace tributary::actors::telemetry {
class registry;
}

namespace tributary::actors::cache {

using watched_shards = std::vector<std::shared_ptr<const shard_counters>>;

/// Shows what is in the cache of whole answers and what its shards did. Once, at start-up.
void watch_answer_cache(telemetry::registry& metrics, watched_shards shards);

/// Shows what is in the cache of upstream answers and what its shards did. Once, at start-up.
void watch_part_cache(telemetry::registry& metrics, watched_shards shards);

}  // namespace tributary::actors::cache
