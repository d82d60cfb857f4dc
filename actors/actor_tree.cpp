// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"

#include "actors/aggregation/aggregator.hpp"
#include "actors/cache/cache_shard.hpp"
#include "actors/cache/part_cache_shard.hpp"
#include "actors/guards/guard_actors.hpp"
#include "actors/guards/shared_limiter.hpp"
#include "actors/market/market_branch.hpp"
#include "actors/market/market_state.hpp"
#include "actors/store/invalidation.hpp"
#include "actors/store/redis_actor.hpp"
#include "actors/store/shared_breakers.hpp"
#include "actors/telemetry/server_metrics.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace tributary::actors {

using supervision::child_context;
using supervision::child_spec;
using supervision::slot;
using supervision::slot_ptr;
using supervision::strategy;
using supervision::supervised_ref;
using supervision::supervisor_spec;

namespace {

/// [0, 1), any thread.
double random_share() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{}(engine);
}

/// 64 random bits in hexadecimal.
std::string random_name() {
  std::random_device source;
  constexpr auto* digits = "0123456789abcdef";
  std::string result;
  for (auto i = 0; i < 16; ++i) result += digits[source() & 15U];
  return result;
}

supervisor_spec group(strategy how, std::vector<child_spec> children) {
  supervisor_spec spec;
  spec.rules.strategy = how;
  spec.children = std::move(children);
  return spec;
}

/// Guards are brought back for ever: an upstream that cannot be served is an open breaker, not a
/// dead server, so their failures never count towards an escalation.
child_spec guard_child(std::string id, supervision::child_factory factory, slot_ptr place) {
  auto child = supervision::leaf_child(std::move(id), std::move(factory), std::move(place));
  child.rules.counted = false;
  return child;
}

template <class Guard>
supervision::child_factory guard_factory(std::shared_ptr<guards::upstream_resources> resources,
                                         slot_ptr next) {
  return [resources, next](const child_context& context) {
    return context.parent.spawn<Guard>(context.path, resources, supervised_ref{next});
  };
}

/// Decides alone, or together with other instances where there is a Redis.
supervision::child_factory limiter_factory(
    const tree_state& state, const std::shared_ptr<guards::upstream_resources>& resources,
    std::size_t worker, slot_ptr next) {
  if (state.redis == nullptr || !resources->settings.rate_limit->shared) {
    return guard_factory<guards::limiter_actor>(resources, std::move(next));
  }
  guards::shared_limiter_wiring wiring;
  wiring.resources = resources;
  wiring.next = supervised_ref{std::move(next)};
  wiring.redis = supervised_ref{state.redis_actors[worker]};
  wiring.store = state.redis;
  return [wiring](const child_context& context) {
    return context.parent.spawn<guards::shared_limiter_actor>(context.path, wiring);
  };
}

/// upstream, breaker, limiter; fills in the slot where callers begin.
supervisor_spec guard_group(const tree_state& state,
                            const std::shared_ptr<guards::upstream_resources>& resources,
                            std::size_t worker, slot_ptr& first) {
  std::vector<child_spec> children;
  first = std::make_shared<slot>();
  children.push_back(guard_child(
      "upstream",
      [resources](const child_context& context) {
        return context.parent.spawn<guards::upstream_actor>(context.path, resources);
      },
      first));
  if (resources->settings.breaker.enabled) {
    auto next = std::exchange(first, std::make_shared<slot>());
    children.push_back(
        guard_child("breaker", guard_factory<guards::breaker_actor>(resources, next), first));
  }
  if (resources->limiter) {
    auto next = std::exchange(first, std::make_shared<slot>());
    children.push_back(
        guard_child("limiter", limiter_factory(state, resources, worker, next), first));
  }
  return group(strategy::rest_for_one, std::move(children));
}

child_spec guards_branch(tree_state& state, std::size_t workers) {
  state.first_guards.resize(workers);
  std::vector<child_spec> upstreams;
  for (const auto& resources : state.upstreams) {
    std::vector<child_spec> groups;
    for (std::size_t i = 0; i < workers; ++i) {
      auto& first = state.first_guards[i].emplace_back();
      auto child = supervision::supervisor_child("worker-" + std::to_string(i),
                                                 guard_group(state, resources, i, first));
      child.rules.counted = false;
      groups.push_back(std::move(child));
    }
    auto child = supervision::supervisor_child(resources->settings.name,
                                               group(strategy::one_for_one, std::move(groups)));
    child.rules.counted = false;
    upstreams.push_back(std::move(child));
  }
  return supervision::supervisor_child("guards",
                                       group(strategy::one_for_one, std::move(upstreams)));
}

/// The actors of one Redis, as hard to discourage as guards are; fills in their slots.
child_spec redis_group(const std::shared_ptr<store::redis_resources>& resources,
                       std::size_t workers, std::vector<slot_ptr>& places) {
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < workers; ++i) {
    children.push_back(guard_child(
        "worker-" + std::to_string(i),
        [resources](const child_context& context) {
          return context.parent.spawn<store::redis_actor>(context.path, resources);
        },
        places.emplace_back(std::make_shared<slot>())));
  }
  auto child = supervision::supervisor_child(resources->name,
                                             group(strategy::one_for_one, std::move(children)));
  child.rules.counted = false;
  return child;
}

child_spec shared_breakers_child(tree_state& state) {
  store::shared_breakers_wiring wiring;
  for (const auto& upstream : state.upstreams) {
    if (upstream->sharing) wiring.breakers.push_back({upstream->settings.name, upstream});
  }
  wiring.redis = state.redis;
  for (const auto& place : state.redis_actors) wiring.redis_actors.emplace_back(place);
  wiring.instance = state.instance;
  return guard_child(
      "shared-breakers",
      [wiring](const child_context& context) {
        return context.parent.spawn<store::shared_breakers>(context.path, wiring);
      },
      state.shared_breakers);
}

/// It starts before the shards that it tells of purges, so it takes their slots when it is made.
child_spec invalidation_child(tree_state& state) {
  return supervision::leaf_child(
      "invalidation",
      [&state](const child_context& context) {
        store::invalidation_wiring wiring;
        for (const auto& shard : state.caches) wiring.caches.emplace_back(shard);
        for (const auto& shard : state.part_caches) wiring.caches.emplace_back(shard);
        for (const auto& actor : state.redis_cache_actors) wiring.redis.emplace_back(actor);
        if (state.redis_cache != nullptr) wiring.subscription = state.redis_cache->subscription;
        wiring.instance = state.instance;
        wiring.backlog = state.purges;
        wiring.counters = state.purge_counters;
        return context.parent.spawn<store::invalidation>(context.path, std::move(wiring));
      },
      state.invalidation);
}

child_spec infrastructure_branch(tree_state& state, std::size_t workers) {
  std::vector<child_spec> children;
  if (state.redis != nullptr) {
    children.push_back(redis_group(state.redis, workers, state.redis_actors));
  }
  if (state.redis_cache != state.redis) {
    children.push_back(redis_group(state.redis_cache, workers, state.redis_cache_actors));
  } else {
    state.redis_cache_actors = state.redis_actors;
  }
  if (state.redis != nullptr) children.push_back(shared_breakers_child(state));
  children.push_back(invalidation_child(state));
  return supervision::supervisor_child("infrastructure",
                                       group(strategy::one_for_one, std::move(children)));
}

bool some_part_has_a_cache(const config::settings& settings) {
  for (const auto& endpoint : settings.endpoints) {
    for (const auto& part : endpoint.parts) {
      if (part.cache) return true;
    }
  }
  return false;
}

child_spec part_cache_branch(tree_state& state, std::size_t workers) {
  const auto& settings = state.settings.part_cache;
  const auto shards = settings.shards != 0 ? settings.shards : workers;
  cache::part_shard_settings common;
  common.limits = {settings.max_bytes / shards, settings.max_object};
  common.max_waiters = settings.max_waiters;
  common.upstreams = state.upstreams;
  for (const auto& slots : state.first_guards) {
    auto& guards = common.guards.emplace_back();
    for (const auto& first : slots) guards.emplace_back(first);
  }
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < shards; ++i) {
    auto shard = common;
    shard.seed = std::random_device{}();
    shard.counters = std::make_shared<cache::shard_counters>();
    state.part_cache_counters.push_back(shard.counters);
    auto place = std::make_shared<slot>();
    children.push_back(supervision::leaf_child(
        "shard-" + std::to_string(i),
        [shard](const child_context& context) {
          return context.parent.spawn<cache::part_cache_shard>(context.path, shard);
        },
        place));
    state.part_caches.push_back(std::move(place));
  }
  return supervision::supervisor_child("part-cache",
                                       group(strategy::one_for_one, std::move(children)));
}

child_spec cache_branch(tree_state& state, std::size_t workers) {
  const auto& settings = state.settings.cache;
  const auto shards = settings.shards != 0 ? settings.shards : workers;
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < shards; ++i) {
    auto counters = std::make_shared<cache::shard_counters>();
    cache::shard_settings shard;
    shard.limits = {settings.max_bytes / shards, settings.max_object};
    shard.max_waiters = settings.max_waiters;
    shard.seed = std::random_device{}();
    shard.index = i;
    shard.counters = counters;
    for (const auto& actor : state.redis_cache_actors) shard.redis.emplace_back(actor);
    shard.redis_timeout = state.settings.redis.command_timeout;
    auto place = std::make_shared<slot>();
    children.push_back(supervision::leaf_child(
        "shard-" + std::to_string(i),
        [shard](const child_context& context) {
          return context.parent.spawn<cache::cache_shard>(context.path, shard);
        },
        place));
    state.cache_counters.push_back(std::move(counters));
    state.caches.push_back(std::move(place));
  }
  return supervision::supervisor_child("cache", group(strategy::one_for_one, std::move(children)));
}

child_spec aggregation_branch(tree_state& state, std::size_t workers) {
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < workers; ++i) {
    aggregation::aggregator_wiring wiring;
    for (const auto& first : state.first_guards[i]) wiring.upstreams.emplace_back(first);
    wiring.resources = state.upstreams;
    for (const auto& shard : state.part_caches) wiring.part_caches.emplace_back(shard);
    for (const auto& shard : state.caches) wiring.caches.emplace_back(shard);
    wiring.random = random_share;
    auto place = std::make_shared<slot>();
    children.push_back(supervision::leaf_child(
        "aggregator-" + std::to_string(i),
        [wiring](const child_context& context) {
          return context.parent.spawn<aggregation::aggregator>(context.path, wiring);
        },
        place));
    state.aggregators.push_back(std::move(place));
  }
  return supervision::supervisor_child("aggregation",
                                       group(strategy::one_for_one, std::move(children)));
}

}  // namespace

tree_state::tree_state(const config::settings& all, telemetry::server_metrics& counted)
    : settings(all), metrics(counted), instance(random_name()), random(random_share) {
  for (std::size_t i = 0; i < settings.upstreams.size(); ++i) {
    upstreams.push_back(std::make_shared<guards::upstream_resources>(
        settings.upstreams[i], metrics.upstream(i), random_share));
  }
  if (settings.market.enabled) {
    market = std::make_unique<market::market_state>(settings, upstreams, metrics);
  }
  const auto& shared = settings.redis;
  if (!shared.main) return;
  redis = std::make_shared<store::redis_resources>("redis", shared, *shared.main, random_share);
  redis_cache = redis;
  if (shared.cache && *shared.cache != *shared.main) {
    redis_cache = std::make_shared<store::redis_resources>("redis_cache", shared, *shared.cache,
                                                           random_share);
  }
  for (const auto& upstream : upstreams) {
    const auto& breaker = upstream->settings.breaker;
    if (breaker.enabled && breaker.shared) upstream->sharing = shared_breakers;
  }
  redis->channels.push_back({store::channels::breaker, shared_breakers});
  redis_cache->channels.push_back({store::channels::invalidate, invalidation});
}

tree_state::~tree_state() = default;

supervisor_spec describe_tree(tree_state& state, std::size_t workers,
                              std::vector<child_spec> upper) {
  std::vector<child_spec> branches;
  branches.push_back(infrastructure_branch(state, workers));
  branches.push_back(guards_branch(state, workers));
  if (state.settings.part_cache.max_bytes != 0 && some_part_has_a_cache(state.settings)) {
    branches.push_back(part_cache_branch(state, workers));
  }
  branches.push_back(cache_branch(state, workers));
  branches.push_back(aggregation_branch(state, workers));
  if (state.market != nullptr) branches.push_back(market::market_branch(state, workers));
  std::move(upper.begin(), upper.end(), std::back_inserter(branches));
  return group(strategy::rest_for_one, std::move(branches));
}

}  // namespace tributary::actors
