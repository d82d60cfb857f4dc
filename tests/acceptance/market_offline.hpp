// SPDX-License-Identifier: MIT
#pragma once

#include "market_fixture.hpp"
#include "providers/mock/wire/mock_server.hpp"

#include <string>
#include <utility>

namespace tributary::tests {

namespace mock = providers::mock;

/// `tributary mock` in this process, on free ports, and settings of the shipped configuration that
/// point at it, with keys for all providers and without active symbols.
struct offline_market {
  offline_market() : server(mock::mock_options::on_free_ports()) {
    if (const auto wrong = server.start()) throw std::runtime_error(*wrong);
  }

  std::string url(std::string_view provider) const { return server.url(provider); }

  config::settings settings(variables more = {}) const {
    more.insert({{"YFINANCE_URL", url("yfinance")},
                 {"FINNHUB_URL", url("finnhub")},
                 {"COINGECKO_URL", url("coingecko")},
                 {"COINMARKETCAP_URL", url("coinmarketcap")},
                 {"ALPHA_VANTAGE_URL", url("alpha_vantage")},
                 {"FINNHUB_API_KEY", "finnhub-key"},
                 {"COINGECKO_API_KEY", "CG-key"},
                 {"COINMARKETCAP_API_KEY", "coinmarketcap-key"},
                 {"ALPHA_VANTAGE_API_KEY", "ALPHAKEY"}});
    return shipped_market(std::move(more));
  }

  void fail(std::string_view which, int status = 503) {
    server.set(which, {{"error_rate", 1}, {"error_status", status}});
  }
  void heal(std::string_view which) { server.set(which, {}); }

  mock::mock_server server;
};

}  // namespace tributary::tests
