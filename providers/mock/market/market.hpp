// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/stand_in.hpp"

/// The market-data providers, each below a path of its own.
namespace tributary::providers::mock::market {

inline constexpr port_flag on_port{"market-port", 7002, "market data"};

extern const service yfinance_service;
extern const service finnhub_service;
extern const service coingecko_service;
extern const service coinmarketcap_service;
extern const service alpha_vantage_service;

}  // namespace tributary::providers::mock::market
