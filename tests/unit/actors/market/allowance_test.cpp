// SPDX-License-Identifier: MIT
#include "actors/market/allowance.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <utility>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono;
using namespace actors::market;
using config::call_allowance;

constexpr auto loop = purpose::loop;
constexpr auto demand = purpose::demand;
constexpr auto slack = allowance::travel_slack;
constexpr std::size_t enough = 20'000;

sys_days day(int year, unsigned month, unsigned day) {
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
}

/// An allowance and the two clocks, which go together unless a test says otherwise.
struct allowance_fixture {
  explicit allowance_fixture(call_allowance limits, double share = 0.8, milliseconds interval = 5s)
      : value(limits, share, interval) {}

  allowance value;
  steady_time now = steady_time{} + 100h;
  system_time today = day(2026, 11, 20) + 12h;

  void pass(nanoseconds time) {
    now += time;
    today += duration_cast<system_time::duration>(time);
  }
  allowance_decision take(purpose why) { return value.take(why, now, today); }
  /// What `take` would say.
  allowance_decision peek(purpose why) const { return allowance_fixture{*this}.take(why); }
  nanoseconds wait(purpose why) const { return peek(why).retry_after; }
  /// Takes until nothing is allowed any more, or `enough` were.
  std::size_t drain(purpose why) {
    std::size_t calls = 0;
    while (calls < enough && take(why).allowed) ++calls;
    return calls;
  }
  /// Calls that would be allowed now.
  std::size_t ready(purpose why) const { return allowance_fixture{*this}.drain(why); }
};

}  // namespace

TEST_CASE("without limits every call may go", "[allowance]") {
  allowance_fixture f{{}};
  for (int i = 0; i < 1000; ++i) REQUIRE(f.take(i % 2 == 0 ? loop : demand).allowed);
  CHECK(f.ready(loop) == enough);
  CHECK(f.ready(demand) == enough);
  CHECK(f.value.usage(f.today) == allowance_usage{day(2026, 11, 20), {1000, 500}, {1000, 500}});
}

TEST_CASE("each limit lets its number of calls go and tells when the next may", "[allowance]") {
  struct row {
    call_allowance limits;
    std::size_t calls;
    nanoseconds wait;  ///< from noon of 20 November
  };
  const row rows[] = {
      {{3, 0, 0, 0}, 3, 1s + slack},  {{0, 7, 0, 0}, 7, 1min + slack},
      {{0, 0, 25, 0}, 25, 12h},       {{0, 0, 0, 9}, 9, 12h + 10 * 24h},
      {{1, 0, 25, 0}, 1, 1s + slack}, {{30, 60, 0, 0}, 30, 1s + slack},
      {{0, 5, 2, 9}, 2, 12h},         {{0, 0, 9, 9}, 9, 12h + 10 * 24h},
      {{0, 0, 1, 0}, 1, 12h},
  };
  for (const auto& row : rows) {
    allowance_fixture f{row.limits};
    CAPTURE(row.calls);
    CHECK(f.ready(demand) == row.calls);
    CHECK(f.drain(demand) == row.calls);
    CHECK(f.ready(demand) == 0);
    CHECK(f.wait(demand) == row.wait);
    f.pass(row.wait - 1ns);
    CHECK_FALSE(f.peek(demand).allowed);
    f.pass(1ns);
    CHECK(f.peek(demand).allowed);
    CHECK(f.ready(demand) > 0);
  }
}

TEST_CASE("no second and no minute ever sees more calls than its limit", "[allowance]") {
  std::mt19937 random{7};
  allowance_fixture f{{4, 17, 0, 0}};
  std::vector<steady_time> calls;
  for (int i = 0; i < 20'000; ++i) {
    f.pass(milliseconds{random() % 100});
    const auto why = random() % 2 == 0 ? loop : demand;
    const auto decision = f.take(why);
    REQUIRE(decision.allowed == (decision.retry_after == 0ns));
    if (decision.allowed) calls.push_back(f.now);
  }
  REQUIRE(calls.size() > 250);
  for (std::size_t i = 4; i < calls.size(); ++i) REQUIRE(calls[i] - calls[i - 4] >= 1s + slack);
  for (std::size_t i = 17; i < calls.size(); ++i) REQUIRE(calls[i] - calls[i - 17] >= 1min + slack);
}

TEST_CASE("a sliding window frees one call after the other", "[allowance]") {
  allowance_fixture f{{0, 3, 0, 0}};
  for (const auto gap : {10s, 5s, 20s}) {
    REQUIRE(f.take(demand).allowed);
    f.pass(gap);
  }
  CHECK(f.wait(demand) == 25s + slack);
  f.pass(25s + slack);
  CHECK(f.ready(demand) == 1);
  f.pass(10s);
  CHECK(f.ready(demand) == 2);
  REQUIRE(f.take(demand).allowed);
  f.pass(5s);
  CHECK(f.ready(demand) == 2);
}

TEST_CASE("of a limit the loops get a share, and at least one call", "[allowance]") {
  struct row {
    std::size_t limit;
    double share;
    std::size_t calls;
  };
  const row rows[] = {{1, 0.8, 1},  {2, 0.8, 1},   {3, 0.8, 2},  {5, 0.8, 4},
                      {10, 0.8, 8}, {1, 0, 1},     {4, 1, 4},    {25, 0.8, 20},
                      {10, 0.3, 3}, {10, 0.29, 2}, {60, 0.8, 48}};
  for (const auto& row : rows) {
    CAPTURE(row.limit, row.share);
    // Rounds as long as the limits, so that nothing has to be spread.
    allowance_fixture second{{row.limit, 0, 0, 0}, row.share, 1s};
    CHECK(second.ready(loop) == row.calls);
    CHECK(second.drain(loop) == row.calls);
    CHECK(second.ready(demand) == row.limit - row.calls);
    allowance_fixture minute{{0, row.limit, 0, 0}, row.share, 1min};
    CHECK(minute.drain(loop) == row.calls);
    CHECK(minute.drain(demand) == row.limit - row.calls);
    allowance_fixture days{{0, 0, row.limit, 0}, row.share, 24h};
    days.today = day(2026, 12, 31) + 23h + 59min + 59s;  // neither is the clock behind them
    CHECK(days.ready(loop) == row.calls);
    CHECK(days.drain(loop) == row.calls);
    CHECK(days.drain(demand) == row.limit - row.calls);
    allowance_fixture month{{0, 0, 0, row.limit}, row.share, 31 * 24h};
    month.today = days.today;
    CHECK(month.drain(loop) == row.calls);
    CHECK(month.drain(demand) == row.limit - row.calls);
  }
}

TEST_CASE("loops take what demand has left, and no more", "[allowance]") {
  allowance_fixture f{{0, 0, 10, 0}, 0.8, 24h};
  for (int i = 0; i < 7; ++i) REQUIRE(f.take(demand).allowed);
  CHECK(f.ready(loop) == 3);
  CHECK(f.drain(loop) == 3);
  CHECK(f.drain(demand) == 0);
}

TEST_CASE("who asks cannot take from loops at work what they need of a minute", "[allowance]") {
  struct row {
    milliseconds interval;
    std::size_t calls_a_round;
  };
  const row rows[] = {{1s, 1}, {5s, 1}, {5s, 4}, {30s, 10}};
  for (const auto& row : rows) {
    CAPTURE(row.interval.count(), row.calls_a_round);
    allowance_fixture f{{0, 60, 0, 0}, 0.8, row.interval};
    std::size_t looped = 0;
    std::size_t demanded = 0;
    const auto run_for = [&](nanoseconds time, bool flood) {
      const auto rounds = time / row.interval;
      for (auto i = 0; i < rounds; ++i) {
        for (std::size_t k = 0; k < row.calls_a_round; ++k) looped += f.take(loop).allowed;
        for (auto k = 0; k < 10; ++k) {
          if (flood) demanded += f.drain(demand);
          f.pass((row.interval + 2 * slack) / 10);
        }
      }
    };
    run_for(1min, false);
    const auto alone = std::exchange(looped, 0);
    run_for(1min, true);
    CHECK(looped + 1 >= alone);
    CHECK(demanded >= 12);
  }
}

TEST_CASE("who asks cannot take from loops at work what they need of a day", "[allowance]") {
  allowance_fixture f{{0, 0, 25, 0}};
  f.today = day(2026, 11, 20);
  REQUIRE(f.take(loop).allowed);
  CHECK(f.drain(demand) == 5);
  CHECK(f.wait(demand) == 144min);  // when the 20 calls of a day are 18 of the rest of it
  std::size_t looped = 1;
  for (auto i = 0; i < 24 * 60; ++i) {
    looped += f.take(loop).allowed;
    f.drain(demand);
    f.pass(1min);
  }
  CHECK(looped >= 12);
  // Loops that have stopped need nothing.
  allowance_fixture idle{{0, 0, 25, 0}};
  idle.today = day(2026, 11, 20);
  REQUIRE(idle.take(loop).allowed);
  idle.pass(10s);
  CHECK(idle.drain(demand) == 24);
}

TEST_CASE("one call is there for who asks, whatever loops want", "[allowance]") {
  allowance_fixture f{{1, 2, 3, 4}, 1, 1s};
  for (auto i = 0; i < 3; ++i) f.take(loop);
  f.pass(61s);
  f.take(loop);
  f.pass(1100ms);
  CHECK(f.peek(demand).allowed);
}

TEST_CASE("the loops' calls of a day last all day", "[allowance]") {
  allowance_fixture f{{0, 0, 25, 0}};
  f.today = day(2026, 11, 20);
  std::vector<system_time> calls;
  while (f.today < day(2026, 11, 21)) {
    if (f.take(loop).allowed) calls.push_back(f.today);
    CHECK(f.ready(loop) == 0);
    f.pass(5s);
  }
  REQUIRE(calls.size() == 20);
  for (std::size_t i = 1; i < calls.size(); ++i) CHECK(calls[i] - calls[i - 1] == 72min);
  CHECK(f.drain(demand) == 5);  // of the next day, which loops need the others of
}

TEST_CASE("restarts do not let loops run ahead of the clock by more than a quarter",
          "[allowance]") {
  struct row {
    call_allowance limits;
    system_time::duration after;  ///< the beginning of the day or month
    std::size_t calls;
  };
  const row rows[] = {{{0, 0, 25, 0}, 0s, 6},         // a quarter of 20, and one
                      {{0, 0, 25, 0}, 6h - 1s, 10},   // and 4.99
                      {{0, 0, 25, 0}, 6h, 11},        // and 5
                      {{0, 0, 25, 0}, 23h, 20},       // all
                      {{0, 0, 0, 10'000}, 0s, 2001},  // a quarter of 8,000, and one
                      {{0, 0, 0, 10'000}, 24h, 2001 + 258}};
  for (const auto& row : rows) {
    allowance_usage known{day(2026, 12, 1), {}, {}};
    for (int life = 0; life < 100; ++life) {
      allowance_fixture f{row.limits};
      f.today = day(2026, 12, 1) + row.after;
      known.date = floor<days>(f.today);
      f.value.note_used(known, f.today);
      f.drain(loop);
      known = f.value.usage(f.today);
    }
    CAPTURE(row.calls);
    CHECK(known.month.loop == row.calls);
  }
}

TEST_CASE("loops that are ahead of the clock are told when it has caught up", "[allowance]") {
  allowance_fixture f{{0, 0, 25, 0}};
  f.today = day(2026, 12, 1);
  f.value.note_used({day(2026, 12, 1), {8, 8}, {8, 8}}, f.today);
  CHECK(f.wait(loop) == 3 * 72min);  // the ninth is the third one after a quarter and one
  CHECK(f.wait(demand) == 0ns);
  f.pass(3 * 72min - 1us);
  CHECK_FALSE(f.peek(loop).allowed);
  f.pass(1us);
  CHECK(f.peek(loop).allowed);
}

TEST_CASE("a loop's pace is that of its share, in bursts of one round", "[allowance]") {
  struct row {
    call_allowance limits;
    milliseconds interval;
    std::size_t burst;
    nanoseconds wait;  ///< after the burst
  };
  const row rows[] = {
      {{0, 30, 0, 0}, 5s, 2, 2500ms},           // 24 a minute: 2 in 5 s
      {{0, 30, 0, 0}, 500ms, 1, 2500ms},        // at least one
      {{0, 60, 0, 0}, 30s, 24, 1250ms},         // 48 a minute
      {{0, 0, 0, 10'000}, 5s, 258, 334'800ms},  // 8,000 in 31 days: 258 in one
      {{0, 0, 100, 0}, 1h, 3, 1080s},           // 80 a day, 3.3 in an hour: 3
      {{5, 0, 0, 0}, 5s, 4, 1s + slack},        // 20 in 5 s, yet 4 in a second
  };
  for (const auto& row : rows) {
    allowance_fixture f{row.limits, 0.8, row.interval};
    CAPTURE(row.burst);
    CHECK(f.ready(loop) == row.burst);
    CHECK(f.drain(loop) == row.burst);
    CHECK(f.wait(loop) == row.wait);
    CHECK(f.wait(demand) == 0ns);
    f.pass(row.wait - 1ns);
    CHECK(f.ready(loop) == 0);
    f.pass(1ns);
    CHECK(f.ready(loop) > 0);
  }
}

TEST_CASE("days begin at midnight and months on the first, in UTC", "[allowance]") {
  allowance_fixture f{{0, 0, 3, 5}};
  f.today = day(2026, 11, 29) + 23h + 59min + 59s;
  CHECK(f.drain(demand) == 3);
  CHECK(f.wait(demand) == 1s);
  f.pass(1s);
  CHECK(f.value.usage(f.today) == allowance_usage{day(2026, 11, 30), {0, 0}, {3, 0}});
  CHECK(f.ready(demand) == 2);
  CHECK(f.drain(demand) == 2);
  CHECK(f.wait(demand) == 24h);
  f.pass(24h - 1ns);
  CHECK(f.wait(demand) == 1ns);
  f.pass(1ns);
  CHECK(f.ready(demand) == 3);
  CHECK(f.value.usage(f.today) == allowance_usage{day(2026, 12, 1), {0, 0}, {0, 0}});
}

TEST_CASE("the end of a month is that of the calendar", "[allowance]") {
  struct row {
    sys_days date;
    nanoseconds wait;
  };
  const row rows[] = {{day(2026, 2, 28), 24h},
                      {day(2028, 2, 28), 48h},
                      {day(2026, 12, 31), 24h},
                      {day(2026, 12, 1), 31 * 24h},
                      {day(2026, 4, 30), 24h}};
  for (const auto& row : rows) {
    allowance_fixture f{{0, 0, 0, 1}};
    f.today = row.date;
    REQUIRE(f.take(demand).allowed);
    CHECK(f.wait(demand) == row.wait);
  }
}

TEST_CASE("a clock that goes back begins no new day", "[allowance]") {
  allowance_fixture f{{0, 0, 3, 4}};
  f.today = day(2026, 12, 1) + 1s;
  CHECK(f.drain(demand) == 3);
  f.today = day(2026, 11, 30) + 23h;
  CHECK(f.ready(demand) == 0);
  CHECK(f.wait(demand) == 25h);  // of the day that had begun
  f.today = day(2026, 12, 1) + 12h;
  CHECK(f.wait(demand) == 12h);
  f.today = day(2026, 10, 1) + 12h;  // far back: the clock had been wrong, or is now
  CHECK(f.take(demand).retry_after == 12h);
  f.today = day(2026, 10, 2);
  CHECK(f.ready(demand) == 1);  // of the month
  // The steady clock does not go back, but messages may overtake each other.
  allowance_fixture g{{1, 0, 0, 0}};
  REQUIRE(g.take(demand).allowed);
  CHECK(g.value.take(demand, g.now - 1h, g.today).retry_after == 1s + slack);
}

TEST_CASE("calls made elsewhere count, and are never forgotten", "[allowance]") {
  allowance_fixture f{{0, 0, 10, 20}, 0.8, 31 * 24h};
  const auto date = day(2026, 11, 20);
  f.today = date + 18h;
  CHECK(f.take(loop).allowed);
  f.value.note_used({date, {4, 3}, {9, 5}}, f.today);
  CHECK(f.value.usage(f.today) == allowance_usage{date, {5, 4}, {10, 6}});
  CHECK(f.value.own(f.today) == allowance_usage{date, {1, 1}, {1, 1}});
  f.value.note_used({date, {2, 1}, {10, 1}}, f.today);
  CHECK(f.value.usage(f.today) == allowance_usage{date, {5, 4}, {11, 6}});
  CHECK(f.ready(demand) == 3);  // loops need two for the last six hours
  CHECK(f.ready(loop) == 4);
  f.pass(12h);
  CHECK(f.value.usage(f.today) == allowance_usage{date + days{1}, {0, 0}, {11, 6}});
  CHECK(f.ready(demand) == 3);  // and six of what is left of the month
}

TEST_CASE("news of another day count as far as they can", "[allowance]") {
  struct row {
    sys_days date;
    used_calls day, month;  ///< what is then known
  };
  const row rows[] = {{day(2026, 11, 20), {3, 2}, {7, 6}}, {day(2026, 11, 19), {0, 0}, {7, 6}},
                      {day(2026, 11, 1), {0, 0}, {7, 6}},  {day(2026, 10, 31), {0, 0}, {0, 0}},
                      {day(2025, 11, 20), {0, 0}, {0, 0}}, {day(2026, 11, 21), {3, 2}, {7, 6}},
                      {day(2026, 11, 22), {0, 0}, {0, 0}}, {day(2036, 11, 20), {0, 0}, {0, 0}}};
  for (const auto& row : rows) {
    allowance_fixture f{{0, 0, 100, 100}};
    f.value.note_used({row.date, {3, 2}, {7, 6}}, f.today);
    CHECK(f.value.usage(f.today).day == row.day);
    CHECK(f.value.usage(f.today).month == row.month);
  }
}

TEST_CASE("a pause holds for all and is never shortened", "[allowance]") {
  allowance_fixture f{{10, 0, 0, 0}};
  f.value.pause_until(f.now + 30s);
  f.value.pause_until(f.now + 10s);
  CHECK(f.wait(demand) == 30s);
  CHECK(f.wait(loop) == 30s);
  CHECK(f.ready(demand) == 0);
  CHECK_FALSE(f.take(demand).allowed);
  f.pass(30s - 1ns);
  CHECK(f.wait(demand) == 1ns);
  f.pass(1ns);
  CHECK(f.ready(demand) == 10);
}

TEST_CASE("a call that was not made is given back to its day and month", "[allowance]") {
  allowance_fixture f{{0, 0, 2, 3}, 1, 24h};
  REQUIRE(f.take(demand).allowed);
  REQUIRE(f.take(loop).allowed);
  CHECK(f.ready(demand) == 0);
  f.value.give_back(demand);
  CHECK(f.value.usage(f.today) == allowance_usage{day(2026, 11, 20), {1, 1}, {1, 1}});
  CHECK(f.ready(demand) == 1);
  f.value.give_back(loop);
  f.value.give_back(demand);
  CHECK(f.value.usage(f.today) == allowance_usage{day(2026, 11, 20), {0, 0}, {0, 0}});
}

TEST_CASE("lists take their calls out of the loops' part of a day, unpaced", "[allowance]") {
  allowance_fixture f{{.per_day = 10}};
  CHECK(f.drain(purpose::list) == 8);
  CHECK_FALSE(f.take(loop).allowed);
  CHECK(f.value.usage(f.today).day == used_calls{8, 8});
  f.value.give_back(purpose::list);
  CHECK(f.value.usage(f.today).day == used_calls{7, 7});
  CHECK(f.drain(demand) == 2);  // the one is the loops' again
}

}  // namespace tributary::tests
