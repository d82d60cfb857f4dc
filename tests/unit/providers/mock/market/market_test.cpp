// SPDX-License-Identifier: MIT
#include "market_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace tributary::providers::mock {

using namespace tests;

TEST_CASE("providers are found by the first segment of the path", "[mock][market]") {
  market_client client;
  CHECK(client.get("/yfinance", {{"User-Agent", "Mozilla/5.0"}}).status == 404);
  CHECK_FALSE(client.get("/yfinance", {{"User-Agent", "Mozilla/5.0"}}).fields.empty());
  for (const auto* path : {"/", "/nobody/x", "/yfinances/x", "/customers/c1"}) {
    INFO(path);
    const auto answer = client.get(path);
    CHECK(answer.status == 404);
    CHECK_THAT(answer.owned, Catch::Contains("here are /yfinance, /finnhub"));
  }
  CHECK(client.ask("POST", "/finnhub/api/v1/quote").answer.status == 405);
  CHECK(client.get("/finnhub/%zz").status == 400);
}

TEST_CASE("requests to providers are counted, and knobs apply to one of them", "[mock][market]") {
  market_client client;
  client.set("coingecko", {{"latency_ms", 7}, {"error_rate", 1}});
  const header_list agent{{"User-Agent", "t"}};
  const auto broken = client.ask("GET", "/coingecko/api/v3/ping", agent);
  CHECK(broken.answer.status == 503);
  CHECK(broken.delay == std::chrono::milliseconds{7});
  CHECK(client.get("/alpha_vantage/physical_currency_list/").status == 200);
  CHECK(client.requests("coingecko") == 1);
  CHECK(client.requests("alpha_vantage") == 1);
  CHECK(client.requests("yfinance") == 0);
}

TEST_CASE("a malformed list is no JSON either", "[mock][market]") {
  market_client client;
  client.set("coingecko", {{"malformed", true}});
  const auto list = client.get("/coingecko/api/v3/coins/list", {{"User-Agent", "t"}});
  CHECK(list.status == 200);
  CHECK_FALSE(nlohmann::json::accept(list.owned));
}

TEST_CASE("each provider counts for itself", "[mock][market]") {
  market_client client;
  client.set("finnhub", {{"limit", 1}});
  client.set("coingecko", {{"limit", 1}});
  const header_list agent{{"User-Agent", "t"}};
  CHECK(client.get("/finnhub/api/v1/quote?symbol=AAPL&token=k").status == 200);
  CHECK(client.get("/finnhub/api/v1/quote?symbol=AAPL&token=k").status == 429);
  CHECK(client.get("/coingecko/api/v3/ping", agent).status == 200);
}

TEST_CASE("the knobs of all services are within reach of the market port", "[mock][market]") {
  market_client client;
  const auto put = client.ask("PUT", "/_control/finnhub", {}, R"({"limits":false,"limit":9})");
  CHECK(put.answer.status == 200);
  CHECK_FALSE(client.current("finnhub").is_on("limits"));
  CHECK(client.current("finnhub").whole("limit") == 9);
  client.ask("PUT", "/_control/customer", {}, R"({"hang":true})");
  CHECK(client.current("customer").is_on("hang"));
  CHECK(client.get("/_control/nobody").status == 404);
  CHECK(client.get("/_controls").status == 404);
}

}  // namespace tributary::providers::mock
