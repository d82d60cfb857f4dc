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

child_spec one_for_one(std::string id, std::vector<child_spec> children) {
  supervision::supervisor_spec spec;
  spec.rules.strategy = supervision::strategy::one_for_one;
  spec.children = std::move(children);
  return supervision::supervisor_child(std::move(id), std::move(spec));
}

/// Writes files, so it has a thread of its own.
child_spec keeper_child(tree_state& state) {
  return supervision::leaf_child(
      "allowance-keeper",
      [&state](const child_context& context) {
        allowance_keeper_wiring wiring;
        for (const auto& each : state.market->providers) {
          wiring.allowances.push_back({each->adapter->source(), each->allowance});
        }
        wiring.data_dir = state.settings.data_dir;
        if (!state.redis_actors.empty()) wiring.redis = supervised_ref{state.redis_actors.front()};
        wiring.redis_timeout = state.settings.redis.command_timeout;
        return context.parent.spawn<allowance_keeper, caf::detached>(context.path,
                                                                     std::move(wiring));
      },
      state.market->allowance_keeper);
}

child_spec provider_children(tree_state& state) {
  auto& market = *state.market;
  std::vector<child_spec> children;
  for (std::size_t i = 0; i < market.providers.size(); ++i) {
    provider_wiring wiring;
    wiring.resources = market.providers[i];
    for (const auto& guards : state.first_guards) {
      wiring.guards.emplace_back(guards[market.first_upstream + i]);
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
  auto child = one_for_one("providers", std::move(children));
  child.rules.counted = false;
  return child;
}

quote_book_wiring wiring_of_book(const tree_state& state) {
  const auto& market = *state.market;
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
  wiring.redis = refs_of(state.redis_cache_actors);
  wiring.redis_timeout = state.settings.redis.command_timeout;
  wiring.quote_ttl = market.settings.quote_ttl;
  wiring.stale_for = market.settings.stale_for;
  wiring.price_interval = market.settings.price_interval;
  wiring.timeout = market.settings.timeout;
  wiring.metrics = market.metrics;
  return wiring;
}

child_spec book_child(tree_state& state) {
  return supervision::leaf_child(
      "quote-book",
      [&state](const child_context& context) {
        return context.parent.spawn<quote_book>(context.path, wiring_of_book(state));
      },
      state.market->quote_book);
}

child_spec board_children(tree_state& state, std::size_t workers) {
  auto& market = *state.market;
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
  return one_for_one("boards", std::move(children));
}

child_spec price_loop_child(tree_state& state) {
  price_loop_wiring wiring;
  wiring.book = supervised_ref{state.market->quote_book};
  wiring.interval = state.market->settings.price_interval;
  wiring.random = state.random;
  wiring.metrics = state.market->metrics;
  return supervision::leaf_child("price-loop", [wiring](const child_context& context) {
    return context.parent.spawn<price_loop>(context.path, wiring);
  });
}

/// Reads and sorts tens of thousands of rows, so it has a thread of its own.
child_spec asset_loop_child(tree_state& state) {
  const auto& market = *state.market;
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
  wiring.random = state.random;
  if (!state.redis_cache_actors.empty()) {
    wiring.redis = supervised_ref{state.redis_cache_actors.front()};
  }
  return supervision::leaf_child("asset-loop", [wiring](const child_context& context) {
    return context.parent.spawn<asset_loop, caf::detached>(context.path, wiring);
  });
}

}  // namespace

child_spec market_branch(tree_state& state, std::size_t workers) {
  std::vector<child_spec> children;
  children.push_back(keeper_child(state));
  children.push_back(provider_children(state));
  // The book tells the boards, the boards ask the book: each finds the other when it is there.
  auto boards = board_children(state, workers);
  children.push_back(book_child(state));
  children.push_back(std::move(boards));
  children.push_back(price_loop_child(state));
  children.push_back(asset_loop_child(state));
  return one_for_one("market", std::move(children));
}

}  // namespace tributary::actors::market
