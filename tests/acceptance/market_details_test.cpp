// SPDX-License-Identifier: MIT
// What /v1/quotes and /v1/assets promise in detail.
#include "market_fixture.hpp"
#include "support/eventually.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;

std::string numbered(int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result.append(i == 0 ? "A" : ",A").append(std::to_string(i));
  return result;
}

std::vector<std::string> symbols_in(const nlohmann::ordered_json& body) {
  std::vector<std::string> result;
  for (const auto& each : body["quotes"]) result.push_back(each["symbol"]);
  return result;
}

script stock_list(std::string_view symbols) {
  return answer(symbols, 200, "Content-Type: application/json\r\n");
}

constexpr auto two_stocks =
    R"([{"currency":"USD","description":"MICROSOFT","displaySymbol":"MSFT","mic":"XNAS",)"
    R"("symbol":"MSFT","type":"Common Stock"},{"currency":"USD","description":"APPLE INC",)"
    R"("displaySymbol":"AAPL","mic":"XNAS","symbol":"AAPL","type":"Common Stock"},)"
    R"({"currency":"USD","description":"SPDR S&P 500","displaySymbol":"SPY","mic":"ARCX",)"
    R"("symbol":"SPY","type":"ETP"}])";

}  // namespace

TEST_CASE("Symbols are percent-decoded, commas and slashes too, and in any case") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto [query, expected] = GENERATE(table<std::string, std::vector<std::string>>(
      {{"EUR/USD,AAPL", {"EUR/USD", "AAPL"}},
       {"EUR%2FUSD%2CAAPL", {"EUR/USD", "AAPL"}},
       {"%65ur%2fusd,aapl", {"EUR/USD", "AAPL"}},
       {"AAPL,%20MSFT%20", {"AAPL", "MSFT"}},
       {"btc-usd,BTC-USD,Btc-Usd,AAPL,btc%2Dusd", {"BTC-USD", "AAPL"}}}));
  CAPTURE(query);
  const auto raw = gateway.get("/v1/quotes?symbols=" + query);
  CHECK(status_of(raw) == 200);
  CHECK(symbols_in(json_of(raw)) == expected);
}

TEST_CASE("What is no list of 1 to 100 symbols is a 400 that names what is wrong") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto [query, named] = GENERATE(table<std::string, std::string>(
      {{"?symbols=", "symbols"},
       {"", "symbols"},
       {"?symbols=,", "symbols"},
       {"?symbols=AAPL,,MSFT", "place 2"},
       {"?symbols=AAPL,", "place 2"},
       {"?symbols=AAPL,MS%20FT", "MS FT"},
       {"?symbols=AAPL,%22%3Cb%3E", R"(\"<b>)"},
       {"?symbols=A%00B", "symbols"},
       {"?symbols=EUR//USD", "EUR//USD"},
       {"?symbols=-USD", "-USD"},
       {"?symbols=%C3%A9", "\xc3\xa9"},
       {"?symbols=ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG"},
       {"?symbols=AAPL&symbols=MSFT", "once"}}));
  CAPTURE(query);
  const auto raw = gateway.get("/v1/quotes" + query);
  CHECK(status_of(raw) == 400);
  CHECK(body_of(raw).find(named) != std::string::npos);
  CHECK(json_of(raw).is_object());
  CHECK(requests_to(stubs.yahoo, yahoo_path) == 0);
}

TEST_CASE("A hundred symbols are served, one more is a 400, duplicates do not count") {
  market_stubs stubs;
  stubs.finnhub.on("/api/v1/quote", answer(market_stubs::finnhub_quote));
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) {
    for (auto& each : market.providers) each.allowance = {};
  });
  running_gateway gateway{std::move(settings)};
  const auto raw = gateway.get("/v1/quotes?symbols=" + numbered(100));
  CHECK(status_of(raw) == 200);
  CHECK(json_of(raw)["quotes"].size() == 100);
  CHECK(status_of(gateway.get("/v1/quotes?symbols=" + numbered(101))) == 400);
  CHECK(status_of(gateway.get("/v1/quotes?symbols=" + numbered(100) + ",A7,a8")) == 200);
}

TEST_CASE("HEAD answers as GET does, without the body") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto whole = gateway.get("/v1/quotes?symbols=AAPL");
  const auto head = gateway.head("/v1/quotes?symbols=AAPL");
  CHECK(status_of(head) == 200);
  CHECK(header_of(head, "Content-Length") == std::to_string(body_of(whole).size()));
  CHECK(body_of(head).empty());
  CHECK(status_of(gateway.head("/v1/quotes?symbols=%24")) == 400);
  CHECK(status_of(gateway.head("/v1/quotes/stream?symbols=AAPL")) == 200);
}

TEST_CASE("Numbers keep the spelling that a provider gives them") {
  market_stubs stubs;
  stubs.coingecko.on(
      "/api/v3/coins/markets",
      answer(R"([{"id":"bitcoin","symbol":"btc","current_price":1.2e-09,)"
             R"("price_change_24h":-0.00000000010,"price_change_percentage_24h":-7.690,)"
             R"("last_updated":"2025-11-21T19:59:18Z"},{"id":"ethereum","symbol":"eth",)"
             R"("current_price":241,"price_change_24h":0,"price_change_percentage_24h":0.0,)"
             R"("last_updated":null}])"));
  running_gateway gateway{stubs.settings()};
  CHECK(
      body_of(gateway.get("/v1/quotes?symbols=BTC-USD,ETH-USD")) ==
      R"({"quotes":[{"symbol":"BTC-USD","price":1.2e-09,"change":-0.00000000010,)"
      R"("percent_change":-7.690,"source":"coingecko","timestamp":"2025-11-21T19:59:18Z","currency":"USD"},)"
      R"({"symbol":"ETH-USD","price":241,"change":0,"percent_change":0.0,)"
      R"("source":"coingecko","timestamp":null,"currency":"USD"}],"errors":[]})");
}

TEST_CASE("Fifty clients that ask for one unknown symbol at once cause one call") {
  market_stubs stubs;
  const gate told;
  stubs.coingecko.on("/api/v3/coins/markets",
                     script{}.wait(told).send(answer(market_stubs::coingecko_markets)));
  running_gateway gateway{stubs.settings()};
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<raw_client>(gateway->port()));
    clients.back()->send(running_gateway::request("GET", "/v1/quotes?symbols=BTC-USD"));
  }
  REQUIRE(stubs.coingecko.await_requests(1));
  REQUIRE(eventually([&] {
    return gateway.admin("GET", "/metrics")
               .find(R"(tributary_market_requests_total{cache="miss"} 50)") != std::string::npos;
  }));
  told.open();
  for (auto& each : clients) CHECK(status_of(each->read_answer()) == 200);
  CHECK(stubs.coingecko.requests().size() == 1);
}

TEST_CASE("Answers tell how old the oldest quote is, and whether anything was fetched for them") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto first = gateway.get("/v1/quotes?symbols=AAPL");
  CHECK(header_of(first, "Age") == "0");
  CHECK(header_of(first, "Cache-Status").find("fwd=miss") != std::string::npos);
  std::string raw;
  REQUIRE(eventually([&] {
    raw = gateway.get("/v1/quotes?symbols=AAPL");
    return number(header_of(raw, "Age")) >= 1;
  }));
  CHECK(header_of(raw, "Cache-Status").find("hit") != std::string::npos);
  const auto mixed = gateway.get("/v1/quotes?symbols=BTC-USD,AAPL");
  CHECK(number(header_of(mixed, "Age")) >= 1);
}

TEST_CASE("A cached quote is served in no time while its providers hang") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  gateway.get("/v1/quotes?symbols=AAPL");
  stubs.yahoo.on(yahoo_path, script{}.hang());
  stubs.finnhub.on("/api/v1/quote", script{}.hang());
  const auto began = std::chrono::steady_clock::now();
  CHECK(status_of(gateway.get("/v1/quotes?symbols=AAPL")) == 200);
  CHECK(std::chrono::steady_clock::now() - began < 500ms);
}

TEST_CASE("A type of assets that there is not is a 404 that names the three") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto path = GENERATE("bonds", "Stocks", "stock", "stocks%20");
  const auto raw = gateway.get(std::string{"/v1/assets/"} + path);
  CHECK(status_of(raw) == 404);
  for (const auto* each : {"stocks", "crypto", "forex"}) {
    CHECK(body_of(raw).find(each) != std::string::npos);
  }
}

TEST_CASE("A list that was never fetched is a 503 that says when, not an empty list") {
  market_stubs stubs;
  stubs.finnhub.refuse();
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) {
    market.lists = {{"finnhub"}, {}, {"alpha_vantage"}};
  });
  stubs.alpha_vantage.on("/physical_currency_list/", answer("currency code,currency name\r\n"));
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] {
    constexpr auto failed =
        "tributary_market_lists_total{provider=\"alpha_vantage\",outcome=\"failed\"} 1";
    return gateway.admin("GET", "/metrics").find(failed) != std::string::npos;
  }));
  for (const auto* each : {"stocks", "crypto", "forex"}) {
    const auto raw = gateway.get(std::string{"/v1/assets/"} + each);
    CAPTURE(each);
    CHECK(status_of(raw) == 503);
    CHECK(number(header_of(raw, "Retry-After")) > 0);
  }
}

TEST_CASE("A list that comes back as an error never empties the one before") {
  market_stubs stubs;
  constexpr auto path = "/api/v1/stock/symbol";
  stubs.finnhub.on(path, stock_list(two_stocks));
  auto settings = stubs.settings({{"ASSET_LIST_UPDATE_INTERVAL", "0.05"}});
  alter_market(settings, [&](auto& market) {
    market.lists = {{"finnhub"}, {}, {}};
    for (auto& each : market.providers) {
      each.allowance = {};
      each.failures_to_open = 1'000'000;
    }
  });
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] { return status_of(gateway.get("/v1/assets/stocks")) == 200; }));
  const auto [body, status] = GENERATE(
      table<std::string, int>({{R"([])", 200},
                               {R"({"error":"You don't have access to this resource."})", 403},
                               {"<html></html>", 200},
                               {"", 500},
                               {R"([{"symbol":"AAPL")", 200}}));
  CAPTURE(body, status);
  stubs.finnhub.on(path, answer(body, status));
  const auto before = requests_to(stubs.finnhub, path);
  REQUIRE(eventually([&] { return requests_to(stubs.finnhub, path) >= before + 3; }));
  const auto raw = gateway.get("/v1/assets/stocks");
  CHECK(status_of(raw) == 200);
  const auto assets = json_of(raw);
  CHECK(assets["total"] == 3);
  REQUIRE(assets["assets"].size() == 3);
  CHECK(
      assets["assets"][0].dump() ==
      R"({"symbol":"AAPL","name":"APPLE INC","type":"stock","exchange":"XNAS","currency":"USD"})");
  CHECK(assets["assets"][2]["type"] == "etf");
}

TEST_CASE("What is wrong with a page of assets is named") {
  market_stubs stubs;
  stubs.finnhub.on("/api/v1/stock/symbol", stock_list(two_stocks));
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) { market.lists = {{"finnhub"}, {}, {}}; });
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] { return status_of(gateway.get("/v1/assets/stocks")) == 200; }));
  const auto [query, named] =
      GENERATE(table<std::string, std::string>({{"limit=0", "limit"},
                                                {"limit=-1", "limit"},
                                                {"limit=ten", "limit"},
                                                {"limit=", "limit"},
                                                {"cursor=nonsense", "cursor"},
                                                {"q=", "q"}}));
  CAPTURE(query);
  const auto raw = gateway.get("/v1/assets/stocks?" + query);
  CHECK(status_of(raw) == 400);
  CHECK(body_of(raw).find(named) != std::string::npos);
}

TEST_CASE("A coin in a pair of currencies is told with the form that is meant, without a call") {
  const market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=BTC/USDT");
  CHECK(status_of(raw) == 404);
  CHECK(json_of(raw)["errors"][0]["detail"] == "the pair is not known; did you mean `BTC-USDT`?");
  CHECK(stubs.alpha_vantage.requests().empty());
  CHECK(stubs.yahoo.requests().empty());
}

}  // namespace tributary::tests
