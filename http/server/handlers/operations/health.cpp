// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/health.hpp"

#include "actors/market/market_state.hpp"
#include "config/built_in.hpp"
#include "http/server/router.hpp"
#include "http/wire/utc_time.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace tributary::http::server {

namespace {

using actors::guards::breaker_state;
using json = nlohmann::ordered_json;

std::string iso_time(std::int64_t milliseconds) {
  return wire::utc_time(
      std::chrono::system_clock::time_point{std::chrono::milliseconds{milliseconds}});
}

json upstream_entry(const actors::guards::upstream_resources& upstream) {
  const auto state = upstream.state.load(std::memory_order_relaxed);
  const auto* status = state == breaker_state::closed ? "ok"
                       : state == breaker_state::open ? "down"
                                                      : "degraded";
  json entry;
  entry["status"] = status;
  entry["detail"] = std::string{"breaker "}.append(to_string(state));
  entry["since"] = iso_time(upstream.state_since_ms.load(std::memory_order_relaxed));
  return entry;
}

/// As an upstream, and out of service too while its key is refused.
json provider_entry(const actors::market::provider_resources& provider, bool& degraded) {
  auto entry = upstream_entry(*provider.upstream);
  if (provider.key_refused(std::chrono::steady_clock::now())) {
    entry["status"] = "down";
    entry["detail"] = "the key is refused";
    entry["since"] = iso_time(provider.refused_since_ms.load(std::memory_order_relaxed));
  }
  degraded = degraded || entry["status"] != "ok";
  return entry;
}

void add_providers(json& into, const actors::market::market_state& market, bool& degraded) {
  for (const auto& each : market.providers) {
    into[each->settings.name] = provider_entry(*each, degraded);
  }
  for (const auto& each : market.not_served) {
    into[each] = {{"status", "disabled"}, {"detail", "it has no key, or is switched off"}};
  }
}

json cache_entry(const health_view& view, bool& degraded) {
  const auto& places = view.tree.caches;
  std::size_t running = 0;
  for (const auto& place : places) {
    running += place->state() == actors::supervision::child_state::running ? 1 : 0;
  }
  degraded = degraded || running != places.size();
  json entry;
  entry["status"] = running == places.size() ? "ok" : "degraded";
  entry["detail"] =
      std::to_string(running) + " of " + std::to_string(places.size()) + " shards, in memory";
  entry["since"] = view.started_text;
  return entry;
}

json store_entry(const actors::store::redis_resources* store, bool& degraded) {
  if (store == nullptr) return {{"status", "disabled"}, {"detail", "not configured"}};
  const auto report = store->inspect();
  degraded = degraded || !report.well;
  json entry;
  entry["status"] = report.well ? "ok" : "down";
  entry["detail"] = report.detail;
  entry["since"] = iso_time(report.since);
  return entry;
}

response status_response(bool good) {
  auto result = make_response(good ? 200 : 503, "application/json",
                              good ? R"({"status":"ok"})" : R"({"status":"draining"})");
  result.add_header("Cache-Control", "no-store");
  if (!good) result.add_header("Retry-After", "1");
  return result;
}

}  // namespace

health_view::health_view(const actors::tree_state& watched)
    : tree(watched), started_text(wire::utc_time(std::chrono::system_clock::now())) {}

std::string health_document(const health_view& view) {
  auto degraded = false;
  json dependencies = json::object();
  const auto* market = view.tree.market.get();
  const auto& upstreams = view.tree.upstreams;
  const auto own = market == nullptr ? upstreams.size() : market->first_upstream;
  for (std::size_t i = 0; i < own; ++i) {
    const auto state = upstreams[i]->state.load(std::memory_order_relaxed);
    degraded = degraded || state != breaker_state::closed;
    dependencies[upstreams[i]->settings.name] = upstream_entry(*upstreams[i]);
  }
  if (market != nullptr) add_providers(dependencies, *market, degraded);
  dependencies["cache"] = cache_entry(view, degraded);
  dependencies["redis"] = store_entry(view.tree.redis.get(), degraded);
  if (view.tree.redis_cache != view.tree.redis) {
    dependencies["redis_cache"] = store_entry(view.tree.redis_cache.get(), degraded);
  }
  const auto uptime = std::chrono::steady_clock::now() - view.started;
  json document;
  document["status"] = degraded ? "degraded" : "ok";
  document["version"] = TRIBUTARY_VERSION;
  document["uptime_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(uptime).count();
  document["dependencies"] = std::move(dependencies);
  return document.dump();
}

void add_health_routes(router& routes, const health_view& view) {
  route_options always;
  always.never_shed = true;
  routes.add(
      method::get, config::built_in::livez_path,
      [](const request&, responder answer) { std::move(answer).respond(status_response(true)); },
      always);
  routes.add(
      method::get, config::built_in::readyz_path,
      [&view](const request&, responder answer) {
        std::move(answer).respond(status_response(view.ready.load()));
      },
      always);
  routes.add(
      method::get, config::built_in::health_path,
      [&view](const request&, responder answer) {
        auto result = make_response(200, "application/json", health_document(view));
        result.add_header("Cache-Control", "no-store");
        std::move(answer).respond(std::move(result));
      },
      always);
}

}  // namespace tributary::http::server
