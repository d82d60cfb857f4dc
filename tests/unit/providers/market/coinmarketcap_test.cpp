// SPDX-License-Identifier: MIT
#include "providers/market/coinmarketcap/coinmarketcap.hpp"

#include "answers.hpp"

namespace tributary::providers::market::coinmarketcap {

using namespace tests;

namespace {

call by_ticker(std::initializer_list<std::string_view> symbols) {
  call result{{}, false};
  for (const auto what : symbols) result.asked.push_back({sym(what), ""});
  return result;
}

call by_id(std::initializer_list<std::pair<std::string_view, std::string_view>> coins) {
  call result;
  for (const auto& [what, id] : coins) result.asked.push_back({sym(what), std::string(id)});
  return result;
}

}  // namespace

TEST_CASE("CoinMarketCap's requests follow the path version", "[market][coinmarketcap]") {
  const auto ids = by_id({{"BTC-USD", "1"}, {"ETH-USD", "1027"}});
  const auto got = quotes_request(ids, {"k3y", path_version::v3});
  CHECK(got.target == "/v3/cryptocurrency/quotes/latest?id=1,1027&convert=USD&skip_invalid=true");
  CHECK(header_of(got, "X-CMC_PRO_API_KEY") == "k3y");
  CHECK(header_of(got, "Accept") == "application/json");
  CHECK(quotes_request(by_ticker({"ABC-EUR"}), {"", path_version::v1}).target ==
        "/v1/cryptocurrency/quotes/latest?symbol=ABC&convert=EUR&skip_invalid=true");
  CHECK(quotes_request(ids, {}).headers.size() == 1);
  CHECK(map_request(2, {}).target ==
        "/v1/cryptocurrency/map?listing_status=active&start=5001&limit=5000&sort=cmc_rank");
  CHECK(listings_request(1, {"", path_version::v3}).target ==
        "/v3/cryptocurrency/listings/latest?start=1&limit=5000&convert=USD");
  CHECK(listings_request(1, {"", path_version::v2}).target.substr(0, 4) == "/v1/");
}

TEST_CASE("CoinMarketCap is asked by id where one is known", "[market][coinmarketcap]") {
  id_book book{pinned_ids()};
  book.learn({"CTK", "4807", 1370});
  const std::vector<symbol> symbols = {sym("BTC-USD"), sym("AAPL"), sym("CTK-USD"),
                                       sym("NOSUCH-USD"), sym("BTC-EUR")};
  const auto calls = plan_calls(symbols, book);
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].asked[0].id == "1");
  CHECK(calls[0].asked[1].id == "4807");
  CHECK_FALSE(calls[1].by_id);
  CHECK(calls[2].asked[0].what.text == "BTC-EUR");
  CHECK(plan_calls(std::vector<symbol>(101, sym("BTC-USD")), book).size() == 2);
}

TEST_CASE("CoinMarketCap's shapes all give the same quote", "[market][coinmarketcap]") {
#define COIN \
  R"({"id":1,"symbol":"BTC","is_active":1,"cmc_rank":1,"last_updated":"2020-01-01T00:00:00Z","quote":)"
#define PRICES \
  R"("price":97214.7493069002,"percent_change_24h":-1.19543925,"last_updated":"2025-11-21T19:59:00.000Z"})"
  const std::string_view bodies[] = {
      R"({"status":{"error_code":0},"data":{"BTC":)" COIN R"({"USD":{)" PRICES "}}}}",
      R"({"status":{"error_code":0},"data":{"1":)" COIN R"({"USD":{)" PRICES "}}}}",
      R"({"status":{"error_code":"0","error_message":""},"data":{"BTC":[)" COIN R"({"USD":{)" PRICES
      "}}]}}",
      R"({"status":{"error_code":"0","elapsed":"3"},"data":[)" COIN
      R"([{"id":2790,"symbol":"EUR","price":1},{"id":2781,"symbol":"USD",)" PRICES "]}]}",
  };
#undef COIN
#undef PRICES
  for (const auto body : bodies) {
    CAPTURE(body);
    for (const auto& asked : {by_id({{"BTC-USD", "1"}}), by_ticker({"BTC-USD"})}) {
      const auto got = read_quotes(asked, answered(200, body));
      REQUIRE(got.quotes.size() == 1);
      CHECK(got.errors.empty());
      const auto& one = got.quotes[0];
      CHECK(one.price.text == "97214.7493069002");
      CHECK(one.percent_change->text == "-1.19543925");
      CHECK(one.change->value == Approx(-1176.20376).epsilon(1e-6));
      CHECK(one.source == "coinmarketcap");
      CHECK(millis(one) == 1763755140000);
    }
  }
}

TEST_CASE("of several coins the active one with a price and the lowest rank is taken",
          "[market][coinmarketcap]") {
  constexpr auto body = R"({"status":{"error_code":0},"data":{"ETC":[
    {"id":9,"symbol":"ETC","is_active":0,"cmc_rank":null,"quote":{"USD":{"price":0.1}}},
    {"id":10,"symbol":"ETC","is_active":1,"cmc_rank":5,"quote":{"USD":{"price":null}}},
    {"id":11,"symbol":"ETC","is_active":1,"cmc_rank":null,"quote":{"USD":{"price":7}}},
    {"id":1321,"symbol":"ETC","is_active":1,"cmc_rank":40,"quote":{"USD":{"price":19.5}}},
    {"id":12,"symbol":"ETC","is_active":1,"cmc_rank":400,"quote":{"USD":{"price":8}}}],
    "GONE":[{"id":13,"symbol":"GONE","is_active":1,"quote":{"USD":{"price":null}}}],
    "NONE":[],"DEAD":[{"id":14,"symbol":"DEAD","is_active":0,"quote":{"USD":{"price":1}}}]}})";
  const auto got = read_quotes(
      by_ticker({"ETC-USD", "GONE-USD", "NONE-USD", "DEAD-USD", "ABS-USD"}), answered(200, body));
  REQUIRE(got.quotes.size() == 1);
  CHECK(got.quotes[0].price.text == "19.5");
  CHECK_FALSE(got.quotes[0].percent_change);
  CHECK_FALSE(got.quotes[0].timestamp);
  REQUIRE(got.errors.size() == 4);
  CHECK(got.errors[0].kind == error_kind::no_data);
  CHECK(got.errors[1].kind == error_kind::not_found);
  CHECK(got.errors[2].kind == error_kind::no_data);
  CHECK(got.errors[3].kind == error_kind::not_found);
}

TEST_CASE("CoinMarketCap's failures are told apart", "[market][coinmarketcap]") {
  // The next day begins in 14,397 s, the next month in 9 days and that.
  const error_row rows[] = {
      {401, R"({"status":{"error_code":1001,"error_message":"This API Key is invalid."}})", "",
       error_kind::auth},
      {401, R"({"status":{"error_code":"1002"}})", "", error_kind::auth},
      {402, R"({"status":{"error_code":1003}})", "", error_kind::auth},
      {402, R"({"status":{"error_code":1004}})", "", error_kind::auth},
      {403, R"({"status":{"error_code":1005}})", "", error_kind::auth},
      {403, R"({"status":{"error_code":1006}})", "", error_kind::not_entitled},
      {403, R"({"status":{"error_code":1007}})", "", error_kind::auth},
      {200, R"({"status":{"error_code":"1006"}})", "", error_kind::not_entitled},
      {403, "<html></html>", "", error_kind::unavailable},
      {429, R"({"status":{"error_code":1008}})", "", error_kind::rate_limited, 60},
      {200, R"({"status":{"error_code":"1008"}})", "", error_kind::rate_limited, 60},
      {429, R"({"status":{"error_code":1008}})",
       "x-ratelimit-reset: 2025-11-21 20:00:43 +0000\r\nRetry-After: 5\r\n",
       error_kind::rate_limited, 40},
      {429, R"({"status":{"error_code":1008}})", "Retry-After: 5\r\n", error_kind::rate_limited, 5},
      {429, R"({"status":{"error_code":1008}})", "Retry-After: 0\r\n", error_kind::rate_limited, 1},
      {429, R"({"status":{"error_code":1008}})", "Retry-After: 4294967295\r\n",
       error_kind::rate_limited, 86400},
      {429, R"({"status":{"error_code":1008}})", "x-ratelimit-reset: 2199-01-01 00:00:00 +0000\r\n",
       error_kind::rate_limited, 60},
      {429, R"({"status":{"error_code":1009}})", "Retry-After: 5\r\n", error_kind::rate_limited,
       14397},
      {429, R"({"status":{"error_code":1010}})", "", error_kind::rate_limited, 14397 + 9 * 86400},
      {429, R"({"status":{"error_code":1011}})", "", error_kind::rate_limited, 60},
      {429, "slow down", "", error_kind::rate_limited, 60},
      {500, R"({"status":{"error_code":500}})", "", error_kind::unavailable},
      {200, R"({"status":{"error_code":500}})", "", error_kind::unavailable},
      {302, "", "", error_kind::unavailable},
      {400, R"({"status":{"error_code":400,"error_message":"\"convert\" is required"}})", "",
       error_kind::bad_request},
      {400,
       R"({"status":{"error_code":400,"error_message":"Invalid value for \"symbol\": \"ZZZ\""}})",
       "", error_kind::bad_request},
      {400, R"({"status":{"error_code":400,"error_message":"Invalid value for \"symbol\": BTC"}})",
       "", error_kind::bad_request},
      {200, R"({"status":{"error_code":0},"data":null})", "", error_kind::malformed},
      {200, R"({"status":)", "", error_kind::malformed},
  };
  for (const auto& one : rows) {
    CAPTURE(one.status, one.body, one.headers);
    const auto asked = by_ticker({"BTC-USD"});
    const auto got = read_quotes(asked, answered(one.status, one.body, one.headers));
    CHECK(got.quotes.empty());
    REQUIRE(got.errors.size() == 1);
    CHECK(got.errors[0].symbol.empty());
    CHECK(to_string(got.errors[0].kind) == to_string(one.kind));
    CHECK(wait_of(got.errors[0]) == one.wait);
    CHECK(left_to_ask(asked, got).asked.empty());
  }
}

TEST_CASE("the month after December is January", "[market][coinmarketcap]") {
  using namespace std::chrono;
  constexpr sys_days silvester{2025y / December / 31};
  const wire_answer answer{429, "", R"({"status":{"error_code":1010}})", silvester + 23h};
  const auto got = read_quotes(by_ticker({"BTC-USD"}), answer);
  CHECK(wait_of(got.errors.at(0)) == 3600);
}

TEST_CASE("symbols that fail a call are named, and the rest is to be asked again",
          "[market][coinmarketcap]") {
  struct row {
    std::string_view message;
    std::vector<std::string> refused, left;
  };
  const row rows[] = {
      {R"(Invalid value for \"symbol\": \"NOSUCH\")", {"NOSUCH-USD"}, {"BTC-USD", "ZZ-USD"}},
      {R"(Invalid values for \"symbol\": \"NOSUCH,ZZ\")", {"NOSUCH-USD", "ZZ-USD"}, {"BTC-USD"}},
      {R"(Invalid values for \"symbol\": \"zz\",\"nosuch\")",
       {"NOSUCH-USD", "ZZ-USD"},
       {"BTC-USD"}},
      // What stands in quotes is at fault, not every word that is somebody's ticker.
      {R"(Invalid values for \"symbol\": \"NOSUCH\". Remove them, BTC may stay)",
       {"NOSUCH-USD"},
       {"BTC-USD", "ZZ-USD"}},
      {R"(Invalid value for \"symbol\": \"NOSUCH\". Nothing is wrong with \"ZZ\")",
       {"NOSUCH-USD"},
       {"BTC-USD", "ZZ-USD"}},
      {R"(Invalid values for \"symbol\": \" NOSUCH , zz\")", {"NOSUCH-USD", "ZZ-USD"}, {"BTC-USD"}},
  };
  const auto asked = by_ticker({"BTC-USD", "NOSUCH-USD", "ZZ-USD"});
  for (const auto& one : rows) {
    CAPTURE(one.message);
    const auto body =
        R"({"status":{"error_code":400,"error_message":")" + std::string(one.message) + R"("}})";
    const auto got = read_quotes(asked, answered(400, body));
    CHECK(got.quotes.empty());
    std::vector<std::string> refused, left;
    for (const auto& error : got.errors) {
      CHECK(error.kind == error_kind::not_found);
      refused.push_back(error.symbol);
    }
    for (const auto& coin : left_to_ask(asked, got).asked) left.push_back(coin.what.text);
    CHECK(refused == one.refused);
    CHECK(left == one.left);
  }
  const auto by = by_id({{"BTC-USD", "1"}, {"X-USD", "99"}});
  const auto got = read_quotes(
      by,
      answered(
          400,
          R"({"status":{"error_code":400,"error_message":"Invalid value for \"id\": \"99\""}})"));
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].symbol == "X-USD");
  CHECK(left_to_ask(by, got).by_id);
}

TEST_CASE("the map lists active coins, one of each ticker", "[market][coinmarketcap]") {
  id_book book{pinned_ids()};
  const auto got = read_list_page(answered(200, R"({"status":{"error_code":0},"data":[
    {"id":1,"rank":1,"name":"Bitcoin","symbol":"BTC","is_active":1},
    {"id":77,"rank":null,"name":"Not Bitcoin","symbol":"BTC","is_active":1},
    {"id":4596,"rank":null,"name":"Cryptyk Token","symbol":"CTK","is_active":0},
    {"id":5000,"rank":2000,"name":"Another","symbol":"CTK","is_active":1},
    {"id":4807,"rank":1370,"name":"Shentu","symbol":"CTK","is_active":1,"platform":null}]})"),
                                  book);
  REQUIRE_FALSE(got.error);
  CHECK(got.assets == std::vector<asset>{{"BTC-USD", "Bitcoin", "crypto", "", "USD"},
                                         {"CTK-USD", "Shentu", "crypto", "", "USD"}});
  CHECK(got.last);
  CHECK(book.id_of("CTK") == "4807");
  const auto refused = read_list_page(answered(401, R"({"status":{"error_code":1001}})"), book);
  CHECK(refused.error->kind == error_kind::auth);
  CHECK(refused.assets.empty());
  CHECK(read_list_page(answered(200, R"({"data":{}})"), book).error->kind == error_kind::malformed);
}

}  // namespace tributary::providers::market::coinmarketcap
