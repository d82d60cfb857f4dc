// SPDX-License-Identifier: MIT
#include "providers/market/finnhub/provider.hpp"

#include "scripted.hpp"

namespace tributary::providers::market::finnhub {

using namespace tests;

namespace {

constexpr std::string_view price = R"({"c":231.42,"d":2.55,"dp":1.11,"pc":228.87,"t":1763755200})";
constexpr std::string_view nothing = R"({"c":0,"d":null,"dp":null,"pc":0,"t":0})";
constexpr std::string_view no_access = R"({"error":"You don't have access to this resource."})";

}  // namespace

TEST_CASE("Finnhub is asked for each symbol by itself", "[market][finnhub]") {
  const auto of = make_provider({"k3y"});
  scripted_provider other;
  other.on("NOSUCH", {{200, std::string(nothing)}}).on("/quote", {{200, std::string(price)}});
  const auto got =
      ask_all(*of, syms({"AAPL", "BTC-USD", "NOSUCH", "EUR/USD", "GBP/USD", "AAPL"}), other);
  CHECK(got.quotes == texts{"AAPL 231.42", "BTC-USD 231.42", "EUR/USD 231.42", "GBP/USD 231.42"});
  CHECK(got.errors == texts{"NOSUCH not_found"});
  CHECK(got.told.empty());
  CHECK(other.asked.size() == 5);
  CHECK(other.asked[1].target == "/api/v1/quote?symbol=COINBASE%3ABTC-USD");
  CHECK(other.asked[3].target == "/api/v1/quote?symbol=OANDA%3AEUR_USD");
  for (const auto& one : other.asked) CHECK(header_of(one, "X-Finnhub-Token") == "k3y");
}

TEST_CASE("Finnhub's venue is configuration", "[market][finnhub]") {
  access with;
  with.own["venue"] = "binance";
  const auto of = make_provider(with);
  scripted_provider other;
  other.on("/quote", {{200, std::string(price)}})
      .on("/crypto", {{200, R"([{"description":"Binance BTC/USDT","displaySymbol":"BTC/USDT",
                                 "symbol":"BINANCE:BTCUSDT"}])"}});
  ask_all(*of, syms({"BTC-USD"}), other);
  CHECK(other.asked[0].target == "/api/v1/quote?symbol=BINANCE%3ABTCUSDT");
  const auto list = fetch_list(*of, asset_class::crypto, other);
  CHECK(other.asked[1].target == "/api/v1/crypto/symbol?exchange=binance");
  CHECK(symbols_of(list.list.assets) == texts{"BTC-USDT"});
}

TEST_CASE("Finnhub is not asked for classes that it would take for exchanges",
          "[market][finnhub]") {
  const auto of = make_provider({"k3y"});
  for (const auto* const text : {"VOD-L", "ABC-F", "ABC-T", "ABC-V", "BAC-PL", "^GSPC", "GC=F"}) {
    CAPTURE(text);
    CHECK_FALSE(of->supports(sym(text)));
  }
  for (const auto* const text :
       {"VOD.L", "BRK-B", "BRK.B", "AAPL", "RCI.TO", "BTC-USD", "EUR/USD"}) {
    CAPTURE(text);
    CHECK(of->supports(sym(text)));
  }
}

TEST_CASE("the last answer of an allowance is a pause of Finnhub's and no failure",
          "[market][finnhub]") {
  const auto of = make_provider({"k3y"});
  scripted_provider other;
  other.on("", {{200, std::string(price),
                 "X-Ratelimit-Remaining: 0\r\nX-Ratelimit-Reset: 1763755226\r\n"}});
  const auto got = ask_all(*of, syms({"AAPL"}), other);
  CHECK(got.quotes == texts{"AAPL 231.42"});
  CHECK(got.told.empty());
  CHECK(of->pause_after(other.answer({})) == std::chrono::seconds{23});
}

TEST_CASE("what Finnhub refuses is told of it, and a plan is not a key", "[market][finnhub]") {
  struct row {
    int status;
    std::string_view body;
    error_kind kind;
  };
  const row rows[] = {
      {403, no_access, error_kind::not_entitled},
      {200, no_access, error_kind::not_entitled},
      {401, R"({"error":"Invalid API key."})", error_kind::auth},
      {429, R"({"error":"API limit reached."})", error_kind::rate_limited},
      {500, "", error_kind::unavailable},
      {302, "", error_kind::unavailable},
      {200, "nothing", error_kind::malformed},
      {400, "{}", error_kind::bad_request},
  };
  for (const auto& one : rows) {
    CAPTURE(one.status, one.body);
    const auto of = make_provider({"k3y"});
    scripted_provider other;
    other.on("", {{one.status, std::string(one.body)}});
    const auto got = ask_all(*of, syms({"OCDO.L"}), other);
    CHECK(got.errors == texts{"OCDO.L " + std::string(to_string(one.kind))});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == one.kind);
    CHECK(got.told[0].symbol.empty());
    CHECK(wait_of(got.told[0]) == (one.kind == error_kind::rate_limited ? 60 : -1));
    const auto list = fetch_list(*of, asset_class::stock, other);
    REQUIRE(list.list.error);
    CHECK(list.list.error->kind == one.kind);
    CHECK(list.told.size() == 1);
  }
}

TEST_CASE("Finnhub's lists hold what can be traded", "[market][finnhub]") {
  const auto of = make_provider({"k3y"});
  scripted_provider other;
  other
      .on("/stock/symbol?exchange=US",
          {{200,
            R"([{"currency":"USD","description":"APPLE INC","symbol":"AAPL","mic":"XNAS","type":"Common Stock"},
                {"currency":"USD","description":"APPLE AGAIN","symbol":"AAPL","mic":"XNYS","type":"Common Stock"},
                {"currency":"USD","description":"SPDR","symbol":"SPY","mic":"ARCX","type":"ETP"},
                {"currency":"USD","description":"S&P 500","symbol":"^GSPC","mic":"","type":""}])"}})
      .on("/crypto/symbol?exchange=coinbase",
          {{200,
            R"([{"description":"Coinbase BTC/USD","displaySymbol":"BTC/USD","symbol":"COINBASE:BTC-USD"}])"}})
      .on("/forex/symbol?exchange=oanda",
          {{200,
            R"([{"description":"Oanda EUR/USD","displaySymbol":"EUR/USD","symbol":"OANDA:EUR_USD"},
                     {"description":"US Nas 100","displaySymbol":"NAS100/USD","symbol":"OANDA:NAS100_USD"},
                     {"description":"Gold","displaySymbol":"XAU/USD","symbol":"OANDA:XAU_USD"}])"}});
  CHECK(symbols_of(fetch_list(*of, asset_class::stock, other).list.assets) == texts{"AAPL", "SPY"});
  CHECK(symbols_of(fetch_list(*of, asset_class::crypto, other).list.assets) == texts{"BTC-USD"});
  CHECK(symbols_of(fetch_list(*of, asset_class::forex, other).list.assets) == texts{"EUR/USD"});
}

TEST_CASE("a list of Finnhub without anything in it is an error", "[market][finnhub]") {
  const auto of = make_provider({"k3y"});
  for (const auto* const body : {"[]", R"([{"symbol":"^GSPC"}])"}) {
    scripted_provider other;
    other.on("", {{200, body}});
    const auto list = fetch_list(*of, asset_class::stock, other);
    REQUIRE(list.list.error);
    CHECK(list.list.error->kind == error_kind::malformed);
  }
}

}  // namespace tributary::providers::market::finnhub
