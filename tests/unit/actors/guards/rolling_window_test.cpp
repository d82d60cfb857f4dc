// SPDX-License-Identifier: MIT
#include "actors/guards/rolling_window.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <random>

namespace tributary::actors::guards {

using namespace std::chrono_literals;

namespace {

const auto window_begin = rolling_window::steady_time{} + 1h;

}  // namespace

TEST_CASE("calls leave the window bucket by bucket", "[rolling_window]") {
  rolling_window window{10s, 10};
  window.add(window_begin, true, false);
  window.add(window_begin + 1s, false, true);
  CHECK(window.totals().calls == 2);
  window.advance(window_begin + 10s - 1ns);
  CHECK(window.totals().calls == 2);
  window.advance(window_begin + 10s);
  CHECK(window.totals().calls == 1);
  CHECK(window.totals().failures == 0);
  CHECK(window.totals().slow == 1);
  window.advance(window_begin + 11s);
  CHECK(window.totals().calls == 0);
  CHECK(window.totals().slow == 0);
}

TEST_CASE("an earlier time counts towards the newest bucket", "[rolling_window]") {
  rolling_window window{10s, 10};
  window.add(window_begin + 5s, true, false);
  window.add(window_begin, true, false);
  CHECK(window.totals(window_begin + 14s).calls == 2);
  CHECK(window.totals(window_begin).calls == 2);
  CHECK(window.totals(window_begin + 15s).calls == 0);
}

TEST_CASE("a window works before the clock's epoch and with odd settings", "[rolling_window]") {
  const auto early = rolling_window::steady_time{} - 1h - 5s;
  rolling_window window{10s, 0};
  CHECK(window.totals(early).calls == 0);
  window.add(early, true, true);
  window.add(early + 1ms, true, true);
  CHECK(window.totals().calls == 2);
  CHECK(window.totals(early + 1h).calls == 0);
  rolling_window instant{0s, 10};
  instant.add(window_begin, true, true);
  CHECK(instant.totals().calls == 1);
  CHECK(instant.totals(window_begin + 1s).calls == 0);
}

TEST_CASE("the sums agree with a list of all calls", "[rolling_window]") {
  std::mt19937_64 random{5};
  rolling_window window{1s, 10};
  struct call {
    std::int64_t bucket;
    bool failed;
    bool slow;
  };
  std::deque<call> calls;
  auto now = window_begin;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::milliseconds{random() % 100 == 0 ? 3000 : random() % 60};
    const auto bucket = now.time_since_epoch() / 100ms;
    calls.push_back({bucket, random() % 3 == 0, random() % 5 == 0});
    while (calls.front().bucket <= bucket - 10) calls.pop_front();
    window.add(now, calls.back().failed, calls.back().slow);
    std::uint64_t failures = 0;
    std::uint64_t slow = 0;
    for (const auto& each : calls) {
      failures += each.failed ? 1 : 0;
      slow += each.slow ? 1 : 0;
    }
    REQUIRE(window.totals().calls == calls.size());
    REQUIRE(window.totals().failures == failures);
    REQUIRE(window.totals().slow == slow);
    REQUIRE(window.totals(now + 50min).calls == 0);
  }
}

}  // namespace tributary::actors::guards
