// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/alpha_vantage.hpp"

#include "answers.hpp"
#include "providers/market/answer.hpp"

namespace tributary::providers::market::alpha_vantage {

using namespace tests;

namespace {

constexpr std::string_view key = "W4HJ2K9QXYZ01234";

quotes_result stock_of(std::string_view body) {
  return read_quote(sym("AAPL"), answered(200, body), key);
}

quotes_result rate_of(std::string_view body) {
  return read_quote(sym("EUR/USD"), answered(200, body), key);
}

std::string text_of(const std::optional<number>& from) { return from ? from->text : "none"; }

/// `now` is four hours less three seconds before the next day.
constexpr double until_next_day = 4 * 3600 - 3;

}  // namespace

TEST_CASE("Alpha Vantage is asked by class", "[market][alpha_vantage]") {
  const auto target = [](std::string_view what) {
    const auto request = quote_request(sym(what), "K");
    return request ? request->target : "none";
  };
  CHECK(target("AAPL") == "/query?function=GLOBAL_QUOTE&symbol=AAPL&apikey=K");
  CHECK(target("BRK.B") == "/query?function=GLOBAL_QUOTE&symbol=BRK-B&apikey=K");
  CHECK(target("OCDO.L") == "/query?function=GLOBAL_QUOTE&symbol=OCDO.LON&apikey=K");
  CHECK(target("EUR/USD") ==
        "/query?function=CURRENCY_EXCHANGE_RATE&from_currency=EUR&to_currency=USD&apikey=K");
  CHECK(target("BTC-USD") ==
        "/query?function=CURRENCY_EXCHANGE_RATE&from_currency=BTC&to_currency=USD&apikey=K");
  CHECK(target("^GSPC") == "none");
  CHECK(daily_rates_request(sym("EUR/USD"), "K")->target ==
        "/query?function=FX_DAILY&from_symbol=EUR&to_symbol=USD&outputsize=compact&apikey=K");
  CHECK_FALSE(daily_rates_request(sym("AAPL"), "K"));
  CHECK(listing_request("a&b").target == "/query?function=LISTING_STATUS&apikey=a%26b");
  CHECK(header_of(listing_request(key), "Accept") == "*/*");
  CHECK(physical_currencies_request().target == "/physical_currency_list/");
  CHECK(digital_currencies_request().target == "/digital_currency_list/");
}

TEST_CASE("Alpha Vantage's symbols have a way back", "[market][alpha_vantage]") {
  for (const auto* text : {"AAPL", "BRK.B", "OCDO.L", "SHOP.TO", "ABC.V", "BMW.DE", "TCS.BO",
                           "600000.SS", "000001.SZ", "RCI-B.TO", "2330.TW", "BAC-PL"}) {
    INFO(text);
    CHECK(unified_symbol(wire_symbol(sym(text))) == text);
  }
  CHECK(unified_symbol("ocdo.lon") == "OCDO.L");
  CHECK(unified_symbol("VOD-L") == "VOD-L");
  CHECK(unified_symbol(".LON") == ".L");
  CHECK(unified_symbol("LON") == "LON");
}

TEST_CASE("A quote is read by the text of its keys", "[market][alpha_vantage]") {
  const auto delayed = stock_of(R"({"Global Quote - DATA DELAYED BY 15 MINUTES":{
      "1. symbol":"AAPL","2. price":"231.4200","3. change":"-6.3000","4. change percent":"-1.3168%",
      "5. latest trading day":"2025-11-21"}})");
  REQUIRE(delayed.quotes.size() == 1);
  CHECK(delayed.quotes[0].price.text == "231.4200");
  CHECK(text_of(delayed.quotes[0].change) == "-6.3000");
  CHECK(text_of(delayed.quotes[0].percent_change) == "-1.3168");
  CHECK(millis(delayed.quotes[0]) == 1763683200000);
  const auto old = stock_of(
      R"({"Global Quote":{"05. price":"110.0","08. previous close":"100.0","10. change percent":"None"}})");
  CHECK(text_of(old.quotes.at(0).change) == "10");
  CHECK(text_of(old.quotes.at(0).percent_change) == "10");
  CHECK(millis(old.quotes[0]) == -1);
  for (const std::string_view absent :
       {"", R"(,"09. change":"None","08. previous close":"-")", R"(,"09. change":"-")"}) {
    INFO(absent);
    const auto bare = R"({"Global Quote":{"05. price":"110.0","10. change percent":"10.0000%")" +
                      std::string{absent} + "}}";
    const auto derived = stock_of(bare);
    CHECK(text_of(derived.quotes.at(0).change) == "10");
    CHECK(text_of(derived.quotes.at(0).percent_change) == "10.0000");
  }
  // A note beside data does not take the data away.
  CHECK(
      stock_of(R"({"Note":"5 calls per minute","Global Quote":{"05. price":"1"}})").quotes.size() ==
      1);
}

TEST_CASE("A rate's time is told only in UTC", "[market][alpha_vantage]") {
  const auto body = [](std::string_view zone) {
    return R"({"Realtime Currency Exchange Rate":{"5. Exchange Rate":"1.08430000","6. Last Refreshed":"2025-11-21 19:59:53","7. Time Zone":")" +
           std::string{zone} + R"(","8. Bid Price":"-","9. Ask Price":"-"}})";
  };
  const auto utc = body("UTC");
  const auto other = body("US/Eastern");
  CHECK(millis(rate_of(utc).quotes.at(0)) == 1763755193000);
  CHECK(millis(rate_of(other).quotes.at(0)) == -1);
  CHECK_FALSE(rate_of(utc).quotes[0].change);
}

TEST_CASE("Daily rates are sorted by day", "[market][alpha_vantage]") {
  const auto pair = sym("EUR/USD");
  const auto read = [&](std::string_view body) {
    return read_daily_rates(pair, answered(200, body), key);
  };
  const auto got =
      read(R"j({"Meta Data":{"5. Last Refreshed":"2025-11-21 19:55:00","6. Time Zone":"UTC"},
      "Time Series FX (Daily)":{"2025-11-19":{"4. close":"1.0"},"2025-11-21":{"4. close":"1.08430"},"2025-11-20":{"4. close":"1.08120"}}})j");
  REQUIRE(got.quotes.size() == 1);
  CHECK(got.quotes[0].price.text == "1.08430");
  CHECK(text_of(got.quotes[0].change) == "0.0031");
  CHECK(millis(got.quotes[0]) == 1763754900000);
  const auto single = read(R"j({"Time Series FX (Daily)":{"2025-11-21":{"4. close":"1.08430"}}})j");
  CHECK(millis(single.quotes.at(0)) == 1763683200000);
  CHECK_FALSE(single.quotes[0].change);
  const auto none = read(R"({"Meta Data":{"2. From Symbol":"EUR"}})");
  CHECK(none.errors.at(0).kind == error_kind::not_found);
}

TEST_CASE("Errors with status 200 are told by their words, in order", "[market][alpha_vantage]") {
  const error_row rows[] = {
      {200, R"({"Global Quote":{}})", "", error_kind::not_found},
      {200, "{}", "", error_kind::not_found},
      {200, R"({"Global Quote":{"05. price":"0.0000"}})", "", error_kind::no_data},
      {200, R"({"Global Quote":{"01. symbol":"AAPL"}})", "", error_kind::no_data},
      {200,
       R"({"Information":"the parameter apikey is invalid or missing. Please claim your free API key"})",
       "", error_kind::auth},
      {200,
       R"({"Error Message":"Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for GLOBAL_QUOTE."})",
       "", error_kind::not_found},
      {200,
       R"({"Information":"Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to any of the premium plans to lift the free key rate limit (25 requests per day), raise the per-second burst limit, and instantly unlock all premium endpoints"})",
       "", error_kind::rate_limited, 1},
      {200,
       R"({"Information":"We have detected your API key as W4HJ2K9QXYZ01234 and our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans to instantly remove all daily rate limits."})",
       "", error_kind::rate_limited, until_next_day},
      {200,
       R"({"Note":"We have detected your API key as w4hj2k9qxyz01234 and our standard API rate limit is 25 requests per day."})",
       "", error_kind::rate_limited, until_next_day},
      {200,
       R"({"Information":"We have detected your API key as W4HJ2K******34 and our standard API rate limit is 25 requests per day."})",
       "", error_kind::rate_limited, until_next_day},
      {200,
       R"({"Note":"Our standard API call frequency is 5 calls per minute and 500 calls per day."})",
       "", error_kind::rate_limited, 60},
      {200,
       R"({"Information":"Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe"})",
       "", error_kind::not_entitled},
      {200,
       R"({"Information":"The **demo** API key is for demo purposes only. Please claim your free API key"})",
       "", error_kind::auth},
      {200, R"({"Global Quote":{},"Information":"This is a premium endpoint."})", "",
       error_kind::not_entitled},
      {200, R"({"detail":"Could not satisfy the request Accept header."})", "",
       error_kind::bad_request},
      {406, R"({"detail":"Could not satisfy the request Accept header."})", "",
       error_kind::bad_request},
      {429, "slow", "", error_kind::rate_limited, 60},
      {429, "slow", "Retry-After: 0\r\n", error_kind::rate_limited, 1},
      {429, "{}", "Retry-After: 0\r\n", error_kind::rate_limited, 1},
      {429, "{}", "Retry-After: 7\r\n", error_kind::rate_limited, 7},
      {429, "{}", "Retry-After: 4294967295\r\n", error_kind::rate_limited, 86400},
      {503, "{}", "", error_kind::unavailable},
      {302, "", "", error_kind::unavailable},
      {200, "<html>", "", error_kind::unavailable},
      {200, "", "", error_kind::malformed},
      {200, "[]", "", error_kind::malformed},
      {200, R"({"x":1})", "", error_kind::malformed}};
  for (const auto& row : rows) {
    INFO(row.body);
    const auto got = read_quote(sym("AAPL"), answered(row.status, row.body, row.headers), key);
    CHECK(got.quotes.empty());
    REQUIRE(got.errors.size() == 1);
    const auto& why = got.errors[0];
    CHECK(to_string(why.kind) == to_string(row.kind));
    CHECK(wait_of(why) == row.wait);
    const bool names = row.kind == error_kind::not_found || row.kind == error_kind::no_data;
    CHECK(why.symbol == (names ? "AAPL" : ""));
    // Their words are for their own customers, and hold the key or a mask of it.
    CHECK_FALSE(why.detail.empty());
    CHECK(upper_case(why.detail).find(key.substr(0, 4)) == std::string::npos);
    for (const std::string_view theirs : {"you", "http", "Alpha Vantage", "demo API", "header"}) {
      CHECK(why.detail.find(theirs) == std::string::npos);
    }
  }
}

TEST_CASE("A pair that Alpha Vantage does not know is called a pair", "[market][alpha_vantage]") {
  const auto got = rate_of(
      R"({"Error Message":"Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for CURRENCY_EXCHANGE_RATE."})");
  CHECK(got.errors.at(0).detail == "the pair is not known");
  CHECK(got.errors[0].symbol == "EUR/USD");
}

TEST_CASE("A list that ends within a row is none", "[market][alpha_vantage]") {
  const std::string head = "symbol,name,exchange,assetType,status\r\nA,Ah,NYSE,Stock,Active\r\n";
  CHECK(read_listing(answered(200, head), key).assets.size() == 1);
  CHECK(read_listing(answered(200, head + "B,Be,NYSE,Stock,Active"), key).assets.size() == 2);
  const auto cut = read_listing(answered(200, head + "B,Be,NY"), key);
  REQUIRE(cut.error);
  CHECK(cut.error->kind == error_kind::malformed);
  CHECK(cut.assets.empty());
}

TEST_CASE("A listing is read as CSV", "[market][alpha_vantage]") {
  const auto got = read_listing(
      answered(200,
               "symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n"
               "BRK-B,\"Berkshire, \"\"Class B\"\" Inc\",NYSE,Stock,1996-05-09,null,Active\r\n"
               "QQQ,,NASDAQ,ETF,1999-03-10,,Active\r\n"
               "GONE,Gone Inc,NYSE,Stock,1999-03-10,2020-01-01,Delisted\r\n"
               "PAST,Past Inc,NYSE,Stock,1999-03-10,2020-01-01,Active\r\n"
               "LEFT,Left Inc,NYSE,Stock,1999-03-10,null,Delisted\r\n"
               "OVER,Over Inc,NYSE,Stock,1999-03-10,2020-01-01,\r\n"
               "ODD,Odd Note,null,Note,null,null,Active\r\n"
               "short,row\r\n"
               "LAST,Last Inc,NYSE,Stock,null,null,Active"),
      key);
  CHECK_FALSE(got.error);
  REQUIRE(got.assets.size() == 4);
  CHECK(got.assets[0] == asset{"BRK.B", "Berkshire, \"Class B\" Inc", "stock", "NYSE", "USD"});
  CHECK(got.assets[1] == asset{"QQQ", "QQQ", "etf", "NASDAQ", "USD"});
  CHECK(got.assets[2] == asset{"ODD", "Odd Note", "other", "", "USD"});
  CHECK(got.assets[3].symbol == "LAST");
}

TEST_CASE("Currency lists are pairs with the dollar", "[market][alpha_vantage]") {
  constexpr std::string_view body =
      "currency code,currency name\r\nAED,United Arab Emirates Dirham\r\nUSD,United States "
      "Dollar\r\n"
      "XAU,Gold Ounce\r\nXDR,\"Special, Drawing\"\r\nEUR,Euro\r\n";
  const auto forex = read_physical_currencies(answered(200, body));
  CHECK(symbols_of(forex.assets) == std::vector<std::string>{"AED/USD", "EUR/USD"});
  CHECK(forex.assets[0] == asset{"AED/USD", "United Arab Emirates Dirham", "forex", "", "USD"});
  const auto crypto = read_digital_currencies(
      answered(200, "currency code,currency name\nBTC,Bitcoin\n$$$,Money\n"));
  REQUIRE(crypto.assets.size() == 1);
  CHECK(crypto.assets[0] == asset{"BTC-USD", "Bitcoin", "crypto", "", "USD"});
}

TEST_CASE("What is no CSV list is an error and never an empty one", "[market][alpha_vantage]") {
  const error_row rows[] = {
      {200, "{}", "", error_kind::malformed},
      {200, "", "", error_kind::malformed},
      {200, " \r\n", "", error_kind::malformed},
      {200, R"({"Information":"our standard API rate limit is 25 requests per day"})", "",
       error_kind::rate_limited, until_next_day},
      {200, "\r\n {\"Error Message\":\"the parameter apikey is invalid or missing.\"}", "",
       error_kind::auth},
      {200, R"({"Error Message":"Invalid API call."})", "", error_kind::bad_request},
      {429, "{}", "Retry-After: 7\r\n", error_kind::rate_limited, 7},
      {403, "{}", "", error_kind::auth},
      {404, "{}", "", error_kind::bad_request},
      {200, "<html>", "", error_kind::unavailable},
      {500, "symbol,name,exchange,assetType\r\n", "", error_kind::unavailable},
      {200, "something,else\r\nA,B\r\n", "", error_kind::malformed},
      {200, "symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n", "",
       error_kind::no_data},
      {200, "symbol,name,exchange,assetType\r\nA,\"B,NYSE,Stock\r\n", "", error_kind::malformed}};
  for (const auto& row : rows) {
    INFO(row.body);
    const auto got = read_listing(answered(row.status, row.body, row.headers), key);
    CHECK(got.assets.empty());
    REQUIRE(got.error);
    CHECK(to_string(got.error->kind) == to_string(row.kind));
    CHECK(wait_of(*got.error) == row.wait);
  }
  CHECK(read_physical_currencies(answered(200, "{\"Note\":\"x\"}")).error);
}

TEST_CASE("A search gives assets", "[market][alpha_vantage]") {
  const auto got =
      read_search(answered(200, R"({"bestMatches":[{"1. symbol":"BRK-A","2. name":"Berkshire",
      "3. type":"Equity","4. region":"United States","8. currency":"USD","9. matchScore":"0.8"},
      {"1. symbol":"OCDO.LON","2. name":"Ocado","3. type":"Equity","8. currency":"GBX"}]})"),
                  key);
  REQUIRE(got.assets.size() == 2);
  CHECK(got.assets[1] == asset{"OCDO.L", "Ocado", "stock", "", "GBX"});
  CHECK(got.assets[0] == asset{"BRK.A", "Berkshire", "stock", "", "USD"});
  CHECK(read_search(answered(200, R"({"Note":"5 calls per minute"})"), key).error->kind ==
        error_kind::rate_limited);
  CHECK(read_search(answered(429, "{}"), key).error->kind == error_kind::rate_limited);
}

}  // namespace tributary::providers::market::alpha_vantage
