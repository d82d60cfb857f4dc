// SPDX-License-Identifier: MIT
#include "market_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace tributary::providers::mock {

using namespace tests;
using nlohmann::json;

namespace {

const header_list browser{{"User-Agent", "Mozilla/5.0 (X11)"}};

struct yahoo {
  reply get(const std::string& path) { return client.get("/yfinance" + path, browser); }
  reply with_cookie(const std::string& path) {
    return client.get("/yfinance" + path,
                      {{"User-Agent", "Mozilla/5.0"}, {"Cookie", "B=1; A3=" + cookie}});
  }
  /// The cookie and the crumb of a new session.
  void shake_hands() {
    cookie = between(get("/").fields, "A3=", ";");
    crumb = with_cookie("/v1/test/getcrumb").owned;
  }
  json quotes(const std::string& symbols) {
    const auto answer =
        with_cookie("/v7/finance/quote?symbols=" + symbols + "&crumb=" + encoded_crumb());
    REQUIRE(answer.status == 200);
    return json::parse(answer.owned).at("quoteResponse").at("result");
  }
  std::string encoded_crumb() const {
    std::string text;
    for (const char c : crumb) text += c == '/' ? "%2F" : std::string(1, c);
    return text;
  }
  market_client client;
  std::string cookie, crumb;
};

std::string symbols(int count) {
  std::string list;
  for (int i = 1; i <= count; ++i) list += (i > 1 ? ",T00" : "T00") + std::to_string(10 + i);
  return list;
}

}  // namespace

TEST_CASE("Yahoo throttles whoever is no browser", "[mock][market]") {
  yahoo y;
  for (const auto* agent : {"curl/8.5.0", "Java/17.0.2", "python-requests/2.31", ""}) {
    INFO(agent);
    const auto answer = y.client.get("/yfinance/v8/finance/chart/AAPL", {{"User-Agent", agent}});
    CHECK(answer.status == 429);
    CHECK(answer.owned == "Too Many Requests\r\n");
    CHECK(answer.content_type.starts_with("text/"));
  }
}

TEST_CASE("Yahoo gives a cookie, a crumb for it, and quotes for both", "[mock][market]") {
  yahoo y;
  const auto front = y.get("/");
  CHECK(front.status == 404);
  CHECK_THAT(front.fields, Catch::Contains("Set-Cookie: A3=d=") &&
                               Catch::Contains("; Domain=.yahoo.com; Path=/;") &&
                               Catch::Contains("Secure; HttpOnly"));
  CHECK_THAT(y.get("/quote/AAPL").fields, Catch::Contains("Set-Cookie: A3=d="));
  CHECK(y.get("/v1/test/getcrumb").status == 401);
  y.shake_hands();
  CHECK(y.crumb.size() == 11);
  const auto answer = y.quotes("AAPL");
  CHECK(answer.size() == 1);
  CHECK(answer.at(0).size() > 25);
}

TEST_CASE("Yahoo refuses quotes without a cookie and a crumb that belong together",
          "[mock][market]") {
  yahoo y;
  y.shake_hands();
  const auto good = y.encoded_crumb();
  const auto refused = [](const reply& answer) {
    CHECK(answer.status == 401);
    const auto error = json::parse(answer.owned).at("finance").at("error");
    CHECK(error.at("code") == "Unauthorized");
    return error.at("description").get<std::string>();
  };
  for (const std::string path : {"/v7/finance/quote?symbols=AAPL",
                                 "/v1/finance/screener/predefined/saved?scrIds=most_actives"}) {
    CHECK_THAT(refused(y.with_cookie(path)), Catch::StartsWith("User is unable"));
    CHECK_THAT(refused(y.get(path + "&crumb=" + good)), Catch::StartsWith("User is unable"));
    CHECK(refused(y.with_cookie(path + "&crumb=abc")) == "Invalid Crumb");
  }
  y.cookie = "d=AQABBforged&S=forged";
  CHECK_THAT(refused(y.with_cookie("/v7/finance/quote?symbols=AAPL&crumb=" + good)),
             Catch::StartsWith("User is unable"));
}

TEST_CASE("Yahoo's quotes name what they are and leave out what is unknown", "[mock][market]") {
  yahoo y;
  y.shake_hands();
  const auto result = y.quotes("AAPL,NOSUCH,BTC-USD,EURUSD%3DX,OCDO.L,BRK-B,%5EGSPC,BRK.B,OCDO-L");
  CHECK(result.size() == 6);
  const struct {
    const char* symbol;
    const char* type;
    const char* currency;
  } expected[] = {{"AAPL", "EQUITY", "USD"},       {"BTC-USD", "CRYPTOCURRENCY", "USD"},
                  {"EURUSD=X", "CURRENCY", "USD"}, {"OCDO.L", "EQUITY", "GBp"},
                  {"BRK-B", "EQUITY", "USD"},      {"^GSPC", "INDEX", "USD"}};
  for (const auto& [symbol, type, currency] : expected) {
    INFO(symbol);
    json found;
    for (const auto& each : result) {
      if (each.at("symbol") == symbol) found = each;
    }
    REQUIRE(found.is_object());
    CHECK(found.at("quoteType") == type);
    CHECK(found.at("currency") == currency);
    CHECK(found.at("regularMarketPrice").get<double>() > 0);
    CHECK(found.at("regularMarketTime") == 1'763'755'207);
  }
  CHECK(y.quotes("NOSUCH").empty());
  CHECK(y.quotes("BRKS").at(0).at("quoteType") == "NONE");
  CHECK_FALSE(y.quotes("ADH").at(0).contains("regularMarketPrice"));
}

TEST_CASE("Yahoo's formatted quotes have objects for numbers", "[mock][market]") {
  yahoo y;
  y.shake_hands();
  const auto plain = y.quotes("AAPL").at(0);
  const auto formatted = y.quotes("AAPL&formatted=true").at(0);
  CHECK(formatted.size() == plain.size());
  for (const auto* name : {"regularMarketPrice", "regularMarketChange", "regularMarketTime",
                           "regularMarketChangePercent", "bid"}) {
    INFO(name);
    CHECK(formatted.at(name).at("raw") == plain.at(name));
    CHECK(formatted.at(name).at("fmt").is_string());
  }
  CHECK(formatted.at("regularMarketTime").at("fmt") == "20:00 UTC");
  CHECK(formatted.at("priceHint") == 2);
  CHECK(formatted.at("regularMarketDayRange").is_string());
  CHECK(y.quotes("AAPL&formatted=false").at(0) == plain);
}

TEST_CASE("Yahoo's quotes without symbols are a bad request", "[mock][market]") {
  yahoo y;
  y.shake_hands();
  const auto answer = y.with_cookie("/v7/finance/quote?crumb=" + y.encoded_crumb());
  CHECK(answer.status == 400);
  CHECK(json::parse(answer.owned).at("quoteResponse").at("error").at("code") == "argument-error");
}

TEST_CASE("Yahoo's spark takes twenty symbols and not one more", "[mock][market]") {
  yahoo y;
  for (const std::string path : {"/v7/finance/spark", "/v8/finance/spark"}) {
    INFO(path);
    CHECK(y.get(path + "?symbols=" + symbols(20)).status == 200);
    const auto refused = y.get(path + "?symbols=" + symbols(21));
    CHECK(refused.status == 400);
    CHECK(json::parse(refused.owned).at("spark").at("error").at("description") ==
          "Number of symbols needs to be less than or equal to 20");
  }
}

TEST_CASE("Yahoo's sparks are nested in version 7 and flat in version 8", "[mock][market]") {
  yahoo y;
  const auto nested =
      json::parse(y.get("/v7/finance/spark?symbols=AAPL,NOSUCH&range=1d&interval=5m").owned);
  const auto& result = nested.at("spark").at("result");
  REQUIRE(result.size() == 1);
  const auto& series = result.at(0).at("response").at(0);
  CHECK(series.at("meta").at("regularMarketPrice") ==
        series.at("indicators").at("quote").at(0).at("close").back());
  CHECK(series.at("timestamp").size() <= 80);
  const auto flat = json::parse(y.get("/v8/finance/spark?symbols=AAPL,NOSUCH").owned);
  REQUIRE(flat.size() == 1);
  CHECK(flat.at("AAPL").at("close").back() == series.at("meta").at("regularMarketPrice"));
  CHECK(flat.at("AAPL").at("chartPreviousClose").is_number());
}

TEST_CASE("Yahoo's chart has the price, and the close before its window", "[mock][market]") {
  yahoo y;
  const auto chart = [&](const std::string& target) {
    return json::parse(y.get("/v8/finance/chart/" + target).owned).at("chart").at("result").at(0);
  };
  const auto day = chart("EURUSD%3DX?range=1d&interval=1d");
  CHECK(day.at("meta").at("symbol") == "EURUSD=X");
  CHECK(day.at("timestamp").size() == 1);
  CHECK_FALSE(day.at("meta").contains("previousClose"));
  const auto minutes = chart("AAPL?range=1d&interval=1m");
  CHECK(minutes.at("meta").contains("previousClose"));
  const auto month = chart("AAPL?range=1mo&interval=1d");
  CHECK(month.at("timestamp").size() == 30);
  CHECK(month.at("meta").at("chartPreviousClose") != minutes.at("meta").at("previousClose"));
  const auto unknown = y.get("/v8/finance/chart/NOSUCH");
  CHECK(unknown.status == 404);
  CHECK(json::parse(unknown.owned).at("chart").at("error").at("code") == "Not Found");
}

TEST_CASE("Yahoo's chart of a period has its points, or there are no data for it",
          "[mock][market]") {
  yahoo y;
  constexpr auto day = 86'400;
  constexpr auto today = 1'763'683'200;
  const auto chart = [&](std::int64_t from, std::int64_t to, const std::string& more = "") {
    const auto answer = y.get("/v8/finance/chart/AAPL?period1=" + std::to_string(from) +
                              "&period2=" + std::to_string(to) + more);
    INFO(answer.owned);
    REQUIRE(answer.status == 200);
    return json::parse(answer.owned).at("chart").at("result").at(0);
  };
  const auto days = chart(today - 3 * day, today);
  CHECK(days.at("timestamp") == json{today - 3 * day, today - 2 * day, today - day});
  CHECK(days.at("indicators").at("quote").at(0).at("close").size() == 3);
  CHECK(days.at("meta").at("regularMarketTime") == 1'763'755'207);
  const auto hours = chart(today, today + 10 * day, "&interval=1h&range=5d");
  CHECK(hours.at("timestamp").front() == today);
  CHECK(hours.at("timestamp").size() == 21);
  const auto years = chart(0, today, "&interval=1d");
  CHECK(years.at("timestamp").size() == 390);
  CHECK(years.at("timestamp").back() == today - day);
  const std::pair<std::int64_t, std::int64_t> without_data[] = {
      {today + 5 * day, today + 9 * day}, {0, 86'400}, {today, today - day}};
  for (const auto& [from, to] : without_data) {
    const auto answer = y.get("/v8/finance/chart/AAPL?period1=" + std::to_string(from) +
                              "&period2=" + std::to_string(to));
    CHECK(answer.status == 400);
    const auto error = json::parse(answer.owned).at("chart").at("error");
    CHECK(error.at("code") == "Bad Request");
    CHECK(error.at("description") == "Data doesn't exist for startDate = " + std::to_string(from) +
                                         ", endDate = " + std::to_string(to));
  }
}

TEST_CASE("Yahoo finds instruments by symbol and name", "[mock][market]") {
  yahoo y;
  const auto found = json::parse(y.get("/v1/finance/search?q=aapl&quotesCount=6").owned);
  const auto& quotes = found.at("quotes");
  CHECK(quotes.at(0).at("symbol") == "AAPL");
  CHECK(quotes.at(0).at("shortname") == "Apple Inc.");
  CHECK_FALSE(quotes.back().contains("symbol"));
  CHECK(quotes.back().at("isYahooFinance") == false);

  const auto page =
      json::parse(y.get("/v1/finance/lookup?query=test&type=equity&start=1990&count=25").owned);
  const auto& documents = page.at("finance").at("result").at(0);
  CHECK(documents.at("total") == 2000);
  CHECK(documents.at("count") == 10);
  CHECK(documents.at("documents").at(0).at("quoteType") == "equity");
  CHECK(documents.at("documents").at(0).contains("regularMarketPercentChange"));
}

TEST_CASE("Yahoo's screeners have pages of quotes", "[mock][market]") {
  yahoo y;
  y.shake_hands();
  const auto answer = y.with_cookie(
      "/v1/finance/screener/predefined/saved?scrIds=most_actives&count=5&start=5&crumb=" +
      y.encoded_crumb());
  const auto page = json::parse(answer.owned).at("finance").at("result").at(0);
  CHECK(page.at("count") == 5);
  CHECK(page.at("quotes").size() == 5);
  CHECK(page.at("quotes").at(0).at("symbol") == "NVDA");
}

TEST_CASE("Yahoo has no limit unless a knob sets one", "[mock][market]") {
  yahoo y;
  for (int i = 0; i < 200; ++i) REQUIRE(y.get("/v8/finance/chart/AAPL").status == 200);
  y.client.set("yfinance", {{"limit", 3}});
  y.client.now += std::chrono::minutes{1};
  for (int i = 0; i < 3; ++i) CHECK(y.get("/v8/finance/chart/AAPL").status == 200);
  CHECK(y.get("/v8/finance/chart/AAPL").status == 429);
  y.client.now += std::chrono::minutes{1};
  CHECK(y.get("/v8/finance/chart/AAPL").status == 200);
}

}  // namespace tributary::providers::mock
