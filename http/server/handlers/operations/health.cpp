// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/health.hpp"

#include "actors/actor_tree.hpp"
#include "config/built_in.hpp"
#include "http/server/handlers/operations/health_report.hpp"
#include "http/server/router.hpp"
#include "http/wire/utc_time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace tributary::http::server {

namespace {

using actors::guards::breaker_state;
using json = nlohmann::ordered_json;

void add_upstream(const actors::guards::upstream_resources& upstream, health_report& report) {
  const auto state = upstream.state.load(std::memory_order_relaxed);
  const auto how = state == breaker_state::closed ? health::ok
                   : state == breaker_state::open ? health::down
                                                  : health::degraded;
  report.add(upstream.settings.name, how, std::string{"breaker "}.append(to_string(state)),
             upstream.state_since_ms.load(std::memory_order_relaxed));
}

void add_store(const std::string& name, const actors::store::redis_resources* store,
               health_report& report) {
  if (store == nullptr) return report.add(name, health::disabled, "not configured");
  const auto inspected = store->inspect();
  report.add(name, inspected.well ? health::ok : health::down, inspected.detail, inspected.since);
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

bool health_view::is_ready() const {
  return serving.load() && std::ranges::all_of(judges, [](const auto& agrees) { return agrees(); });
}

std::string health_document(const health_view& view) {
  health_report report{view.started_text};
  for (const auto& each : view.tree.upstreams.all()) add_upstream(*each, report);
  for (const auto& add_more : view.reporters) add_more(report);
  add_store("redis", view.tree.redis.get(), report);
  if (view.tree.redis_cache != view.tree.redis) {
    add_store("redis_cache", view.tree.redis_cache.get(), report);
  }
  const auto uptime = std::chrono::steady_clock::now() - view.started;
  json document;
  document["status"] = to_string(report.is_degraded() ? health::degraded : health::ok);
  document["version"] = TRIBUTARY_VERSION;
  document["uptime_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(uptime).count();
  document["dependencies"] = report.take_dependencies();
  return document.dump();
}

void add_health_routes(router& routes, const health_view& view) {
  const auto always = [](std::string_view summary) {
    route_options result;
    result.summary = summary;
    result.never_shed = true;
    return result;
  };
  routes.add(
      method::get, config::built_in::livez_path,
      [](const request&, responder answer) { std::move(answer).respond(status_response(true)); },
      always("Whether the process answers: always 200."));
  routes.add(
      method::get, config::built_in::readyz_path,
      [&view](const request&, responder answer) {
        std::move(answer).respond(status_response(view.is_ready()));
      },
      always("Whether it takes requests: 503 before the start is done and while it stops."));
  routes.add(
      method::get, config::built_in::health_path,
      [&view](const request&, responder answer) {
        auto result = make_response(200, "application/json", health_document(view));
        result.add_header("Cache-Control", "no-store");
        std::move(answer).respond(std::move(result));
      },
      always("How each thing is that it depends on: always 200, `status` is `ok` or `degraded`."));
}

}  // namespace tributary::http::server
