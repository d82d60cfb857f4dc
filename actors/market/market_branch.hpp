// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/child_spec.hpp"

#include <cstddef>

namespace tributary::actors {
struct tree_state;
}

namespace tributary::actors::market {

// clang-format off
/// The actors of market data; fills in their slots. `state` has a market.
///
///     market (one_for_one)
///     ├── allowance-keeper
///     ├── providers (one_for_one)   yfinance, finnhub …: those that are served
///     ├── quote-book
///     ├── boards (one_for_one)      board-0 …, one a worker
///     ├── price-loop
///     └── asset-loop
// clang-format on
supervision::child_spec market_branch(tree_state& state, std::size_t workers);

}  // namespace tributary::actors::market
