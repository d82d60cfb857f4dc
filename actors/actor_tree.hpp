// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/plan.hpp"
#include "actors/cache/shard_counters.hpp"
#include "actors/guards/upstream_resources.hpp"
#include "actors/store/purge_backlog.hpp"
#include "actors/store/redis_resources.hpp"
#include "actors/supervision/supervisor.hpp"
#include "config/settings.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::runtime {
class runtime;
}
namespace tributary::actors::telemetry {
class server_metrics;
}
namespace tributary::actors::market {
struct market_state;
}

namespace tributary::actors {

/// What the actors of one process share with those who build and watch them. Outlives all actors.
struct tree_state {
  /// Makes the state of each upstream, without connections.
  tree_state(const config::settings& settings, telemetry::server_metrics& metrics);
  ~tree_state();

  const config::settings& settings;
  telemetry::server_metrics& metrics;
  std::vector<std::shared_ptr<guards::upstream_resources>> upstreams;  ///< in configuration order
  std::shared_ptr<store::redis_resources> redis;                       ///< null: there is none
  std::shared_ptr<store::redis_resources> redis_cache;  ///< for what may be evicted; often the same
  /// Tells this process from others in what they publish; random.
  const std::string instance;
  std::vector<std::shared_ptr<cache::shard_counters>> cache_counters;  ///< one for each shard
  std::shared_ptr<store::purge_backlog> purges = std::make_shared<store::purge_backlog>();
  std::shared_ptr<store::purge_counters> purge_counters = std::make_shared<store::purge_counters>();
  std::vector<std::shared_ptr<cache::shard_counters>> part_cache_counters;  ///< the same

  std::function<double()> random;                ///< [0, 1), any thread
  std::unique_ptr<market::market_state> market;  ///< null: not configured

  // Where to find the actors; filled by `describe_tree`, the last by those who bring `upper`.
  std::vector<std::vector<supervision::slot_ptr>> first_guards;  ///< by worker, then upstream
  std::vector<supervision::slot_ptr> redis_actors;               ///< by worker; empty without Redis
  std::vector<supervision::slot_ptr> redis_cache_actors;         ///< the same; often the same ones
  /// Owns purges; hears `tributary:invalidate`.
  supervision::slot_ptr invalidation = std::make_shared<supervision::slot>();
  /// Hears `tributary:breaker`. Stays empty without Redis.
  supervision::slot_ptr shared_breakers = std::make_shared<supervision::slot>();
  std::vector<supervision::slot_ptr> part_caches;  ///< empty unless some part has a cache
  std::vector<supervision::slot_ptr> caches;
  std::vector<supervision::slot_ptr> aggregators;  ///< one for each worker
  std::vector<supervision::slot_ptr> listeners;    ///< admin, public
};

// clang-format off
/// The tree below the root: guards, caches, aggregation, then `upper` (the HTTP listeners), so that what
/// others need starts earlier and stops later.
///
///     root (rest_for_one)
///     ├── infrastructure (one_for_one)  one branch for each Redis (one_for_one), in it one actor a
///     │                              worker; shared-breakers, with Redis only; invalidation
///     ├── guards (one_for_one)       one branch an upstream (one_for_one), in it one group a worker
///     │                              (rest_for_one): upstream, breaker, limiter
///     ├── part-cache (one_for_one)   shard-0 …, only if some part has a cache
///     ├── cache (one_for_one)        shard-0 …
///     ├── aggregation (one_for_one)  aggregator-0 …, one a worker
///     ├── market (one_for_one)       see market/market_branch.hpp; only if it is configured
///     └── upper …
// clang-format on
supervision::supervisor_spec describe_tree(tree_state& state, std::size_t workers,
                                           std::vector<supervision::child_spec> upper);

}  // namespace tributary::actors
