// SPDX-License-Identifier: MIT
#include "market_client.hpp"

#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/coingecko/coingecko.hpp"
#include "providers/market/coinmarketcap/coinmarketcap.hpp"
#include "providers/market/finnhub/finnhub.hpp"
#include "providers/market/symbol.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers {

/// The adapters of the product read what the stand-ins write: both were made from the same facts
/// and know nothing of each other.
using namespace tests;

namespace {

/// Keeps the texts that a `wire_answer` refers to.
struct kept_answer {
  mock::reply from;
  market::wire_answer wire;
};

struct wire {
  kept_answer ask(std::string_view provider, const market::wire_request& request) {
    kept_answer kept;
    kept.from = client.get(std::string{provider} + request.target, request.headers);
    kept.wire = {static_cast<int>(kept.from.status), {}, {}, client.now};
    return kept;
  }
  market_client client;
};

/// Views into an answer that no longer moves.
const market::wire_answer& received(kept_answer& kept) {
  kept.wire.header_block = kept.from.fields;
  kept.wire.body = kept.from.owned;
  return kept.wire;
}

std::vector<market::symbol> symbols_of(std::initializer_list<std::string_view> texts) {
  std::vector<market::symbol> result;
  for (const auto text : texts) result.push_back(market::parse_symbol(text).value());
  return result;
}

void check_quotes(const market::quotes_result& result, std::size_t count) {
  for (const auto& error : result.errors) {
    FAIL_CHECK(error.symbol << ": " << market::to_string(error.kind) << ' ' << error.detail);
  }
  REQUIRE(result.quotes.size() == count);
  for (const auto& each : result.quotes) {
    INFO(each.symbol);
    CHECK(each.price.value > 0);
    CHECK(each.timestamp);
  }
}

void check_assets(const market::assets_result& result, std::size_t at_least) {
  if (result.error) FAIL_CHECK(result.error->detail);
  CHECK(result.assets.size() >= at_least);
}

}  // namespace

TEST_CASE("the Yahoo adapter has a session, quotes and lists from the mock", "[mock][market]") {
  wire w;
  const auto asked = symbols_of({"AAPL", "BRK.B", "OCDO.L", "BTC-USD", "EUR/USD", "T0042"});
  auto front = w.ask("/yfinance", market::yahoo::cookie_request());
  const auto cookie = market::yahoo::read_cookie(received(front).header_block);
  REQUIRE(cookie);
  auto crumb = w.ask("/yfinance", market::yahoo::crumb_request(*cookie));
  const market::yahoo::session session{*cookie, market::yahoo::read_crumb(received(crumb)).crumb};
  REQUIRE_FALSE(session.crumb.empty());
  auto quotes = w.ask("/yfinance", market::yahoo::quote_request(asked, session));
  check_quotes(market::yahoo::read_quotes(asked, received(quotes)), 6);
  for (const auto version : {market::yahoo::spark_version::v7, market::yahoo::spark_version::v8}) {
    auto spark = w.ask("/yfinance", market::yahoo::spark_request(asked, version));
    check_quotes(market::yahoo::read_spark(asked, received(spark)), 6);
  }
  for (const auto& each : asked) {
    auto chart = w.ask("/yfinance", market::yahoo::chart_request(each));
    check_quotes(market::yahoo::read_chart(each, received(chart)), 1);
  }
  auto found = w.ask("/yfinance", market::yahoo::search_request("apple", 6));
  check_assets(market::yahoo::read_search(received(found)), 1);
  auto looked_up = w.ask("/yfinance", market::yahoo::lookup_request("test", "equity", 0, 100));
  check_assets(market::yahoo::read_lookup(received(looked_up)), 100);
  auto screened =
      w.ask("/yfinance", market::yahoo::screener_request("most_actives", 0, 25, session));
  check_assets(market::yahoo::read_screener(received(screened)), 25);
}

TEST_CASE("the Finnhub adapter has quotes and lists from the mock", "[mock][market]") {
  wire w;
  for (const auto venue :
       {market::finnhub::crypto_venue::coinbase, market::finnhub::crypto_venue::binance}) {
    const market::finnhub::settings with{"k", venue};
    for (const auto& each : symbols_of({"AAPL", "BRK.B", "BTC-USD", "EUR/USD"})) {
      auto quote = w.ask("/finnhub", market::finnhub::quote_request(each, with));
      check_quotes(market::finnhub::read_quote(each, received(quote)), 1);
      CHECK(market::finnhub::read_allowance(quote.wire.header_block).limit == 60U);
    }
  }
  const market::finnhub::settings with{"k"};
  auto stocks = w.ask("/finnhub", market::finnhub::stock_list_request(with));
  check_assets(market::finnhub::read_stock_list(received(stocks)), 2030);
  auto coins = w.ask("/finnhub", market::finnhub::crypto_list_request(with, "coinbase"));
  check_assets(market::finnhub::read_crypto_list(received(coins)), 20);
  auto pairs = w.ask("/finnhub", market::finnhub::forex_list_request(with));
  check_assets(market::finnhub::read_forex_list(received(pairs)), 50);
}

TEST_CASE("the CoinGecko adapter has quotes and lists from the mock", "[mock][market]") {
  wire w;
  const market::coingecko::settings with;
  market::id_book book{market::coingecko::pinned_ids()};
  auto page = w.ask("/coingecko", market::coingecko::markets_page_request(1, with));
  check_assets(market::coingecko::read_markets_page(received(page), book), 20);
  const auto asked = symbols_of({"BTC-USD", "ETH-USD", "SOL-USD", "SHIB-USD"});
  for (const auto& call : market::coingecko::plan_calls(asked, book)) {
    auto markets = w.ask("/coingecko", market::coingecko::markets_request(call, with));
    check_quotes(market::coingecko::read_markets(call, received(markets)), call.asked.size());
    auto simple = w.ask("/coingecko", market::coingecko::simple_price_request(call, with));
    check_quotes(market::coingecko::read_simple_price(call, received(simple)), call.asked.size());
  }
  auto list = w.ask("/coingecko", market::coingecko::coins_list_request(with));
  check_assets(market::coingecko::read_coins_list(received(list), book), 20);
}

TEST_CASE("the CoinMarketCap adapter has quotes and lists from the mock", "[mock][market]") {
  wire w;
  using market::coinmarketcap::path_version;
  const auto asked = symbols_of({"BTC-USD", "ETC-USD", "SOL-USD"});
  market::id_book taught{market::coinmarketcap::pinned_ids()};
  auto map =
      w.ask("/coinmarketcap", market::coinmarketcap::map_request(1, {"k", path_version::v2}));
  check_assets(market::coinmarketcap::read_list_page(received(map), taught), 20);
  const market::id_book empty{{}};
  for (const auto version : {path_version::v1, path_version::v2, path_version::v3}) {
    const market::coinmarketcap::settings with{"k", version};
    for (const auto* book : std::initializer_list<const market::id_book*>{&taught, &empty}) {
      for (const auto& call : market::coinmarketcap::plan_calls(asked, *book)) {
        auto quotes = w.ask("/coinmarketcap", market::coinmarketcap::quotes_request(call, with));
        const auto result = market::coinmarketcap::read_quotes(call, received(quotes));
        check_quotes(result, call.asked.size());
      }
    }
    auto listings = w.ask("/coinmarketcap", market::coinmarketcap::listings_request(1, with));
    check_assets(market::coinmarketcap::read_list_page(received(listings), taught), 20);
  }
}

TEST_CASE("the Alpha Vantage adapter has quotes and lists from the mock", "[mock][market]") {
  wire w;
  const std::string_view key = "K3Y";
  for (const auto& each : symbols_of({"AAPL", "BRK.B", "OCDO.L", "BTC-USD", "EUR/USD"})) {
    w.client.now += std::chrono::seconds{1};
    auto quote = w.ask("/alpha_vantage", market::alpha_vantage::quote_request(each, key).value());
    check_quotes(market::alpha_vantage::read_quote(each, received(quote), key), 1);
  }
  w.client.now += std::chrono::seconds{1};
  const auto euro = symbols_of({"EUR/USD"}).front();
  auto daily =
      w.ask("/alpha_vantage", market::alpha_vantage::daily_rates_request(euro, key).value());
  check_quotes(market::alpha_vantage::read_daily_rates(euro, received(daily), key), 1);
  w.client.now += std::chrono::seconds{1};
  auto listing = w.ask("/alpha_vantage", market::alpha_vantage::listing_request(key));
  check_assets(market::alpha_vantage::read_listing(received(listing), key), 2030);
  auto physical = w.ask("/alpha_vantage", market::alpha_vantage::physical_currencies_request());
  check_assets(market::alpha_vantage::read_physical_currencies(received(physical)), 20);
  auto digital = w.ask("/alpha_vantage", market::alpha_vantage::digital_currencies_request());
  check_assets(market::alpha_vantage::read_digital_currencies(received(digital)), 20);
}

TEST_CASE("all providers have about the same price of a coin", "[mock][market]") {
  wire w;
  const auto bitcoin = symbols_of({"BTC-USD"}).front();
  std::vector<double> prices;
  const auto keep = [&](const market::quotes_result& result) {
    check_quotes(result, 1);
    prices.push_back(result.quotes.front().price.value);
  };
  auto yahoo = w.ask("/yfinance", market::yahoo::chart_request(bitcoin));
  keep(market::yahoo::read_chart(bitcoin, received(yahoo)));
  auto finnhub = w.ask("/finnhub", market::finnhub::quote_request(bitcoin, {"k"}));
  keep(market::finnhub::read_quote(bitcoin, received(finnhub)));
  auto vantage =
      w.ask("/alpha_vantage", market::alpha_vantage::quote_request(bitcoin, "k").value());
  keep(market::alpha_vantage::read_quote(bitcoin, received(vantage), "k"));
  market::coin_call call;
  call.asked.push_back({bitcoin, "bitcoin"});
  auto gecko = w.ask("/coingecko", market::coingecko::markets_request(call, {}));
  keep(market::coingecko::read_markets(call, received(gecko)));
  call.asked.front().id = "1";
  auto cap = w.ask("/coinmarketcap", market::coinmarketcap::quotes_request(call, {"k"}));
  keep(market::coinmarketcap::read_quotes(call, received(cap)));
  for (const auto price : prices) CHECK(price == Approx(prices.front()).epsilon(1e-6));
}

}  // namespace tributary::providers
