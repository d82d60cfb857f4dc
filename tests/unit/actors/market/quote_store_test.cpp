// SPDX-License-Identifier: MIT
#include "actors/market/quote_store.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;
using actors::market::quote_store;
using actors::market::steady_time;

namespace {

constexpr steady_time store_begin{1000h};

}  // namespace

TEST_CASE("A quote that says something new has the revision of the change") {
  quote_store store{10};
  CHECK(store.put(quote_of("AAPL", "1"), store_begin, 1)->revision == 1);
  CHECK(store.put(quote_of("AAPL", "2"), store_begin + 5s, 2)->revision == 2);
}

TEST_CASE("A quote fetched again that says the same keeps its revision and is younger") {
  quote_store store{10};
  store.put(quote_of("AAPL", "1"), store_begin, 1);
  const auto again = store.put(quote_of("AAPL", "1"), store_begin + 5s, 2);
  CHECK(again->revision == 1);
  CHECK(again->fetched == store_begin + 5s);
  CHECK(store.find("AAPL") == again);
}

TEST_CASE("A store takes over another one's quote unless its own is younger") {
  quote_store from{10};
  quote_store into{10};
  const auto old = from.put(quote_of("AAPL", "1"), store_begin, 1);
  const auto young = from.put(quote_of("AAPL", "2"), store_begin + 1s, 2);
  into.put(young);
  into.put(old);
  CHECK(into.find("AAPL") == young);
}

TEST_CASE("When one more symbol comes than the store holds those fetched longest ago go") {
  quote_store store{20};
  for (int i = 0; i < 20; ++i) {
    store.put(quote_of("S" + std::to_string(i), "1"), store_begin + std::chrono::seconds{i}, 1);
  }
  store.put(quote_of("NEW", "1"), store_begin + 1h, 2);
  CHECK(store.size() == 19);
  CHECK(store.find("S0") == nullptr);
  CHECK(store.find("S1") == nullptr);
  CHECK(store.find("S2") != nullptr);
  CHECK(store.find("NEW") != nullptr);
}

TEST_CASE("A symbol that is known already takes nobody's place") {
  quote_store store{2};
  store.put(quote_of("A", "1"), store_begin, 1);
  store.put(quote_of("B", "1"), store_begin, 1);
  store.put(quote_of("A", "2"), store_begin + 1s, 2);
  CHECK(store.find("B") != nullptr);
}

TEST_CASE("An erased quote is not found") {
  quote_store store{2};
  store.put(quote_of("A", "1"), store_begin, 1);
  store.erase("A");
  store.erase("B");
  CHECK(store.find("A") == nullptr);
}

TEST_CASE("A time goes back only against one that is known and not in the future") {
  struct row {
    std::optional<std::chrono::minutes> got;  ///< from noon
    std::optional<std::chrono::minutes> known;
    bool back;
  };
  const auto given = GENERATE(values<row>({{-15min, 0min, true},
                                           {0min, 0min, false},
                                           {0min, -15min, false},
                                           {std::nullopt, 0min, false},
                                           {-15min, std::nullopt, false},
                                           {0min, 1min, true},
                                           {0min, 2min, false}}));
  CAPTURE(given.got.value_or(1000min).count(), given.known.value_or(1000min).count());
  auto got = quote_of("AAPL", "1");
  auto known = quote_of("AAPL", "2");
  const auto from_noon = [](std::chrono::minutes m) {
    return std::chrono::floor<std::chrono::milliseconds>(noon) + m;
  };
  if (given.got) got.timestamp = from_noon(*given.got);
  if (given.known) known.timestamp = from_noon(*given.known);
  CHECK(actors::market::goes_back(got, known, noon) == given.back);
}

}  // namespace tributary::tests
