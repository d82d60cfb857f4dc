// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/provider.hpp"

#include "yahoo_answers.hpp"

namespace tributary::providers::market::yahoo {

using namespace tests;
using namespace tests::yahoo_answers;

namespace {

std::string row_of(std::string_view wire, std::string_view type) {
  return R"({"symbol":")" + std::string(wire) + R"(","shortName":"N","quoteType":")" +
         std::string(type) + R"(","exchange":"NMS"})";
}

scripted_answer page(std::string_view list, const texts& rows, int total = 0) {
  std::string result;
  for (const auto& row : rows) result.append(result.empty() ? "" : ",").append(row);
  return {200, R"({"finance":{"result":[{"start":0,"total":)" + std::to_string(total) + R"(,")" +
                   std::string(list) + R"(":[)" + result + R"(]}],"error":null}})"};
}

}  // namespace

TEST_CASE("Yahoo's stocks are what screeners and lookups find, if it is traded",
          "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other
      .on("scrIds=most_actives",
          {page("quotes",
                {row_of("AAPL", "EQUITY"), row_of("BRK-B", "EQUITY"), row_of("GONE", "NONE"),
                 row_of("^GSPC", "INDEX"), row_of("GC=F", "FUTURE"),
                 row_of("AAPL251219C00100000", "OPTION"), row_of("VFIAX", "MUTUALFUND")})})
      .on("scrIds=day_losers",
          {{404,
            R"({"finance":{"result":null,"error":{"code":"Not Found","description":"none"}}})"}})
      .on("scrIds=", {page("quotes", {row_of("AAPL", "EQUITY")})})
      .on("type=equity", {page("documents", {row_of("OCDO.L", "equity")}, 1000)})
      .on("type=etf", {page("documents", {row_of("SPY", "etf")})});
  with_handshake(other);
  const auto got = fetch_list(*of, asset_class::stock, other);
  CHECK(symbols_of(got.list.assets) == texts{"AAPL", "BRK.B", "OCDO.L", "SPY"});
  CHECK(got.told.empty());
  CHECK(other.count("type=equity&start=100&") == 2);
  CHECK(ways(other) ==
        "cookie crumb screener screener screener screener screener screener "
        "lookup lookup lookup lookup lookup lookup");
}

TEST_CASE("Yahoo's pairs are those of national currencies", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("type=currency",
           {page("documents", {row_of("EURUSD=X", "currency"), row_of("JPY=X", "currency"),
                               row_of("USDUSD=X", "currency"), row_of("XAUUSD=X", "currency"),
                               row_of("BTC-USD", "cryptocurrency")})});
  const auto got = fetch_list(*of, asset_class::forex, other);
  CHECK(symbols_of(got.list.assets) == texts{"EUR/USD", "USD/JPY"});
  CHECK(ways(other) == "lookup lookup lookup lookup");
}

TEST_CASE("a list of Yahoo's that fails is none, and says what is to be known of it",
          "[market][yahoo]") {
  struct row {
    std::string_view name;
    scripted_answer crumb, screener;
    error_kind kind;
    bool told;
    std::string_view ways;
  };
  const row rows[] = {
      {"refused", crumb, refused, error_kind::auth, false,
       "cookie crumb screener cookie crumb screener"},
      {"no session", {200, ""}, refused, error_kind::auth, false, "cookie crumb"},
      {"throttled crumb", throttled, refused, error_kind::rate_limited, true, "cookie crumb"},
      {"throttled", crumb, throttled, error_kind::rate_limited, true, "cookie crumb screener"},
      {"unavailable", crumb, {500, ""}, error_kind::unavailable, true, "cookie crumb screener"},
      {"malformed", crumb, {200, "{}"}, error_kind::malformed, true, "cookie crumb screener"},
  };
  for (const auto& one : rows) {
    CAPTURE(one.name);
    const auto of = make_provider({});
    scripted_provider other;
    other.on("/screener/", {one.screener}).on("/getcrumb", {one.crumb}).on("/", {cookie_set});
    const auto got = fetch_list(*of, asset_class::stock, other);
    REQUIRE(got.list.error);
    CHECK(got.list.error->kind == one.kind);
    CHECK(got.told.size() == (one.told ? 1U : 0U));
    CHECK(ways(other) == one.ways);
  }
}

TEST_CASE("searches of Yahoo's that are gone do not take the list along, unless all are",
          "[market][yahoo]") {
  const scripted_answer gone[] = {
      {404, "Not Found"},
      {404, "<html>Not Found</html>"},
      {404, R"({"finance":{"result":null,"error":{"code":"Not Found","description":"x"}}})"},
      {404, R"({"error":"Not Found"})"}};
  for (const auto& one : gone) {
    CAPTURE(one.body);
    const auto of = make_provider({});
    scripted_provider other;
    other.on("scrIds=day_losers", {page("quotes", {row_of("AAPL", "EQUITY")})})
        .on("query=EUR", {page("documents", {row_of("EURUSD=X", "currency")})})
        .on("/finance/", {one});
    with_handshake(other);
    const auto stocks = fetch_list(*of, asset_class::stock, other);
    CHECK(symbols_of(stocks.list.assets) == texts{"AAPL"});
    CHECK(stocks.told.empty());
    CHECK(symbols_of(fetch_list(*of, asset_class::forex, other).list.assets) == texts{"EUR/USD"});

    scripted_provider nothing;
    nothing.on("/finance/", {one});
    with_handshake(nothing);
    for (const auto kind : {asset_class::stock, asset_class::forex}) {
      const auto none = fetch_list(*of, kind, nothing);
      CHECK(none.list.error);
      CHECK(none.told.size() == 1);
    }
    CHECK(nothing.count("/lookup") == 8);
  }
}

TEST_CASE("a lookup that is refused says nothing of sessions", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/lookup", {refused}).on("/v7/finance/quote", {quotes({{"AAPL", "1"}})});
  with_handshake(other);
  const auto got = fetch_list(*of, asset_class::forex, other);
  REQUIRE(got.list.error);
  CHECK(got.list.error->kind == error_kind::auth);
  CHECK(ask_all(*of, syms({"AAPL"}), other).quotes == texts{"AAPL 1"});
  CHECK(ways(other) == "lookup cookie crumb v7");
}

TEST_CASE("a page of a list that is read touches no session but with the next request",
          "[market][yahoo]") {
  const auto of = make_provider({});
  const auto asking = of->list(asset_class::stock);
  scripted_provider other;
  with_handshake(other);
  for (int n = 0; n < 2; ++n) {
    const auto request = asking->next();
    REQUIRE(request);
    CHECK_FALSE(asking->take(other.answer(*request)));
    CHECK(of->parallel() == 1);
  }
  const auto request = asking->next();
  CHECK(of->parallel() == 4);
  REQUIRE(way_of(*request) == "screener");
  CHECK_FALSE(asking->take({refused.status, "", refused.body, now}));
  CHECK(of->parallel() == 4);
  CHECK(way_of(*asking->next()) == "cookie");
  CHECK(of->parallel() == 1);
}

TEST_CASE("a list does not shake hands where it failed a short while ago", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/finance/spark", {spark({{"AAPL", "1"}})}).on("/", {{503, ""}});
  ask_all(*of, syms({"AAPL"}), other);
  ways(other);
  const auto got = fetch_list(*of, asset_class::stock, other);
  REQUIRE(got.list.error);
  CHECK(got.list.error->kind == error_kind::unavailable);
  CHECK(ways(other).empty());
}

}  // namespace tributary::providers::market::yahoo
