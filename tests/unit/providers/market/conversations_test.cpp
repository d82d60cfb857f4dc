// SPDX-License-Identifier: MIT
#include "providers/market/conversations.hpp"

#include "providers/market/answer.hpp"
#include "scripted.hpp"

namespace tributary::providers::market {

using namespace tests;

namespace {

quote quoted(std::string_view text, double price) {
  quote result;
  result.symbol = text;
  result.price = derived(price);
  return result;
}

failure of(std::string_view text, error_kind kind) {
  auto result = failed(kind, "said");
  result.symbol = text;
  return result;
}

const failure broken_off = failed(error_kind::unavailable, "broken off");

}  // namespace

TEST_CASE("each symbol asked for is answered once, in the order asked for", "[market]") {
  quote_sheet sheet{syms({"A", "B", "C", "D"})};
  sheet.enter({{quoted("C", 3)}, {of("A", error_kind::not_found), of("X", error_kind::no_data)}});
  sheet.enter({{quoted("A", 1)}, {of("C", error_kind::unavailable)}});
  CHECK(sheet.without_quote(5) == syms({"B", "D"}));
  CHECK(sheet.without_quote(1) == syms({"B"}));
  sheet.enter({{}, {of("D", error_kind::no_data)}});
  const auto got = sheet.finish(broken_off);
  REQUIRE(got.quotes.size() == 2);
  CHECK(got.quotes[0].symbol == "A");
  CHECK(got.quotes[1].symbol == "C");
  REQUIRE(got.errors.size() == 2);
  CHECK(got.errors[0].symbol == "B");
  CHECK(got.errors[0].detail == "broken off");
  CHECK(got.errors[1].symbol == "D");
  CHECK(got.errors[1].kind == error_kind::no_data);
}

TEST_CASE("an error without a symbol is that of all that are left", "[market]") {
  quote_sheet sheet{syms({"A", "B", "C"})};
  sheet.enter({{}, {failed(error_kind::malformed, "said"), of("C", error_kind::not_found)}});
  const auto got = sheet.finish(broken_off);
  REQUIRE(got.errors.size() == 3);
  CHECK(got.errors[0].symbol == "A");
  CHECK(got.errors[1].kind == error_kind::malformed);
  CHECK(got.errors[2].kind == error_kind::not_found);
}

TEST_CASE("a provider failed where it served nothing at all", "[market]") {
  using kinds = std::vector<error_kind>;
  struct row {
    bool quote;
    kinds errors;
    std::optional<error_kind> told;
  };
  const row rows[] = {
      {false, {}, {}},
      {true, {error_kind::malformed}, {}},
      {false, {error_kind::not_found}, {}},
      {false, {error_kind::no_data, error_kind::malformed}, {}},
      {false, {error_kind::not_entitled}, error_kind::not_entitled},
      {false, {error_kind::rate_limited}, error_kind::rate_limited},
      {false, {error_kind::auth, error_kind::auth}, error_kind::auth},
  };
  for (const auto& one : rows) {
    quotes_result part;
    if (one.quote) part.quotes.push_back(quoted("A", 1));
    for (const auto kind : one.errors) part.errors.push_back(of("B", kind));
    const auto told = failure_of_all(part);
    REQUIRE(told.has_value() == one.told.has_value());
    if (!told) continue;
    CHECK(told->kind == *one.told);
    CHECK(told->symbol.empty());
  }
}

TEST_CASE("lists hold what is of their class, and each symbol once", "[market]") {
  struct row {
    asset_class kind;
    std::string_view symbol, type;
    std::string_view kept;  ///< empty: it is not
  };
  const row rows[] = {
      {asset_class::stock, "aapl", "stock", "AAPL"},
      {asset_class::stock, "SPY", "etf", "SPY"},
      {asset_class::stock, "^GSPC", "index", ""},
      {asset_class::stock, "^VIX", "other", ""},
      {asset_class::stock, "GC=F", "future", ""},
      {asset_class::stock, "CL=F", "other", ""},
      {asset_class::stock, "DAX", "index", ""},
      {asset_class::stock, "BTC-USD", "crypto", ""},
      {asset_class::stock, "EUR/USD", "forex", ""},
      {asset_class::stock, "NO WAY", "stock", ""},
      {asset_class::stock, "", "stock", ""},
      {asset_class::crypto, "btc-USD", "crypto", "BTC-USD"},
      {asset_class::crypto, "$WIF-USD", "crypto", ""},
      {asset_class::crypto, "BTC-FOO", "crypto", ""},
      {asset_class::forex, "EUR/USD", "forex", "EUR/USD"},
      {asset_class::forex, "USD/USD", "forex", ""},
      {asset_class::forex, "XAU/USD", "forex", ""},
      {asset_class::forex, "USD/BTC", "forex", ""},
      {asset_class::forex, "EUR-USD", "forex", ""},
  };
  for (const auto& one : rows) {
    CAPTURE(one.symbol, one.type);
    asset_sheet sheet{one.kind};
    const asset given{std::string(one.symbol), "first", std::string(one.type), "", ""};
    auto again = given;
    again.name = "second";
    sheet.add({given, again});
    sheet.add({again});
    const auto got = sheet.finish();
    if (one.kept.empty()) {
      REQUIRE(got.error);
      CHECK(got.error->kind == error_kind::malformed);
      continue;
    }
    REQUIRE(got.assets.size() == 1);
    CHECK(got.assets[0].symbol == one.kept);
    CHECK(got.assets[0].name == "first");
  }
}

TEST_CASE("all providers are registered under the name of their quotes", "[market]") {
  const std::pair<std::string_view, bool> rows[] = {{"yfinance", false},
                                                    {"finnhub", true},
                                                    {"coingecko", false},
                                                    {"coinmarketcap", true},
                                                    {"alpha_vantage", true}};
  CHECK(registrations().size() == std::size(rows));
  for (const auto& [source, needs_key] : rows) {
    CAPTURE(source);
    const auto* const found = find_registration(source);
    REQUIRE(found);
    CHECK(found->needs_key == needs_key);
    CHECK(found->make({})->source() == source);
  }
  // Each declares in its own folder what it alone can be told.
  const auto own_of = [](std::string_view source) {
    std::vector<std::string_view> result;
    for (const auto& each : find_registration(source)->own) result.push_back(each.name);
    return result;
  };
  CHECK(own_of("yfinance").empty());
  CHECK(own_of("finnhub") == std::vector<std::string_view>{"venue"});
  CHECK(own_of("coingecko") == std::vector<std::string_view>{"tier"});
  CHECK(own_of("coinmarketcap") == std::vector<std::string_view>{"version"});
  CHECK(own_of("alpha_vantage") == std::vector<std::string_view>{"daily_rates"});
  CHECK_FALSE(find_registration("nobody"));
  CHECK_FALSE(find_registration(""));
}

TEST_CASE("providers say what they serve", "[market]") {
  struct row {
    std::string_view source;
    texts yes, no;
    std::string_view base_path;
    texts lists;
  };
  const row rows[] = {
      {"yfinance",
       {"AAPL", "^GSPC", "GC=F", "BTC-USD", "EUR/USD", "OCDO.L"},
       {"EURO/USD"},
       "",
       {"stocks", "forex"}},
      {"finnhub",
       {"AAPL", "BTC-USD", "EUR/USD", "OCDO.L"},
       {"^GSPC", "GC=F"},
       "/api/v1",
       {"stocks", "crypto", "forex"}},
      {"coingecko",
       {"BTC-USD", "BTC-EUR"},
       {"AAPL", "EUR/USD", "BTC-USDT", "^GSPC"},
       "/api/v3",
       {"crypto"}},
      {"coinmarketcap", {"BTC-USD", "BTC-USDT"}, {"AAPL", "EUR/USD", "^GSPC"}, "", {"crypto"}},
      {"alpha_vantage",
       {"AAPL", "BTC-USD", "EUR/USD"},
       {"^GSPC", "GC=F"},
       "",
       {"stocks", "crypto", "forex"}},
  };
  constexpr std::pair<std::string_view, asset_class> classes[] = {{"stocks", asset_class::stock},
                                                                  {"crypto", asset_class::crypto},
                                                                  {"forex", asset_class::forex}};
  for (const auto& one : rows) {
    CAPTURE(one.source);
    const auto of = find_registration(one.source)->make({});
    for (const auto& text : one.yes) CHECK(of->supports(sym(text)));
    for (const auto& text : one.no) CHECK_FALSE(of->supports(sym(text)));
    CHECK(of->base_path() == one.base_path);
    texts lists;
    for (const auto& [name, kind] : classes) {
      if (of->lists(kind)) lists.emplace_back(name);
    }
    CHECK(lists == one.lists);
  }
}

TEST_CASE("a conversation that is broken off accounts for all its symbols", "[market]") {
  for (const auto& one : registrations()) {
    CAPTURE(one.source);
    const auto of = one.make({"k3y"});
    for (const bool sent : {false, true}) {
      texts errors;
      for (auto& asking : of->ask(syms({"BTC-USD", "ETH-USD", "BTC-USD"}))) {
        if (sent) REQUIRE(asking->next());
        const auto got = asking->finish(broken_off);
        CHECK(got.quotes.empty());
        for (const auto& why : got.errors) errors.push_back(why.symbol + " " + why.detail);
      }
      CHECK(errors == texts{"BTC-USD broken off", "ETH-USD broken off"});
    }
  }
}

TEST_CASE("a list that is broken off is none", "[market]") {
  for (const auto& one : registrations()) {
    CAPTURE(one.source);
    const auto of = one.make({"k3y"});
    for (const auto kind : {asset_class::stock, asset_class::crypto, asset_class::forex}) {
      if (!of->lists(kind)) continue;
      const auto asking = of->list(kind);
      REQUIRE(asking->next());
      const auto got = asking->finish();
      REQUIRE(got.error);
      CHECK(got.error->kind == error_kind::unavailable);
      CHECK(got.assets.empty());
    }
  }
}

TEST_CASE("a provider that does not answer is unavailable, asked once", "[market]") {
  for (const auto& one : registrations()) {
    CAPTURE(one.source);
    const auto of = one.make({"k3y"});
    scripted_provider silent;
    silent.on("", {{0, ""}});
    const auto got = ask_all(*of, syms({"BTC-USD"}), silent);
    CHECK(got.errors == texts{"BTC-USD unavailable"});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == error_kind::unavailable);
    CHECK(silent.asked.size() == 1);
    for (const auto kind : {asset_class::stock, asset_class::crypto, asset_class::forex}) {
      if (!of->lists(kind)) continue;
      const auto list = fetch_list(*of, kind, silent);
      REQUIRE(list.list.error);
      CHECK(list.list.error->kind == error_kind::unavailable);
      CHECK(list.told.size() == 1);
    }
  }
}

TEST_CASE("no detail holds the key, whatever comes back", "[market]") {
  const std::string key = "K3Y-0123456789";
  const std::string quoted =
      "the apikey " + key + " is invalid; per day; Too Many; premium endpoint";
  const texts bodies = {
      R"({"error":")" + quoted + R"("})",
      R"({"Information":")" + quoted + R"("})",
      R"({"Error Message":")" + quoted + R"("})",
      R"({"Note":"rate limit )" + key + R"("})",
      R"({"detail":")" + quoted + R"("})",
      R"({"status":{"error_code":400,"error_message":"Invalid value for \"id\": \")" + key +
          R"(\""}})",
      R"({"status":{"error_code":"1001","error_message":")" + quoted + R"("}})",
      R"({"finance":{"result":null,"error":{"code":"x","description":")" + quoted + R"("}}})",
      quoted,
      "<html>" + key + "</html>",
      R"({"Global Quote":{"05. price":")" + key + R"("}})",
      R"([{"id":")" + key + R"("}])",
      key,
  };
  const auto check = [&](const failure& why) {
    CHECK(why.detail.find(key) == std::string::npos);
    CHECK(why.symbol.find(key) == std::string::npos);
  };
  for (const auto& one : registrations()) {
    // It has none; its session is in the tests of its own.
    if (one.source == "yfinance") continue;
    for (const int status : {0, 200, 302, 400, 401, 403, 404, 429, 500}) {
      for (const auto& body : bodies) {
        CAPTURE(one.source, status, body);
        const auto of = one.make({key});
        scripted_provider echo;
        echo.on("", {{status, body, "X-Key: " + key + "\r\n"}});
        const auto got = ask_all(*of, syms({"BTC-USD", "ETH-EUR"}), echo);
        CHECK(got.errors.size() + got.quotes.size() == 2);
        for (const auto& why : got.raw.errors) check(why);
        for (const auto& why : got.told) check(why);
        for (const auto kind : {asset_class::stock, asset_class::crypto, asset_class::forex}) {
          if (!of->lists(kind)) continue;
          const auto list = fetch_list(*of, kind, echo);
          if (list.list.error) check(*list.list.error);
          for (const auto& why : list.told) check(why);
        }
      }
    }
  }
}

}  // namespace tributary::providers::market
