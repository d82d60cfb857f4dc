// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/market/call.hpp"

/// The providers, each as its public interface behaves: written from what is known of the wire,
/// and not from the adapters that read it, so that a mistake in one shows in the other.
namespace tributary::providers::mock::market {

/// Yahoo Finance, all its hosts in one: cookie, crumb, quotes, spark, chart, searches, screeners.
namespace yfinance {
reply answer(const call& asked);
}

/// Finnhub with a key of the free plan.
namespace finnhub {
reply answer(const call& asked);
}

/// CoinGecko, keyless or with a demo key.
namespace coingecko {
reply answer(const call& asked);
}

/// CoinMarketCap with a key of the basic plan.
namespace coinmarketcap {
reply answer(const call& asked);
}

/// Alpha Vantage with a free key.
namespace alpha_vantage {
reply answer(const call& asked);
}

}  // namespace tributary::providers::mock::market
