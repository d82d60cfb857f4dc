// SPDX-License-Identifier: MIT
#include "providers/mock/market/universe.hpp"

#include "providers/mock/market/call.hpp"
#include "providers/mock/market/meter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace tributary::providers::mock::market {

using namespace std::chrono_literals;

namespace {

constexpr sys_seconds noon{1'763'726'400s};

}  // namespace

TEST_CASE("prices follow from seed, instrument and second alone", "[mock][market]") {
  const universe one{1};
  const universe again{1};
  const universe other{2};
  const auto& apple = *one.find_stock("AAPL");
  for (auto at = noon; at < noon + 20s; at += 1s) {
    CHECK(one.price(apple, at) == again.price(*again.find_stock("AAPL"), at));
    CHECK(one.price(apple, at) != other.price(*other.find_stock("AAPL"), at));
    CHECK(one.price(apple, at) != one.price(apple, at + 1s));
  }
}

TEST_CASE("a price walks in small steps and stays near its base", "[mock][market]") {
  const universe world{7};
  const auto& dollar = *universe::find_currency("USD");
  const auto& bitcoin = *universe::find_coin("BTC");
  double lowest = 1e9;
  double highest = 0;
  for (auto at = noon; at < noon + 96h; at += 61s) {
    const auto price = world.price(bitcoin, dollar, at);
    CHECK(std::abs(world.price(bitcoin, dollar, at + 1s) / price - 1) < 0.003);
    lowest = std::min(lowest, price);
    highest = std::max(highest, price);
  }
  CHECK(lowest > bitcoin.base * 0.8);
  CHECK(highest < bitcoin.base * 1.25);
  CHECK(highest > lowest * 1.002);
}

TEST_CASE("what is said of a price agrees with itself", "[mock][market]") {
  const universe world{1};
  const auto& apple = *world.find_stock("AAPL");
  const auto q = world.quote(apple, noon);
  CHECK(q.price == world.price(apple, noon));
  CHECK(q.previous_close == world.price(apple, std::chrono::floor<std::chrono::days>(noon) - 1s));
  CHECK((q.low <= q.price && q.price <= q.high));
  CHECK((q.low <= q.open && q.open <= q.high));
  const auto& euro = *universe::find_currency("EUR");
  const auto& yen = *universe::find_currency("JPY");
  CHECK(world.price(euro, yen, noon) * world.price(yen, euro, noon) == Approx(1));
}

TEST_CASE("there is enough to ask for", "[mock][market]") {
  const universe world{1};
  CHECK(world.stocks().size() >= 2030);
  for (const auto* ticker :
       {"AAPL", "GOOGL", "MSFT", "AMZN", "BRK.B", "SPY", "OCDO.L", "T0001", "T0999", "T2000"}) {
    INFO(ticker);
    CHECK(world.find_stock(ticker) != nullptr);
  }
  for (const auto* ticker : {"T0000", "T2001", "T1", "NOSUCH", ""}) {
    INFO(ticker);
    CHECK(world.find_stock(ticker) == nullptr);
  }
  std::set<std::string_view> tickers;
  std::set<unsigned> ids;
  for (const auto& each : universe::coins()) {
    tickers.insert(each.ticker);
    CHECK(ids.insert(each.cmc_id).second);
  }
  CHECK(tickers.size() >= 20);
  CHECK(universe::currencies().size() >= 20);
}

TEST_CASE("coins are in the order of their ids, and a ticker means the one that people know",
          "[mock][market]") {
  const auto coins = universe::coins();
  CHECK(std::is_sorted(coins.begin(), coins.end(),
                       [](const coin& a, const coin& b) { return a.gecko_id < b.gecko_id; }));
  const auto first =
      std::find_if(coins.begin(), coins.end(), [](const coin& c) { return c.ticker == "BTC"; });
  CHECK(first->gecko_id != "bitcoin");
  CHECK(universe::find_coin("BTC")->gecko_id == "bitcoin");
  CHECK(universe::find_coin("NOSUCH") == nullptr);
}

TEST_CASE("a meter counts in windows of the clock, each client by itself", "[mock][market]") {
  meter usage;
  const auto minute = std::chrono::floor<std::chrono::minutes>(noon);
  const auto first = usage.take("a", 2, 60s, minute + 59s);
  CHECK_FALSE(first.over);
  CHECK(first.remaining == 1);
  CHECK(first.reset == minute + 60s);
  CHECK_FALSE(usage.take("a", 2, 60s, minute + 59s).over);
  CHECK(usage.take("a", 2, 60s, minute + 59s).over);
  CHECK_FALSE(usage.take("b", 2, 60s, minute + 59s).over);
  CHECK_FALSE(usage.take("a", 2, 60s, minute + 60s).over);
}

TEST_CASE("texts are taken apart and put together", "[mock][market]") {
  CHECK(split(",a,,b,") == std::vector<std::string_view>{"a", "b"});
  CHECK(upper("brk-b") == "BRK-B");
  CHECK(contains_word("Apple Inc.", "apple"));
  CHECK_FALSE(contains_word("Apple Inc.", "apples"));
  for (const auto* text : {"", "A\x7F", "\xC3\xA9", "\xE2\x82\xAC", "\xF4\x8F\xBF\xBF"}) {
    CHECK(is_utf8(text));
  }
  for (const auto* text :
       {"\xFF", "\x80", "\xC0\xAF", "\xC3", "\xC3(", "\xE2\x82", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}) {
    INFO(text);
    CHECK_FALSE(is_utf8(text));
  }
  CHECK(rounded(1.23456, 2) == 1.23);
  CHECK(fixed(2, 4) == "2.0000");
  CHECK(iso_time(std::chrono::sys_time<std::chrono::milliseconds>{1'763'755'207'250ms}) ==
        "2025-11-21T20:00:07.250Z");
  CHECK(date_and_time(sys_seconds{1'763'755'207s}) == "2025-11-21 20:00:07");
}

}  // namespace tributary::providers::mock::market
