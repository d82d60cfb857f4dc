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
    CHECK_THAT(answer.owned, Catch::Contains("no such provider"));
  }
  CHECK(client.ask("POST", "/finnhub/api/v1/quote").answer.status == 405);
  CHECK(client.get("/finnhub/%zz").status == 400);
}

TEST_CASE("requests to providers are counted, and knobs apply to one of them", "[mock][market]") {
  market_client client;
  client.knobs_and_counts.set(service::coingecko, {.latency_ms = 7, .error_rate = 1});
  const header_list agent{{"User-Agent", "t"}};
  const auto broken = client.ask("GET", "/coingecko/api/v3/ping", agent);
  CHECK(broken.answer.status == 503);
  CHECK(broken.delay == std::chrono::milliseconds{7});
  CHECK(client.get("/alpha_vantage/physical_currency_list/").status == 200);
  CHECK(client.knobs_and_counts.requests(service::coingecko) == 1);
  CHECK(client.knobs_and_counts.requests(service::alpha_vantage) == 1);
  CHECK(client.knobs_and_counts.requests(service::yfinance) == 0);
}

TEST_CASE("a malformed list is no JSON either", "[mock][market]") {
  market_client client;
  client.knobs_and_counts.set(service::coingecko, {.malformed = true});
  const auto list = client.get("/coingecko/api/v3/coins/list", {{"User-Agent", "t"}});
  CHECK(list.status == 200);
  CHECK_FALSE(nlohmann::json::accept(list.owned));
}

TEST_CASE("the knobs of all services are within reach of the market port", "[mock][market]") {
  market_client client;
  const auto put = client.ask("PUT", "/_control/finnhub", {}, R"({"limits":false,"limit":9})");
  CHECK(put.answer.status == 200);
  CHECK_FALSE(client.knobs_and_counts.current(service::finnhub).limits);
  CHECK(client.knobs_and_counts.current(service::finnhub).limit == 9);
  client.ask("PUT", "/_control/customer", {}, R"({"hang":true})");
  CHECK(client.knobs_and_counts.current(service::customer).hang);
  CHECK(client.get("/_control/nobody").status == 404);
  CHECK(client.get("/_controls").status == 404);
}

}  // namespace tributary::providers::mock
