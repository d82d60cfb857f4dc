// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/asset_shelf.hpp"
#include "actors/market/market_metrics.hpp"
#include "actors/market/provider_resources.hpp"
#include "actors/market/quote_book.hpp"
#include "actors/market/quotes.hpp"
#include "actors/supervision/slot.hpp"
#include "config/sections/market_section.hpp"
#include "providers/market/provider.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tributary::actors {
struct tree_state;
}

namespace tributary::actors::market {

/// The providers that are built in and what counts as a symbol, for the checks of a configuration.
config::market_vocabulary vocabulary();

/// True for a provider that is built in, not switched off, and has the key that it needs.
bool is_served(const config::market_provider_settings& provider);

struct market_state;

/// Shows lists of assets, allowances and refused keys. Once, at start-up; the state must outlive
/// the last rendering.
void watch_market(const market_state& state, telemetry::registry& metrics);

/// What the actors of market data share, with those who build and watch them. Outlives all actors.
struct market_state {
  /// @param shared has an upstream of the name of each served provider
  market_state(const config::market_settings& s, const tree_state& shared);

  const config::market_settings settings;
  market_metrics metrics;
  std::vector<std::shared_ptr<provider_resources>> providers;  ///< those served
  std::vector<std::string> not_served;                         ///< names of the others
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
