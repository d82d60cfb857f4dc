// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_registry.hpp"
#include "actors/store/purge_backlog.hpp"
#include "actors/store/redis_resources.hpp"
#include "actors/supervision/child_spec.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::telemetry {
class server_metrics;
}

namespace tributary::actors {

/// What the actors of all systems share with those who build and watch them. What one system needs
/// is in its own rooms. Outlives all actors, and every configuration.
struct tree_state {
  /// @param workers threads that run actors
  /// @param metrics must outlive this
  tree_state(const config::settings& settings, std::size_t workers,
             telemetry::server_metrics& metrics);
  ~tree_state();

  const std::size_t workers;
  telemetry::server_metrics& metrics;
  const std::function<double()> random;  ///< [0, 1), any thread
  /// Tells this process from others in what they publish; random.
  const std::string instance;
  /// How the keys in Redis begin that hold no answer.
  const std::vector<std::string> key_prefixes;
  const std::string data_dir;                     ///< see `config::settings::data_dir`
  const std::chrono::milliseconds redis_timeout;  ///< of one command

  std::shared_ptr<store::redis_resources> redis;        ///< null: there is none
  std::shared_ptr<store::redis_resources> redis_cache;  ///< for what may be evicted; often the same
  std::shared_ptr<store::purge_backlog> purges = std::make_shared<store::purge_backlog>();
  std::shared_ptr<store::purge_counters> purge_counters = std::make_shared<store::purge_counters>();

  // Where to find the actors.
  std::vector<supervision::slot_ptr> redis_actors;        ///< by worker; empty without Redis
  std::vector<supervision::slot_ptr> redis_cache_actors;  ///< by worker; often the same ones
  /// Owns purges; hears `tributary:invalidate`.
  supervision::slot_ptr invalidation = std::make_shared<supervision::slot>();
  /// Hears `tributary:breaker`. Stays empty without Redis.
  supervision::slot_ptr shared_breakers = std::make_shared<supervision::slot>();
  /// The caches' shards that are told of each purge. Systems add theirs before the actors start.
  std::vector<supervision::slot_ptr> purge_listeners;

  /// Systems add theirs before the tree is described.
  guards::upstream_registry upstreams;
};

/// The tree of the process, which the README draws: what all systems stand on (`infrastructure`,
/// `guards`), then `upper`, the systems' branches and the listeners. What others need starts
/// earlier and stops later.
supervision::supervisor_spec describe_tree(const tree_state& state,
                                           std::vector<supervision::child_spec> upper);

}  // namespace tributary::actors
