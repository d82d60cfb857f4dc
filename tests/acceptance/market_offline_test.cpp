// SPDX-License-Identifier: MIT
// Market data as a whole, offline: a gateway on the shipped configuration beside `tributary mock`.
#include "market_offline.hpp"
#include "support/eventually.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using nlohmann::ordered_json;

constexpr auto one_of_each = "/v1/quotes?symbols=AAPL,BTC-USD,EUR/USD";

void check_source(const ordered_json& body, std::size_t i, std::string_view symbol,
                  std::string_view source) {
  const auto& quote = body["quotes"].at(i);
  CHECK(quote["symbol"] == symbol);
  CHECK(quote["source"] == source);
  CHECK(quote["price"].get<double>() > 0);
  CHECK(quote["timestamp"].get<std::string>().size() == 20);
}

/// Symbols of all pages, from the first to the one without a next.
std::vector<std::string> all_pages(const running_gateway& gateway, const std::string& list,
                                   const std::string& query, std::size_t& total) {
  std::vector<std::string> symbols;
  std::string cursor;
  do {
    auto target = "/v1/assets/" + list + "?" + query;
    if (!cursor.empty()) target += "&cursor=" + cursor;
    const auto raw = gateway.get(target);
    REQUIRE(status_of(raw) == 200);
    const auto body = json_of(raw);
    CHECK(body["asset_type"] == list);
    total = body["total"].get<std::size_t>();
    for (const auto& each : body["assets"]) symbols.push_back(each["symbol"]);
    const auto& next = body["next_cursor"];
    CHECK(next.is_null() == header_of(raw, "Link").empty());
    cursor = next.is_null() ? "" : next.get<std::string>();
  } while (!cursor.empty() && symbols.size() < 100'000);
  return symbols;
}

config::settings with_lists(const offline_market& market) {
  auto settings = market.settings();
  alter_market(settings, [&](auto& market) {
    market.lists = {{"finnhub", "alpha_vantage", "yfinance"},
                    {"coingecko", "coinmarketcap"},
                    {"alpha_vantage", "finnhub", "yfinance"}};
  });
  return settings;
}

}  // namespace

TEST_CASE("Offline, a quote of each class comes from its primary provider") {
  offline_market market;
  running_gateway gateway{market.settings()};
  const auto raw = gateway.get(one_of_each);
  CHECK(status_of(raw) == 200);
  const auto body = json_of(raw);
  REQUIRE(body["quotes"].size() == 3);
  CHECK(body["errors"].empty());
  check_source(body, 0, "AAPL", "yfinance");
  check_source(body, 1, "BTC-USD", "coingecko");
  check_source(body, 2, "EUR/USD", "alpha_vantage");
}

TEST_CASE("Offline, with all primary providers down each class comes from its fallback") {
  offline_market market;
  market.fail("yfinance");
  market.fail("coingecko");
  running_gateway gateway{market.settings()};
  const auto body = json_of(gateway.get("/v1/quotes?symbols=AAPL,BTC-USD"));
  REQUIRE(body["quotes"].size() == 2);
  check_source(body, 0, "AAPL", "finnhub");
  check_source(body, 1, "BTC-USD", "coinmarketcap");
  market.heal("yfinance");
  market.fail("alpha_vantage", 500);
  REQUIRE(eventually([&] {
    const auto forex = json_of(gateway.get("/v1/quotes?symbols=EUR/USD,GBP/USD"));
    return forex["quotes"].size() == 2 && forex["quotes"][0]["source"] == "yfinance";
  }));
}

TEST_CASE("Offline, mishaps of every kind in primaries still leave a quote of each class") {
  offline_market market;
  mock::knob_settings knobs;
  SECTION("cut short") { knobs = {{"truncate", true}}; }
  SECTION("no JSON") { knobs = {{"malformed", true}}; }
  SECTION("silent") { knobs = {{"hang", true}}; }
  market.server.set("yfinance", knobs);
  market.server.set("coingecko", knobs);
  auto settings = market.settings();
  alter_market(settings, [&](auto& market) {
    for (auto& each : market.providers) each.timeout = std::chrono::milliseconds{400};
  });
  running_gateway gateway{std::move(settings)};
  const auto body = json_of(gateway.get("/v1/quotes?symbols=AAPL,BTC-USD"));
  CAPTURE(body.dump());
  REQUIRE(body["quotes"].size() == 2);
  check_source(body, 0, "AAPL", "finnhub");
  check_source(body, 1, "BTC-USD", "coinmarketcap");
}

TEST_CASE("Offline, what nobody knows is not found, whatever class it seems to be of") {
  offline_market market;
  running_gateway gateway{market.settings()};
  const auto raw = gateway.get("/v1/quotes?symbols=NOSUCH,NOSUCHCOIN-USD,QQQ/USD");
  const auto body = json_of(raw);
  CAPTURE(body.dump());
  CHECK(status_of(raw) == 404);
  REQUIRE(body["errors"].size() == 3);
  for (const auto& each : body["errors"]) CHECK(each["kind"] == "not_found");
}

TEST_CASE("Offline, tickers that clash mean the coin that people know, by each provider") {
  const auto first = GENERATE("coingecko", "coinmarketcap");
  offline_market market;
  auto settings = market.settings();
  alter_market(settings, [&](auto& market) { market.chains.crypto = {first}; });
  running_gateway gateway{std::move(settings)};
  const auto body = json_of(gateway.get("/v1/quotes?symbols=BTC-USD,ETC-USD,SOL-USD,DOGE-USD"));
  REQUIRE(body["quotes"].size() == 4);
  CHECK(body["quotes"][0]["price"].get<double>() > 10'000);
  CHECK(body["quotes"][1]["price"].get<double>() > 1);
  CHECK(body["quotes"][2]["source"] == first);
  CHECK(body["quotes"][3]["price"].get<double>() > 0.01);
}

TEST_CASE("Offline, share classes and other exchanges are found by their unified symbols") {
  offline_market market;
  running_gateway gateway{market.settings()};
  const auto body = json_of(gateway.get("/v1/quotes?symbols=BRK.B,OCDO.L,%5EGSPC"));
  CAPTURE(body.dump());
  REQUIRE(body["quotes"].size() == 3);
  CHECK(body["quotes"][0]["symbol"] == "BRK.B");
  CHECK(body["quotes"][1]["symbol"] == "OCDO.L");
  CHECK(body["quotes"][2]["symbol"] == "^GSPC");
}

TEST_CASE("Offline, a hundred symbols are served with few calls and in order") {
  offline_market market;
  running_gateway gateway{market.settings()};
  std::string target = "/v1/quotes?symbols=";
  std::vector<std::string> asked;
  for (int i = 100; i > 0; --i) {
    char name[8];
    std::snprintf(name, sizeof name, "T%04d", i);
    target.append(asked.empty() ? "" : ",").append(asked.emplace_back(name));
  }
  const auto body = json_of(gateway.get(target));
  REQUIRE(body["quotes"].size() == 100);
  for (std::size_t i = 0; i < asked.size(); ++i) CHECK(body["quotes"][i]["symbol"] == asked[i]);
  CHECK(market.server.requests("yfinance") <= 4);
}

TEST_CASE("Offline, each list is complete and pages through without a gap or a symbol twice") {
  offline_market market;
  running_gateway gateway{with_lists(market)};
  const auto [list, query, least] =
      GENERATE(table<std::string, std::string, std::size_t>({{"stocks", "limit=37", 2040},
                                                             {"stocks", "limit=1000", 2040},
                                                             {"crypto", "limit=3", 20},
                                                             {"forex", "limit=1", 20}}));
  CAPTURE(list, query);
  REQUIRE(eventually([&] {
    const auto raw = gateway.get("/v1/assets/" + list + "?limit=1");
    return status_of(raw) == 200 && json_of(raw)["total"].get<std::size_t>() >= least;
  }));
  // Another provider's list may come in between two pages; once all are in, all is still.
  std::size_t total = 0;
  std::vector<std::string> symbols;
  REQUIRE(eventually([&] {
    symbols = all_pages(gateway, list, query, total);
    return symbols.size() == total;
  }));
  CHECK(std::is_sorted(symbols.begin(), symbols.end()));
  CHECK(std::adjacent_find(symbols.begin(), symbols.end()) == symbols.end());
  CHECK(status_of(gateway.get("/v1/assets/" + list + "?limit=5000")) == 200);
}

TEST_CASE("Offline, lists hold what their class is and nothing that is not traded") {
  offline_market market;
  running_gateway gateway{with_lists(market)};
  // The two that also name what is no longer traded have been read, stocks and pairs of one.
  const auto refreshed = [&](const std::string& provider, int lists) {
    return gateway.admin("GET", "/metrics")
               .find("tributary_market_lists_total{provider=\"" + provider +
                     "\",outcome=\"refreshed\"} " + std::to_string(lists) + '\n') !=
           std::string::npos;
  };
  REQUIRE(eventually([&] { return refreshed("coingecko", 1) && refreshed("alpha_vantage", 2); }));
  const auto list_of = [&](const std::string& kind, std::size_t least) {
    ordered_json body;
    REQUIRE(eventually([&] {
      const auto raw = gateway.get("/v1/assets/" + kind + "?limit=5000");
      if (status_of(raw) != 200) return false;
      body = json_of(raw);
      return body["total"].get<std::size_t>() >= least;
    }));
    return body;
  };
  const auto stocks = list_of("stocks", 2040);
  auto funds = 0;
  for (const auto& each : stocks["assets"]) {
    const auto symbol = each["symbol"].get<std::string>();
    funds += each["type"] == "etf" ? 1 : 0;
    CHECK(symbol != "BRKS");  // Alpha Vantage has it, as delisted
    CHECK(symbol.find('/') == std::string::npos);
  }
  CHECK(funds >= 5);
  auto bitcoins = 0;
  const auto coins = list_of("crypto", 20);
  CAPTURE(coins.dump());
  for (const auto& each : coins["assets"]) {
    CHECK(each["type"] == "crypto");
    CHECK(each["symbol"] != "GONE-USD");  // CoinGecko has it, as inactive
    if (each["symbol"] != "BTC-USD") continue;
    ++bitcoins;
    CHECK(each["name"] == "Bitcoin");
  }
  CHECK(bitcoins == 1);
  const auto pairs = list_of("forex", 20);
  for (const auto& each : pairs["assets"]) {
    CHECK(each["type"] == "forex");
    CHECK(each["symbol"].get<std::string>().size() == 7);
    CHECK(each["symbol"] != "XAU/USD");
  }
}

TEST_CASE("Offline, a search finds prefixes of symbols and parts of names in any case") {
  offline_market market;
  auto settings = market.settings();
  alter_market(settings, [&](auto& market) { market.lists.stocks = {"finnhub"}; });
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] { return status_of(gateway.get("/v1/assets/stocks")) == 200; }));
  const auto by_symbol = json_of(gateway.get("/v1/assets/stocks?q=aap"));
  REQUIRE(by_symbol["total"] == 1);
  CHECK(by_symbol["assets"][0]["symbol"] == "AAPL");
  const auto by_name = json_of(gateway.get("/v1/assets/stocks?q=BERKSHIRE"));
  REQUIRE(by_name["total"] == 2);
  CHECK(by_name["assets"][0]["symbol"] == "BRK.A");
  const auto none = json_of(gateway.get("/v1/assets/stocks?q=zzzzzz"));
  CHECK(none["total"] == 0);
  CHECK(none["assets"].empty());
  CHECK(none["next_cursor"].is_null());
  std::size_t total = 0;
  const auto paged = all_pages(gateway, "stocks", "q=T00&limit=7", total);
  CHECK(paged.size() == total);
  CHECK(total >= 99);
}

TEST_CASE("Offline, a list is asked for again by its tag, and another page has another") {
  offline_market market;
  auto settings = market.settings();
  alter_market(settings, [&](auto& market) { market.lists.forex = {"finnhub"}; });
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] { return status_of(gateway.get("/v1/assets/forex")) == 200; }));
  const auto raw = gateway.get("/v1/assets/forex?limit=2");
  const auto tag = header_of(raw, "ETag");
  REQUIRE(!tag.empty());
  const auto again =
      gateway.get("/v1/assets/forex?limit=2", "If-None-Match: \"other\", " + tag + "\r\n");
  CHECK(status_of(again) == 304);
  CHECK(body_of(again).empty());
  CHECK(header_of(again, "ETag") == tag);
  CHECK(header_of(gateway.get("/v1/assets/forex?limit=3"), "ETag") != tag);
  const auto head = gateway.head("/v1/assets/forex?limit=2");
  CHECK(status_of(head) == 200);
  CHECK(header_of(head, "Content-Length") == header_of(raw, "Content-Length"));
}

}  // namespace tributary::tests
