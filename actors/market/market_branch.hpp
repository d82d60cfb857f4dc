// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/child_spec.hpp"

namespace tributary::actors {
struct tree_state;
}

namespace tributary::actors::market {

struct market_state;

// clang-format off
/// The actors of market data; fills in their slots. Both states outlive the actors.
///
///     market (one_for_one)
///     ├── allowance-keeper
///     ├── providers (one_for_one)   yfinance, finnhub …: those that are served
///     ├── quote-book
///     ├── boards (one_for_one)      board-0 …, one a worker
///     ├── price-loop
///     └── asset-loop
// clang-format on
supervision::child_spec market_branch(const tree_state& shared, market_state& market);

}  // namespace tributary::actors::market
