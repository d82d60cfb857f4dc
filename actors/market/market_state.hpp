// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/asset_shelf.hpp"
#include "actors/market/market_metrics.hpp"
#include "actors/market/provider_resources.hpp"
#include "actors/market/quote_book.hpp"
#include "actors/market/quotes.hpp"
#include "actors/supervision/slot.hpp"
#include "config/sections/market_section.hpp"
#include "config/settings.hpp"
#include "providers/market/provider.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tributary::actors::telemetry {
class server_metrics;
}

namespace tributary::actors::market {

/// The providers that are built in, which of them are served, and what counts as a symbol, for the
/// section of the configuration.
config::market_vocabulary vocabulary();

/// True for a provider that is built in, not switched off, and has the key that it needs.
bool is_served(const config::market_provider_settings& provider);

/// The settings with the guards' view of each served provider at the end of `upstreams`, in the
/// order of the providers, so that they have guards, connections, metrics and health like all
/// others.
config::settings with_provider_upstreams(config::settings settings);

struct market_state;

/// Shows lists of assets, allowances and refused keys. Once, at start-up; the state must outlive
/// the last rendering.
void watch_market(const market_state& state, telemetry::registry& metrics);

/// What the actors of market data share, with those who build and watch them. Outlives all actors.
struct market_state {
  /// @param settings made by `with_provider_upstreams`; have a section of market data
  /// @param upstreams of all of them; the last belong to the providers
  market_state(const config::settings& settings,
               std::span<const std::shared_ptr<guards::upstream_resources>> upstreams,
               telemetry::server_metrics& counted);

  const config::market_settings settings;
  market_metrics metrics;
  std::vector<std::shared_ptr<provider_resources>> providers;  ///< those served
  std::size_t first_upstream = 0;       ///< position of the first one's among all upstreams
  std::vector<std::string> not_served;  ///< names of the others
  provider_chains chains;
  provider_chains lists;
  std::shared_ptr<quote_knowledge> knowledge;
  std::shared_ptr<asset_shelf> shelf;
  std::shared_ptr<asset_counters> asset_numbers;
  std::vector<std::shared_ptr<quote_feed>> feeds;  ///< filled before the actors start

  // Where to find the actors.
  supervision::slot_ptr allowance_keeper = std::make_shared<supervision::slot>();
  std::vector<supervision::slot_ptr> provider_actors;  ///< as `providers`
  supervision::slot_ptr quote_book = std::make_shared<supervision::slot>();
  std::vector<supervision::slot_ptr> boards;  ///< one a worker
};

}  // namespace tributary::actors::market
