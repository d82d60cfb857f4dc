// SPDX-License-Identifier: MIT
#include "market_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tributary::providers::mock {

using namespace tests;
using nlohmann::json;

namespace {

struct gecko {
  reply get(const std::string& path, header_list headers = {}) {
    headers.emplace_back("User-Agent", "tributary/1.0");
    return client.get("/coingecko/api/v3" + path, headers);
  }
  market_client client;
};

}  // namespace

TEST_CASE("CoinGecko wants to know who asks", "[mock][market]") {
  gecko g;
  const auto answer = g.client.get("/coingecko/api/v3/ping");
  CHECK(answer.status == 403);
  CHECK(json::parse(answer.owned).at("status").at("error_code") == 403);
  CHECK(g.get("/ping").status == 200);
}

TEST_CASE("CoinGecko sends away keys that belong elsewhere", "[mock][market]") {
  gecko g;
  const auto pro = g.get("/ping", {{"x-cg-pro-api-key", "CG-x"}});
  CHECK(pro.status == 400);
  CHECK(json::parse(pro.owned).at("error_code") == 10011);
  const auto invalid = g.get("/ping", {{"x-cg-demo-api-key", "invalid"}});
  CHECK(invalid.status == 401);
  CHECK(json::parse(invalid.owned).at("status").at("error_code") == 10002);
}

TEST_CASE("CoinGecko's markets are sorted by market cap, in pages", "[mock][market]") {
  gecko g;
  const auto rows = json::parse(g.get("/coins/markets?vs_currency=usd&per_page=3&page=1").owned);
  REQUIRE(rows.size() == 3);
  CHECK(rows.at(0).at("id") == "bitcoin");
  CHECK(rows.at(1).at("id") == "ethereum");
  CHECK(rows.at(0).at("symbol") == "btc");
  CHECK(rows.at(0).at("current_price").get<double>() > 1000);
  CHECK(rows.at(0).at("last_updated") == "2025-11-21T20:00:07.000Z");
  const auto next = json::parse(g.get("/coins/markets?vs_currency=usd&per_page=3&page=2").owned);
  CHECK(next.at(0).at("market_cap_rank") == 4);
  CHECK(json::parse(g.get("/coins/markets?vs_currency=usd&page=99").owned).empty());
}

TEST_CASE("CoinGecko's markets hold those asked for that exist", "[mock][market]") {
  gecko g;
  const auto some =
      json::parse(g.get("/coins/markets?vs_currency=eur&ids=ethereum,nosuch,batcat").owned);
  REQUIRE(some.size() == 2);
  CHECK(some.at(0).at("id") == "ethereum");
  CHECK(some.at(1).at("current_price").is_null());
  const auto named = json::parse(g.get("/coins/markets?vs_currency=usd&symbols=btc").owned);
  REQUIRE(named.size() == 2);
  CHECK(named.at(0).at("id") == "bitcoin");
}

TEST_CASE("CoinGecko refuses currencies that it does not convert to", "[mock][market]") {
  gecko g;
  for (const auto* path :
       {"/coins/markets?vs_currency=usdt", "/simple/price?ids=bitcoin&vs_currencies=usdt"}) {
    INFO(path);
    const auto answer = g.get(path);
    CHECK(answer.status == 400);
    CHECK(answer.owned == R"({"error":"invalid vs_currency"})");
  }
  CHECK(g.get("/simple/price?ids=bitcoin").owned ==
        R"({"error":"Missing parameter vs_currencies"})");
  const auto known = json::parse(g.get("/simple/supported_vs_currencies").owned);
  CHECK(std::find(known.begin(), known.end(), "usd") != known.end());
}

TEST_CASE("CoinGecko's simple prices have what was asked for", "[mock][market]") {
  gecko g;
  const auto body = json::parse(
      g.get("/simple/price?ids=bitcoin,batcat,nosuch&vs_currencies=usd&include_24hr_change=true"
            "&include_last_updated_at=true&precision=full")
          .owned);
  CHECK(body.size() == 2);
  CHECK(body.at("bitcoin").at("usd").is_number());
  CHECK(body.at("bitcoin").at("usd_24h_change").is_number());
  CHECK(body.at("bitcoin").at("last_updated_at") == 1'763'755'207);
  CHECK(body.at("batcat").empty());
  CHECK(g.get("/simple/price?ids=nosuch&vs_currencies=usd").owned == "{}");
  CHECK(json::parse(g.get("/simple/price?ids=bitcoin&vs_currencies=usd").owned)
            .at("bitcoin")
            .size() == 1);
}

TEST_CASE("CoinGecko's list has other coins before those that tickers mean", "[mock][market]") {
  gecko g;
  const auto rows = json::parse(g.get("/coins/list").owned);
  CHECK(rows.size() > 20);
  for (const std::string ticker : {"btc", "eth", "sol"}) {
    const auto first = std::find_if(rows.begin(), rows.end(),
                                    [&](const json& row) { return row.at("symbol") == ticker; });
    const auto count = std::count_if(rows.begin(), rows.end(),
                                     [&](const json& row) { return row.at("symbol") == ticker; });
    INFO(ticker);
    CHECK(count >= 2);
    CHECK(first->at("id") != "bitcoin");
    CHECK(first->at("id") != "ethereum");
    CHECK(first->at("id") != "solana");
  }
}

TEST_CASE("CoinGecko lists coins of the status asked for", "[mock][market]") {
  gecko g;
  const auto has = [&](const std::string& query, const std::string& id) {
    const auto rows = json::parse(g.get("/coins/list" + query).owned);
    return std::any_of(rows.begin(), rows.end(),
                       [&](const json& row) { return row.at("id") == id; });
  };
  CHECK_FALSE(has("?status=active", "gone-coin"));
  CHECK(has("?status=active", "bitcoin"));
  CHECK(has("?status=inactive", "gone-coin"));
  CHECK_FALSE(has("?status=inactive", "bitcoin"));
  CHECK(has("", "gone-coin"));
  CHECK(has("", "bitcoin"));
  const auto ranked = json::parse(g.get("/coins/markets?vs_currency=usd&per_page=250").owned);
  for (const auto& row : ranked) CHECK(row.at("current_price").is_number());
}

TEST_CASE("CoinGecko allows 30 requests a minute, and 100 with a key", "[mock][market]") {
  gecko g;
  for (int i = 0; i < 30; ++i) REQUIRE(g.get("/ping").status == 200);
  const auto over = g.get("/ping");
  CHECK(over.status == 429);
  CHECK_THAT(over.fields, Catch::Contains("Retry-After: 53\r\n"));
  CHECK(json::parse(over.owned).at("status").at("error_code") == 429);
  const header_list key{{"X-CG-DEMO-API-KEY", "CG-k"}};
  for (int i = 0; i < 100; ++i) REQUIRE(g.get("/ping", key).status == 200);
  CHECK(g.get("/ping", key).status == 429);
  g.client.now += std::chrono::minutes{1};
  CHECK(g.get("/ping").status == 200);
}

}  // namespace tributary::providers::mock
