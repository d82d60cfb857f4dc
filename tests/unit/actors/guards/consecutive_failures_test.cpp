// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include <catch2/catch.hpp>

#include <string_view>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::breaker_settings;

namespace {

/// A breaker as providers of market data have it: by failures in a row alone, for one exact time.
breaker_settings by_row_alone() {
  breaker_settings settings;
  settings.by_rate = false;
  settings.consecutive_failures = 3;
  settings.open_for = settings.open_max = 300s;
  settings.jitter = 0;
  settings.heed_retry_after = false;
  settings.half_open_successes = 1;
  return settings;
}

struct failures_fixture {
  explicit failures_fixture(breaker_settings with) : settings(with) {}

  breaker_settings settings;
  circuit_breaker breaker{settings, [] { return 0.9; }};
  steady_time now = steady_time{} + 1h;

  /// One call a letter: `f`ailure, `s`uccess, `S`uccess counted in passing where that is possible,
  /// `n`eutral, `.` a minute without any.
  void calls(std::string_view letters, std::optional<std::chrono::nanoseconds> retry_after = {}) {
    for (const char c : letters) {
      if (c == '.') {
        now += 1min;
        continue;
      }
      const auto permit = breaker.admit(now).permit;
      const auto outcome = c == 'f'   ? call_outcome::failure
                           : c == 'n' ? call_outcome::neutral
                                      : call_outcome::success;
      if (c == 'S' && breaker.record_uneventful(permit, outcome, 1ms, now)) continue;
      breaker.record(permit, outcome, 1ms, now, retry_after);
    }
  }
  breaker_state state() const { return breaker.state(now); }
};

}  // namespace

TEST_CASE("failures in a row open a breaker, however far apart", "[breaker]") {
  struct row {
    const char* calls;
    bool opens;
  };
  const row rows[] = {
      {"ff", false},           {"fff", true},       {"f.f.f", true},
      {"ffsff", false},        {"ffsfff", true},    {"ffnf", true},
      {"nnnnn", false},        {"ff.Sff", false},   {"ff.S.fff", true},
      {"ff.....Sf", false},    {"ff.....nf", true}, {"fsfsfsfsfsfsfsfsfsfsfsf", false},
      {"ffffffffff", true},    {"sssssfff", true},  {"SSSSSfff", true},
      {"ff..........f", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.calls);
    failures_fixture f{by_row_alone()};
    f.calls(row.calls);
    CHECK((f.state() == breaker_state::open) == row.opens);
  }
}

TEST_CASE("a breaker that goes by failures in a row alone is opened by no rate", "[breaker]") {
  auto settings = by_row_alone();
  settings.slow = 1ms;
  settings.min_calls = 1;
  failures_fixture f{settings};
  for (int i = 0; i < 1000; ++i) f.calls(i % 3 == 2 ? "s" : "f");
  CHECK(f.state() == breaker_state::closed);
  for (int i = 0; i < 100; ++i) {
    f.breaker.record(f.breaker.admit(f.now).permit, call_outcome::success, 1s, f.now);
  }
  CHECK(f.state() == breaker_state::closed);
}

TEST_CASE("rate and row open a breaker each by itself", "[breaker]") {
  breaker_settings settings;
  settings.consecutive_failures = 3;
  failures_fixture by_row{settings};
  by_row.calls("fff");
  CHECK(by_row.state() == breaker_state::open);
  failures_fixture by_rate{settings};
  by_rate.calls("sfsfsfsfsfsfsfsfsfs");
  CHECK(by_rate.state() == breaker_state::closed);
  by_rate.calls("f");
  CHECK(by_rate.state() == breaker_state::open);
  settings.consecutive_failures = 0;
  failures_fixture off{settings};
  off.calls("fffffffffffffffffff");
  CHECK(off.state() == breaker_state::closed);
}

TEST_CASE("the open time does not grow, and no upstream changes it", "[breaker]") {
  failures_fixture f{by_row_alone()};
  f.calls("fff", 10s);
  for (int reopening = 0; reopening < 4; ++reopening) {
    CHECK(f.breaker.admit(f.now).retry_after == 300s);
    f.now += 300s - 1ns;
    CHECK_FALSE(f.breaker.admit(f.now).admitted);
    f.now += 1ns;
    CHECK(f.state() == breaker_state::half_open);
    f.calls("f", 10s);
    CHECK(f.state() == breaker_state::open);
  }
}

TEST_CASE("a breaker that closed counts its row anew", "[breaker]") {
  failures_fixture f{by_row_alone()};
  f.calls("fff");
  f.now += 300s;
  f.calls("s");
  CHECK(f.state() == breaker_state::closed);
  f.calls("ff");
  CHECK(f.state() == breaker_state::closed);
  f.calls("f");
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("an opening tells of the whole row, also of what has left the window", "[breaker]") {
  failures_fixture f{by_row_alone()};
  f.calls("f.f.f");
  CHECK(f.breaker.snapshot(f.now).failures == 3);
}

TEST_CASE("an operator's word stands above a row, and ends it", "[breaker]") {
  failures_fixture f{by_row_alone()};
  f.breaker.impose(breaker_override::force_closed, f.now);
  f.calls("fffff");
  CHECK(f.state() == breaker_state::closed);
  f.breaker.impose(breaker_override::automatic, f.now);
  f.calls("ff");
  CHECK(f.state() == breaker_state::closed);
  f.calls("f");
  CHECK(f.state() == breaker_state::open);
}

}  // namespace tributary::actors::guards
