// SPDX-License-Identifier: MIT
#include "http/server/systems/market_system.hpp"

#include "actors/actor_tree.hpp"
#include "actors/market/market_branch.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/server/handlers/market/assets_handler.hpp"
#include "http/server/handlers/market/quote_stream.hpp"
#include "http/server/handlers/operations/health_report.hpp"
#include "http/server/router.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace tributary::http::server {

namespace market = actors::market;
namespace supervision = actors::supervision;

system_declaration market_system::declaration() {
  return {"market",
          {"api"},
          config::market_section(market::vocabulary()),
          [](const config::settings& settings, const process& in) -> std::unique_ptr<system> {
            return std::make_unique<market_system>(*settings.section<config::market_settings>(),
                                                   in);
          }};
}

market_system::market_system(const config::market_settings& settings, const process& in)
    : tree_(in.tree),
      state_(settings, in.tree),
      streams_(std::make_shared<quote_streams>(settings)),
      refs_(in.loops.size()),
      hubs_(make_quote_hubs(streams_, in.loops, refs_)) {
  state_.feeds.assign(hubs_.begin(), hubs_.end());
}

std::vector<supervision::child_spec> market_system::branches() {
  std::vector<supervision::child_spec> result;
  result.push_back(market::market_branch(tree_, state_));
  for (std::size_t i = 0; i < refs_.size(); ++i) {
    refs_[i].board = supervision::supervised_ref{state_.boards[i]};
    refs_[i].quote_book = supervision::supervised_ref{state_.quote_book};
  }
  return result;
}

void market_system::add_routes(const config::settings& settings, route_tables& routes) {
  add_quote_routes(routes.clients, *settings.section<config::market_settings>(), refs_, hubs_);
  route_options json;
  json.summary =
      "What can be asked for (`stocks`, `crypto`, `forex`), in pages: `limit`, `cursor`, `q`.";
  json.produces = {"application/json"};
  routes.clients.add(method::get, config::assets_path,
                     std::shared_ptr<handler>{std::make_shared<assets_handler>(state_.shelf)},
                     std::move(json));
}

void market_system::watch(actors::telemetry::registry& metrics) {
  market::watch_market(state_, metrics);
  watch_streams(metrics, streams_);
}

/// A provider is an upstream, and out of service too while its key is refused.
void market_system::add_health(health_report& report) const {
  for (const auto& each : state_.providers) {
    if (each->key_refused(std::chrono::steady_clock::now())) {
      report.add(each->settings.name, health::down, "the key is refused",
                 each->refused_since_ms.load(std::memory_order_relaxed));
    }
  }
  for (const auto& each : state_.not_served) {
    report.add(each, health::disabled, "it has no key, or is switched off");
  }
}

}  // namespace tributary::http::server
