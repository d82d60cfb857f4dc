// SPDX-License-Identifier: MIT
#include "http/server/systems/aggregate_system.hpp"

#include "actors/actor_tree.hpp"
#include "actors/aggregation/plan.hpp"
#include "actors/cache/watch_caches.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "config/sections/aggregate_section.hpp"
#include "http/server/handlers/aggregate/aggregate_handler.hpp"
#include "http/server/handlers/operations/health_report.hpp"
#include "http/server/router.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

namespace tributary::http::server {

namespace aggregation = actors::aggregation;
namespace supervision = actors::supervision;

namespace {

/// As the plans find them: by their number.
std::vector<config::upstream_settings> settings_of(const actors::guards::upstream_registry& all) {
  std::vector<config::upstream_settings> result;
  for (const auto& each : all.all()) result.push_back(each->settings);
  return result;
}

/// Lets the metrics of an upstream count what the part cache did for it.
void count_part_caches(const config::endpoint_settings& endpoint,
                       const actors::guards::upstream_registry& all) {
  for (const auto& part : endpoint.parts) {
    const auto upstream = part.cache ? all.find(part.upstream) : nullptr;
    if (upstream != nullptr) upstream->metrics.has_part_cache();
  }
}

std::size_t running(const std::vector<supervision::slot_ptr>& places) {
  return static_cast<std::size_t>(std::ranges::count_if(places, [](const auto& place) {
    return place->state() == supervision::child_state::running;
  }));
}

}  // namespace

system_declaration aggregate_system::declaration() {
  return {"aggregates",
          {"api"},
          config::aggregate_section(),
          [](const config::settings& settings, const process& in) -> std::unique_ptr<system> {
            return std::make_unique<aggregate_system>(settings, in);
          }};
}

namespace {

aggregation::aggregation_state state_for(const config::aggregate_settings& settings,
                                         const process& in) {
  aggregation::aggregation_state result;
  aggregation::make_worker_answers(settings.cache, in.loops, result);
  return result;
}

/// By which credentials are hashed in keys: what instances that share a Redis have in common, and,
/// where none is shared, what nobody else has.
std::string key_secret_of(const config::redis_settings& redis) {
  if (!redis.key_secret.empty()) return redis.key_secret;
  if (redis.cache) return redis.cache->password;
  std::string result;
  std::random_device random;
  for (int i = 0; i < 8; ++i) result += std::to_string(random());
  return result;
}

}  // namespace

aggregate_system::aggregate_system(const config::settings& settings, const process& in)
    : tree_(in.tree),
      state_(state_for(config::aggregates_of(settings), in)),
      branches_(aggregation::aggregation_branches(config::aggregates_of(settings), tree_, state_)) {
  for (std::size_t worker = 0; worker < state_.aggregators.size(); ++worker) {
    auto& mine = refs_.emplace_back();
    mine.aggregator = supervision::supervised_ref{state_.aggregators[worker]};
    mine.hot = state_.hot[worker];
    for (const auto& place : state_.aggregators) mine.aggregators.emplace_back(place);
    for (const auto& place : state_.caches) mine.caches.emplace_back(place);
  }
}

std::vector<supervision::child_spec> aggregate_system::branches() { return std::move(branches_); }

void aggregate_system::add_routes(const config::settings& settings, route_tables& routes) {
  const auto upstreams = settings_of(tree_.upstreams);
  const auto key_secret = key_secret_of(settings.redis);
  for (const auto& endpoint : config::aggregates_of(settings).endpoints) {
    auto compiled = aggregation::compile(endpoint, upstreams, key_secret);
    if (compiled.plan == nullptr) throw std::runtime_error{compiled.errors.front()};
    count_part_caches(endpoint, tree_.upstreams);
    route_options options;
    options.summary = "An aggregate, as the configuration declares it.";
    options.produces = {"application/json"};
    options.large_answers = true;
    for (const auto& parameter : compiled.plan->parameters) {
      if (parameter.is_credential) options.secrets.push_back(parameter.settings.name);
    }
    std::shared_ptr<handler> serve = std::make_shared<aggregate_handler>(
        std::move(compiled.plan), refs_, tree_.metrics.endpoint(endpoint));
    routes.clients.add(method::get, endpoint.path, std::move(serve), std::move(options));
  }
}

void aggregate_system::watch(actors::telemetry::registry& metrics) {
  const auto& shards = state_.cache_counters;
  actors::cache::watch_answer_cache(metrics, {shards.begin(), shards.end()});
  const auto& parts = state_.part_cache_counters;
  if (!parts.empty()) actors::cache::watch_part_cache(metrics, {parts.begin(), parts.end()});
}

void aggregate_system::add_health(health_report& report) const {
  const auto up = running(state_.caches);
  const auto all = state_.caches.size();
  report.add("cache", up == all ? health::ok : health::degraded,
             std::to_string(up) + " of " + std::to_string(all) + " shards, in memory");
}

}  // namespace tributary::http::server
