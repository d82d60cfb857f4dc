// SPDX-License-Identifier: MIT
#include "actors/market/quote_fetches.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;
using actors::market::provider_chains;
using actors::market::purpose;
using actors::market::quote_fetches;
using actors::market::worse_of;
using pm::error_kind;

namespace {

// Stocks are asked of 0, then 1; coins of 2, then 3; currencies of nobody.
const provider_chains chains{{{0, 1}, {2, 3}, {}}};

quote_fetches::progress begun(quote_fetches& fetches, const std::vector<pm::symbol>& symbols,
                              purpose why = purpose::demand) {
  fetches.begin(symbols, why);
  return fetches.start(symbols);
}

pm::quotes_result all_failed(error_kind kind) {
  pm::quotes_result result;
  result.errors.push_back(failure_of(kind));
  return result;
}

}  // namespace

TEST_CASE("Symbols are asked of the first provider of their class, in one batch each") {
  quote_fetches fetches{chains};
  const auto progress = begun(fetches, symbols_of({"AAPL", "BTC-USD", "MSFT"}));
  REQUIRE(progress.next.size() == 2);
  CHECK(progress.next[0].provider == 0);
  CHECK(texts_of(progress.next[0].symbols) == std::vector<std::string>{"AAPL", "MSFT"});
  CHECK(progress.next[1].provider == 2);
  CHECK(fetches.under_way("AAPL"));
}

TEST_CASE("What the primary lacks is asked of the next one, symbol by symbol") {
  quote_fetches fetches{chains};
  auto progress = begun(fetches, symbols_of({"AAPL", "MSFT", "GOOGL"}));
  pm::quotes_result result;
  result.quotes.push_back(quote_of("AAPL", "1"));
  result.errors.push_back(failure_of(error_kind::not_found, "MSFT"));
  result.errors.push_back(failure_of(error_kind::no_data, "GOOGL"));
  progress = fetches.take(progress.next[0], std::move(result));
  REQUIRE(progress.done.size() == 1);
  CHECK(progress.done[0].quote->price.text == "1");
  REQUIRE(progress.next.size() == 1);
  CHECK(progress.next[0].provider == 1);
  CHECK(texts_of(progress.next[0].symbols) == std::vector<std::string>{"MSFT", "GOOGL"});
  CHECK_FALSE(fetches.under_way("AAPL"));
  CHECK(fetches.under_way("MSFT"));
}

TEST_CASE("A failure without a symbol stands for all that were asked for") {
  quote_fetches fetches{chains};
  auto progress = begun(fetches, symbols_of({"AAPL", "MSFT"}));
  progress = fetches.take(progress.next[0], all_failed(error_kind::unavailable));
  CHECK(progress.done.empty());
  REQUIRE(progress.next.size() == 1);
  CHECK(progress.next[0].symbols.size() == 2);
}

TEST_CASE("Symbols that a result says nothing of are unavailable there") {
  quote_fetches fetches{provider_chains{{{0}, {}, {}}}};
  auto progress = begun(fetches, symbols_of({"AAPL"}));
  progress = fetches.take(progress.next[0], {});
  REQUIRE(progress.done.size() == 1);
  CHECK(progress.done[0].reason.kind == error_kind::unavailable);
  CHECK(progress.done[0].reason.symbol == "AAPL");
}

TEST_CASE("When a whole chain has failed the reason that may pass by itself is given") {
  struct row {
    error_kind first, second, given;
  };
  const auto row_ =
      GENERATE(row{error_kind::not_found, error_kind::unavailable, error_kind::unavailable},
               row{error_kind::auth, error_kind::rate_limited, error_kind::rate_limited},
               row{error_kind::unavailable, error_kind::not_found, error_kind::unavailable},
               row{error_kind::rate_limited, error_kind::unavailable, error_kind::rate_limited},
               row{error_kind::not_found, error_kind::not_entitled, error_kind::not_found},
               row{error_kind::not_entitled, error_kind::not_found, error_kind::not_found},
               row{error_kind::not_found, error_kind::no_data, error_kind::no_data},
               row{error_kind::not_found, error_kind::auth, error_kind::auth},
               row{error_kind::auth, error_kind::not_found, error_kind::auth},
               row{error_kind::no_data, error_kind::malformed, error_kind::malformed},
               row{error_kind::malformed, error_kind::not_found, error_kind::malformed});
  quote_fetches fetches{chains};
  auto progress = begun(fetches, symbols_of({"AAPL"}));
  progress = fetches.take(progress.next[0], all_failed(row_.first));
  progress = fetches.take(progress.next[0], all_failed(row_.second));
  REQUIRE(progress.done.size() == 1);
  CHECK(progress.done[0].reason.kind == row_.given);
  CHECK(progress.done[0].reason.symbol == "AAPL");
  CHECK_FALSE(fetches.under_way("AAPL"));
}

TEST_CASE("Of two waits the shorter one is told") {
  const auto first = failure_of(error_kind::rate_limited, "A", 60s);
  const auto second = failure_of(error_kind::unavailable, "A", 5s);
  CHECK(worse_of(first, second).retry_after == 5s);
  CHECK(worse_of(second, first).retry_after == 5s);
  CHECK(worse_of(second, failure_of(error_kind::rate_limited, "A", 2s)).retry_after == 2s);
}

TEST_CASE("A wait that is not known is taken for a short one") {
  const auto tomorrow = failure_of(error_kind::rate_limited, "A", 20h);
  const auto unknown = failure_of(error_kind::unavailable, "A");
  CHECK_FALSE(worse_of(tomorrow, unknown).retry_after);
  CHECK_FALSE(worse_of(unknown, tomorrow).retry_after);
}

TEST_CASE("A coin in a pair of currencies is told at once with the form that is meant") {
  quote_fetches fetches{provider_chains{{{0}, {1}, {2}}}};
  const auto progress = begun(fetches, symbols_of({"BTC/USDT", "EUR/USD"}));
  REQUIRE(progress.next.size() == 1);
  CHECK(texts_of(progress.next[0].symbols) == std::vector<std::string>{"EUR/USD"});
  REQUIRE(progress.done.size() == 1);
  CHECK(progress.done[0].reason.kind == error_kind::not_found);
  CHECK(progress.done[0].reason.symbol == "BTC/USDT");
  CHECK(progress.done[0].reason.detail == "the pair is not known; did you mean `BTC-USDT`?");
  CHECK_FALSE(fetches.under_way("BTC/USDT"));
}

TEST_CASE("What no provider has is told with the form that is meant") {
  quote_fetches fetches{provider_chains{{{0}, {0}, {0}}}};
  const auto progress = begun(fetches, symbols_of({"BTCUSD", "EURUSD", "NONE"}));
  const auto ended = fetches.take(progress.next.at(0), all_failed(error_kind::not_found));
  REQUIRE(ended.done.size() == 3);
  CHECK(ended.done[0].reason.detail.ends_with("did you mean `BTC-USD`?"));
  CHECK(ended.done[1].reason.detail.ends_with("did you mean `EUR/USD`?"));
  CHECK(ended.done[2].reason.detail.find("did you mean") == std::string::npos);
}

TEST_CASE("A class without providers is done at once, and the reason names it") {
  quote_fetches fetches{chains};
  const auto progress = begun(fetches, symbols_of({"EUR/USD"}));
  CHECK(progress.next.empty());
  REQUIRE(progress.done.size() == 1);
  CHECK(progress.done[0].reason.kind == error_kind::auth);
  CHECK(progress.done[0].reason.detail == "no provider of forex is enabled");
}

TEST_CASE("A symbol that somebody else had is not asked for any more") {
  quote_fetches fetches{chains};
  const auto symbols = symbols_of({"AAPL", "MSFT"});
  fetches.begin(symbols, purpose::loop);
  fetches.forget("AAPL");
  const auto progress = fetches.start(symbols);
  REQUIRE(progress.next.size() == 1);
  CHECK(texts_of(progress.next[0].symbols) == std::vector<std::string>{"MSFT"});
}

TEST_CASE("Those who wait and the loop are not mixed in one batch") {
  quote_fetches fetches{chains};
  const auto waited = symbols_of({"AAPL"});
  const auto looped = symbols_of({"MSFT"});
  fetches.begin(waited, purpose::demand);
  fetches.begin(looped, purpose::loop);
  const auto progress = fetches.start(symbols_of({"AAPL", "MSFT"}));
  REQUIRE(progress.next.size() == 2);
  CHECK(progress.next[0].why == purpose::demand);
  CHECK(progress.next[1].why == purpose::loop);
}

TEST_CASE(
    "Once somebody waits for a symbol of the loop, further providers are asked for a demand") {
  quote_fetches fetches{chains};
  const auto symbols = symbols_of({"AAPL", "MSFT"});
  auto progress = begun(fetches, symbols, purpose::loop);
  CHECK(fetches.hurry(symbols[0]) == std::optional<std::size_t>{0});
  CHECK_FALSE(fetches.hurry(symbols[0]));
  CHECK_FALSE(fetches.hurry(symbols_of({"GOOGL"})[0]));
  progress = fetches.take(progress.next[0], all_failed(error_kind::rate_limited));
  REQUIRE(progress.next.size() == 2);
  CHECK(progress.next[0].why == purpose::demand);
  CHECK(texts_of(progress.next[0].symbols) == std::vector<std::string>{"AAPL"});
  CHECK(progress.next[1].why == purpose::loop);
  // What the loop had is told as such: then those who wait have a fetch of their own.
  progress = fetches.take(progress.next[0], all_failed(error_kind::rate_limited));
  REQUIRE(progress.done.size() == 1);
  CHECK(progress.done[0].why == purpose::loop);
}

TEST_CASE("A symbol that is fetched for somebody already is not hurried") {
  quote_fetches fetches{chains};
  const auto symbols = symbols_of({"AAPL"});
  begun(fetches, symbols);
  CHECK_FALSE(fetches.hurry(symbols[0]));
}

TEST_CASE("A late answer for a symbol that is under way no more changes nothing") {
  quote_fetches fetches{chains};
  auto progress = begun(fetches, symbols_of({"AAPL"}));
  const auto asked = progress.next[0];
  fetches.forget("AAPL");
  pm::quotes_result result;
  result.quotes.push_back(quote_of("AAPL", "1"));
  progress = fetches.take(asked, std::move(result));
  CHECK(progress.done.empty());
  CHECK(progress.next.empty());
}

TEST_CASE("A pair is priced in its second half, a stock in what its provider says") {
  quote_fetches fetches{{{{0}, {0}, {0}}}};
  const auto asked = symbols_of({"EUR/CHF", "BTC-USDT", "OCDO.L", "AAPL"});
  fetches.begin(asked, purpose::demand);
  const auto batches = fetches.start(asked);
  pm::quotes_result came;
  for (const auto& each : asked) {
    came.quotes.push_back(quote_of(each.text, "1"));
  }
  came.quotes[0].currency = "chf";
  came.quotes[2].currency = "GBp";
  std::map<std::string, std::string> currencies;
  for (const auto& batch : batches.next) {
    auto part = came;
    for (auto& over : fetches.take(batch, std::move(part)).done) {
      currencies[over.what.text] = over.quote->currency;
    }
  }
  CHECK(currencies ==
        std::map<std::string, std::string>{
            {"EUR/CHF", "CHF"}, {"BTC-USDT", "USDT"}, {"OCDO.L", "GBp"}, {"AAPL", ""}});
}

}  // namespace tributary::tests
