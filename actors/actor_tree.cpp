// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"

#include "actors/guards/guard_actors.hpp"
#include "actors/store/invalidation.hpp"
#include "actors/store/redis_actor.hpp"
#include "actors/store/shared_breakers.hpp"
#include "actors/store/shared_limiter.hpp"
#include "actors/supervision/supervisor.hpp"
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
                                         const slot_ptr& next) {
  return [resources, next](const child_context& context) {
    return context.parent.spawn<Guard>(context.path, resources, supervised_ref{next});
  };
}

/// Decides alone, or together with other instances where there is a Redis.
supervision::child_factory limiter_factory(
    const tree_state& state, const std::shared_ptr<guards::upstream_resources>& resources,
    std::size_t worker, slot_ptr next) {
  if (state.redis == nullptr || !resources->settings.rate_limit->shared) {
    return guard_factory<guards::limiter_actor>(resources, next);
  }
  store::shared_limiter_wiring wiring;
  wiring.resources = resources;
  wiring.next = supervised_ref{std::move(next)};
  wiring.redis = supervised_ref{state.redis_actors[worker]};
  wiring.store = state.redis;
  return [wiring](const child_context& context) {
    return context.parent.spawn<store::shared_limiter_actor>(context.path, wiring);
  };
}

/// upstream, breaker, limiter: the last of them is where calls begin.
supervisor_spec guard_group(const tree_state& state,
                            const std::shared_ptr<guards::upstream_resources>& resources,
                            std::size_t worker) {
  const auto has_breaker = resources->settings.breaker.enabled;
  const auto has_limiter = resources->limiter.has_value();
  const auto& first = resources->first_guards[worker];
  auto place = has_breaker || has_limiter ? std::make_shared<slot>() : first;
  std::vector<child_spec> children;
  children.push_back(guard_child(
      "upstream",
      [resources](const child_context& context) {
        return context.parent.spawn<guards::upstream_actor>(context.path, resources);
      },
      place));
  if (has_breaker) {
    auto next = std::exchange(place, has_limiter ? std::make_shared<slot>() : first);
    children.push_back(
        guard_child("breaker", guard_factory<guards::breaker_actor>(resources, next), place));
  }
  if (has_limiter) {
    children.push_back(
        guard_child("limiter", limiter_factory(state, resources, worker, place), first));
  }
  return group(strategy::rest_for_one, std::move(children));
}

/// A branch that never counts towards an escalation.
child_spec patient_branch(std::string id, std::vector<child_spec> children) {
  auto result = supervision::one_for_one(std::move(id), std::move(children));
  result.rules.counted = false;
  return result;
}

child_spec guards_branch(const tree_state& state) {
  std::vector<child_spec> upstreams;
  for (const auto& resources : state.upstreams.all()) {
    std::vector<child_spec> groups;
    for (std::size_t i = 0; i < state.workers; ++i) {
      auto child = supervision::supervisor_child("worker-" + std::to_string(i),
                                                 guard_group(state, resources, i));
      child.rules.counted = false;
      groups.push_back(std::move(child));
    }
    upstreams.push_back(patient_branch(resources->settings.name, std::move(groups)));
  }
  return supervision::one_for_one("guards", std::move(upstreams));
}

/// The actors of one Redis, as hard to discourage as guards are.
child_spec redis_group(const std::shared_ptr<store::redis_resources>& resources,
                       const std::vector<slot_ptr>& places) {
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < places.size(); ++i) {
    children.push_back(guard_child(
        "worker-" + std::to_string(i),
        [resources](const child_context& context) {
          return context.parent.spawn<store::redis_actor>(context.path, resources);
        },
        places[i]));
  }
  return patient_branch(resources->name, std::move(children));
}

child_spec shared_breakers_child(const tree_state& state) {
  store::shared_breakers_wiring wiring;
  for (const auto& upstream : state.upstreams.all()) {
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
child_spec invalidation_child(const tree_state& state) {
  return supervision::leaf_child(
      "invalidation",
      [&state](const child_context& context) {
        store::invalidation_wiring wiring;
        for (const auto& shard : state.purge_listeners) wiring.caches.emplace_back(shard);
        for (const auto& actor : state.redis_cache_actors) wiring.redis.emplace_back(actor);
        if (state.redis_cache != nullptr) wiring.subscription = state.redis_cache->subscription;
        wiring.instance = state.instance;
        wiring.backlog = state.purges;
        wiring.counters = state.purge_counters;
        wiring.reserved = state.key_prefixes;
        return context.parent.spawn<store::invalidation>(context.path, std::move(wiring));
      },
      state.invalidation);
}

child_spec infrastructure_branch(const tree_state& state) {
  std::vector<child_spec> children;
  if (state.redis != nullptr) children.push_back(redis_group(state.redis, state.redis_actors));
  if (state.redis_cache != state.redis) {
    children.push_back(redis_group(state.redis_cache, state.redis_cache_actors));
  }
  if (state.redis != nullptr) children.push_back(shared_breakers_child(state));
  children.push_back(invalidation_child(state));
  return supervision::one_for_one("infrastructure", std::move(children));
}

std::vector<slot_ptr> make_slots(std::size_t count) {
  std::vector<slot_ptr> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(std::make_shared<slot>());
  return result;
}

}  // namespace

tree_state::tree_state(const config::settings& settings, std::size_t threads,
                       telemetry::server_metrics& counted)
    : workers(threads),
      metrics(counted),
      random(random_share),
      instance(random_name()),
      key_prefixes(settings.key_prefixes),
      data_dir(settings.data_dir),
      redis_timeout(settings.redis.command_timeout),
      upstreams({threads, settings.redis.main.has_value(), random_share,
                 settings.redis.main ? shared_breakers : nullptr},
                counted) {
  const auto& shared = settings.redis;
  if (!shared.main) return;
  redis = std::make_shared<store::redis_resources>("redis", shared, *shared.main, random_share);
  redis_actors = make_slots(workers);
  redis_cache = redis;
  redis_cache_actors = redis_actors;
  if (shared.cache && *shared.cache != *shared.main) {
    redis_cache = std::make_shared<store::redis_resources>("redis_cache", shared, *shared.cache,
                                                           random_share);
    redis_cache_actors = make_slots(workers);
  }
  redis->channels.push_back({store::channels::breaker, shared_breakers});
  redis_cache->channels.push_back({store::channels::invalidate, invalidation});
}

tree_state::~tree_state() = default;

supervisor_spec describe_tree(const tree_state& state, std::vector<child_spec> upper) {
  std::vector<child_spec> branches;
  branches.push_back(infrastructure_branch(state));
  branches.push_back(guards_branch(state));
  std::move(upper.begin(), upper.end(), std::back_inserter(branches));
  return group(strategy::rest_for_one, std::move(branches));
}

}  // namespace tributary::actors
