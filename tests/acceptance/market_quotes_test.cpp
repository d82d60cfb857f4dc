// SPDX-License-Identifier: MIT
#include "market_fixture.hpp"
#include "support/eventually.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace tributary::tests {

TEST_CASE("A quote of each asset class comes from its primary provider, in the order asked for") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=BTC-USD,EUR%2FUSD,AAPL");
  CHECK(status_of(raw) == 200);
  CHECK(header_of(raw, "Age") == "0");
  CHECK(
      body_of(raw) ==
      R"({"quotes":[{"symbol":"BTC-USD","price":97210,"change":-1180.5,"percent_change":-1.2,)"
      R"("source":"coingecko","timestamp":"2025-11-21T19:59:18Z","currency":"USD"},)"
      R"({"symbol":"EUR/USD","price":1.08430000,"change":null,"percent_change":null,)"
      R"("source":"alpha_vantage","timestamp":"2025-11-21T20:00:01Z","currency":"USD"},)"
      R"({"symbol":"AAPL","price":182.50,"change":1.25,"percent_change":0.69,)"
      R"("source":"yfinance","timestamp":"2024-01-15T14:30:00Z","currency":"USD"}],"errors":[]})");
}

TEST_CASE("A symbol asked for twice is answered once, and a second request from memory") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto first = json_of(gateway.get("/v1/quotes?symbols=AAPL,aapl,AAPL"));
  CHECK(first["quotes"].size() == 1);
  const auto second = gateway.get("/v1/quotes?symbols=AAPL");
  CHECK(json_of(second)["quotes"].size() == 1);
  CHECK(header_of(second, "Cache-Status").find("hit") != std::string::npos);
  CHECK(requests_to(stubs.yahoo, "/v7/finance/quote") == 1);
}

TEST_CASE("What Yahoo lacks Finnhub is asked for, and the rest keeps its source") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto body = json_of(gateway.get("/v1/quotes?symbols=AAPL,TSLA"));
  REQUIRE(body["quotes"].size() == 2);
  CHECK(body["quotes"][0]["source"] == "yfinance");
  CHECK(body["quotes"][1]["symbol"] == "TSLA");
  CHECK(body["quotes"][1]["source"] == "finnhub");
  CHECK(requests_to(stubs.finnhub, "/api/v1/quote") == 1);
}

TEST_CASE("A symbol that no provider knows is listed in errors beside the quotes") {
  market_stubs stubs;
  stubs.finnhub.on("/api/v1/quote",
                   answer(R"({"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0})"));
  running_gateway gateway{stubs.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=NONE,AAPL");
  CHECK(status_of(raw) == 200);
  const auto body = json_of(raw);
  CHECK(body["quotes"].size() == 1);
  REQUIRE(body["errors"].size() == 1);
  CHECK(body["errors"][0]["symbol"] == "NONE");
  CHECK(body["errors"][0]["kind"] == "not_found");
}

TEST_CASE("Only unknown symbols are a 404") {
  market_stubs stubs;
  stubs.finnhub.on("/api/v1/quote",
                   answer(R"({"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0})"));
  running_gateway gateway{stubs.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=NONE");
  CHECK(status_of(raw) == 404);
  CHECK(json_of(raw)["errors"].size() == 1);
}

TEST_CASE("No quote that may come later is a 503 that says when") {
  market_stubs stubs;
  stubs.coingecko.always(answer("", 500));
  stubs.coingecko.on("/api/v3/coins/markets", answer("", 500));
  stubs.coinmarketcap.on("/v2/cryptocurrency/quotes/latest",
                         answer(R"({"status":{"error_code":1008,"error_message":"minute"}})", 429));
  running_gateway gateway{stubs.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=BTC-USD");
  CHECK(status_of(raw) == 503);
  CHECK(number(header_of(raw, "Retry-After")) > 0);
  CHECK(json_of(raw)["errors"][0]["symbol"] == "BTC-USD");
}

TEST_CASE("No quote for a reason that does not pass is a 502") {
  market_stubs stubs;
  stubs.coingecko.on("/api/v3/coins/markets", answer("[oops"));
  stubs.coinmarketcap.on(
      "/v2/cryptocurrency/quotes/latest",
      answer(R"({"status":{"error_code":1001,"error_message":"This API Key is invalid."}})", 401));
  running_gateway gateway{stubs.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=BTC-USD");
  CHECK(status_of(raw) == 502);
  CHECK(json_of(raw)["errors"].size() == 1);
}

TEST_CASE("Malformed symbols are named in a 400") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=AAPL,%24%24,EUR/");
  CHECK(status_of(raw) == 400);
  CHECK(raw.find("$$") != std::string::npos);
  CHECK(raw.find("EUR/") != std::string::npos);
  CHECK(status_of(gateway.get("/v1/quotes")) == 400);
  CHECK(requests_to(stubs.yahoo, "/v7/finance/quote") == 0);
}

TEST_CASE("Active symbols are fetched by the loop, again and again") {
  market_stubs stubs;
  running_gateway gateway{
      stubs.settings({{"ACTIVE_SYMBOLS", "AAPL,MSFT"}, {"PRICE_FETCH_INTERVAL", "0.05"}})};
  REQUIRE(eventually([&] { return requests_to(stubs.yahoo, "/v7/finance/quote") >= 3; }));
  const auto raw = gateway.get("/v1/quotes?symbols=AAPL");
  CHECK(header_of(raw, "Cache-Status").find("hit") != std::string::npos);
}

TEST_CASE("A provider without its key is left out and shows in health, the service starts") {
  market_stubs stubs;
  auto settings = stubs.settings({{"FINNHUB_API_KEY", ""}, {"ALPHA_VANTAGE_API_KEY", ""}});
  running_gateway gateway{std::move(settings)};
  const auto health = json_of(gateway.get("/health"));
  CHECK(health["status"] == "ok");
  CHECK(health["dependencies"]["finnhub"]["status"] == "disabled");
  CHECK(health["dependencies"]["yfinance"]["status"] == "ok");
  const auto body = json_of(gateway.get("/v1/quotes?symbols=EUR/USD"));
  REQUIRE(body["quotes"].size() == 1);
  CHECK(body["quotes"][0]["source"] == "yfinance");
}

TEST_CASE("Yahoo is left out by its breaker when none of its ways leads anywhere") {
  const auto [body, status] = GENERATE(table<std::string, int>(
      {{"", 500}, {"<html>Will be right back</html>", 200}, {"{oops", 200}}));
  CAPTURE(body, status);
  market_stubs stubs;
  stubs.yahoo.always(answer(body, status));
  for (const auto* each : {"/", "/v1/test/getcrumb", "/v7/finance/quote"}) {
    stubs.yahoo.on(each, answer(body, status));
  }
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) { market.quote_ttl = std::chrono::milliseconds{0}; });
  running_gateway gateway{std::move(settings)};
  for (int i = 0; i < 3; ++i) {
    const auto served = json_of(gateway.get("/v1/quotes?symbols=AAPL"));
    REQUIRE(served["quotes"].size() == 1);
    CHECK(served["quotes"][0]["source"] == "finnhub");
  }
  CHECK(json_of(gateway.get("/health"))["dependencies"]["yfinance"]["status"] == "down");
  const auto calls = stubs.yahoo.requests().size();
  gateway.get("/v1/quotes?symbols=AAPL");
  CHECK(stubs.yahoo.requests().size() == calls);
}

TEST_CASE("A session that Yahoo gives in vain does not hide that its quotes fail") {
  market_stubs stubs;
  stubs.yahoo.on("/v7/finance/quote", answer("", 503));
  stubs.yahoo.always(answer("", 503));
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) { market.quote_ttl = std::chrono::milliseconds{0}; });
  running_gateway gateway{std::move(settings)};
  for (int i = 0; i < 3; ++i) gateway.get("/v1/quotes?symbols=AAPL");
  CHECK(json_of(gateway.get("/health"))["dependencies"]["yfinance"]["status"] == "down");
}

TEST_CASE("Any provider can stand in any chain") {
  market_stubs stubs;
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) {
    market.chains.crypto = {"coinmarketcap", "coingecko"};
  });
  running_gateway gateway{std::move(settings)};
  const auto body = json_of(gateway.get("/v1/quotes?symbols=BTC-USD"));
  REQUIRE(body["quotes"].size() == 1);
  CHECK(body["quotes"][0]["source"] == "coinmarketcap");
  CHECK(body["quotes"][0]["price"].get<double>() == 97214.749);
}

}  // namespace tributary::tests
