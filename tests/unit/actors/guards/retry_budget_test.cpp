// SPDX-License-Identifier: MIT
#include "actors/guards/retry_budget.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::retry_settings;

namespace {

const auto budget_begin = steady_time{} + 1h;

retry_settings budget(double ratio, double per_second, std::chrono::milliseconds ttl = 10s) {
  retry_settings result;
  result.budget_ratio = ratio;
  result.budget_min_per_second = per_second;
  result.budget_ttl = ttl;
  return result;
}

int withdrawn(retry_budget& from, steady_time now, int tries = 1000) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += from.withdraw(now) ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("calls pay for retries in the configured ratio", "[retry_budget]") {
  struct row {
    double ratio;
    int calls;
    int retries;
  };
  const std::vector<row> rows = {{0.2, 0, 0},   {0.2, 4, 0}, {0.2, 5, 1},    {0.2, 9, 1},
                                 {0.2, 50, 10}, {1, 7, 7},   {0.1, 100, 10}, {0.25, 7, 1},
                                 {0, 1000, 0},  {2, 3, 6},   {-1, 50, 0},    {1e-9, 1000, 0}};
  for (const auto& each : rows) {
    INFO(each.ratio << " of " << each.calls);
    retry_budget tokens{budget(each.ratio, 0)};
    for (int i = 0; i < each.calls; ++i) tokens.deposit(budget_begin + i * 1ms);
    CHECK(tokens.tokens(budget_begin + 1s) == static_cast<std::uint64_t>(each.retries));
    CHECK(withdrawn(tokens, budget_begin + 1s) == each.retries);
  }
}

TEST_CASE("a payment is good for its time and at most a tenth more", "[retry_budget]") {
  for (const auto offset : {0ms, 1ms, 999ms, 1500ms}) {
    retry_budget kept{budget(1, 0)};
    kept.deposit(budget_begin);
    kept.deposit(budget_begin + offset);
    kept.withdraw(budget_begin + offset);
    CHECK(kept.withdraw(budget_begin + offset + 10s - 1ns));
    retry_budget lapsed{budget(1, 0)};
    lapsed.deposit(budget_begin);
    lapsed.deposit(budget_begin + offset);
    CHECK_FALSE(lapsed.withdraw(budget_begin + offset + 11s));
  }
}

TEST_CASE("retries take the oldest payments first", "[retry_budget]") {
  retry_budget tokens{budget(1, 0)};
  for (int second = 0; second < 10; ++second) tokens.deposit(budget_begin + second * 1s);
  CHECK(withdrawn(tokens, budget_begin + 9s, 4) == 4);  // those of seconds 0 to 3
  CHECK(tokens.tokens(budget_begin + 13s) == 6);
  CHECK(tokens.tokens(budget_begin + 16s) < 6);
  CHECK(tokens.tokens(budget_begin + 1h) == 0);
}

TEST_CASE("some retries a second are paid for by nobody", "[retry_budget]") {
  retry_budget tokens{budget(0.2, 3)};
  CHECK(withdrawn(tokens, budget_begin) == 3);
  CHECK(withdrawn(tokens, budget_begin + 300ms) == 0);
  CHECK(withdrawn(tokens, budget_begin + 334ms) == 1);
  CHECK(withdrawn(tokens, budget_begin + 10s) == 3);
  retry_budget rare{budget(0, 0.5)};
  CHECK(withdrawn(rare, budget_begin) == 1);
  CHECK(withdrawn(rare, budget_begin + 1999ms) == 0);
  CHECK(withdrawn(rare, budget_begin + 2s) == 1);
  for (const double none : {0.0, -1.0}) {
    retry_budget strict{budget(0.2, none)};
    CHECK_FALSE(strict.withdraw(budget_begin));
  }
}

TEST_CASE("a token that a waiting retry holds is not there for another", "[retry_budget]") {
  retry_budget tokens{budget(0.2, 0)};
  for (int i = 0; i < 5; ++i) tokens.deposit(budget_begin);
  REQUIRE(tokens.withdraw(budget_begin));
  // The first retry is still in its delay: nothing has been sent, and nothing comes back.
  for (auto wait = 0ms; wait < 500ms; wait += 10ms) {
    CHECK_FALSE(tokens.withdraw(budget_begin + wait));
  }
}

TEST_CASE("a time that goes backwards counts as the latest one", "[retry_budget]") {
  retry_budget tokens{budget(1, 0)};
  tokens.deposit(budget_begin + 20s);
  tokens.deposit(budget_begin);
  CHECK(withdrawn(tokens, budget_begin + 30s - 1ns) == 2);
}

TEST_CASE("over any span retries stay within what was paid", "[retry_budget]") {
  std::mt19937_64 random{91};
  for (int round = 0; round < 60; ++round) {
    const double ratio = static_cast<double>(random() % 10) / 10;
    const double floor = static_cast<double>(random() % 7) / 2;
    const std::chrono::milliseconds ttl{100 * (1 + random() % 50)};
    retry_budget tokens{budget(ratio, floor, ttl)};
    std::vector<steady_time> deposits;
    std::vector<steady_time> withdrawals;
    auto now = budget_begin;
    const auto pace = 1 + random() % 40;
    for (int step = 0; step < 1500; ++step) {
      // Rests, bursts of calls and bursts of retries.
      now += random() % 100 == 0 ? ttl / (1 + random() % 3) : random() % pace * 1ms;
      if (step / 50 % 3 != 0) {
        tokens.deposit(now);
        deposits.push_back(now);
      }
      if (step / 50 % 3 != 1 && tokens.withdraw(now)) withdrawals.push_back(now);
    }
    const auto longest = ttl + ttl / 10;
    for (std::size_t first = 0; first < withdrawals.size(); first += 7) {
      const auto from = withdrawals[first];
      for (std::size_t last = first; last < withdrawals.size(); last += 5) {
        const auto to = withdrawals[last];
        const auto paid = std::upper_bound(deposits.begin(), deposits.end(), to) -
                          std::lower_bound(deposits.begin(), deposits.end(), from - longest);
        const std::chrono::duration<double> span = to - from;
        const auto allowed = ratio * static_cast<double>(paid) + floor * span.count() +
                             (floor > 0 ? std::max(1.0, floor) : 0);
        REQUIRE(static_cast<double>(last - first + 1) <= allowed + 1e-6);
      }
    }
  }
}

}  // namespace tributary::actors::guards
