// SPDX-License-Identifier: MIT
// Values that are worked out, and requests as each provider wants them.
#include "market_fixture.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using nlohmann::ordered_json;

constexpr double exact = 1e-6;  // relative

bool is_about(const ordered_json& value, double expected) {
  if (!value.is_number()) return false;
  return std::abs(value.get<double>() - expected) <= exact * std::abs(expected);
}

template <class F>
void alter_provider(config::settings& settings, std::string_view name, F change) {
  alter_market(settings, [&](auto& market) {
    for (auto& each : market.providers) {
      if (each.name == name) return change(each);
    }
    throw std::runtime_error("no such provider");
  });
}

/// The one quote that this request has.
ordered_json quote_of(const running_gateway& gateway, const std::string& symbol) {
  const auto body = json_of(gateway.get("/v1/quotes?symbols=" + symbol));
  CAPTURE(body.dump());
  REQUIRE(body["quotes"].size() == 1);
  return body["quotes"][0];
}

constexpr auto with_status = R"({"status":{"error_code":0,"error_message":null},"data":)";
constexpr auto bitcoin_head = R"({"id":1,"name":"Bitcoin","symbol":"BTC","is_active":1,"quote":)";
constexpr auto exact_prices =
    R"("price":97214.749,"percent_change_24h":-1.19543925,"last_updated":"2025-11-21T19:59:00Z"})";

std::string coinmarketcap_body(const std::string& version) {
  const auto row =
      std::string{bitcoin_head} +
      (version == "v3"
           ? std::string{R"([{"id":2781,"symbol":"USD",)"}.append(exact_prices).append("]}")
           : std::string{R"({"USD":{)"}.append(exact_prices).append("}}"));
  const auto data = version == "v3" ? "[" + row + "]" : R"({"1":)" + row + "}";
  return with_status + data + "}";
}

}  // namespace

TEST_CASE("Each version of CoinMarketCap is asked on its path and read in its shape") {
  const auto version = GENERATE(as<std::string>{}, "v1", "v2", "v3");
  CAPTURE(version);
  market_stubs stubs;
  const auto path = "/" + version + "/cryptocurrency/quotes/latest";
  stubs.coinmarketcap.on("/v2/cryptocurrency/quotes/latest", answer("", 404));
  stubs.coinmarketcap.on(path, answer(coinmarketcap_body(version)));
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) { market.chains.crypto = {"coinmarketcap"}; });
  alter_provider(settings, "coinmarketcap", [&](auto& each) { each.own["version"] = version; });
  running_gateway gateway{std::move(settings)};
  const auto quote = quote_of(gateway, "BTC-USD");
  CHECK(quote["price"].get<double>() == 97214.749);
  CHECK(quote["percent_change"].get<double>() == -1.19543925);
  CHECK(is_about(quote["change"], 97214.749 * -1.19543925 / (100 - 1.19543925)));
  CHECK(quote["timestamp"] == "2025-11-21T19:59:00Z");
  REQUIRE(requests_to(stubs.coinmarketcap, path) == 1);
  const auto asked = stubs.coinmarketcap.requests().front();
  CHECK(asked.field("X-CMC_PRO_API_KEY") == market_stubs::coinmarketcap_key);
  CHECK(asked.target.find(market_stubs::coinmarketcap_key) == std::string::npos);
}

TEST_CASE("A change is worked out of spark's previous close") {
  market_stubs stubs;
  stubs.yahoo.on("/v7/finance/quote", answer("", 500));
  stubs.yahoo.on(
      "/v7/finance/spark",
      answer(R"({"spark":{"result":[{"symbol":"AAPL","response":[{"meta":{"symbol":"AAPL",)"
             R"("regularMarketPrice":231.42,"previousClose":228.87,)"
             R"("regularMarketTime":1763755200},"timestamp":[1763755200],)"
             R"("indicators":{"quote":[{"close":[231.42]}]}}]}],"error":null}})"));
  running_gateway gateway{stubs.settings()};
  const auto quote = quote_of(gateway, "AAPL");
  CHECK(quote["source"] == "yfinance");
  CHECK(quote["price"] == 231.42);
  CHECK(is_about(quote["change"], 231.42 - 228.87));
  CHECK(is_about(quote["percent_change"], (231.42 - 228.87) / 228.87 * 100));
  CHECK(quote["timestamp"] == "2025-11-21T20:00:00Z");
}

TEST_CASE("A change that Finnhub leaves out comes from its previous close, or is null") {
  const auto [body, change, percent] = GENERATE(table<std::string, double, double>(
      {{R"({"c":231.42,"pc":228.87,"t":1763755200})", 231.42 - 228.87,
        (231.42 - 228.87) / 228.87 * 100},
       {R"({"c":231.42,"d":null,"dp":null,"pc":0,"t":1763755200})", 0, 0}}));
  market_stubs stubs;
  stubs.finnhub.on("/api/v1/quote", answer(body));
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) { market.chains.stocks = {"finnhub"}; });
  running_gateway gateway{std::move(settings)};
  const auto quote = quote_of(gateway, "AAPL");
  if (change == 0) {
    CHECK(quote["change"].is_null());
    CHECK(quote["percent_change"].is_null());
  } else {
    CHECK(is_about(quote["change"], change));
    CHECK(is_about(quote["percent_change"], percent));
  }
  const auto asked = stubs.finnhub.requests().front();
  CHECK(asked.field("X-Finnhub-Token") == market_stubs::finnhub_key);
  CHECK(asked.target.find(market_stubs::finnhub_key) == std::string::npos);
}

TEST_CASE("A percentage of which no change follows leaves the change null") {
  const auto percent = GENERATE(as<std::string>{}, "-100", "-250.5", "null");
  CAPTURE(percent);
  market_stubs stubs;
  stubs.coingecko.on("/api/v3/coins/markets",
                     answer(R"([{"id":"bitcoin","symbol":"btc","current_price":5,)"
                            R"("price_change_24h":null,"price_change_percentage_24h":)" +
                            percent + "}]"));
  running_gateway gateway{stubs.settings()};
  const auto quote = quote_of(gateway, "BTC-USD");
  CHECK(quote["change"].is_null());
  CHECK(quote["timestamp"].is_null());
}

TEST_CASE("CoinGecko gets its key in the field of its tier, and a name of the client") {
  const auto [tier, key, field] = GENERATE(table<std::string, std::string, std::string>(
      {{"demo", "CG-demo", "x-cg-demo-api-key"}, {"pro", "CG-pro", "x-cg-pro-api-key"}}));
  market_stubs stubs;
  auto settings = stubs.settings({{"COINGECKO_API_KEY", key}});
  alter_provider(settings, "coingecko", [&](auto& each) { each.own["tier"] = tier; });
  running_gateway gateway{std::move(settings)};
  quote_of(gateway, "BTC-USD");
  const auto asked = stubs.coingecko.requests().front();
  CHECK(asked.field(field) == key);
  CHECK(asked.field(tier == "pro" ? "x-cg-demo-api-key" : "x-cg-pro-api-key").empty());
  CHECK(!asked.field("User-Agent").empty());
  CHECK(asked.target.find(key) == std::string::npos);
}

TEST_CASE("Yahoo hears a browser and gets the cookie with the crumb") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  quote_of(gateway, "AAPL");
  const auto all = stubs.yahoo.requests();
  REQUIRE(all.size() == 3);
  for (const auto& each : all) {
    CHECK(each.field("User-Agent").find("Mozilla/5.0") == 0);
    CHECK(each.head.find("\r\nUser-Agent:") == each.head.rfind("\r\nUser-Agent:"));
  }
  CHECK(all[1].field("Cookie").find("A3=d=xyz&S=abc") != std::string::npos);
  CHECK(all[2].field("Cookie").find("A3=d=xyz&S=abc") != std::string::npos);
  CHECK(all[2].target.find("crumb=haT3oykhHqZ") != std::string::npos);
  CHECK(all[2].target.find("symbols=AAPL") != std::string::npos);
  CHECK(all[2].target.find("formatted=true") == std::string::npos);
}

TEST_CASE("A URL of a provider may have a path before its own, or end in its own already") {
  struct row {
    std::string variable;
    std::string path;  ///< of the configured URL
    std::string symbol;
    std::string expected;  ///< path of the request for the quote
  };
  const auto with =
      GENERATE(row{"YFINANCE_URL", "/some/prefix", "AAPL", "/some/prefix/v7/finance/quote"},
               row{"YFINANCE_URL", "/some/prefix/", "AAPL", "/some/prefix/v7/finance/quote"},
               row{"COINGECKO_URL", "/api/v3", "BTC-USD", "/api/v3/coins/markets"},
               row{"COINGECKO_URL", "/api/v3/", "BTC-USD", "/api/v3/coins/markets"},
               row{"COINGECKO_URL", "/gecko", "BTC-USD", "/gecko/api/v3/coins/markets"},
               row{"COINGECKO_URL", "/", "BTC-USD", "/api/v3/coins/markets"},
               row{"COINMARKETCAP_URL", "/cmc", "BTC-USD", "/cmc/v2/cryptocurrency/quotes/latest"},
               row{"ALPHA_VANTAGE_URL", "/alpha", "EUR/USD", "/alpha/query"},
               row{"FINNHUB_URL", "/api/v1", "AAPL", "/api/v1/quote"});
  CAPTURE(with.variable, with.path);
  market_stubs stubs;
  stub_upstream here;
  const auto prefix = with.path.substr(0, with.path.find_last_not_of('/') + 1);
  here.on(prefix + "/", answer("", 404, "Set-Cookie: A3=d=xyz&S=abc; Path=/\r\n"));
  here.on(prefix + "/v1/test/getcrumb", answer("haT3oykhHqZ"));
  const auto& body = with.variable == "YFINANCE_URL"        ? market_stubs::yahoo_quotes
                     : with.variable == "COINGECKO_URL"     ? market_stubs::coingecko_markets
                     : with.variable == "COINMARKETCAP_URL" ? market_stubs::coinmarketcap_quotes
                     : with.variable == "ALPHA_VANTAGE_URL" ? market_stubs::alpha_vantage_rate
                                                            : market_stubs::finnhub_quote;
  here.on(with.expected, answer(body));
  auto settings = stubs.settings({{with.variable, here.url() + with.path}});
  alter_market(settings, [&](auto& market) {
    if (with.variable == "FINNHUB_URL") market.chains.stocks = {"finnhub"};
    if (with.variable == "COINMARKETCAP_URL") market.chains.crypto = {"coinmarketcap"};
  });
  running_gateway gateway{std::move(settings)};
  quote_of(gateway, with.symbol);
  CHECK(requests_to(here, with.expected) == 1);
}

TEST_CASE("Symbols reach each provider in its own spelling") {
  struct row {
    std::string chain;
    std::string symbol;
    std::string expected;  ///< in the target
  };
  const auto with = GENERATE(
      row{"yfinance", "BRK.B", "symbols=BRK-B&"}, row{"yfinance", "EUR/USD", "symbols=EURUSD%3DX"},
      row{"yfinance", "%5EGSPC", "symbols=%5EGSPC"}, row{"yfinance", "OCDO.L", "symbols=OCDO.L"},
      row{"yfinance", "M%26M.NS", "symbols=M%26M.NS"}, row{"finnhub", "BRK.B", "symbol=BRK.B"},
      row{"finnhub", "BTC-USD", "symbol=COINBASE%3ABTC-USD"},
      row{"finnhub", "EUR/USD", "symbol=OANDA%3AEUR_USD"},
      row{"alpha_vantage", "BTC-USD", "from_currency=BTC&to_currency=USD"},
      row{"alpha_vantage", "BRK.B", "symbol=BRK-B"}, row{"coingecko", "BTC-EUR", "vs_currency=eur"},
      row{"coinmarketcap", "ETH-USDT", "convert=USDT"});
  CAPTURE(with.chain, with.symbol);
  market_stubs stubs;
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) {
    market.chains = {{with.chain}, {with.chain}, {with.chain}};
  });
  running_gateway gateway{std::move(settings)};
  gateway.get("/v1/quotes?symbols=" + with.symbol);
  const auto& stub = with.chain == "yfinance"        ? stubs.yahoo
                     : with.chain == "finnhub"       ? stubs.finnhub
                     : with.chain == "coingecko"     ? stubs.coingecko
                     : with.chain == "coinmarketcap" ? stubs.coinmarketcap
                                                     : stubs.alpha_vantage;
  std::string targets;
  for (const auto& each : stub.requests()) targets += each.target + "\n";
  CAPTURE(targets);
  CHECK(targets.find(with.expected) != std::string::npos);
}

}  // namespace tributary::tests
