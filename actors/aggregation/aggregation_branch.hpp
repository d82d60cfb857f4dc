// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/shard_counters.hpp"
#include "actors/cache/worker_answers.hpp"
#include "actors/supervision/child_spec.hpp"
#include "config/sections/aggregate_settings.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace tributary::actors {
struct tree_state;
}

namespace tributary::actors::aggregation {

/// What the actors behind aggregated endpoints share with those who build and watch them. Outlives
/// all of them.
struct aggregation_state {
  // Where to find the actors; filled by `aggregation_branches`.
  std::vector<supervision::slot_ptr> part_caches;  ///< empty unless some part has a cache
  std::vector<supervision::slot_ptr> caches;       ///< the shards
  std::vector<supervision::slot_ptr> aggregators;  ///< one a worker

  /// What each worker answers by itself; filled by `make_worker_answers`, before the branches.
  std::vector<std::shared_ptr<cache::worker_answers>> hot;
  std::uint64_t cache_seed = 0;  ///< of the hash tables of the endpoint cache

  std::vector<std::shared_ptr<cache::shard_counters>> cache_counters;       ///< one a shard
  std::vector<std::shared_ptr<cache::shard_counters>> part_cache_counters;  ///< one a shard
};

/// Gives each worker a table of hot answers, all together within a sixteenth of the cache's bytes,
/// which the shards then do without.
void make_worker_answers(const config::memory_cache_settings& settings,
                         const std::vector<http::io::event_loop*>& loops, aggregation_state& state);

/// The branches `part-cache` (only if some part has a cache), `cache` and `aggregation`, in order
/// of start, so that what others need is there before them. All upstreams of `settings` are in the
/// registry already. Purges are told to all shards.
std::vector<supervision::child_spec> aggregation_branches(
    const config::aggregate_settings& settings, tree_state& shared, aggregation_state& state);

}  // namespace tributary::actors::aggregation
