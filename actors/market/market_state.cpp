// SPDX-License-Identifier: MIT
#include "actors/market/market_state.hpp"

#include "actors/actor_tree.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "config/sections/market_symbol_list.hpp"
#include "providers/market/meant_symbol.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace tributary::actors::market {

namespace events = telemetry::events;

namespace {

std::vector<std::size_t> positions(const std::vector<std::string>& names,
                                   std::span<const std::shared_ptr<provider_resources>> among) {
  std::vector<std::size_t> result;
  for (const auto& name : names) {
    for (std::size_t i = 0; i < among.size(); ++i) {
      if (among[i]->settings.name == name) result.push_back(i);
    }
  }
  return result;
}

provider_chains chains_of(const config::market_chains& names,
                          std::span<const std::shared_ptr<provider_resources>> among) {
  return {positions(names.stocks, among), positions(names.crypto, among),
          positions(names.forex, among)};
}

/// A warning, unless somebody meant it so.
void log_left_out(const config::market_provider_settings& provider) {
  const auto level = provider.enabled ? config::log_level::warning : config::log_level::info;
  telemetry::log().write(
      level, events::provider_disabled,
      provider.enabled ? "the provider is left out: it has no key" : "the provider is switched off",
      {{"provider", provider.name}});
}

}  // namespace

config::market_vocabulary vocabulary() {
  config::market_vocabulary known;
  for (const auto& each : pm::registrations()) {
    known.sources.emplace_back(each.source);
    for (const auto& own : each.own) {
      known.own_settings.push_back({std::string{each.source},
                                    std::string{own.name},
                                    {own.words.begin(), own.words.end()},
                                    std::string{own.meaning}});
    }
  }
  known.symbol_flaw = [](std::string_view text) -> std::optional<std::string> {
    auto flaw = pm::flaw_of_symbol(text);
    if (flaw) flaw = pm::with_meant_symbol(*std::move(flaw), text);
    return flaw;
  };
  known.is_served = is_served;
  return known;
}

bool is_served(const config::market_provider_settings& provider) {
  const auto* found = pm::find_registration(provider.name);
  return found != nullptr && provider.enabled && (!found->needs_key || !provider.key.empty());
}

market_state::market_state(const config::market_settings& s, const tree_state& shared)
    : settings(s),
      metrics(shared.metrics.metrics()),
      knowledge(std::make_shared<quote_knowledge>(settings.max_symbols)),
      shelf(std::make_shared<asset_shelf>(settings.asset_ttl)) {
  for (const auto& provider : settings.providers) {
    if (!is_served(provider)) {
      log_left_out(provider);
      not_served.push_back(provider.name);
      continue;
    }
    auto allowed = std::make_shared<guarded_allowance>(provider.allowance, settings.loop_share,
                                                       settings.price_interval);
    providers.push_back(std::make_shared<provider_resources>(
        provider, pm::find_registration(provider.name)->make({provider.key, provider.own}),
        shared.upstreams.find(provider.name), std::move(allowed), settings.breaker_timeout,
        provider_metrics{shared.metrics.metrics(), provider.name}));
  }
  std::vector<std::string_view> sources;
  for (const auto& each : providers) sources.push_back(each->adapter->source());
  asset_numbers = std::make_shared<asset_counters>(sources);
  chains = chains_of(settings.chains, providers);
  lists = chains_of(settings.lists, providers);
  auto& active = knowledge->active;
  for (const auto text : config::split_symbols(settings.active_symbols)) {
    auto symbol = pm::parse_symbol(text);
    if (!symbol || active.size() >= settings.max_symbols) continue;
    if (std::find(active.begin(), active.end(), *symbol) == active.end()) {
      active.push_back(std::move(*symbol));
    }
  }
}

}  // namespace tributary::actors::market
