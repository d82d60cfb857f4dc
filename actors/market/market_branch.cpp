// SPDX-License-Identifier: MIT
#include "actors/market/market_branch.hpp"

#include "actors/actor_tree.hpp"
#include "actors/market/allowance_keeper.hpp"
#include "actors/market/asset_loop.hpp"
#include "actors/market/market_state.hpp"
#include "actors/market/price_loop.hpp"
#include "actors/market/provider_actor.hpp"
#include "actors/market/quote_board.hpp"
#include "actors/market/quote_book.hpp"
#include "actors/supervision/supervisor.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tributary::actors::market {

using supervision::child_context;
using supervision::child_spec;
using supervision::slot;
using supervision::slot_ptr;
using supervision::supervised_ref;

namespace {

std::vector<supervised_ref> refs_of(const std::vector<slot_ptr>& places) {
  return {places.begin(), places.end()};
}

/// Writes files, so it has a thread of its own.
child_spec keeper_child(const tree_state& shared, const market_state& market) {
  return supervision::leaf_child(
      "allowance-keeper",
      [&shared, &market](const child_context& context) {
        allowance_keeper_wiring wiring;
        for (const auto& each : market.providers) {
          wiring.allowances.push_back({each->adapter->source(), each->allowance});
        }
        wiring.data_dir = shared.data_dir;
        if (!shared.redis_actors.empty()) {
          wiring.redis = supervised_ref{shared.redis_actors.front()};
        }
        wiring.redis_timeout = shared.redis_timeout;
        return context.parent.spawn<allowance_keeper, caf::detached>(context.path,
                                                                     std::move(wiring));
      },
      market.allowance_keeper);
}

child_spec provider_children(market_state& market) {
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < market.providers.size(); ++i) {
    provider_wiring wiring;
    wiring.resources = market.providers[i];
    for (const auto& first : wiring.resources->upstream->first_guards) {
      wiring.guards.emplace_back(first);
    }
    wiring.allowance_keeper = supervised_ref{market.allowance_keeper};
    auto child = supervision::leaf_child(
        market.providers[i]->settings.name,
        [wiring](const child_context& context) {
          return context.parent.spawn<provider_actor>(context.path, wiring);
        },
        market.provider_actors.emplace_back(std::make_shared<slot>()));
    child.rules.counted = false;  // a provider that cannot be served is no reason to give up others
    children.push_back(std::move(child));
  }
  auto child = supervision::one_for_one("providers", std::move(children));
  child.rules.counted = false;
  return child;
}

quote_book_wiring wiring_of_book(const tree_state& shared, const market_state& market) {
  quote_book_wiring wiring;
  wiring.knowledge = market.knowledge;
  for (std::size_t i = 0; i < market.providers.size(); ++i) {
    const auto& each = *market.providers[i];
    wiring.providers.push_back({each.adapter->source(), supervised_ref{market.provider_actors[i]},
                                each.metrics.passed_on});
  }
  wiring.chains = market.chains;
  wiring.boards = refs_of(market.boards);
  wiring.feeds = market.feeds;
  wiring.redis = refs_of(shared.redis_cache_actors);
  wiring.redis_timeout = shared.redis_timeout;
  wiring.quote_ttl = market.settings.quote_ttl;
  wiring.stale_for = market.settings.stale_for;
  wiring.price_interval = market.settings.price_interval;
  wiring.timeout = market.settings.timeout;
  wiring.metrics = market.metrics;
  return wiring;
}

child_spec book_child(const tree_state& shared, const market_state& market) {
  return supervision::leaf_child(
      "quote-book",
      [&shared, &market](const child_context& context) {
        return context.parent.spawn<quote_book>(context.path, wiring_of_book(shared, market));
      },
      market.quote_book);
}

child_spec board_children(market_state& market, std::size_t workers) {
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < workers; ++i) {
    quote_board_wiring wiring;
    wiring.book = supervised_ref{market.quote_book};
    wiring.most_symbols = market.settings.max_symbols;
    wiring.quote_ttl = market.settings.quote_ttl;
    wiring.stale_for = market.settings.stale_for;
    wiring.metrics = market.metrics;
    children.push_back(supervision::leaf_child(
        "board-" + std::to_string(i),
        [wiring](const child_context& context) {
          return context.parent.spawn<quote_board>(context.path, wiring);
        },
        market.boards.emplace_back(std::make_shared<slot>())));
  }
  return supervision::one_for_one("boards", std::move(children));
}

child_spec price_loop_child(const tree_state& shared, const market_state& market) {
  price_loop_wiring wiring;
  wiring.book = supervised_ref{market.quote_book};
  wiring.interval = market.settings.price_interval;
  wiring.random = shared.random;
  wiring.metrics = market.metrics;
  return supervision::leaf_child("price-loop", [wiring](const child_context& context) {
    return context.parent.spawn<price_loop>(context.path, wiring);
  });
}

/// Reads and sorts tens of thousands of rows, so it has a thread of its own.
child_spec asset_loop_child(const tree_state& shared, const market_state& market) {
  asset_loop_wiring wiring;
  for (std::size_t kind = 0; kind < market.lists.size(); ++kind) {
    for (const auto i : market.lists[kind]) {
      const auto& provider = *market.providers[i];
      if (!provider.adapter->lists(static_cast<pm::asset_class>(kind))) continue;
      wiring.providers[kind].push_back(
          {provider.adapter->source(), supervised_ref{market.provider_actors[i]}});
    }
  }
  wiring.shelf = market.shelf;
  wiring.counters = market.asset_numbers;
  wiring.times.interval = market.settings.asset_interval;
  wiring.random = shared.random;
  if (!shared.redis_cache_actors.empty()) {
    wiring.redis = supervised_ref{shared.redis_cache_actors.front()};
  }
  return supervision::leaf_child("asset-loop", [wiring](const child_context& context) {
    return context.parent.spawn<asset_loop, caf::detached>(context.path, wiring);
  });
}

}  // namespace

child_spec market_branch(const tree_state& shared, market_state& market) {
  std::vector<child_spec> children;
  children.push_back(keeper_child(shared, market));
  children.push_back(provider_children(market));
  // The book tells the boards, the boards ask the book: each finds the other when it is there.
  auto boards = board_children(market, shared.workers);
  children.push_back(book_child(shared, market));
  children.push_back(std::move(boards));
  children.push_back(price_loop_child(shared, market));
  children.push_back(asset_loop_child(shared, market));
  return supervision::one_for_one("market", std::move(children));
}

}  // namespace tributary::actors::market
