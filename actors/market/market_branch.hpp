// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/child_spec.hpp"

namespace tributary::actors {
struct tree_state;
}

namespace tributary::actors::market {

struct market_state;

/// The actors of market data, as the README draws them; fills in their slots. There is one for each
/// provider that is served, and a board for each worker. Both states outlive the actors.
supervision::child_spec market_branch(const tree_state& shared, market_state& market);

}  // namespace tributary::actors::market
