// SPDX-License-Identifier: MIT
// Market data as the environment configures it, and what operators see of it.
#include "actors/market/market_state.hpp"
#include "actors/telemetry/logging.hpp"
#include "market_fixture.hpp"
#include "support/eventually.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;

/// The shipped text with one part replaced.
std::string shipped_with(std::string_view part, std::string_view instead) {
  std::string text{config::shipped_configuration()};
  const auto at = text.find(part);
  if (at == std::string::npos) throw std::runtime_error("the shipped configuration has changed");
  return text.replace(at, part.size(), instead);
}

}  // namespace

TEST_CASE("Defaults are those that are documented") {
  const auto loaded = shipped({});
  REQUIRE(loaded.value);
  const auto& market = *loaded.value->section<config::market_settings>();
  CHECK(market.breaker_timeout == 300s);
  CHECK(market.price_interval == 5s);
  CHECK(market.asset_interval == 24h);
  CHECK(market.quote_ttl == 5min);
  CHECK(market.asset_ttl == 24h);
  CHECK(market.active_symbols == "AAPL,GOOGL,MSFT,AMZN,BTC-USD,ETH-USD,EUR/USD,GBP/USD");
  CHECK(market.chains.stocks == std::vector<std::string>{"yfinance", "finnhub"});
  CHECK(market.chains.crypto == std::vector<std::string>{"coingecko", "coinmarketcap"});
  CHECK(market.chains.forex == std::vector<std::string>{"alpha_vantage", "yfinance"});
  CHECK(loaded.value->redis.url.empty());
}

TEST_CASE("Times of the environment are seconds, with fractions") {
  const auto loaded = shipped({{"CIRCUIT_BREAKER_TIMEOUT", "0.25"},
                               {"PRICE_FETCH_INTERVAL", "2.5"},
                               {"ASSET_LIST_UPDATE_INTERVAL", "60"}});
  CAPTURE(config::errors_as_text(loaded));
  REQUIRE(loaded.value);
  const auto& market = *loaded.value->section<config::market_settings>();
  CHECK(market.breaker_timeout == 250ms);
  CHECK(market.price_interval == 2500ms);
  CHECK(market.asset_interval == 60s);
}

TEST_CASE("A time that is none is an error that names its key") {
  const auto [variable, key] = GENERATE(
      table<std::string, std::string>({{"CIRCUIT_BREAKER_TIMEOUT", "market.breaker_timeout"},
                                       {"PRICE_FETCH_INTERVAL", "market.price_interval"},
                                       {"ASSET_LIST_UPDATE_INTERVAL", "market.asset_interval"}}));
  const auto value = GENERATE(as<std::string>{}, "soon", "-1", "1e400", "nan", "0x10", "5 five",
                              "99999999999999999999", "0");
  CAPTURE(variable, value);
  const auto loaded = shipped({{variable, value}});
  CHECK_FALSE(loaded.value);
  CHECK(config::errors_as_text(loaded).find(key) != std::string::npos);
}

TEST_CASE("A provider in a chain that there is not is an error with the name that was meant") {
  const auto loaded = config::load(
      shipped_with(R"("stocks": ["yfinance", "finnhub"])", R"("stocks": ["yfinanc", "finnhub"])"),
      "test.json", environment_of({}), http::server::all_sections());
  CHECK_FALSE(loaded.value);
  const auto text = config::errors_as_text(loaded);
  CHECK(text.find("market.chains.stocks") != std::string::npos);
  CHECK(text.find("yfinanc") != std::string::npos);
  CHECK(text.find("did you mean `yfinance`") != std::string::npos);
}

TEST_CASE("Active symbols that are none are named before anything is served") {
  const auto [symbols, named] = GENERATE(table<std::string, std::string>(
      {{"AAPL,$$", "$$"}, {"AAPL,EUR/", "EUR/"}, {"AAPL,,MSFT", "empty"}, {"-", "-"}}));
  CAPTURE(symbols);
  const auto loaded = shipped({{"ACTIVE_SYMBOLS", symbols}});
  CHECK_FALSE(loaded.value);
  REQUIRE(loaded.errors.size() == 1);
  CHECK(loaded.errors[0].path == "market.active_symbols");
  CHECK(loaded.errors[0].line > 1);
  CHECK(loaded.errors[0].message.find(named) != std::string::npos);
  CHECK(loaded.errors[0].message.find("(from ACTIVE_SYMBOLS)") != std::string::npos);
}

TEST_CASE("A provider that is not built in is named with its place and the one that was meant") {
  const auto loaded = config::load(shipped_with(R"("finnhub": {)", R"("finhub": {)"), "test.json",
                                   environment_of({}), http::server::all_sections());
  CHECK_FALSE(loaded.value);
  REQUIRE(loaded.errors.size() >= 1);
  CHECK(loaded.errors[0].path == "market.providers.finhub");
  CHECK(loaded.errors[0].line > 1);
  CHECK(loaded.errors[0].suggestion == "finnhub");
}

TEST_CASE("What is shipped names providers and symbols that there are") {
  const auto loaded = shipped({});
  CAPTURE(config::errors_as_text(loaded));
  CHECK(loaded.value);
}

TEST_CASE("A provider without its key is warned of, one that is switched off on purpose is not") {
  market_stubs stubs;
  auto settings = stubs.settings({{"FINNHUB_API_KEY", ""}, {"COINMARKETCAP_API_KEY", ""}});
  alter_market(settings, [&](auto& market) {
    for (auto& each : market.providers) each.enabled = each.name != "coinmarketcap";
  });
  std::map<std::string, std::string> level_of;
  std::mutex mutex;
  auto& log = actors::telemetry::log();
  log.start({config::log_level::debug, 8192}, [&](std::string_view text) {
    const auto line = nlohmann::json::parse(text);
    if (line["event"] != "provider.disabled") return;
    const std::lock_guard lock{mutex};
    level_of[line["provider"].get<std::string>()] = line["level"].get<std::string>();
  });
  { running_gateway gateway{std::move(settings)}; }
  log.stop();
  CHECK(level_of ==
        std::map<std::string, std::string>{{"finnhub", "warning"}, {"coinmarketcap", "info"}});
}

TEST_CASE("Active symbols may have spaces around them, and come twice") {
  market_stubs stubs;
  running_gateway gateway{
      stubs.settings({{"ACTIVE_SYMBOLS", " aapl , MSFT,AAPL "}, {"PRICE_FETCH_INTERVAL", "0.05"}})};
  REQUIRE(eventually([&] { return requests_to(stubs.yahoo, "/v7/finance/quote") >= 2; }));
  const auto asked = stubs.yahoo.requests().back().target;
  CHECK(asked.find("AAPL") != std::string::npos);
  CHECK(asked.find("MSFT") != std::string::npos);
  CHECK(asked.find("AAPL") == asked.rfind("AAPL"));
}

TEST_CASE("Each provider has its entry in health and its series in metrics") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings({{"COINMARKETCAP_API_KEY", ""}})};
  gateway.get("/v1/quotes?symbols=AAPL,BTC-USD,EUR/USD");
  const auto health = json_of(gateway.get("/health"));
  CHECK(health["status"] == "ok");
  for (const auto* each : {"yfinance", "finnhub", "coingecko", "alpha_vantage"}) {
    CAPTURE(each);
    CHECK(health["dependencies"][each]["status"] == "ok");
    CHECK(health["dependencies"][each].contains("since"));
  }
  CHECK(health["dependencies"]["coinmarketcap"]["status"] == "disabled");
  const auto metrics = gateway.admin("GET", "/metrics");
  for (const auto* each : {"yfinance", "finnhub", "coingecko", "alpha_vantage"}) {
    CAPTURE(each);
    const auto of_provider = std::string{R"({provider=")"}.append(each).append("\"");
    CHECK(metrics.find("tributary_market_answers_total" + of_provider) != std::string::npos);
    CHECK(metrics.find("tributary_market_quotes_total" + of_provider) != std::string::npos);
    const auto of_upstream = std::string{R"(upstream=")"}.append(each).append("\"");
    CHECK(metrics.find(of_upstream) != std::string::npos);
  }
  CHECK(metrics.find(R"(tributary_market_quotes_total{provider="coingecko"} 1)") !=
        std::string::npos);
}

TEST_CASE("A provider that is down or refuses its key makes the whole degraded, not the service") {
  market_stubs stubs;
  stubs.coingecko.on("/api/v3/coins/markets",
                     answer(R"({"status":{"error_code":10002,"error_message":"key"}})", 401));
  running_gateway gateway{stubs.settings()};
  gateway.get("/v1/quotes?symbols=BTC-USD");
  const auto health = gateway.get("/health");
  CHECK(status_of(health) == 200);
  CHECK(json_of(health)["status"] == "degraded");
  CHECK(json_of(health)["dependencies"]["coingecko"]["status"] == "down");
  CHECK(status_of(gateway.get("/readyz")) == 200);
  CHECK(gateway.admin("GET", "/metrics")
            .find(R"(tributary_market_key_refused{provider="coingecko"} 1)") != std::string::npos);
}

TEST_CASE("Without market data in the configuration its routes are not there") {
  auto settings = local(shipped({}));
  settings.sections.drop<config::market_settings>();
  running_gateway gateway{std::move(settings)};
  CHECK(status_of(gateway.get("/v1/quotes?symbols=AAPL")) == 404);
  CHECK(status_of(gateway.get("/v1/assets/stocks")) == 404);
}

}  // namespace tributary::tests
