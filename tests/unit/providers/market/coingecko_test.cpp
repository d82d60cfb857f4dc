// SPDX-License-Identifier: MIT
#include "providers/market/coingecko/coingecko.hpp"

#include "answers.hpp"

namespace tributary::providers::market::coingecko {

using namespace tests;

namespace {

call by_id(std::initializer_list<std::pair<std::string_view, std::string_view>> coins) {
  call result;
  for (const auto& [what, id] : coins) result.asked.push_back({sym(what), std::string(id)});
  return result;
}

call by_ticker(std::initializer_list<std::string_view> symbols) {
  call result{{}, false};
  for (const auto what : symbols) result.asked.push_back({sym(what), ""});
  return result;
}

}  // namespace

TEST_CASE("the tier names the header of CoinGecko's key", "[market][coingecko]") {
  const auto what = by_id({{"BTC-USD", "bitcoin"}});
  const auto demo = simple_price_request(what, {key_tier::demo, "CG-1", "me/1.0"});
  CHECK(header_of(demo, "x-cg-demo-api-key") == "CG-1");
  CHECK(header_of(demo, "x-cg-pro-api-key").empty());
  CHECK(header_of(demo, "User-Agent") == "me/1.0");
  const auto pro = simple_price_request(what, {key_tier::pro, "CG-1", "me/1.0"});
  CHECK(header_of(pro, "x-cg-pro-api-key") == "CG-1");
  CHECK(header_of(pro, "x-cg-demo-api-key").empty());
  const auto keyless = simple_price_request(what, {});
  CHECK(header_of(keyless, "x-cg-demo-api-key").empty());
  CHECK_FALSE(header_of(keyless, "User-Agent").empty());
  for (const auto& one : {demo, pro}) CHECK(one.target.find("CG-1") == std::string::npos);
}

TEST_CASE("CoinGecko's requests name ids and currency", "[market][coingecko]") {
  const auto two = by_id({{"BTC-EUR", "bitcoin"}, {"ETH-EUR", "ethereum"}});
  CHECK(simple_price_request(two, {}).target ==
        "/api/v3/simple/price?ids=bitcoin,ethereum&vs_currencies=eur&include_24hr_change=true"
        "&include_last_updated_at=true&precision=full");
  CHECK(markets_request(two, {}).target ==
        "/api/v3/coins/markets?vs_currency=eur&ids=bitcoin,ethereum&order=market_cap_desc"
        "&per_page=250&page=1&sparkline=false");
  CHECK(markets_request(by_ticker({"XYZ-USD"}), {}).target ==
        "/api/v3/coins/markets?vs_currency=usd&symbols=xyz&order=market_cap_desc"
        "&per_page=250&page=1&sparkline=false");
  CHECK(markets_page_request(3, {}).target ==
        "/api/v3/coins/markets?vs_currency=usd&order=market_cap_desc&per_page=250&page=3"
        "&sparkline=false");
  CHECK(coins_list_request({}).target == "/api/v3/coins/list?include_platform=false&status=active");
}

TEST_CASE("symbols are divided by currency, by what is known, and by size", "[market][coingecko]") {
  const id_book book{pinned_ids()};
  std::vector<symbol> symbols = {sym("BTC-USD"), sym("NOSUCH-USD"), sym("ETH-EUR"), sym("SOL-USD"),
                                 sym("AAPL"),    sym("EUR/USD"),    sym("BTC-USDT")};
  const auto calls = plan_calls(symbols, book);
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].by_id);
  REQUIRE(calls[0].asked.size() == 2);
  CHECK(calls[0].asked[0].id == "bitcoin");
  CHECK(calls[0].asked[1].id == "solana");
  CHECK_FALSE(calls[1].by_id);
  CHECK(calls[1].asked[0].what.text == "NOSUCH-USD");
  CHECK(calls[2].asked[0].what.text == "ETH-EUR");
  CHECK(plan_calls(std::vector<symbol>(251, sym("BTC-USD")), book).size() == 2);
  CHECK_FALSE(supports(sym("BTC-USDT")));
  CHECK_FALSE(supports(sym("AAPL")));
}

TEST_CASE("simple/price gives the percentage, and the change is derived", "[market][coingecko]") {
  const auto asked = by_id({{"BTC-USD", "bitcoin"},
                            {"ETH-USD", "ethereum"},
                            {"SNT-USD", "status"},
                            {"AAA-USD", "nothing"},
                            {"BBB-USD", "null-price"},
                            {"NOSUCH-USD", "no-such-coin"},
                            {"CCC-USD", "gone"}});
  const auto got = read_simple_price(asked, answered(200, R"({
    "ethereum":{"usd":3187.4120557731,"usd_24h_change":3.61420917733118,"last_updated_at":1763755160},
    "status":{"usd":1.2e-09,"usd_24h_change":null},
    "nothing":{},"null-price":{"usd":null},
    "gone":{"usd":5,"usd_24h_change":-100},
    "bitcoin":{"usd":97210,"usd_24h_change":-1.2,"last_updated_at":1763755169}})"));
  REQUIRE(got.quotes.size() == 4);
  CHECK(got.quotes[0].symbol == "BTC-USD");
  CHECK(got.quotes[0].price.text == "97210");
  CHECK(got.quotes[0].change->value == Approx(-1180.688259109).epsilon(1e-9));
  CHECK(got.quotes[0].percent_change->text == "-1.2");
  CHECK(millis(got.quotes[0]) == 1763755169000);
  CHECK(got.quotes[1].change->value == Approx(111.181410304).epsilon(1e-9));
  CHECK(got.quotes[2].price.text == "1.2e-09");
  CHECK_FALSE(got.quotes[2].change);
  CHECK(millis(got.quotes[2]) == -1);
  CHECK_FALSE(got.quotes[3].change);
  CHECK(got.quotes[3].percent_change->text == "-100");
  REQUIRE(got.errors.size() == 3);
  CHECK(got.errors[0].kind == error_kind::no_data);
  CHECK(got.errors[1].kind == error_kind::no_data);
  CHECK(got.errors[2].kind == error_kind::not_found);
  CHECK(got.errors[2].symbol == "NOSUCH-USD");
}

TEST_CASE("an empty object of simple/price knows no coin", "[market][coingecko]") {
  const auto got = read_simple_price(by_id({{"X-USD", "x"}}), answered(200, "{}"));
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].kind == error_kind::not_found);
}

TEST_CASE("coins/markets gives the change itself", "[market][coingecko]") {
  const auto asked = by_id({{"ETH-USD", "ethereum"},
                            {"BTC-USD", "bitcoin"},
                            {"XRP-USD", "ripple"},
                            {"DOT-USD", "polkadot"},
                            {"X-USD", "x"}});
  const auto got = read_markets(asked, answered(200, R"([
    {"id":"bitcoin","symbol":"btc","current_price":97210,"market_cap_rank":1,"price_change_24h":-1163.2041180733,
     "price_change_percentage_24h":-1.18243,"roi":null,"last_updated":"2025-11-21T19:59:20.000Z"},
    {"id":"ethereum","symbol":"eth","current_price":3187.34,"price_change_24h":111.86,"roi":{"times":38.5},
     "price_change_percentage_24h":3.63728,"last_updated":"2025-11-21T19:59:18.512Z"},
    {"id":"ripple","symbol":"xrp","current_price":2,"price_change_24h":null,
     "price_change_percentage_24h":100,"last_updated":null},
    {"id":"polkadot","symbol":"dot","current_price":null,"price_change_24h":null}])"));
  REQUIRE(got.quotes.size() == 3);
  CHECK(got.quotes[0].symbol == "ETH-USD");
  CHECK(got.quotes[0].change->text == "111.86");
  CHECK(millis(got.quotes[0]) == 1763755158512);
  CHECK(got.quotes[1].change->text == "-1163.2041180733");
  CHECK(got.quotes[1].percent_change->text == "-1.18243");
  CHECK(got.quotes[2].change->value == Approx(1));
  CHECK(millis(got.quotes[2]) == -1);
  REQUIRE(got.errors.size() == 2);
  CHECK(got.errors[0].kind == error_kind::no_data);
  CHECK(got.errors[1].kind == error_kind::not_found);
}

TEST_CASE("a ticker of several coins means the one with the lowest rank", "[market][coingecko]") {
  const auto got = read_markets(by_ticker({"XYZ-USD", "ABC-USD"}), answered(200, R"([
    {"id":"impostor","symbol":"xyz","current_price":1,"market_cap_rank":null},
    {"id":"small","symbol":"xyz","current_price":2,"market_cap_rank":900},
    {"id":"large","symbol":"xyz","current_price":3,"market_cap_rank":80},
    {"id":"first","symbol":"abc","current_price":4,"market_cap_rank":null},
    {"id":"second","symbol":"abc","current_price":5,"market_cap_rank":null}])"));
  REQUIRE(got.quotes.size() == 2);
  CHECK(got.quotes[0].price.text == "3");
  CHECK(got.quotes[1].price.text == "4");
}

TEST_CASE("CoinGecko's failures are told apart", "[market][coingecko]") {
  constexpr auto limit =
      R"({"status":{"error_code":429,"error_message":"You've exceeded the Rate Limit."}})";
  const error_row rows[] = {
      {429, limit, "retry-after: 53\r\n", error_kind::rate_limited, 53},
      {429, limit, "retry-after: 0\r\n", error_kind::rate_limited, 10},
      {429, limit, "", error_kind::rate_limited, 10},
      {200, limit, "", error_kind::rate_limited, 10},
      {200, limit, "Retry-After: 30\r\n", error_kind::rate_limited, 30},
      {429, "Throttled", "", error_kind::rate_limited, 10},
      {429, "<html></html>", "", error_kind::rate_limited, 10},
      {429, limit, "Retry-After: Fri, 21 Nov 2025 20:01:03 GMT\r\n", error_kind::rate_limited, 60},
      {429, limit, "Retry-After: 4294967295\r\n", error_kind::rate_limited, 86400},
      {401,
       R"({"status":{"timestamp":"x+00:00","error_code":10002,"error_message":"API Key Missing."}})",
       "", error_kind::auth},
      {401, "", "", error_kind::auth},
      {400,
       R"({"timestamp":"x","error_code":10010,"status":{"error_message":"If you are using Pro"}})",
       "", error_kind::auth},
      {400,
       R"({"timestamp":"x","error_code":10011,"status":{"error_message":"If you are using Demo"}})",
       "", error_kind::auth},
      {400, R"({"status":{"error_code":10011,"error_message":"If you are using"}})", "",
       error_kind::auth},
      {401, R"({"status":{"error_code":10005,"error_message":"limited to PRO API"}})", "",
       error_kind::not_entitled},
      {403, R"({"error_code":10005})", "", error_kind::not_entitled},
      {401, R"({"error":{"status":{"error_code":10012,"error_message":"past 365 days"}}})", "",
       error_kind::not_entitled},
      {404, R"({"error":"coin not found"})", "", error_kind::not_found},
      {404, R"({"error":"coin not found","status":{"error_code":404}})", "", error_kind::not_found},
      {200, R"({"error":"Could not find coin with the given id"})", "", error_kind::not_found},
      // Of a path that is wrong, which is not for coins to suffer from.
      {404, R"({"error":"Incorrect path. Please check https://www.coingecko.com/api/"})", "",
       error_kind::bad_request},
      {404, R"({"status":{"error_code":404,"error_message":"Not Found"}})", "",
       error_kind::bad_request},
      {200, R"({"status":{"error_code":404}})", "", error_kind::bad_request},
      {404, "Not Found", "", error_kind::bad_request},
      {404, "{}", "", error_kind::bad_request},
      {403,
       R"({"status":{"error_code":403,"error_message":"Please add a descriptive User-Agent"}})", "",
       error_kind::bad_request},
      {403, "<html>Cloudflare</html>", "", error_kind::unavailable},
      {403, "error code: 1020", "", error_kind::unavailable},
      {1020, "<html></html>", "", error_kind::unavailable},
      {403, R"({"status":{"error_code":1020,"error_message":"Access denied"}})", "",
       error_kind::unavailable},
      {403, R"({"error_code":1020})", "", error_kind::unavailable},
      {200, R"({"status":{"error_code":"1020"}})", "", error_kind::unavailable},
      {200, R"({"error_code":1020})", "", error_kind::unavailable},
      {503, "<html></html>", "", error_kind::unavailable},
      {307, "", "", error_kind::unavailable},
      {400, R"({"error":"invalid vs_currency"})", "", error_kind::bad_request},
      {422, R"({"error":"Missing parameter vs_currencies"})", "", error_kind::bad_request},
      {200, R"({"error":"Missing parameter vs_currencies"})", "", error_kind::bad_request},
      {200, R"({"bitcoin":{"usd":97)", "", error_kind::malformed},
      {200, "null", "", error_kind::malformed},
  };
  for (const auto& one : rows) {
    CAPTURE(one.status, one.body, one.headers);
    const auto asked = by_id({{"BTC-USD", "bitcoin"}, {"ETH-USD", "ethereum"}});
    for (const auto& got : {read_simple_price(asked, answered(one.status, one.body, one.headers)),
                            read_markets(asked, answered(one.status, one.body, one.headers))}) {
      CHECK(got.quotes.empty());
      REQUIRE(got.errors.size() == 1);
      CHECK(got.errors[0].symbol.empty());
      CHECK(to_string(got.errors[0].kind) == to_string(one.kind));
      CHECK(wait_of(got.errors[0]) == one.wait);
    }
  }
}

TEST_CASE("the first of coins/list does not get the ticker", "[market][coingecko]") {
  constexpr auto body = R"([
    {"id":"01coin","symbol":"zoc","name":"01coin"},
    {"id":"batcat","symbol":"btc","name":"batcat"},
    {"id":"bitcoin","symbol":"btc","name":"Bitcoin"},
    {"id":"wrong","symbol":"xyz","name":"Wrong"},
    {"id":"right","symbol":"xyz","name":"Right"},
    {"id":"one","symbol":"dup","name":"One"},
    {"id":"two","symbol":"dup","name":"Two"},
    {"id":"","symbol":"","name":""}])";
  id_book book{pinned_ids()};
  book.learn({"xyz", "right", 120});
  const auto got = read_coins_list(answered(200, body), book);
  REQUIRE_FALSE(got.error);
  CHECK(got.assets == std::vector<asset>{{"ZOC-USD", "01coin", "crypto", "", "USD"},
                                         {"BTC-USD", "Bitcoin", "crypto", "", "USD"},
                                         {"XYZ-USD", "Right", "crypto", "", "USD"}});
  CHECK(book.id_of("ZOC") == "01coin");
  CHECK_FALSE(book.id_of("DUP"));
  CHECK(read_coins_list(answered(200, "[]"), book).error->kind == error_kind::no_data);
  CHECK(read_coins_list(answered(200, "{}"), book).error->kind == error_kind::malformed);
}

TEST_CASE("a page of coins/markets teaches which coin a ticker means", "[market][coingecko]") {
  id_book book{pinned_ids()};
  const auto got = read_markets_page(answered(200, R"([
    {"id":"bitcoin","symbol":"btc","name":"Bitcoin","market_cap_rank":1},
    {"id":"large","symbol":"xyz","name":"Large","market_cap_rank":80},
    {"id":"copy","symbol":"btc","name":"Copy","market_cap_rank":90},
    {"id":"small","symbol":"xyz","name":"Small","market_cap_rank":900}])"),
                                     book);
  CHECK(symbols_of(got.assets) == std::vector<std::string>{"BTC-USD", "XYZ-USD"});
  CHECK(got.last);
  CHECK(book.id_of("xyz") == "large");
  CHECK(book.id_of("BTC") == "bitcoin");
  CHECK(read_markets_page(answered(200, "[]"), book).last);
}

TEST_CASE("a book of ids goes by pins, then by rank", "[market][coingecko]") {
  const pinned_id pins[] = {{"BTC", "bitcoin"}};
  id_book book{pins};
  book.learn({"btc", "fake", 1});
  CHECK(book.id_of("btc") == "bitcoin");
  book.learn({"abc", "unranked", {}});
  book.learn({"abc", "later", {}});
  CHECK(book.id_of("ABC") == "unranked");
  book.learn({"Abc", "ranked", 500});
  CHECK(book.id_of("ABC") == "ranked");
  book.learn({"ABC", "better", 20});
  book.learn({"ABC", "worse", 30});
  CHECK(book.id_of("abc") == "better");
  book.learn({"ABC", "better", 40});  // it fell
  book.learn({"ABC", "worse", 30});
  CHECK(book.id_of("abc") == "worse");
  CHECK_FALSE(book.id_of("nothing"));
}

}  // namespace tributary::providers::market::coingecko
