// SPDX-License-Identifier: MIT
#include "market_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace tributary::providers::mock {

using namespace tests;
using nlohmann::json;

namespace {

struct finnhub_client {
  reply get(const std::string& path, const std::string& key = "k") {
    return client.get("/finnhub/api/v1" + path, {{"x-finnhub-token", key}});
  }
  market_client client;
};

}  // namespace

TEST_CASE("Finnhub wants a key", "[mock][market]") {
  finnhub_client f;
  const auto none = f.get("/quote?symbol=AAPL", "");
  CHECK(none.status == 401);
  CHECK(none.owned == R"({"error":"Please use an API key."})");
  const auto wrong = f.get("/quote?symbol=AAPL", "invalid");
  CHECK(wrong.status == 401);
  CHECK(wrong.owned == R"({"error":"Invalid API key."})");
  CHECK(f.client.get("/finnhub/api/v1/quote?symbol=AAPL&token=k").status == 200);
}

TEST_CASE("Finnhub quotes stocks and pairs, and knows nothing by zeros", "[mock][market]") {
  finnhub_client f;
  for (const auto* symbol :
       {"AAPL", "BRK.B", "T2000", "COINBASE:BTC-USD", "BINANCE:BTCUSDT", "OANDA:EUR_USD"}) {
    INFO(symbol);
    const auto answer = f.get(std::string{"/quote?symbol="} + symbol);
    CHECK(answer.status == 200);
    const auto body = json::parse(answer.owned);
    CHECK(body.at("c").get<double>() > 0);
    CHECK(body.at("t") == 1'763'755'207);
    CHECK(body.at("d").get<double>() ==
          Approx(body.at("c").get<double>() - body.at("pc").get<double>()).margin(1e-4));
    CHECK(body.size() == 8);
  }
  for (const auto* symbol : {"NOSUCH", "COINBASE:NOSUCH-USD", "OANDA:EUR_EUR", "OANDA:XAU_USD"}) {
    INFO(symbol);
    const auto answer = f.get(std::string{"/quote?symbol="} + symbol);
    CHECK(answer.status == 200);
    CHECK(answer.owned == R"({"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0})");
  }
}

TEST_CASE("Finnhub keeps some things for those who pay", "[mock][market]") {
  finnhub_client f;
  for (const auto* path : {"/forex/rates?base=USD", "/stock/symbol?exchange=L",
                           "/quote?symbol=OCDO.L", "/quote?symbol=%5EGSPC"}) {
    INFO(path);
    const auto answer = f.get(path);
    CHECK(answer.status == 403);
    CHECK(answer.owned == R"({"error":"You don't have access to this resource."})");
  }
}

TEST_CASE("Finnhub lists stocks, coins and currencies", "[mock][market]") {
  finnhub_client f;
  const auto stocks = json::parse(f.get("/stock/symbol?exchange=US").owned);
  CHECK(stocks.size() > 2030);
  CHECK(stocks.at(0).at("symbol") == "AAPL");
  CHECK(stocks.at(0).at("mic") == "XNAS");
  CHECK(stocks.at(0).at("type") == "Common Stock");
  const auto coins = json::parse(f.get("/crypto/symbol?exchange=binance").owned);
  CHECK(coins.at(0).at("symbol") == "BINANCE:AAVEUSDT");
  CHECK(coins.at(0).at("displaySymbol") == "AAVE/USDT");
  const auto pairs = json::parse(f.get("/forex/symbol?exchange=oanda").owned);
  CHECK(pairs.at(0).at("symbol") == "OANDA:AUD_USD");
  CHECK(pairs.size() > 70);
}

TEST_CASE("Finnhub allows sixty requests a minute and says what is left", "[mock][market]") {
  finnhub_client f;
  const auto first = f.get("/quote?symbol=AAPL");
  CHECK_THAT(first.fields, Catch::Contains("X-Ratelimit-Limit: 60\r\n") &&
                               Catch::Contains("X-Ratelimit-Remaining: 59\r\n") &&
                               Catch::Contains("X-Ratelimit-Reset: 1763755260\r\n"));
  for (int i = 1; i < 60; ++i) {
    if (i % 20 == 0) f.client.now += std::chrono::seconds{1};
    REQUIRE(f.get("/quote?symbol=AAPL").status == 200);
  }
  const auto over = f.get("/quote?symbol=AAPL");
  CHECK(over.status == 429);
  CHECK_THAT(over.owned, Catch::Contains("API limit reached"));
  CHECK_THAT(over.fields, Catch::Contains("X-Ratelimit-Remaining: 0\r\n"));
  CHECK(f.get("/quote?symbol=AAPL", "another").status == 200);
  f.client.set("finnhub", {{"limits", false}});
  CHECK(f.get("/quote?symbol=AAPL").status == 200);
  f.client.set("finnhub", {});
  CHECK(f.get("/quote?symbol=AAPL").status == 429);
  f.client.now += std::chrono::minutes{1};
  CHECK(f.get("/quote?symbol=AAPL").status == 200);
}

TEST_CASE("Finnhub allows thirty requests a second", "[mock][market]") {
  finnhub_client f;
  for (int i = 0; i < 30; ++i) REQUIRE(f.get("/quote?symbol=AAPL").status == 200);
  CHECK(f.get("/quote?symbol=AAPL").status == 429);
  f.client.now += std::chrono::seconds{1};
  CHECK(f.get("/quote?symbol=AAPL").status == 200);
}

TEST_CASE("Finnhub redirects from paths that it does not have", "[mock][market]") {
  finnhub_client f;
  CHECK(f.get("/nothing").status == 302);
  CHECK(f.client.get("/finnhub/quote?symbol=AAPL", {{"X-Finnhub-Token", "k"}}).status == 302);
}

}  // namespace tributary::providers::mock
