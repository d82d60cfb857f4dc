// SPDX-License-Identifier: MIT
#include "providers/market/finnhub/finnhub.hpp"

#include "answers.hpp"

namespace tributary::providers::market::finnhub {

using namespace tests;

TEST_CASE("Finnhub's symbols are written as it writes them", "[market][finnhub]") {
  struct row {
    std::string_view ours, coinbase, binance;
  };
  const row rows[] = {
      {"AAPL", "AAPL", "AAPL"},
      {"BRK.B", "BRK.B", "BRK.B"},
      {"BRK-B", "BRK.B", "BRK.B"},
      {"OCDO.L", "OCDO.L", "OCDO.L"},
      {"BTC-USD", "COINBASE:BTC-USD", "BINANCE:BTCUSDT"},
      {"ETH-EUR", "COINBASE:ETH-EUR", "BINANCE:ETHEUR"},
      {"EUR/USD", "OANDA:EUR_USD", "OANDA:EUR_USD"},
  };
  for (const auto& one : rows) {
    CAPTURE(one.ours);
    CHECK(wire_symbol(sym(one.ours), crypto_venue::coinbase) == one.coinbase);
    CHECK(wire_symbol(sym(one.ours), crypto_venue::binance) == one.binance);
  }
}

TEST_CASE("Finnhub's key is in the header and never in the target", "[market][finnhub]") {
  const settings with{"k3y", crypto_venue::coinbase};
  const wire_request requests[] = {quote_request(sym("BTC-USD"), with),
                                   forex_rates_request("USD", with), stock_list_request(with),
                                   crypto_list_request(with, "coinbase"), forex_list_request(with)};
  const std::string_view targets[] = {
      "/api/v1/quote?symbol=COINBASE%3ABTC-USD", "/api/v1/forex/rates?base=USD",
      "/api/v1/stock/symbol?exchange=US", "/api/v1/crypto/symbol?exchange=coinbase",
      "/api/v1/forex/symbol?exchange=oanda"};
  for (std::size_t i = 0; i < std::size(requests); ++i) {
    CHECK(requests[i].target == targets[i]);
    CHECK(header_of(requests[i], "X-Finnhub-Token") == "k3y");
  }
}

TEST_CASE("a quote of Finnhub is bound to the symbol asked for", "[market][finnhub]") {
  const auto got = read_quote(
      sym("AAPL"),
      answered(
          200,
          R"({"c":231.42,"d":2.55,"dp":1.1142,"h":2,"l":2,"o":229,"pc":228.87,"t":1763755200})"));
  REQUIRE(got.errors.empty());
  REQUIRE(got.quotes.size() == 1);
  const auto& one = got.quotes[0];
  CHECK(one.symbol == "AAPL");
  CHECK(one.price.text == "231.42");
  CHECK(one.change->text == "2.55");
  CHECK(one.percent_change->text == "1.1142");
  CHECK(one.source == "finnhub");
  CHECK(millis(one) == 1763755200000);
}

TEST_CASE("a change that Finnhub lacks comes from the previous close", "[market][finnhub]") {
  struct row {
    std::string_view body;
    std::optional<double> change, percent;
  };
  const row rows[] = {
      {R"({"c":231.42,"d":null,"dp":null,"pc":228.87,"t":1763755200})", 2.55, 1.1141696},
      {R"({"c":231.42,"h":1,"pc":228.87,"t":1763755200})", 2.55, 1.1141696},
      {R"({"c":231.42,"d":2.5,"dp":null,"pc":228.87,"t":1763755200})", 2.5, 1.1141696},
      {R"({"c":231.42,"d":null,"dp":null,"pc":0,"t":1763755200})", {}, {}},
      {R"({"c":231.42,"t":1763755200})", {}, {}},
      {R"({"c":110,"d":null,"dp":10,"pc":0,"t":1763755200})", 10, 10},
      {R"({"c":110,"dp":10,"t":1763755200})", 10, 10},
      {R"({"c":110,"dp":10,"pc":88,"t":1763755200})", 22, 10},
      {R"({"c":110,"dp":-100,"t":1763755200})", {}, -100},
  };
  for (const auto& one : rows) {
    CAPTURE(one.body);
    const auto got = read_quote(sym("AAPL"), answered(200, one.body));
    REQUIRE(got.quotes.size() == 1);
    const auto& quote = got.quotes[0];
    REQUIRE(quote.change.has_value() == one.change.has_value());
    REQUIRE(quote.percent_change.has_value() == one.percent.has_value());
    if (one.change) CHECK(quote.change->value == Approx(*one.change).epsilon(1e-6));
    if (one.percent) CHECK(quote.percent_change->value == Approx(*one.percent).epsilon(1e-6));
  }
}

TEST_CASE("Finnhub's numbers keep their spelling, and no time is made up", "[market][finnhub]") {
  const auto got =
      read_quote(sym("PEPE-USD"), answered(200, R"({"c":1.2e-09,"d":0,"dp":0,"t":0})"));
  REQUIRE(got.quotes.size() == 1);
  CHECK(got.quotes[0].price.text == "1.2e-09");
  CHECK(got.quotes[0].change->text == "0");
  CHECK(millis(got.quotes[0]) == -1);
}

TEST_CASE("Finnhub's failures are told apart", "[market][finnhub]") {
  constexpr auto limit =
      R"({"error":"API limit reached. Please try again later. Remaining Limit: 0"})";
  const error_row rows[] = {
      {200, R"({"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0})", "",
       error_kind::not_found},
      {200, R"({"c":0,"d":null,"dp":null,"pc":12,"t":1763755200})", "", error_kind::no_data},
      {200, R"({"c":null,"t":1763755200})", "", error_kind::no_data},
      {200, R"({"c":{},"t":1})", "", error_kind::malformed},
      {200, "{}", "", error_kind::malformed},
      {200, R"({"c":231.)", "", error_kind::malformed},
      {200, "", "", error_kind::malformed},
      {401, R"({"error":"Invalid API key."})", "", error_kind::auth},
      {401, R"({"error":"Please use an API key."})", "", error_kind::auth},
      {401, "<html></html>", "", error_kind::auth},
      {403, R"({"error":"You don't have access to this resource."})", "", error_kind::not_entitled},
      {200, R"({"error":"You don't have access to this resource."})", "", error_kind::not_entitled},
      {403, "<html>blocked</html>", "", error_kind::unavailable},
      {429, limit, "", error_kind::rate_limited, 60},
      {429, "API limit reached....", "", error_kind::rate_limited, 60},
      {200, "API limit reached....", "", error_kind::rate_limited, 60},
      {200, limit, "", error_kind::rate_limited, 60},
      {429, limit, "x-ratelimit-reset: 1763755226\r\n", error_kind::rate_limited, 23},
      {429, limit, "X-Ratelimit-Reset: 1763755100\r\n", error_kind::rate_limited, 1},
      {429, limit, "X-Ratelimit-Reset: soon\r\n", error_kind::rate_limited, 60},
      {429, limit, "X-Ratelimit-Reset: 1763755226000\r\n", error_kind::rate_limited, 60},
      {429, limit, "Retry-After: 7\r\n", error_kind::rate_limited, 7},
      {429, limit, "X-Ratelimit-Reset: 23\r\n", error_kind::rate_limited, 23},
      {429, limit, "X-Ratelimit-Reset: 0\r\n", error_kind::rate_limited, 1},
      {429, limit, "X-Ratelimit-Reset: 999999999\r\n", error_kind::rate_limited, 60},
      {429, limit, "Retry-After: 30\r\nX-Ratelimit-Reset: 1763755100\r\n", error_kind::rate_limited,
       30},
      {429, limit, "Retry-After: 30\r\nX-Ratelimit-Reset: 23\r\n", error_kind::rate_limited, 30},
      {429, limit, "Retry-After: 7\r\nX-Ratelimit-Reset: 1763755226\r\n", error_kind::rate_limited,
       23},
      {429, limit, "Retry-After: Friday, 21-Nov-25 20:00:10 GMT\r\n", error_kind::rate_limited, 7},
      {429, limit, "Retry-After: Fri Nov 21 20:00:10 2025\r\n", error_kind::rate_limited, 7},
      {200, R"({"error":{"code":1,"message":"x"}})", "", error_kind::malformed},
      {200, R"({"c":0,"t":1763755200,"error":["x"]})", "", error_kind::malformed},
      {204, "", "", error_kind::malformed},
      {302, "", "Location: /\r\n", error_kind::unavailable},
      {200, "\n<!DOCTYPE html><html></html>", "", error_kind::unavailable},
      {500, R"({"error":"x"})", "", error_kind::unavailable},
      {504, "<html></html>", "", error_kind::unavailable},
      {0, "", "", error_kind::unavailable},
      {422, R"({"error":"Missing parameters"})", "", error_kind::bad_request},
  };
  for (const auto& one : rows) {
    CAPTURE(one.status, one.body, one.headers);
    const auto got = read_quote(sym("AAPL"), answered(one.status, one.body, one.headers));
    CHECK(got.quotes.empty());
    REQUIRE(got.errors.size() == 1);
    CHECK(got.errors[0].symbol == "AAPL");
    CHECK(to_string(got.errors[0].kind) == to_string(one.kind));
    CHECK(wait_of(got.errors[0]) == one.wait);
  }
}

TEST_CASE("no failure repeats what Finnhub wrote", "[market][finnhub]") {
  const auto got =
      read_quote(sym("AAPL"), answered(401, R"({"error":"Invalid API key SECRET123."})"));
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].detail.find("SECRET123") == std::string::npos);
}

TEST_CASE("any pair comes out of the rates of one base", "[market][finnhub]") {
  constexpr auto body =
      R"({"base":"USD","quote":{"CHF":0.8843,"EUR":0.9221,"JPY":154.62,"USD":1,"BAD":0}})";
  const std::vector<symbol> asked = {sym("USD/JPY"), sym("EUR/USD"), sym("EUR/JPY"), sym("USD/XXX"),
                                     sym("XXX/USD")};
  const auto got = read_forex_rates(asked, answered(200, body));
  REQUIRE(got.quotes.size() == 3);
  CHECK(got.quotes[0].price.text == "154.62");
  CHECK(got.quotes[1].price.value == Approx(1.084481076).epsilon(1e-9));
  CHECK(got.quotes[2].price.value == Approx(154.62 / 0.9221).epsilon(1e-9));
  for (const auto& one : got.quotes) {
    CHECK_FALSE(one.change);
    CHECK_FALSE(one.percent_change);
    CHECK_FALSE(one.timestamp);
  }
  REQUIRE(got.errors.size() == 2);
  CHECK(got.errors[0].symbol == "USD/XXX");
  CHECK(got.errors[0].kind == error_kind::not_found);
}

TEST_CASE("a rate too great for a number is no price", "[market][finnhub]") {
  const std::vector<symbol> asked = {sym("EUR/USD"), sym("EUR/JPY"), sym("USD/EUR")};
  const auto got = read_forex_rates(
      asked, answered(200, R"({"base":"USD","quote":{"EUR":4.9e-324,"JPY":154.62}})"));
  REQUIRE(got.errors.size() == 2);
  for (const auto& one : got.errors) CHECK(one.kind == error_kind::no_data);
  CHECK(got.quotes.size() == 1);
}

TEST_CASE("rates without a base or for a free key are errors", "[market][finnhub]") {
  const std::vector<symbol> asked = {sym("EUR/USD")};
  const auto paid = read_forex_rates(
      asked, answered(403, R"({"error":"You don't have access to this resource."})"));
  REQUIRE(paid.errors.size() == 1);
  CHECK(paid.errors[0].kind == error_kind::not_entitled);
  CHECK(paid.errors[0].symbol.empty());
  for (const auto body : {R"({"quote":{}})", R"({"base":"USD"})", "[]"}) {
    const auto got = read_forex_rates(asked, answered(200, body));
    REQUIRE(got.errors.size() == 1);
    CHECK(got.errors[0].kind == error_kind::malformed);
  }
}

TEST_CASE("stocks are listed by what Finnhub calls them", "[market][finnhub]") {
  const auto got = read_stock_list(answered(200, R"([
    {"currency":"USD","description":"APPLE INC","symbol":"AAPL","mic":"XNAS","type":"Common Stock"},
    {"currency":"USD","description":"A FUND","symbol":"VOO","mic":"ARCX","type":"ETP"},
    {"currency":"USD","description":"A TRUST","symbol":"O","mic":"XNYS","type":"REIT"},
    {"currency":"USD","description":"AN ADR","symbol":"BABA","mic":"XNYS","type":"ADR"},
    {"currency":"USD","description":"A WARRANT","symbol":"NVACW","mic":"XNAS","type":"Equity WRT"},
    {"currency":"","description":"","symbol":"ZZ","mic":"","type":"","isin":null},
    {"currency":"USD","description":"NAMELESS","symbol":"","mic":"XNAS","type":"Unit"}])"));
  REQUIRE_FALSE(got.error);
  const std::vector<asset> expected = {
      {"AAPL", "APPLE INC", "stock", "XNAS", "USD"},  {"VOO", "A FUND", "etf", "ARCX", "USD"},
      {"O", "A TRUST", "stock", "XNYS", "USD"},       {"BABA", "AN ADR", "stock", "XNYS", "USD"},
      {"NVACW", "A WARRANT", "other", "XNAS", "USD"}, {"ZZ", "ZZ", "other", "", ""}};
  CHECK(got.assets == expected);
  CHECK(got.last);
}

TEST_CASE("an empty list of Finnhub is an error, as is an object", "[market][finnhub]") {
  CHECK(read_stock_list(answered(200, "[]")).error->kind == error_kind::no_data);
  CHECK(read_stock_list(answered(200, "{}")).error->kind == error_kind::malformed);
  CHECK(read_stock_list(answered(429, "")).error->kind == error_kind::rate_limited);
}

TEST_CASE("pairs are listed under our symbols", "[market][finnhub]") {
  const auto crypto = read_crypto_list(answered(200, R"([
    {"description":"Binance BTC/USDT","displaySymbol":"BTC/USDT","symbol":"BINANCE:BTCUSDT"},
    {"description":"Coinbase ETH-USD","displaySymbol":"ETH-USD","symbol":"COINBASE:ETH-USD"},
    {"description":"neither","displaySymbol":"XYZ","symbol":"BINANCE:XYZ"}])"));
  CHECK(crypto.assets ==
        std::vector<asset>{{"BTC-USDT", "Binance BTC/USDT", "crypto", "BINANCE", "USDT"},
                           {"ETH-USD", "Coinbase ETH-USD", "crypto", "COINBASE", "USD"}});
  const auto forex = read_forex_list(answered(200, R"([
    {"description":"Oanda EUR/USD","displaySymbol":"EUR/USD","symbol":"OANDA:EUR_USD"},
    {"description":"GBP/JPY","displaySymbol":"GBP/JPY","symbol":"OANDA:GBP_JPY"},
    {"description":"Oanda US Nas 100","displaySymbol":"NAS100/USD","symbol":"OANDA:NAS100_USD"},
    {"description":"Oanda Hong Kong 33","displaySymbol":"HK33/HKD","symbol":"OANDA:HK33_HKD"},
    {"description":"Oanda Gold","displaySymbol":"XAU/USD","symbol":"OANDA:XAU_USD"}])"));
  CHECK(forex.assets == std::vector<asset>{{"EUR/USD", "Oanda EUR/USD", "forex", "OANDA", "USD"},
                                           {"GBP/JPY", "GBP/JPY", "forex", "OANDA", "JPY"}});
}

TEST_CASE("what is left of Finnhub's allowance is told when it says so", "[market][finnhub]") {
  const auto got = read_allowance(
      "x-ratelimit-limit: 60\r\nX-RateLimit-Remaining: 57\r\nx-ratelimit-reset: 1763755260\r\n");
  CHECK(got.limit == 60u);
  CHECK(got.remaining == 57u);
  CHECK(got.reset->count() == 1763755260);
  const auto none = read_allowance("x-ratelimit-limit: many\r\n");
  CHECK_FALSE(none.limit);
  CHECK_FALSE(none.remaining);
  CHECK_FALSE(none.reset);
}

TEST_CASE("a good answer of Finnhub's that was the last one asks for a pause until the reset",
          "[market][finnhub]") {
  struct row {
    int status;
    std::string_view headers;
    double wait;  ///< -1: none
  };
  const row rows[] = {
      {200, "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 1763755226\r\n", 23},
      {200, "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 23\r\n", 23},
      {200, "X-Ratelimit-Remaining: 1\r\nX-Ratelimit-Reset: 1763755226\r\n", -1},
      {200, "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 1763755203\r\n", -1},
      {200, "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 1763755100\r\n", -1},
      {200, "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 1763758804\r\n", -1},
      {200, "X-Ratelimit-Remaining: 0\r\n", -1},
      {200, "X-Ratelimit-Reset: 1763755226\r\n", -1},
      {200, "", -1},
      {429, "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 1763755226\r\n", -1},
  };
  for (const auto& one : rows) {
    CAPTURE(one.status, one.headers);
    const auto pause = pause_after(answered(one.status, "{}", one.headers));
    CHECK((pause ? static_cast<double>(pause->count()) / 1000 : -1) == one.wait);
  }
}

}  // namespace tributary::providers::market::finnhub
