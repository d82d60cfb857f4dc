// SPDX-License-Identifier: MIT
#pragma once

#include "support/gateway_fixture.hpp"
#include "support/stub_upstream.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace tributary::tests {

/// The shipped configuration with these variables, without lists of assets, and without active
/// symbols unless there is a variable for them.
inline config::settings shipped_market(variables more) {
  const auto with_active_symbols = more.contains("ACTIVE_SYMBOLS");
  auto result = local(shipped(std::move(more)));
  alter_market(result, [&](auto& market) {
    if (!with_active_symbols) market.active_symbols.clear();
    market.lists = {};
  });
  return result;
}

/// The five providers, scripted in their wire formats, each serving one quote or two, and settings
/// of the shipped configuration that point at them, without active symbols.
struct market_stubs {
  static constexpr std::string_view finnhub_key = "finnhub-secret-key";
  static constexpr std::string_view coinmarketcap_key = "coinmarketcap-secret-key";
  static constexpr std::string_view alpha_vantage_key = "ALPHASECRETKEY";

  static constexpr std::string_view yahoo_quotes =
      R"({"quoteResponse":{"result":[)"
      R"({"symbol":"MSFT","quoteType":"EQUITY","regularMarketPrice":472.13,"regularMarketChange":-6.30,)"
      R"("regularMarketChangePercent":-1.3168,"regularMarketTime":1763755200,"currency":"USD"},)"
      R"({"symbol":"AAPL","quoteType":"EQUITY","regularMarketPrice":182.50,"regularMarketChange":1.25,)"
      R"("regularMarketChangePercent":0.69,"regularMarketTime":1705329000,"currency":"USD"},)"
      R"({"symbol":"EURUSD=X","quoteType":"CURRENCY","regularMarketPrice":1.0843,)"
      R"("regularMarketChange":0.0012,"regularMarketChangePercent":0.11,)"
      R"("regularMarketTime":1763755200,"currency":"USD"}],"error":null}})";
  static constexpr std::string_view finnhub_quote =
      R"({"c":231.42,"d":2.55,"dp":1.1142,"h":232.1,"l":228.41,"o":229,"pc":228.87,"t":1763755200})";
  static constexpr std::string_view coingecko_markets =
      R"([{"id":"bitcoin","symbol":"btc","name":"Bitcoin","current_price":97210,)"
      R"("market_cap_rank":1,"price_change_24h":-1180.5,"price_change_percentage_24h":-1.2,)"
      R"("last_updated":"2025-11-21T19:59:18.512Z"}])";
  static constexpr std::string_view coinmarketcap_quotes =
      R"({"status":{"error_code":0,"error_message":null},"data":{"1":{"id":1,"name":"Bitcoin",)"
      R"("symbol":"BTC","is_active":1,"cmc_rank":1,"quote":{"USD":{"price":97214.749,)"
      R"("percent_change_24h":-1.19543925,"last_updated":"2025-11-21T19:59:00.000Z"}}}}})";
  static constexpr std::string_view alpha_vantage_rate =
      R"({"Realtime Currency Exchange Rate":{"1. From_Currency Code":"EUR",)"
      R"("3. To_Currency Code":"USD","5. Exchange Rate":"1.08430000",)"
      R"("6. Last Refreshed":"2025-11-21 20:00:01","7. Time Zone":"UTC"}})";

  market_stubs() {
    yahoo.on("/",
             answer("", 404, "Set-Cookie: A3=d=xyz&S=abc; Domain=.yahoo.com; Path=/; Secure\r\n"));
    yahoo.on("/v1/test/getcrumb", answer("haT3oykhHqZ", 200, "Content-Type: text/plain\r\n"));
    yahoo.on("/v7/finance/quote", answer(yahoo_quotes));
    finnhub.on("/api/v1/quote", answer(finnhub_quote));
    coingecko.on("/api/v3/coins/markets", answer(coingecko_markets));
    coinmarketcap.on("/v2/cryptocurrency/quotes/latest", answer(coinmarketcap_quotes));
    alpha_vantage.on("/query", answer(alpha_vantage_rate));
  }

  config::settings settings(variables more = {}) const {
    more.insert({{"YFINANCE_URL", yahoo.url()},
                 {"FINNHUB_URL", finnhub.url()},
                 {"COINGECKO_URL", coingecko.url()},
                 {"COINMARKETCAP_URL", coinmarketcap.url()},
                 {"ALPHA_VANTAGE_URL", alpha_vantage.url()},
                 {"FINNHUB_API_KEY", std::string{finnhub_key}},
                 {"COINMARKETCAP_API_KEY", std::string{coinmarketcap_key}},
                 {"ALPHA_VANTAGE_API_KEY", std::string{alpha_vantage_key}}});
    return shipped_market(std::move(more));
  }

  stub_upstream yahoo, finnhub, coingecko, coinmarketcap, alpha_vantage;
};

inline nlohmann::ordered_json json_of(const std::string& raw) {
  return nlohmann::ordered_json::parse(body_of(raw));
}

inline constexpr auto coingecko_path = "/api/v3/coins/markets";
inline constexpr auto yahoo_path = "/v7/finance/quote";
inline constexpr auto bitcoin_target = "/v1/quotes?symbols=BTC-USD";

/// The provider of the first quote; empty without one.
inline std::string source_of(const std::string& raw) {
  const auto body = json_of(raw);
  return body["quotes"].empty() ? "" : body["quotes"][0]["source"].get<std::string>();
}

/// Requests that reached this path.
inline std::size_t requests_to(const stub_upstream& stub, std::string_view path) {
  const auto all = stub.requests();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& each) {
    return std::string_view{each.target}.substr(0, each.target.find('?')) == path;
  }));
}

inline bool answered(const std::string& raw, int status) { return status_of(raw) == status; }

}  // namespace tributary::tests
