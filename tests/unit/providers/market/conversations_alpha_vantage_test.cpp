// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/provider.hpp"

#include "scripted.hpp"

namespace tributary::providers::market::alpha_vantage {

using namespace tests;

namespace {

constexpr std::string_view stock = R"({"Global Quote":{"01. symbol":"AAPL","05. price":"231.4200",
  "07. latest trading day":"2025-11-21","09. change":"2.5500","10. change percent":"1.1142%"}})";
constexpr std::string_view rate = R"({"Realtime Currency Exchange Rate":{
  "5. Exchange Rate":"1.08430000","6. Last Refreshed":"2025-11-21 19:59:53","7. Time Zone":"UTC"}})";

}  // namespace

TEST_CASE("Alpha Vantage is asked for each symbol by itself", "[market][alpha_vantage]") {
  const auto of = make_provider({"k3y"});
  scripted_provider other;
  other.on("symbol=NOSUCH", {{200, R"({"Global Quote":{}})"}})
      .on("function=GLOBAL_QUOTE", {{200, std::string(stock)}})
      .on("function=CURRENCY_EXCHANGE_RATE", {{200, std::string(rate)}});
  const auto got = ask_all(*of, syms({"EUR/USD", "NOSUCH", "AAPL", "BTC-USD", "AAPL"}), other);
  CHECK(got.quotes == texts{"EUR/USD 1.08430000", "AAPL 231.4200", "BTC-USD 1.08430000"});
  CHECK(got.errors == texts{"NOSUCH not_found"});
  CHECK(got.told.empty());
  CHECK(other.asked.size() == 4);
  CHECK(other.count("FX_DAILY") == 0);
  CHECK(other.asked[0].target ==
        "/query?function=CURRENCY_EXCHANGE_RATE&from_currency=EUR&to_currency=USD&apikey=k3y");
}

TEST_CASE("Alpha Vantage's rates have a change where the second call is wanted",
          "[market][alpha_vantage]") {
  constexpr std::string_view daily = R"j({"Meta Data":{"5. Last Refreshed":"2025-11-21"},
      "Time Series FX (Daily)":{"2025-11-21":{"4. close":"1.08430"},
                                "2025-11-20":{"4. close":"1.08120"}}})j";
  struct row {
    std::string_view answer;  ///< to the second call
    std::string_view change;
    texts told;
  };
  const row rows[] = {
      {daily, "0.0031", {}},
      {R"({"Error Message":"Invalid API call."})", "none", {}},
      {R"({"Information":"more sparingly: 1 request per second"})", "none", {"rate_limited"}},
      {"nothing", "none", {"malformed"}},
  };
  for (const auto& one : rows) {
    CAPTURE(one.answer);
    access with{"k3y"};
    with.own["daily_rates"] = "true";
    const auto of = make_provider(with);
    scripted_provider other;
    other.on("function=CURRENCY_EXCHANGE_RATE", {{200, std::string(rate)}})
        .on("function=FX_DAILY", {{200, std::string(one.answer)}})
        .on("function=GLOBAL_QUOTE", {{200, std::string(stock)}});
    const auto got = ask_all(*of, syms({"EUR/USD", "AAPL", "BTC-USD"}), other);
    CHECK(got.quotes == texts{"EUR/USD 1.08430000", "AAPL 231.4200", "BTC-USD 1.08430000"});
    CHECK(got.errors.empty());
    const auto& change = got.raw.quotes.at(0).change;
    CHECK((change ? change->text : "none") == one.change);
    CHECK(got.raw.quotes[0].percent_change.has_value() == change.has_value());
    CHECK(millis(got.raw.quotes[0]) == 1763755193000);
    texts told;
    for (const auto& why : got.told) told.emplace_back(to_string(why.kind));
    CHECK(told == one.told);
    CHECK(other.count("FX_DAILY") == 1);
    CHECK(other.asked.size() == 4);
  }
}

TEST_CASE("Alpha Vantage is not asked for the change of a rate that did not come",
          "[market][alpha_vantage]") {
  access with{"k3y"};
  with.own["daily_rates"] = "true";
  const auto of = make_provider(with);
  scripted_provider other;
  other.on("", {{200, R"({"Error Message":"Invalid API call."})"}});
  CHECK(ask_all(*of, syms({"EUR/USD"}), other).errors == texts{"EUR/USD not_found"});
  CHECK(other.asked.size() == 1);
  // A rate that has come is kept, whatever becomes of the rest.
  const auto begun = of->ask(syms({"EUR/USD"}));
  scripted_provider first;
  first.on("", {{200, std::string(rate)}});
  CHECK_FALSE(begun.at(0)->take(first.answer(*begun[0]->next())));
  CHECK(begun[0]->next());
  const auto kept = begun[0]->finish({error_kind::unavailable, "", "broken off", {}});
  CHECK(kept.quotes.size() == 1);
  CHECK(kept.errors.empty());
}

TEST_CASE("what Alpha Vantage refuses is told of it", "[market][alpha_vantage]") {
  struct row {
    std::string_view body;
    error_kind kind;
    double wait = -1;
  };
  const row rows[] = {
      {R"({"Information":"spread out your requests more sparingly: 1 request per second"})",
       error_kind::rate_limited, 1},
      {R"({"Note":"5 calls per minute and 500 calls per day"})", error_kind::rate_limited, 60},
      {R"({"Information":"standard API rate limit is 25 requests per day."})",
       error_kind::rate_limited, 4 * 3600 - 3},
      {R"({"Error Message":"the parameter apikey is invalid or missing."})", error_kind::auth},
      {R"({"Information":"This is a premium endpoint."})", error_kind::not_entitled},
      {R"({"detail":"Could not satisfy the request Accept header."})", error_kind::bad_request},
      {"nothing", error_kind::malformed},
  };
  for (const auto& one : rows) {
    CAPTURE(one.body);
    const auto of = make_provider({"k3y"});
    scripted_provider other;
    other.on("", {{200, std::string(one.body)}});
    const auto got = ask_all(*of, syms({"EUR/USD"}), other);
    CHECK(got.errors == texts{"EUR/USD " + std::string(to_string(one.kind))});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == one.kind);
    CHECK(wait_of(got.told[0]) == one.wait);
  }
}

TEST_CASE("Alpha Vantage lists stocks that are traded, currencies and coins",
          "[market][alpha_vantage]") {
  const auto of = make_provider({"k3y"});
  scripted_provider other;
  other
      .on("function=LISTING_STATUS",
          {{200,
            "symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n"
            "AAPL,Apple Inc,NASDAQ,Stock,1980-12-12,null,Active\r\n"
            "BRK-B,\"Berkshire, Inc\",NYSE,Stock,1996-05-09,null,Active\r\n"
            "GONE,Gone,NYSE,Stock,1990-01-01,2020-01-01,Delisted\r\n"
            "SPY,SPDR,NYSE ARCA,ETF,1993-01-29,null,Active\r\n"}})
      .on("/physical_currency_list/", {{200,
                                        "currency code,currency name\r\n"
                                        "EUR,Euro\r\nUSD,United States Dollar\r\n"
                                        "XAU,Gold Ounce\r\nEUR,Euro\r\nJPY,Yen\r\n"}})
      .on("/digital_currency_list/",
          {{200, "currency code,currency name\r\nBTC,Bitcoin\r\n$X,Nothing\r\n"}});
  CHECK(symbols_of(fetch_list(*of, asset_class::stock, other).list.assets) ==
        texts{"AAPL", "BRK.B", "SPY"});
  CHECK(symbols_of(fetch_list(*of, asset_class::forex, other).list.assets) ==
        texts{"EUR/USD", "JPY/USD"});
  CHECK(symbols_of(fetch_list(*of, asset_class::crypto, other).list.assets) == texts{"BTC-USD"});
  CHECK(other.asked.size() == 3);
  CHECK(other.asked[0].target == "/query?function=LISTING_STATUS&apikey=k3y");
}

TEST_CASE("Alpha Vantage is asked for pairs of what somebody lists only",
          "[market][alpha_vantage]") {
  const auto of = make_provider({"k3y"});
  struct row {
    std::string_view pair;
    bool before;  ///< the list of coins was read
    bool after;
  };
  const row rows[] = {
      {"EUR/USD", true, true},   {"USD/CNH", true, true},   {"XAU/USD", true, true},
      {"QX1/ZZW", false, false}, {"EUR/ZZW", false, false}, {"QX1/USD", false, false},
      {"BTC/USD", false, true},  {"BTC-USD", true, true},   {"QX1-USD", true, false}};
  for (const auto& each : rows) {
    CAPTURE(each.pair);
    CHECK(of->supports(sym(each.pair)) == each.before);
  }
  scripted_provider other;
  other.on("/digital_currency_list/", {{200, "currency code,currency name\r\nBTC,Bitcoin\r\n"}});
  fetch_list(*of, asset_class::crypto, other);
  for (const auto& each : rows) {
    CAPTURE(each.pair);
    CHECK(of->supports(sym(each.pair)) == each.after);
  }
  CHECK(of->ask({sym("QX1/ZZW")}).empty());
}

TEST_CASE("an error where CSV was asked is no list of Alpha Vantage", "[market][alpha_vantage]") {
  struct row {
    std::string_view body;
    error_kind kind;
  };
  const row rows[] = {
      {R"({"Information":"standard API rate limit is 25 requests per day."})",
       error_kind::rate_limited},
      {"{}", error_kind::malformed},
      {"", error_kind::malformed},
      {"symbol,name,exchange,assetType\r\n", error_kind::malformed},
      {"<html></html>", error_kind::unavailable},
  };
  for (const auto& one : rows) {
    CAPTURE(one.body);
    const auto of = make_provider({"k3y"});
    scripted_provider other;
    other.on("", {{200, std::string(one.body)}});
    const auto list = fetch_list(*of, asset_class::stock, other);
    REQUIRE(list.list.error);
    CHECK(list.list.error->kind == one.kind);
    CHECK(list.told.size() == 1);
  }
}

}  // namespace tributary::providers::market::alpha_vantage
