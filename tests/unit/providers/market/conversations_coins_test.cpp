// SPDX-License-Identifier: MIT
#include "providers/market/coingecko/provider.hpp"
#include "providers/market/coinmarketcap/provider.hpp"

#include "scripted.hpp"

namespace tributary::providers::market {

using namespace tests;

namespace {

std::string gecko_row(std::string_view id, std::string_view ticker, std::string_view more) {
  return R"({"id":")" + std::string(id) + R"(","symbol":")" + std::string(ticker) +
         R"(","name":")" + std::string(id) + R"(")" + std::string(more) + "}";
}

/// A full page of coins by rank, of tickers that come once.
std::string full_page(int page, const std::string& first = {}) {
  std::string result = "[" + first;
  for (int n = first.empty() ? 0 : 1; n < 250; ++n) {
    const auto name = 'p' + std::to_string(page * 250 + n);
    if (result.size() > 1) result += ",";
    result += gecko_row(name, name, R"(,"market_cap_rank":)" + std::to_string(page * 250 + n));
  }
  return result + "]";
}

std::string cmc_answer(std::string_view data) {
  return R"({"status":{"error_code":0,"error_message":null},"data":)" + std::string(data) + "}";
}

std::string cmc_coin(std::string_view id, std::string_view ticker, std::string_view price) {
  return R"({"id":)" + std::string(id) + R"(,"symbol":")" + std::string(ticker) +
         R"(","is_active":1,"quote":{"USD":{"price":)" + std::string(price) +
         R"(,"percent_change_24h":1.5,"last_updated":"2025-11-21T19:59:00.000Z"}}})";
}

}  // namespace

TEST_CASE("CoinGecko is asked for many coins a call, by id and by ticker", "[market][coingecko]") {
  access with{"CG-k3y"};
  with.own["tier"] = "pro";
  const auto of = coingecko::make_provider(with);
  scripted_provider other;
  other
      .on("ids=bitcoin,ethereum&",
          {{200, "[" + gecko_row("ethereum", "eth", R"(,"current_price":3000)") + "," +
                     gecko_row("bitcoin", "btc", R"(,"current_price":97000)") + "]"}})
      .on("symbols=foo,gone&",
          {{200, "[" + gecko_row("foo-2", "foo", R"(,"current_price":2,"market_cap_rank":700)") +
                     "," + gecko_row("foo", "foo", R"(,"current_price":1,"market_cap_rank":90)") +
                     "]"}});
  const auto got =
      ask_all(*of, syms({"BTC-USD", "FOO-USD", "ETH-USD", "GONE-USD", "BTC-USD"}), other);
  CHECK(got.quotes == texts{"BTC-USD 97000", "ETH-USD 3000", "FOO-USD 1"});
  CHECK(got.errors == texts{"GONE-USD not_found"});
  CHECK(got.told.empty());
  CHECK(other.asked.size() == 2);
  CHECK(header_of(other.asked[0], "x-cg-pro-api-key") == "CG-k3y");
}

TEST_CASE("CoinGecko takes 250 coins a call", "[market][coingecko]") {
  const auto of = coingecko::make_provider({});
  std::vector<symbol> asked;
  for (int n = 0; n < 501; ++n) asked.push_back(sym('C' + std::to_string(n) + "-USD"));
  CHECK(of->ask(asked).size() == 3);
}

TEST_CASE("a call that CoinGecko refuses is told of it", "[market][coingecko]") {
  struct row {
    int status;
    std::string_view body;
    error_kind kind;
    double wait = -1;
  };
  const row rows[] = {
      {429, R"({"status":{"error_code":429}})", error_kind::rate_limited, 10},
      {401, R"({"status":{"error_code":10002}})", error_kind::auth},
      {403, R"({"error_code":10005})", error_kind::not_entitled},
      {400, R"({"error":"invalid vs_currency"})", error_kind::bad_request},
      {502, "", error_kind::unavailable},
      {200, "{}", error_kind::malformed},
  };
  for (const auto& one : rows) {
    CAPTURE(one.status, one.body);
    const auto of = coingecko::make_provider({});
    scripted_provider other;
    other.on("", {{one.status, std::string(one.body)}});
    const auto got = ask_all(*of, syms({"BTC-USD", "ETH-USD"}), other);
    const auto kind = std::string(to_string(one.kind));
    CHECK(got.errors == texts{"BTC-USD " + kind, "ETH-USD " + kind});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == one.kind);
    CHECK(wait_of(got.told[0]) == one.wait);
    const auto list = fetch_list(*of, asset_class::crypto, other);
    REQUIRE(list.list.error);
    CHECK(list.list.error->kind == one.kind);
    REQUIRE(list.told.size() == 1);
    CHECK(list.told[0].kind == one.kind);
  }
}

TEST_CASE("CoinGecko's list is its largest coins and then all others", "[market][coingecko]") {
  const auto of = coingecko::make_provider({});
  scripted_provider other;
  // FOO is the coin with a rank, whichever is first in the list of all.
  other
      .on("ids=real-foo&",
          {{200, "[" + gecko_row("real-foo", "foo", R"(,"current_price":7)") + "]"}})
      .on("&page=1&",
          {{200, full_page(0, gecko_row("real-foo", "foo", R"(,"market_cap_rank":9)"))}})
      .on("&page=2&", {{200, full_page(1)}})
      .on("&page=3&", {{200, full_page(2)}})
      .on("&page=4&", {{200, full_page(3)}})
      .on("/coins/list",
          {{200, "[" + gecko_row("fake-foo", "foo", "") + "," + gecko_row("real-foo", "foo", "") +
                     "," + gecko_row("rare", "rare", "") + "," + gecko_row("twin-1", "twin", "") +
                     "," + gecko_row("twin-2", "twin", "") + "]"}});
  const auto got = fetch_list(*of, asset_class::crypto, other);
  CHECK(got.told.empty());
  CHECK(other.asked.size() == 5);
  const auto listed = symbols_of(got.list.assets);
  CHECK(listed.size() == 1001);
  CHECK(listed.front() == "FOO-USD");
  CHECK(got.list.assets.front().name == "real-foo");
  CHECK(listed.back() == "RARE-USD");
  CHECK(std::count(listed.begin(), listed.end(), "TWIN-USD") == 0);
  // What the list taught is what is asked for now.
  CHECK(ask_all(*of, syms({"FOO-USD"}), other).quotes == texts{"FOO-USD 7"});
}

TEST_CASE("CoinGecko's pages by rank may end early, but not be empty", "[market][coingecko]") {
  const std::string all = "[" + gecko_row("bitcoin", "btc", "") + "]";
  SECTION("an empty last page") {
    const auto of = coingecko::make_provider({});
    scripted_provider other;
    other.on("&page=1&", {{200, full_page(0)}})
        .on("&page=2&", {{200, "[]"}})
        .on("/coins/list", {{200, all}});
    CHECK(fetch_list(*of, asset_class::crypto, other).list.assets.size() == 251);
    CHECK(other.asked.size() == 3);
  }
  SECTION("all pages empty") {
    const auto of = coingecko::make_provider({});
    scripted_provider other;
    other.on("&page=1&", {{200, "[]"}}).on("/coins/list", {{200, all}});
    const auto got = fetch_list(*of, asset_class::crypto, other);
    REQUIRE(got.list.error);
    CHECK(got.list.error->kind == error_kind::malformed);
  }
}

TEST_CASE("a page of CoinGecko that fails fails the list and teaches nothing",
          "[market][coingecko]") {
  const auto of = coingecko::make_provider({});
  const auto foo = gecko_row("real-foo", "foo", R"(,"market_cap_rank":9)");
  for (const auto* const failing : {"&page=3&", "/coins/list"}) {
    CAPTURE(failing);
    scripted_provider other;
    other.on(failing, {{500, ""}})
        .on("&symbols=foo&", {{200, "[]"}})
        .on("&page=1&", {{200, full_page(0, foo)}})
        .on("/coins/markets", {{200, full_page(1)}});
    const auto got = fetch_list(*of, asset_class::crypto, other);
    REQUIRE(got.list.error);
    CHECK(got.list.error->kind == error_kind::unavailable);
    CHECK(got.told.size() == 1);
    CHECK(ask_all(*of, syms({"FOO-USD"}), other).errors == texts{"FOO-USD not_found"});
  }
}

TEST_CASE("CoinMarketCap is asked at the path of its version", "[market][coinmarketcap]") {
  for (const std::string version : {"v1", "v2", "v3"}) {
    access with{"k3y"};
    with.own["version"] = version;
    const auto of = coinmarketcap::make_provider(with);
    scripted_provider other;
    other.on("id=1,1027&",
             {{200, cmc_answer(R"({"1":)" + cmc_coin("1", "BTC", "97000") + R"(,"1027":)" +
                               cmc_coin("1027", "ETH", "3000") + "}")}});
    const auto got = ask_all(*of, syms({"BTC-USD", "ETH-USD", "BTC-USD"}), other);
    CHECK(got.quotes == texts{"BTC-USD 97000", "ETH-USD 3000"});
    CHECK(got.errors.empty());
    CHECK(other.asked.size() == 1);
    CHECK(other.asked[0].target.starts_with("/" + version + "/cryptocurrency/quotes/latest?"));
    CHECK(header_of(other.asked[0], "X-CMC_PRO_API_KEY") == "k3y");
  }
}

TEST_CASE("CoinMarketCap is asked again for those that others took along",
          "[market][coinmarketcap]") {
  const std::string refusal =
      R"({"status":{"error_code":400,"error_message":"Invalid value for \"symbol\": \"NOSUCH\""}})";
  const std::string good = cmc_answer(R"({"FOO":[)" + cmc_coin("7", "FOO", "7") + "]}");
  const auto of = coinmarketcap::make_provider({"k3y"});
  SECTION("and serves them") {
    scripted_provider other;
    other.on("", {{400, refusal}, {200, good}});
    const auto got = ask_all(*of, syms({"NOSUCH-USD", "FOO-USD"}), other);
    CHECK(got.quotes == texts{"FOO-USD 7"});
    CHECK(got.errors == texts{"NOSUCH-USD not_found"});
    CHECK(got.told.empty());
    CHECK(other.count("symbol=FOO&") == 1);
  }
  SECTION("or fails") {
    scripted_provider other;
    other.on("", {{400, refusal}, {429, "{}"}});
    const auto got = ask_all(*of, syms({"NOSUCH-USD", "FOO-USD"}), other);
    CHECK(got.errors == texts{"NOSUCH-USD not_found", "FOO-USD rate_limited"});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == error_kind::rate_limited);
    CHECK(wait_of(got.told[0]) == 60);
  }
  const auto refusing = [](const std::string& ticker) {
    return scripted_answer{400, R"({"status":{"error_code":400,
        "error_message":"Invalid value for \"symbol\": \")" +
                                    ticker + R"(\""}})"};
  };
  SECTION("for as long as each answer names another one") {
    scripted_provider other;
    other.on("", {refusing("A1"), refusing("A2"), refusing("A3"), {200, good}});
    const auto got = ask_all(*of, syms({"A1-USD", "FOO-USD", "A2-USD", "A3-USD"}), other);
    CHECK(got.quotes == texts{"FOO-USD 7"});
    CHECK(got.errors == texts{"A1-USD not_found", "A2-USD not_found", "A3-USD not_found"});
    CHECK(got.told.empty());
    CHECK(other.asked.size() == 4);
  }
  SECTION("but not a fifth time") {
    scripted_provider other;
    other.on("", {refusing("A1"), refusing("A2"), refusing("A3"), refusing("A4"), {200, good}});
    const auto got = ask_all(*of, syms({"A1-USD", "A2-USD", "A3-USD", "A4-USD", "FOO-USD"}), other);
    CHECK(got.errors == texts{"A1-USD not_found", "A2-USD not_found", "A3-USD not_found",
                              "A4-USD not_found", "FOO-USD bad_request"});
    CHECK(other.asked.size() == 4);
  }
  SECTION("and not where the answer names nobody new") {
    scripted_provider other;
    other.on("", {refusing("A1"), refusing("A1"), {200, good}});
    const auto got = ask_all(*of, syms({"A1-USD", "FOO-USD"}), other);
    CHECK(got.errors == texts{"A1-USD not_found", "FOO-USD bad_request"});
    CHECK(other.asked.size() == 2);
  }
}

TEST_CASE("a call that CoinMarketCap refuses is told of it", "[market][coinmarketcap]") {
  struct row {
    int status;
    std::string_view body;
    error_kind kind;
    double wait = -1;
  };
  const row rows[] = {
      {429, R"({"status":{"error_code":1008}})", error_kind::rate_limited, 60},
      {429, R"({"status":{"error_code":1009}})", error_kind::rate_limited, 4 * 3600 - 3},
      {401, R"({"status":{"error_code":1001}})", error_kind::auth},
      {403, R"({"status":{"error_code":1006}})", error_kind::not_entitled},
      {400, R"({"status":{"error_code":400}})", error_kind::bad_request},
      {500, R"({"status":{"error_code":500}})", error_kind::unavailable},
      {200, "[", error_kind::malformed},
  };
  for (const auto& one : rows) {
    CAPTURE(one.status, one.body);
    const auto of = coinmarketcap::make_provider({"k3y"});
    scripted_provider other;
    other.on("", {{one.status, std::string(one.body)}});
    const auto got = ask_all(*of, syms({"BTC-USD"}), other);
    CHECK(got.errors == texts{"BTC-USD " + std::string(to_string(one.kind))});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == one.kind);
    CHECK(wait_of(got.told[0]) == one.wait);
    CHECK(other.asked.size() == 1);
    const auto list = fetch_list(*of, asset_class::crypto, other);
    REQUIRE(list.list.error);
    CHECK(list.list.error->kind == one.kind);
  }
}

TEST_CASE("CoinMarketCap's list is read to its last page", "[market][coinmarketcap]") {
  const auto row = [](int id, const std::string& ticker) {
    return R"({"id":)" + std::to_string(id) + R"(,"rank":)" + std::to_string(id) +
           R"(,"name":"N","symbol":")" + ticker + R"(","is_active":1})";
  };
  const auto page = [&](int from, int rows) {
    std::string result = "[";
    for (int n = from; n < from + rows; ++n) {
      result.append(n > from ? "," : "").append(row(n + 1'000'000, 'T' + std::to_string(n)));
    }
    return result + "]";
  };
  const auto of = coinmarketcap::make_provider({"k3y"});
  SECTION("and teaches ids by rank") {
    scripted_provider other;
    other.on("start=1&", {{200, cmc_answer(page(0, 5000))}})
        .on("start=5001&",
            {{200, cmc_answer("[" + row(2'000'000, "LATE") + "," + row(2'000'001, "LATE") + "," +
                              R"({"id":9,"symbol":"DEAD","is_active":0}])")}})
        .on("id=2000000&",
            {{200, cmc_answer(R"({"2000000":)" + cmc_coin("2000000", "LATE", "3") + "}")}});
    const auto got = fetch_list(*of, asset_class::crypto, other);
    CHECK(got.list.assets.size() == 5001);
    CHECK(got.list.assets.back().symbol == "LATE-USD");
    CHECK(other.asked.size() == 2);
    CHECK(ask_all(*of, syms({"LATE-USD"}), other).quotes == texts{"LATE-USD 3"});
  }
  SECTION("or to a bound") {
    scripted_provider other;
    other.on("/map", {{200, cmc_answer(page(0, 5000))}});
    CHECK(fetch_list(*of, asset_class::crypto, other).list.assets.size() == 5000);
    CHECK(other.asked.size() == 4);
  }
  SECTION("and an empty one is an error") {
    scripted_provider other;
    other.on("/map", {{200, cmc_answer("[]")}});
    CHECK(fetch_list(*of, asset_class::crypto, other).list.error->kind == error_kind::malformed);
  }
  SECTION("and is none where a page fails") {
    scripted_provider other;
    other.on("start=1&", {{200, cmc_answer(page(0, 5000))}}).on("start=5001&", {{500, ""}});
    CHECK(fetch_list(*of, asset_class::crypto, other).list.error->kind == error_kind::unavailable);
  }
}

}  // namespace tributary::providers::market
