// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/yahoo.hpp"

#include "answers.hpp"

namespace tributary::providers::market::yahoo {

using namespace tests;

namespace {

const session held{"A3=d=xyz&S=abc", "ab+c/=="};

std::string quote_body(std::string_view entries) {
  return R"({"quoteResponse":{"result":[)" + std::string{entries} + R"(],"error":null}})";
}

std::string chart_body(std::string_view meta, std::string_view rest) {
  return R"({"chart":{"result":[{"meta":{)" + std::string{meta} + "}" + std::string{rest} +
         R"(}],"error":null}})";
}

quotes_result read_one(std::string_view what, const std::string& entries) {
  const auto body = quote_body(entries);
  const std::vector<symbol> asked{sym(what)};
  return read_quotes(asked, answered(200, body));
}

quotes_result chart_of(const std::string& body) {
  return read_chart(sym("AAPL"), answered(200, body));
}

std::vector<symbol> symbols(std::initializer_list<std::string_view> texts) {
  std::vector<symbol> result;
  for (const auto text : texts) result.push_back(sym(text));
  return result;
}

std::string text_of(const std::optional<number>& from) { return from ? from->text : "none"; }

}  // namespace

TEST_CASE("Symbols go to Yahoo and come back", "[market][yahoo]") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"AAPL", "AAPL"},         {"BRK.B", "BRK-B"},     {"OCDO.L", "OCDO.L"},
      {"2330.TW", "2330.TW"},   {"BTC-USD", "BTC-USD"}, {"EUR/USD", "EURUSD=X"},
      {"^GSPC", "^GSPC"},       {"M&M.NS", "M&M.NS"},   {"GC=F", "GC=F"},
      {"RCI-B.TO", "RCI-B.TO"}, {"BAC-PL", "BAC-PL"},   {"VOD-L", "VOD-L"}};
  for (const auto& [ours, theirs] : rows) {
    INFO(ours);
    CHECK(wire_symbol(sym(ours)) == std::string{theirs});
    CHECK(unified_symbol(theirs) == ours);
  }
  CHECK(wire_symbol(sym("BRK-B")) == "BRK-B");
  CHECK(unified_symbol("JPY=X") == "USD/JPY");
  CHECK_FALSE(wire_symbol(sym("EURU/SD")));
}

TEST_CASE("Yahoo's requests look like a browser's and are escaped", "[market][yahoo]") {
  const auto asked = symbols({"AAPL", "EUR/USD", "^GSPC", "M&M.NS"});
  const auto quotes = quote_request(asked, held);
  CHECK(quotes.target ==
        "/v7/finance/quote?symbols=AAPL,EURUSD%3DX,%5EGSPC,M%26M.NS&crumb=ab%2Bc%2F%3D%3D");
  CHECK(header_of(quotes, "Cookie") == held.cookie);
  CHECK(header_of(quotes, "User-Agent").starts_with("Mozilla/5.0"));
  CHECK(spark_request(asked, spark_version::v8).target.starts_with("/v8/finance/spark?symbols="));
  CHECK(chart_request(sym("^GSPC")).target == "/v8/finance/chart/%5EGSPC?range=1d&interval=1d");
  CHECK(header_of(cookie_request(), "Accept") == "text/html");
  CHECK(crumb_request(held.cookie).target == "/v1/test/getcrumb");
  CHECK(header_of(crumb_request(held.cookie), "Cookie") == held.cookie);
  CHECK(lookup_request("a b", "equity", 0, 25).target.find("query=a%20b&type=equity") !=
        std::string::npos);
  CHECK(screener_request("most_actives", 0, 100, held).target.find("crumb=ab%2Bc") !=
        std::string::npos);
}

TEST_CASE("The cookie is A3, else A1", "[market][yahoo]") {
  const std::pair<std::string_view, std::string> rows[] = {
      {"Set-Cookie: A3=d=xyz&S=abc; Domain=.yahoo.com; Path=/; Secure\r\n", "A3=d=xyz&S=abc"},
      {"Server: ATS\r\nset-cookie: A1=one; Path=/\r\nset-cookie: A3=three\r\n", "A3=three"},
      {"set-cookie: A1=one; Path=/\r\nset-cookie: A1S=other\r\n", "A1=one"},
      {"Set-Cookie:A3=x", "A3=x"},
      {"Set-Cookie: A3=; Max-Age=0\r\nSet-Cookie: A1=one\r\n", "A1=one"},
      {"Set-Cookie: A1S=one\r\nX-Set-Cookie: A3=two\r\nLocation: /consent\r\n", ""},
      {"", ""}};
  for (const auto& [block, cookie] : rows) {
    INFO(block);
    CHECK(read_cookie(block).value_or("") == cookie);
  }
}

TEST_CASE("A crumb is one only if it looks like one", "[market][yahoo]") {
  for (const std::string crumb : {"haT3oykhHqZ", "hQ7.xR2/abc", "x", "ab+c/=="}) {
    CHECK(read_crumb(answered(200, crumb)).crumb == crumb);
  }
  CHECK(read_crumb(answered(200, std::string(64, 'a'))).crumb.size() == 64);
  const std::string too_long(65, 'a');
  const error_row rows[] = {
      {200, "Too Many Requests\r\n", "", error_kind::rate_limited},
      {200, "Edge: Too Many Requests", "", error_kind::rate_limited},
      {429, "haT3oykhHqZ", "", error_kind::rate_limited},
      {200, "", "", error_kind::auth},
      {401, "", "", error_kind::auth},
      {401, "haT3oykhHqZ", "", error_kind::auth},
      {200, "<html><body>Will be right back</body></html>", "", error_kind::unavailable},
      {307, "", "Location: https://x/consent\r\n", error_kind::unavailable},
      {503, "haT3oykhHqZ", "", error_kind::unavailable},
      {200, "a b", "", error_kind::malformed},
      {200, "haT3oykhHqZ\n", "", error_kind::malformed},
      {200, "abc<d", "", error_kind::malformed},
      {200, too_long, "", error_kind::malformed}};
  for (const auto& row : rows) {
    INFO(row.status << ' ' << row.body);
    const auto got = read_crumb(answered(row.status, row.body, row.headers));
    CHECK(got.crumb.empty());
    REQUIRE(got.error);
    CHECK(to_string(got.error->kind) == to_string(row.kind));
  }
}

TEST_CASE("A v7 quote passes on what it is given", "[market][yahoo]") {
  const auto crypto = read_one(
      "BTC-USD", R"({"symbol":"BTC-USD","quoteType":"CRYPTOCURRENCY","regularMarketPrice":96175.0,
      "regularMarketChange":-1225.89,"regularMarketChangePercent":-1.2586,
      "regularMarketPreviousClose":96235.43,"regularMarketTime":1661990400})");
  REQUIRE(crypto.quotes.size() == 1);
  CHECK(crypto.quotes[0].price.text == "96175.0");
  CHECK(text_of(crypto.quotes[0].change) == "-1225.89");
  CHECK(text_of(crypto.quotes[0].percent_change) == "-1.2586");
  CHECK(millis(crypto.quotes[0]) == 1661990400000);
  const auto tiny = read_one("PEPE-USD", R"({"symbol":"PEPE-USD","regularMarketPrice":1.2e-09})");
  CHECK(tiny.quotes.at(0).price.text == "1.2e-09");
  CHECK_FALSE(tiny.quotes[0].change);
  CHECK(millis(tiny.quotes[0]) == -1);
}

TEST_CASE("What a v7 quote lacks of the change is worked out", "[market][yahoo]") {
  const auto from_close = read_one(
      "AAPL", R"({"symbol":"AAPL","regularMarketPrice":110,"regularMarketPreviousClose":100})");
  CHECK(text_of(from_close.quotes.at(0).change) == "10");
  CHECK(text_of(from_close.quotes.at(0).percent_change) == "10");
  const auto both =
      read_one("AAPL", R"({"symbol":"AAPL","quoteType":"EQUITY","regularMarketPrice":110,
      "regularMarketPreviousClose":88,"regularMarketChangePercent":10})");
  CHECK(text_of(both.quotes.at(0).change) == "22");
  CHECK(text_of(both.quotes.at(0).percent_change) == "10");
  // Of 24 hours, which midnight's close does not fit.
  const auto crypto = read_one(
      "BTC-USD", R"({"symbol":"BTC-USD","quoteType":"CRYPTOCURRENCY","regularMarketPrice":110,
      "regularMarketPreviousClose":88,"regularMarketChangePercent":10})");
  CHECK(crypto.quotes.at(0).change->value == Approx(10));
  const auto crypto_change = read_one(
      "BTC-USD", R"({"symbol":"BTC-USD","quoteType":"CRYPTOCURRENCY","regularMarketPrice":110,
      "regularMarketPreviousClose":88,"regularMarketChange":10})");
  CHECK(crypto_change.quotes.at(0).percent_change->value == Approx(10));
  const auto crypto_close = read_one(
      "BTC-USD", R"({"symbol":"BTC-USD","quoteType":"CRYPTOCURRENCY","regularMarketPrice":110,
      "regularMarketPreviousClose":100})");
  CHECK(text_of(crypto_close.quotes.at(0).change) == "10");
  const auto from_percent = read_one(
      "AAPL", R"({"symbol":"AAPL","regularMarketPrice":110,"regularMarketChangePercent":10})");
  CHECK(from_percent.quotes.at(0).change->value == Approx(10));
  const auto from_change =
      read_one("AAPL", R"({"symbol":"AAPL","regularMarketPrice":110,"regularMarketChange":10})");
  CHECK(from_change.quotes.at(0).percent_change->value == Approx(10));
}

TEST_CASE("A v7 entry without a price says why", "[market][yahoo]") {
  struct row {
    std::string entry;
    error_kind kind;
  };
  const row rows[] = {
      {"", error_kind::not_found},
      {R"({"symbol":"AAPLX","regularMarketPrice":1})", error_kind::not_found},
      {R"({"symbol":"AAPL","quoteType":"NONE"})", error_kind::not_found},
      {R"({"symbol":"AAPL","quoteType":"EQUITY","regularMarketTime":1,"longName":"x"})",
       error_kind::no_data},
      {R"({"symbol":"AAPL","quoteType":"EQUITY","regularMarketPrice":null})", error_kind::no_data},
      {R"({"symbol":"AAPL","quoteType":"EQUITY","regularMarketPrice":0})", error_kind::no_data},
      {R"({"symbol":"AAPL","quoteType":"EQUITY","regularMarketPrice":-1,"postMarketPrice":3})",
       error_kind::no_data}};
  for (const auto& row : rows) {
    INFO(row.entry);
    const auto got = read_one("AAPL", row.entry);
    CHECK(got.quotes.empty());
    REQUIRE(got.errors.size() == 1);
    CHECK(to_string(got.errors[0].kind) == to_string(row.kind));
    CHECK(got.errors[0].symbol == "AAPL");
  }
}

TEST_CASE("Quotes are found by symbol in any order and form", "[market][yahoo]") {
  const auto asked = symbols({"USD/JPY", "BRK.B", "BRK-B", "EURU/SD"});
  const auto body = quote_body(R"({"regularMarketPrice":9},
      {"symbol":"BRK-B","regularMarketPrice":500},{"symbol":"JPY=X","regularMarketPrice":154.6})");
  const auto got = read_quotes(asked, answered(200, body));
  REQUIRE(got.quotes.size() == 3);
  CHECK(got.quotes[0].symbol == "USD/JPY");
  CHECK(got.quotes[0].price.text == "154.6");
  CHECK(got.quotes[1].symbol == "BRK.B");
  CHECK(got.quotes[2].symbol == "BRK-B");
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].symbol == "EURU/SD");
}

TEST_CASE("Yahoo's errors are told apart", "[market][yahoo]") {
  const error_row rows[] = {
      {401,
       R"({"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}})",
       "", error_kind::auth},
      {401,
       R"({"quoteResponse":{"result":null,"error":{"code":"Unauthorized","description":"x"}}})", "",
       error_kind::auth},
      {401,
       R"({"finance":{"result":null,"error":{"code":"Unauthorized","description":"User is unable to access this feature - https://bit.ly/yahoo-finance-api-feedback"}}})",
       "", error_kind::auth},
      {200,
       R"({"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}})",
       "", error_kind::auth},
      {401, "", "", error_kind::auth},
      {401, "<html>", "", error_kind::auth},
      {400,
       R"({"quoteResponse":{"result":null,"error":{"code":"argument-error","description":"Missing value for the \"symbols\" argument"}}})",
       "", error_kind::bad_request},
      {400,
       R"({"spark":{"result":null,"error":{"code":"Bad Request","description":"Number of symbols needs to be less than or equal to 20"}}})",
       "", error_kind::bad_request},
      {429, "Too Many Requests\r\n", "", error_kind::rate_limited},
      {429, "Edge: Too Many Requests", "Retry-After: 7\r\n", error_kind::rate_limited, 7},
      {200, "Edge: Too Many Requests", "", error_kind::rate_limited},
      {200, "<!DOCTYPE html><html>consent</html>", "", error_kind::unavailable},
      {502, "<html>Will be right back</html>", "", error_kind::unavailable},
      {503, "", "", error_kind::unavailable},
      {302, "", "Location: https://guce/consent\r\n", error_kind::unavailable},
      {200, "", "", error_kind::malformed},
      {200, "{", "", error_kind::malformed},
      {200, "[]", "", error_kind::malformed},
      {404, R"({"finance":{"result":null,"error":{"code":"Not Found","description":"x"}}})", "",
       error_kind::unavailable},
      {404, R"({"quoteResponse":{"result":null,"error":{"code":"Not Found","description":"x"}}})",
       "", error_kind::unavailable},
      {404, R"({"error":"Not Found"})", "", error_kind::unavailable},
      {404, "Not Found", "", error_kind::unavailable},
      {404, "<html></html>", "", error_kind::unavailable},
      {200, R"({"quoteResponse":{"error":null}})", "", error_kind::malformed},
      {200, R"({"other":{}})", "", error_kind::malformed}};
  const auto asked = symbols({"AAPL", "MSFT"});
  for (const auto& row : rows) {
    INFO(row.status << ' ' << row.body);
    const auto got = read_quotes(asked, answered(row.status, row.body, row.headers));
    CHECK(got.quotes.empty());
    REQUIRE(got.errors.size() == 1);
    CHECK(to_string(got.errors[0].kind) == to_string(row.kind));
    CHECK(got.errors[0].symbol.empty());
    CHECK(wait_of(got.errors[0]) == row.wait);
  }
}

TEST_CASE("Futures and indices may stand at zero and below, nothing else may", "[market][yahoo]") {
  struct row {
    std::string_view symbol;
    std::string_view type;
    bool served;
  };
  const row rows[] = {{"CL=F", "FUTURE", true},  {"CL=F", "", true},
                      {"^IRX", "INDEX", true},   {"GSPTSE", "INDEX", true},
                      {"AAPL", "EQUITY", false}, {"AAPL", "", false},
                      {"SPY", "ETF", false},     {"BTC-USD", "CRYPTOCURRENCY", false}};
  for (const auto& row : rows) {
    for (const std::string_view price : {"-37.63", "0"}) {
      CAPTURE(row.symbol, row.type, price);
      const auto asked = symbols({row.symbol});
      const std::string symbol{row.symbol};
      const std::string type{row.type};
      const std::string value{price};
      const auto quote = read_quotes(
          asked, answered(200, R"({"quoteResponse":{"result":[{"symbol":")" + symbol +
                                   R"(","quoteType":")" + type + R"(","regularMarketPrice":)" +
                                   value + R"(,"regularMarketPreviousClose":-2}],"error":null}})"));
      const auto chart =
          read_chart(asked[0], answered(200, R"({"chart":{"result":[{"meta":{"symbol":")" + symbol +
                                                 R"(","instrumentType":")" + type +
                                                 R"(","regularMarketPrice":)" + value +
                                                 R"(,"chartPreviousClose":-2}}],"error":null}})"));
      for (const auto& got : {quote, chart}) {
        REQUIRE(got.quotes.size() == (row.served ? 1U : 0U));
        if (!row.served) {
          CHECK(got.errors.at(0).kind == error_kind::no_data);
          continue;
        }
        CHECK(got.quotes[0].price.text == price);
        CHECK(got.quotes[0].change);
        CHECK_FALSE(got.quotes[0].percent_change);
      }
    }
  }
}

TEST_CASE("A price is in what Yahoo says, as it spells it", "[market][yahoo]") {
  const auto asked = symbols({"OCDO.L"});
  const auto quote = read_quotes(
      asked, answered(200, R"({"quoteResponse":{"result":[{"symbol":"OCDO.L","currency":"GBp",
        "regularMarketPrice":308.8}],"error":null}})"));
  CHECK(quote.quotes.at(0).currency == "GBp");
  const auto chart = read_chart(
      asked[0], answered(200, R"({"chart":{"result":[{"meta":{"symbol":"OCDO.L","currency":"GBp",
        "regularMarketPrice":308.8}}],"error":null}})"));
  CHECK(chart.quotes.at(0).currency == "GBp");
}

TEST_CASE("An error is told in our words, whatever Yahoo's are", "[market][yahoo]") {
  for (const std::string_view description :
       {"ab%2Bc%2F== A3=d=xyz", "Invalid Crumb: see https://x.example",
        "No data found, try https://x.example", "Too Many Requests: https://x.example",
        "Data doesn't exist for https://x.example"}) {
    INFO(description);
    const auto body =
        R"({"chart":{"error":{"code":"x","description":")" + std::string{description} + R"("}}})";
    for (const auto& got : {read_quotes(symbols({"AAPL"}), answered(400, body)),
                            read_chart(symbols({"AAPL"})[0], answered(404, body))}) {
      const auto& detail = got.errors.at(0).detail;
      CHECK_FALSE(detail.empty());
      CHECK(detail.find("x.example") == std::string::npos);
      CHECK(detail.find("xyz") == std::string::npos);
    }
  }
}

TEST_CASE("A chart's change is from the close that counts", "[market][yahoo]") {
  struct row {
    std::string meta;
    std::string rest;
    std::string change;
  };
  // Half past nine in New York on three days.
  const std::string days =
      R"(,"timestamp":[1763562600,1763649000,1763735400],"indicators":{"quote":[{"close":[90,95,100]}]})";
  const std::string meta = R"("regularMarketPrice":110,"regularMarketTime":1763755201,)"
                           R"("gmtoffset":-18000,"chartPreviousClose":80)";
  const row rows[] = {
      {meta + R"(,"range":"1d")", "", "30"},
      {meta, "", "30"},
      {meta + R"(,"range":"1d","previousClose":100)", "", "10"},
      {meta + R"(,"range":"1d","previousClose":null)", "", "30"},
      {meta + R"(,"range":"5d")", days, "15"},
      {meta + R"(,"range":"5d")",
       R"(,"timestamp":[1763562600,1763649000,1763735400],"indicators":{"quote":[{"close":[90,null,100]}]})",
       "20"},
      {meta + R"(,"range":"5d")", R"(,"indicators":{"quote":[{}]})", "none"},
      {R"("regularMarketPrice":110,"range":"1d","chartPreviousClose":0)", "", "none"},
      {R"("regularMarketPrice":110,"range":"1d")", "", "none"}};
  for (const auto& row : rows) {
    INFO(row.meta << row.rest);
    const auto got = chart_of(chart_body(row.meta, row.rest));
    REQUIRE(got.quotes.size() == 1);
    CHECK(text_of(got.quotes[0].change) == row.change);
    CHECK(got.quotes[0].percent_change.has_value() == (row.change != "none"));
  }
}

TEST_CASE("Without a price in its description a chart's change is that of its last close",
          "[market][yahoo]") {
  const std::string meta = R"("regularMarketTime":1763755201,"gmtoffset":-18000,)"
                           R"("chartPreviousClose":80,"range":"5d")";
  const std::string times = R"(,"timestamp":[1763562600,1763649000,1763735400],)";
  struct row {
    std::string rest;
    std::string price, change;
  };
  const row rows[] = {
      {times + R"("indicators":{"quote":[{"close":[90,95,100]}]})", "100", "5"},
      {times + R"("indicators":{"quote":[{"close":[90,95,null]}]})", "95", "5"},
      {times + R"("indicators":{"quote":[{"close":[90,null,null]}]})", "90", "none"},
      {R"(,"timestamp":[1763562600],"indicators":{"quote":[{"close":[90,95]}]})", "95", "none"}};
  for (const auto& row : rows) {
    INFO(row.rest);
    const auto got = chart_of(chart_body(meta, row.rest));
    REQUIRE(got.quotes.size() == 1);
    CHECK(got.quotes[0].price.text == row.price);
    CHECK(text_of(got.quotes[0].change) == row.change);
  }
}

TEST_CASE("The day of a close is the exchange's", "[market][yahoo]") {
  // 23:30 UTC on the 20th and 00:30 UTC on the 21st are both the 21st in Taipei.
  const auto got = chart_of(chart_body(
      R"("regularMarketPrice":110,"regularMarketTime":1763685000,"gmtoffset":28800,"range":"5d")",
      R"(,"timestamp":[1763609400,1763681400,1763685000],"indicators":{"quote":[{"close":[100,105,110]}]})"));
  CHECK(text_of(got.quotes.at(0).change) == "10");
}

TEST_CASE("A chart without a price in its description has its last close", "[market][yahoo]") {
  const auto got = chart_of(chart_body(
      R"("chartPreviousClose":100,"range":"1d")",
      R"(,"timestamp":[1763755140,1763755200,1763755260],"indicators":{"quote":[{"close":[101,102.5,null]}]})"));
  REQUIRE(got.quotes.size() == 1);
  CHECK(got.quotes[0].price.text == "102.5");
  CHECK(millis(got.quotes[0]) == 1763755200000);
  CHECK(text_of(got.quotes[0].change) == "2.5");
  for (const std::string rest : {R"(,"indicators":{"quote":[{}]})", R"(,"indicators":{})", "",
                                 R"(,"timestamp":[1],"indicators":{"quote":[{"close":[null]}]})"}) {
    const auto none = chart_of(chart_body(R"("range":"1d")", rest));
    REQUIRE(none.errors.size() == 1);
    CHECK(none.errors[0].kind == error_kind::no_data);
  }
}

TEST_CASE("A chart's errors name the symbol", "[market][yahoo]") {
  const error_row rows[] = {
      {404,
       R"({"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}})",
       "", error_kind::not_found},
      {400,
       R"({"chart":{"result":null,"error":{"code":"Bad Request","description":"Data doesn't exist for startDate = 1, endDate = 2"}}})",
       "", error_kind::no_data},
      {200, R"({"chart":{"result":[],"error":null}})", "", error_kind::not_found}};
  for (const auto& row : rows) {
    const auto got = read_chart(sym("AAPL"), answered(row.status, row.body));
    REQUIRE(got.errors.size() == 1);
    CHECK(to_string(got.errors[0].kind) == to_string(row.kind));
    CHECK(got.errors[0].symbol == "AAPL");
  }
}

TEST_CASE("A chart that is gone says nothing of the symbol", "[market][yahoo]") {
  for (const std::string_view body :
       {R"({"finance":{"result":null,"error":{"code":"Not Found","description":"x"}}})",
        R"({"error":"Not Found"})", "Not Found"}) {
    const auto got = read_chart(sym("AAPL"), answered(404, body));
    REQUIRE(got.errors.size() == 1);
    CHECK(to_string(got.errors[0].kind) == to_string(error_kind::unavailable));
  }
}

TEST_CASE("A spark that is none is no answer about symbols", "[market][yahoo]") {
  const error_row rows[] = {
      {200, R"({"message":"x"})", "", error_kind::malformed},
      {200, R"({"message":{"text":"x"},"AAPL":null})", "", error_kind::malformed},
      {404, R"({"finance":{"result":null,"error":{"code":"Not Found","description":"x"}}})", "",
       error_kind::unavailable},
      {404, R"({"error":"Not Found"})", "", error_kind::unavailable}};
  for (const auto& row : rows) {
    INFO(row.body);
    const auto got = read_spark(symbols({"AAPL", "MSFT"}), answered(row.status, row.body));
    CHECK(got.quotes.empty());
    REQUIRE(got.errors.size() == 1);
    CHECK(to_string(got.errors[0].kind) == to_string(row.kind));
    CHECK(got.errors[0].symbol.empty());
  }
  const auto flat = read_spark(symbols({"AAPL", "MSFT"}),
                               answered(200, R"({"AAPL":{"symbol":"AAPL"},"MSFT":{}})"));
  REQUIRE(flat.errors.size() == 2);
  for (const auto& one : flat.errors) CHECK(one.kind == error_kind::no_data);
}

TEST_CASE("Spark is read in both forms", "[market][yahoo]") {
  const auto asked = symbols({"AAPL", "EUR/USD", "ZZZZ", "MSFT"});
  const std::string_view bodies[] = {
      R"({"AAPL":{"symbol":"AAPL","timestamp":[1763755140,1763755200],"close":[230,231.42],"chartPreviousClose":228.87,"previousClose":null},
          "MSFT":{"symbol":"MSFT","timestamp":[],"close":[],"chartPreviousClose":5},
          "EURUSD=X":{"symbol":"EURUSD=X","timestamp":[1763755193,1763755200],"close":[1.0843,null],"chartPreviousClose":9,"previousClose":1.0812}})",
      R"({"AAPL":{"meta":{"chartPreviousClose":228.87},"timestamp":[1763755200],"indicators":{"quote":[{"close":[231.42]}]}},
          "MSFT":{"meta":{"symbol":"MSFT"},"indicators":{"quote":[{}]}},
          "EURUSD=X":{"meta":{"regularMarketPrice":1.0843,"regularMarketTime":1763755193,"previousClose":1.0812,"chartPreviousClose":9}}})",
      R"({"spark":{"result":[
          {"symbol":"MSFT","response":[{"meta":{"symbol":"MSFT"},"indicators":{"quote":[{}]}}]},
          {"symbol":"EURUSD=X","response":[{"meta":{"regularMarketPrice":1.0843,"regularMarketTime":1763755193,"previousClose":1.0812,"chartPreviousClose":9}}]},
          {"symbol":"AAPL","response":[{"meta":{"chartPreviousClose":228.87},"timestamp":[1763755200],"indicators":{"quote":[{"close":[231.42]}]}}]}],"error":null}})"};
  for (const auto body : bodies) {
    const auto got = read_spark(asked, answered(200, body));
    REQUIRE(got.quotes.size() == 2);
    CHECK(got.quotes[0].price.text == "231.42");
    CHECK(text_of(got.quotes[0].change) == "2.55");
    CHECK(millis(got.quotes[0]) == 1763755200000);
    CHECK(text_of(got.quotes[1].change) == "0.0031");
    CHECK(millis(got.quotes[1]) == 1763755193000);
    REQUIRE(got.errors.size() == 2);
    CHECK(got.errors[0].kind == error_kind::not_found);
    CHECK(got.errors[1].kind == error_kind::no_data);
  }
  const auto none = read_spark(
      asked,
      answered(
          404,
          R"({"spark":{"result":null,"error":{"code":"Not Found","description":"No data found for spark symbols"}}})"));
  CHECK(none.errors.size() == 4);
  CHECK(read_spark(asked, answered(200, "{}")).errors.size() == 4);
}

TEST_CASE("Lookup and screener give assets by page", "[market][yahoo]") {
  const auto lookup = read_lookup(
      answered(200, R"({"finance":{"result":[{"start":0,"count":3,"total":5,"documents":[
      {"symbol":"MSFT","shortName":"Microsoft Corporation","quoteType":"equity","exchange":"NMS"},
      {"symbol":"BRK-B","shortName":"","quoteType":"equity"},
      {"symbol":"XAUUSD=X","shortName":"Gold","quoteType":"currency"},
      {"symbol":"JPY=X","shortName":"USD/JPY","quoteType":"currency","exchange":"CCY"}]}],"error":null}})"));
  CHECK_FALSE(lookup.error);
  CHECK_FALSE(lookup.last);
  REQUIRE(lookup.assets.size() == 3);
  CHECK(lookup.assets[0] == asset{"MSFT", "Microsoft Corporation", "stock", "NMS", ""});
  CHECK(lookup.assets[1] == asset{"BRK.B", "BRK-B", "stock", "", ""});
  CHECK(lookup.assets[2] == asset{"USD/JPY", "USD/JPY", "forex", "CCY", "JPY"});
  const auto screener =
      read_screener(answered(200, R"({"finance":{"result":[{"start":2,"count":2,"total":4,"quotes":[
      {"symbol":"OCDO.L","longName":"Ocado","quoteType":"EQUITY","fullExchangeName":"LSE","exchange":"LSE2","currency":"GBp"},
      {"symbol":"OLD","quoteType":"NONE"}]}],"error":null}})"));
  CHECK(screener.last);
  REQUIRE(screener.assets.size() == 1);
  CHECK(screener.assets[0] == asset{"OCDO.L", "Ocado", "stock", "LSE", "GBp"});
}

TEST_CASE("A list that is an error is no empty list", "[market][yahoo]") {
  for (
      const std::string_view body :
      {"{}", "", "[]", "<html>", "Too Many Requests",
       R"({"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}})"}) {
    INFO(body);
    CHECK(read_search(answered(200, body)).error);
    CHECK(read_lookup(answered(200, body)).error);
    CHECK(read_screener(answered(200, body)).error);
  }
  CHECK_FALSE(read_search(answered(200, R"({"quotes":[]})")).error);
}

}  // namespace tributary::providers::market::yahoo
