// SPDX-License-Identifier: MIT
#include "actors/market/asset_schedule.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace tributary::tests {

namespace {

using namespace actors::market;
using namespace std::chrono_literals;
using steady = asset_schedule::steady_time;

const steady schedule_begin{1000h};

std::vector<std::size_t> entries_of(const std::vector<asset_schedule::asking>& asked) {
  std::vector<std::size_t> result;
  for (const auto& each : asked) result.push_back(each.entry);
  return result;
}

using indices = std::vector<std::size_t>;

}  // namespace

TEST_CASE("all providers are asked at once, each for one list at a time") {
  asset_schedule schedule{{}};
  schedule.add("yfinance", schedule_begin);
  schedule.add("finnhub", schedule_begin);
  schedule.add("yfinance", schedule_begin);
  schedule.add("coingecko", schedule_begin + 1s);
  CHECK(entries_of(schedule.start_due(schedule_begin - 1ms)).empty());
  CHECK(schedule.next() == schedule_begin);
  CHECK(entries_of(schedule.start_due(schedule_begin)) == indices{0, 1});
  CHECK(entries_of(schedule.start_due(schedule_begin)).empty());
  CHECK(schedule.next() == schedule_begin + 1s);
  CHECK(entries_of(schedule.start_due(schedule_begin + 1s)) == indices{3});
  schedule.succeeded(0, schedule_begin + 2s, 0.5);
  CHECK(schedule.next() == schedule_begin);
  CHECK(entries_of(schedule.start_due(schedule_begin + 2s)) == indices{2});
}

TEST_CASE("what is due longest comes first") {
  asset_schedule schedule{{}};
  schedule.add("yfinance", schedule_begin);
  schedule.add("yfinance", schedule_begin - 1s);
  CHECK(entries_of(schedule.start_due(schedule_begin)) == indices{1});
}

TEST_CASE("a good list is fetched again after the interval, give or take a tenth") {
  for (const auto& [random, expected] : {std::pair{0.0, 90min}, {0.5, 100min}, {1.0, 110min}}) {
    asset_schedule schedule{{.interval = 100min}};
    schedule.add("yfinance", schedule_begin);
    schedule.start_due(schedule_begin);
    schedule.succeeded(0, schedule_begin, random);
    REQUIRE(schedule.next());
    CHECK(*schedule.next() - schedule_begin >= expected - 1ms);
    CHECK(*schedule.next() - schedule_begin <= expected);
  }
}

TEST_CASE("after failures the next attempt comes later and later, up to a limit") {
  asset_schedule schedule{{}};
  schedule.add("yfinance", schedule_begin);
  for (const auto expected : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
    CHECK(schedule.failed(0, schedule_begin, 0.5, {}, false) == expected);
    CHECK(schedule.next() == schedule_begin + expected);
  }
  schedule.succeeded(0, schedule_begin, 0.5);
  CHECK(schedule.failed(0, schedule_begin, 0.5, {}, false) == 30s);
}

TEST_CASE("many failures in a row do not overflow") {
  asset_schedule schedule{{}};
  schedule.add("yfinance", schedule_begin);
  for (auto i = 0; i < 200; ++i) schedule.failed(0, schedule_begin, 0.5, {}, false);
  CHECK(schedule.failed(0, schedule_begin, 0.5, {}, false) == 600s);
}

TEST_CASE("a time that the provider names is not shortened, but never longer than a day") {
  struct row {
    std::chrono::milliseconds named;
    std::chrono::milliseconds expected;
  };
  for (const auto& each : {row{1s, 30s}, row{45s, 45s}, row{6h, 6h}, row{1000h, 24h}}) {
    asset_schedule schedule{{}};
    schedule.add("finnhub", schedule_begin);
    CHECK(schedule.failed(0, schedule_begin, 0.5, each.named, false) == each.expected);
  }
}

TEST_CASE("a refusal waits longer, and nothing waits longer than the interval") {
  asset_schedule schedule{{}};
  schedule.add("finnhub", schedule_begin);
  CHECK(schedule.failed(0, schedule_begin, 0.5, {}, true) == 1h);
  asset_schedule hasty{{.interval = 5s}};
  hasty.add("finnhub", schedule_begin);
  CHECK(hasty.failed(0, schedule_begin, 0.5, {}, false) == 5s);
  CHECK(hasty.failed(0, schedule_begin, 0.5, {}, true) == 5s);
}

TEST_CASE("an order of which nothing is heard is given up, once") {
  asset_schedule schedule{{.patience = 2min}};
  schedule.add("yfinance", schedule_begin);
  const auto asked = schedule.start_due(schedule_begin);
  REQUIRE(asked.size() == 1);
  CHECK(schedule.waits_for(asked[0].ticket));
  CHECK(schedule.next() == schedule_begin + 2min);
  schedule.heard_of(0, schedule_begin + 1min);
  CHECK(schedule.give_up(schedule_begin + 2min).empty());
  CHECK(schedule.next() == schedule_begin + 3min);
  CHECK(schedule.give_up(schedule_begin + 3min) == indices{0});
  CHECK(schedule.give_up(schedule_begin + 3min).empty());
  CHECK_FALSE(schedule.waits_for(asked[0].ticket));
  CHECK(schedule.entry_of(asked[0].ticket) == 0);
}

TEST_CASE("tickets tell their entries, and a later order from an earlier one") {
  asset_schedule schedule{{}};
  schedule.add("a", schedule_begin);
  schedule.add("b", schedule_begin);
  const auto first = schedule.start_due(schedule_begin);
  REQUIRE(first.size() == 2);
  CHECK(schedule.entry_of(first[0].ticket) == 0);
  CHECK(schedule.entry_of(first[1].ticket) == 1);
  CHECK_FALSE(schedule.entry_of(0));
  schedule.failed(0, schedule_begin, 0.5, {}, false);
  const auto second = schedule.start_due(schedule_begin + 1h);
  REQUIRE(second.size() == 1);
  CHECK_FALSE(schedule.waits_for(first[0].ticket));
  CHECK(schedule.waits_for(second[0].ticket));
  CHECK(schedule.waits_for(first[1].ticket));
}

TEST_CASE("without entries there is nothing to do") {
  asset_schedule schedule{{}};
  CHECK_FALSE(schedule.next());
  CHECK(schedule.start_due(schedule_begin).empty());
  CHECK_FALSE(schedule.entry_of(7));
}

}  // namespace tributary::tests
