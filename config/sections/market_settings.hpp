// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"
#include "config/sections/tls_settings.hpp"
#include "config/sections/upstream_settings.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tributary::config {

/// How often a provider may be called; 0: no such limit. Days and months are those of UTC.
struct call_allowance {
  std::size_t per_second = 0;
  std::size_t per_minute = 0;
  std::size_t per_day = 0;
  std::size_t per_month = 0;

  bool operator==(const call_allowance&) const = default;
};

/// One provider of market data.
struct market_provider_settings {
  std::string name;  ///< `source` of its quotes: yfinance finnhub coingecko …
  bool enabled = true;
  std::string url;  ///< origin and optional path prefix
  std::string key;  ///< empty: none; those that need one are then left out
  /// Settings that only this provider has, by name, of those that the file gives: `tier`.
  std::map<std::string, std::string, std::less<>> own;
  call_allowance allowance;
  milliseconds connect_timeout{1'000};
  milliseconds timeout{2'000};       ///< of one call
  std::size_t failures_to_open = 3;  ///< in a row
  tls_settings tls_options;
  /// The guards' view of it, made from the others when the configuration is loaded.
  upstream_settings upstream;
};

/// Names of providers, in the order in which they are asked.
struct market_chains {
  std::vector<std::string> stocks;
  std::vector<std::string> crypto;
  std::vector<std::string> forex;

  bool operator==(const market_chains&) const = default;
};

/// Market data: `/v1/quotes`, `/v1/assets`, and what keeps them fresh.
struct market_settings {
  std::vector<market_provider_settings> providers;
  market_chains chains;  ///< for quotes
  market_chains lists;   ///< for lists of assets, which are merged; the first has the last word
  std::string active_symbols;             ///< as written: commas, spaces around symbols allowed
  milliseconds breaker_timeout{300'000};  ///< a provider's breaker stays open so long, exactly
  milliseconds price_interval{5'000};
  milliseconds asset_interval{86'400'000};
  milliseconds quote_ttl{300'000};
  milliseconds asset_ttl{86'400'000};
  milliseconds stale_for{86'400'000};      ///< how long an expired quote is kept, for bad times
  milliseconds timeout{5'000};             ///< of one request for quotes
  double loop_share = 0.8;                 ///< of each allowance, for the loops
  std::size_t max_symbols = 10'000;        ///< quotes kept; symbols followed
  std::size_t max_streams = 10'000;        ///< clients of the stream
  milliseconds heartbeat{15'000};          ///< of a stream without news
  std::size_t stream_backlog = 64 * 1024;  ///< bytes that wait for one client; over: dropped
};

}  // namespace tributary::config
