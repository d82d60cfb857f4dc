// SPDX-License-Identifier: MIT
#include "actors/aggregation/aggregation_branch.hpp"

#include "actors/actor_tree.hpp"
#include "actors/aggregation/aggregator.hpp"
#include "actors/cache/cache_shard.hpp"
#include "actors/cache/part_cache_shard.hpp"
#include "actors/supervision/supervisor.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace tributary::actors::aggregation {

using supervision::child_context;
using supervision::child_spec;
using supervision::slot;
using supervision::slot_ptr;
using supervision::supervised_ref;

namespace {

bool some_part_has_a_cache(const config::aggregate_settings& settings) {
  return std::ranges::any_of(settings.endpoints, [](const auto& endpoint) {
    return std::ranges::any_of(endpoint.parts,
                               [](const auto& part) { return part.cache.has_value(); });
  });
}

/// Where calls to each upstream begin on one worker, by the upstream's number.
std::vector<supervised_ref> first_guards(const tree_state& shared, std::size_t worker) {
  std::vector<supervised_ref> result;
  for (const auto& upstream : shared.upstreams.all()) {
    result.emplace_back(upstream->first_guards[worker]);
  }
  return result;
}

child_spec part_cache_branch(const config::memory_cache_settings& settings, tree_state& shared,
                             aggregation_state& state) {
  const auto shards = settings.shards != 0 ? settings.shards : shared.workers;
  cache::part_shard_settings common;
  common.limits = {settings.max_bytes / shards, settings.max_object};
  common.max_waiters = settings.max_waiters;
  common.upstreams.assign(shared.upstreams.all().begin(), shared.upstreams.all().end());
  for (std::size_t i = 0; i < shared.workers; ++i) {
    common.guards.push_back(first_guards(shared, i));
  }
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < shards; ++i) {
    auto shard = common;
    shard.seed = std::random_device{}();
    shard.counters = std::make_shared<cache::shard_counters>();
    state.part_cache_counters.push_back(shard.counters);
    children.push_back(supervision::leaf_child(
        "shard-" + std::to_string(i),
        [shard](const child_context& context) {
          return context.parent.spawn<cache::part_cache_shard>(context.path, shard);
        },
        state.part_caches.emplace_back(std::make_shared<slot>())));
  }
  return supervision::one_for_one("part-cache", std::move(children));
}

/// Bytes of the workers' tables together.
std::size_t hot_share(const config::memory_cache_settings& settings) {
  return settings.max_bytes / 16;
}

child_spec cache_branch(const config::memory_cache_settings& settings, tree_state& shared,
                        aggregation_state& state) {
  const auto shards = settings.shards != 0 ? settings.shards : shared.workers;
  const auto hot = state.hot.empty() ? 0 : hot_share(settings);
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < shards; ++i) {
    cache::shard_settings shard;
    shard.limits = {(settings.max_bytes - hot) / shards, settings.max_object};
    shard.max_waiters = settings.max_waiters;
    shard.seed = state.cache_seed;
    shard.workers = state.hot;
    shard.index = i;
    shard.counters = state.cache_counters.emplace_back(std::make_shared<cache::shard_counters>());
    for (const auto& actor : shared.redis_cache_actors) shard.redis.emplace_back(actor);
    shard.redis_timeout = shared.redis_timeout;
    shard.reserved = shared.key_prefixes;
    children.push_back(supervision::leaf_child(
        "shard-" + std::to_string(i),
        [shard](const child_context& context) {
          return context.parent.spawn<cache::cache_shard>(context.path, shard);
        },
        state.caches.emplace_back(std::make_shared<slot>())));
  }
  return supervision::one_for_one("cache", std::move(children));
}

child_spec aggregators_branch(const tree_state& shared, aggregation_state& state) {
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < shared.workers; ++i) {
    aggregator_wiring wiring;
    wiring.upstreams = first_guards(shared, i);
    wiring.resources.assign(shared.upstreams.all().begin(), shared.upstreams.all().end());
    for (const auto& shard : state.part_caches) wiring.part_caches.emplace_back(shard);
    for (const auto& shard : state.caches) wiring.caches.emplace_back(shard);
    wiring.random = shared.random;
    children.push_back(supervision::leaf_child(
        "aggregator-" + std::to_string(i),
        [wiring](const child_context& context) {
          return context.parent.spawn<aggregator>(context.path, wiring);
        },
        state.aggregators.emplace_back(std::make_shared<slot>())));
  }
  return supervision::one_for_one("aggregation", std::move(children));
}

}  // namespace

void make_worker_answers(const config::memory_cache_settings& settings,
                         const std::vector<http::io::event_loop*>& loops,
                         aggregation_state& state) {
  std::random_device random;
  state.cache_seed = std::uint64_t{random()} << 32 | random();
  for (auto* loop : loops) {
    state.hot.push_back(std::make_shared<cache::worker_answers>(
        *loop, hot_share(settings) / loops.size(), state.cache_seed));
  }
}

std::vector<child_spec> aggregation_branches(const config::aggregate_settings& settings,
                                             tree_state& shared, aggregation_state& state) {
  std::vector<child_spec> result;
  if (settings.part_cache.max_bytes != 0 && some_part_has_a_cache(settings)) {
    result.push_back(part_cache_branch(settings.part_cache, shared, state));
  }
  result.push_back(cache_branch(settings.cache, shared, state));
  result.push_back(aggregators_branch(shared, state));
  for (const auto* shards : {&state.caches, &state.part_caches}) {
    std::ranges::copy(*shards, std::back_inserter(shared.purge_listeners));
  }
  return result;
}

}  // namespace tributary::actors::aggregation
