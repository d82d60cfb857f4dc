// SPDX-License-Identifier: MIT
#include "market_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace tributary::providers::mock {

using namespace tests;
using nlohmann::json;

namespace {

struct cmc_client {
  reply get(const std::string& path, const std::string& key = "k") {
    header_list headers;
    if (!key.empty()) headers.emplace_back("X-CMC_PRO_API_KEY", key);
    return client.get("/coinmarketcap" + path, headers);
  }
  json data(const std::string& path) {
    const auto answer = get(path);
    INFO(answer.owned.substr(0, 300));
    REQUIRE(answer.status == 200);
    return json::parse(answer.owned).at("data");
  }
  market_client client;
};

}  // namespace

TEST_CASE("CoinMarketCap wants a key and says so in its status", "[mock][market]") {
  cmc_client c;
  const auto code = [](const reply& answer) {
    return json::parse(answer.owned).at("status").at("error_code").get<int>();
  };
  const auto none = c.get("/v1/key/info", "");
  CHECK(none.status == 401);
  CHECK(code(none) == 1002);
  const auto wrong = c.get("/v1/key/info", "invalid");
  CHECK(wrong.status == 401);
  CHECK(code(wrong) == 1001);
  CHECK(code(c.get("/v1/key/info")) == 0);
  CHECK(c.client.get("/coinmarketcap/v1/key/info?CMC_PRO_API_KEY=k").status == 200);
}

TEST_CASE("CoinMarketCap's versions have a shape each", "[mock][market]") {
  cmc_client c;
  const std::string latest = "/cryptocurrency/quotes/latest?";
  const auto v1 = c.data("/v1" + latest + "symbol=btc");
  CHECK(v1.at("BTC").at("id") == 1);
  CHECK(v1.at("BTC").at("quote").at("USD").at("price").is_number());
  const auto by_id = c.data("/v2" + latest + "id=1,1027");
  CHECK(by_id.at("1027").at("symbol") == "ETH");
  const auto by_symbol = c.data("/v2" + latest + "symbol=ETC");
  REQUIRE(by_symbol.at("ETC").size() == 2);
  CHECK(by_symbol.at("ETC").at(0).at("is_active") == 0);
  CHECK(by_symbol.at("ETC").at(0).at("quote").at("USD").at("price").is_null());
  CHECK(by_symbol.at("ETC").at(1).at("id") == 1321);
  const auto v3 = c.data("/v3" + latest + "slug=bitcoin&convert=EUR,USD");
  REQUIRE(v3.size() == 1);
  CHECK(v3.at(0).at("quote").at(0).at("symbol") == "EUR");
  CHECK(v3.at(0).at("quote").at(1).at("id") == 2781);
  const auto status = json::parse(c.get("/v3" + latest + "id=1").owned).at("status");
  CHECK(status.at("error_code") == "0");
}

TEST_CASE("CoinMarketCap refuses a batch for one unknown coin, unless it may skip it",
          "[mock][market]") {
  cmc_client c;
  const struct {
    const char* query;
    const char* message;
  } cases[] = {
      {"/v2/cryptocurrency/quotes/latest?symbol=BTC,NOSUCH",
       R"(Invalid value for "symbol": "NOSUCH")"},
      {"/v1/cryptocurrency/quotes/latest?symbol=A1,B2", R"(Invalid values for "symbol": "A1,B2")"},
      {"/v3/cryptocurrency/quotes/latest?id=999999", R"(Invalid value for "id": "999999")"}};
  for (const auto& [query, message] : cases) {
    INFO(query);
    const auto refused = c.get(query);
    CHECK(refused.status == 400);
    const auto status = json::parse(refused.owned).at("status");
    CHECK(status.at("error_code") == 400);
    CHECK(status.at("error_message") == message);
  }
  const std::string skip = "&skip_invalid=true";
  const auto v2 = c.data("/v2/cryptocurrency/quotes/latest?symbol=BTC,NOSUCH" + skip);
  CHECK(v2.at("NOSUCH").empty());
  CHECK(v2.at("BTC").size() == 2);
  CHECK(c.data("/v1/cryptocurrency/quotes/latest?symbol=BTC,NOSUCH" + skip).size() == 1);
  CHECK(c.data("/v3/cryptocurrency/quotes/latest?symbol=NOSUCH" + skip).empty());
  CHECK(c.get("/v2/cryptocurrency/quotes/latest?id=1&convert=XXX").status == 400);
  CHECK(c.get("/v2/cryptocurrency/quotes/latest").status == 400);
}

TEST_CASE("CoinMarketCap lists active coins by rank, in pages", "[mock][market]") {
  cmc_client c;
  const auto map =
      c.data("/v1/cryptocurrency/map?listing_status=active&sort=cmc_rank&start=1&limit=5000");
  CHECK(map.size() >= 25);
  CHECK(map.at(0).at("symbol") == "BTC");
  CHECK(map.at(1).at("rank") == 2);
  for (const auto& row : map) CHECK(row.at("is_active") == 1);
  const auto dead = c.data("/v1/cryptocurrency/map?listing_status=inactive");
  CHECK(dead.at(0).at("rank").is_null());
  CHECK(c.data("/v1/cryptocurrency/map?sort=cmc_rank&start=2&limit=1").at(0).at("id") == 1027);
  const auto listings = c.data("/v1/cryptocurrency/listings/latest?limit=2");
  CHECK(listings.size() == 2);
  CHECK(listings.at(0).at("quote").contains("USD"));
  CHECK(c.data("/v3/cryptocurrency/listings/latest?limit=2").at(0).at("quote").is_array());
}

TEST_CASE("CoinMarketCap refuses pages that it does not have by name", "[mock][market]") {
  cmc_client c;
  for (const std::string path : {"/v1/cryptocurrency/map", "/v1/cryptocurrency/listings/latest",
                                 "/v3/cryptocurrency/listings/latest"}) {
    for (const auto& [name, value] :
         std::initializer_list<std::pair<std::string, std::string>>{{"limit", "6000"},
                                                                    {"limit", "0"},
                                                                    {"limit", "ten"},
                                                                    {"start", "0"},
                                                                    {"start", "-1"}}) {
      INFO(path << ' ' << name << ' ' << value);
      const auto refused = c.get(path + '?' + name + '=' + value);
      CHECK(refused.status == 400);
      const auto status = json::parse(refused.owned).at("status");
      CHECK(status.at("error_code") == 400);
      CHECK(status.at("error_message") == "Invalid value for \"" + name + "\": \"" + value + '"');
    }
    CHECK(c.get(path + "?start=1&limit=5000").status == 200);
  }
}

TEST_CASE("CoinMarketCap allows thirty requests a minute", "[mock][market]") {
  cmc_client c;
  for (int i = 0; i < 30; ++i) REQUIRE(c.get("/v1/key/info").status == 200);
  const auto over = c.get("/v1/key/info");
  CHECK(over.status == 429);
  CHECK(json::parse(over.owned).at("status").at("error_code") == 1008);
  CHECK_THAT(over.fields, Catch::Contains("X-Ratelimit-Reset: 2025-11-21 20:01:00 +0000\r\n"));
  c.client.now += std::chrono::minutes{1};
  CHECK(c.get("/v1/key/info").status == 200);
}

}  // namespace tributary::providers::mock
