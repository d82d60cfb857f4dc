// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/market_section.hpp"

#include <string>
#include <vector>

namespace tributary::config {

// What the section of market data is made of.

/// With the settings that `known` declares for single providers.
table<market_settings> market_keys(const market_vocabulary& known);

/// Fills each provider's `upstream`. `taken_upstreams` are names that no provider can have.
void check_market(market_settings& market, const market_vocabulary& known,
                  const std::vector<std::string>& taken_upstreams, complaint& out);

}  // namespace tributary::config
