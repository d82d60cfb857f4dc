// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include "breaker_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::breaker_settings;
using tests::breaker_fixture;
using tests::failure;
using tests::success;

namespace {

breaker_news opening(steady_time since, steady_time retry_at, std::uint64_t failures = 7) {
  return {breaker_state::open, since, retry_at, failures};
}
breaker_news closing(steady_time since) { return {breaker_state::closed, since, {}, 0}; }

}  // namespace

TEST_CASE("a closed breaker opens with another one, until the same time", "[breaker]") {
  breaker_fixture f;
  f.jitter = 0.99;  // has no say
  const auto retry_at = f.now + 3s;
  REQUIRE(f.breaker.follow(opening(f.now - 1s, retry_at), f.now));
  CHECK(f.state() == breaker_state::open);
  const auto snapshot = f.breaker.snapshot(f.now);
  CHECK(snapshot.opened_at == f.now - 1s);
  CHECK(snapshot.retry_at == retry_at);
  CHECK(snapshot.failures == 7);
  CHECK(snapshot.transitions == 1);
  CHECK(snapshot.opened == 1);
  CHECK(snapshot.reopenings == 0);
  CHECK(f.breaker.admit(f.now).retry_after == 3s);
  f.now = retry_at;
  CHECK(f.state() == breaker_state::half_open);
  CHECK(f.breaker.admit(f.now).permit.probe);
}

TEST_CASE("the open time that is followed is at most the longest of this breaker", "[breaker]") {
  breaker_fixture f;
  REQUIRE(f.breaker.follow(opening(f.now, f.now + 24h), f.now));
  CHECK(f.breaker.snapshot(f.now).retry_at == f.now + 60s);
}

TEST_CASE("what is followed depends on the own state and on which news is newer", "[breaker]") {
  enum class own { closed_for_ever, opened, half_open, closed_again };
  const auto o = breaker_state::open;
  const auto c = breaker_state::closed;
  const auto h = breaker_state::half_open;
  struct row {
    own mine;
    breaker_state theirs;
    std::chrono::milliseconds since;     ///< after the own last decision
    std::chrono::milliseconds retry_at;  ///< from now
    bool follows;
    breaker_state then;
  };
  const std::vector<row> rows = {
      {own::closed_for_ever, o, 0ms, 1s, true, o},
      {own::closed_for_ever, o, 0ms, 0ms, false, c},  // its open time is over
      {own::closed_for_ever, o, 0ms, -1s, false, c},
      {own::closed_for_ever, c, 0ms, 0ms, false, c},
      {own::closed_for_ever, h, 0ms, 0ms, false, c},
      {own::opened, o, -1ms, 9s, false, o},
      {own::opened, o, 0ms, 9s, false, o},
      {own::opened, o, 1ms, 9s, true, o},
      {own::opened, c, -1ms, 0ms, false, o},
      {own::opened, c, 1ms, 0ms, true, c},
      {own::opened, h, 1ms, 0ms, false, o},
      {own::half_open, o, -1ms, 9s, false, h},
      {own::half_open, o, 1ms, 9s, true, o},
      {own::half_open, o, 1ms, 0ms, false, h},
      {own::half_open, c, 1ms, 0ms, true, c},
      {own::half_open, h, 1ms, 0ms, false, h},
      {own::closed_again, o, -1ms, 9s, false, c},
      {own::closed_again, o, 1ms, 9s, true, o},
      {own::closed_again, c, 1ms, 0ms, false, c},
  };
  for (const auto& each : rows) {
    CAPTURE(static_cast<int>(each.mine), to_string(each.theirs), each.since.count(),
            each.retry_at.count());
    breaker_fixture f;
    auto decided = f.now - 1s;
    if (each.mine != own::closed_for_ever) {
      f.calls(20, failure);
      decided = f.now;
      f.now += 1s;
    }
    if (each.mine == own::half_open || each.mine == own::closed_again) {
      f.now = *f.breaker.snapshot(f.now).retry_at;
      f.calls(1, success);
      REQUIRE(f.state() == h);
    }
    if (each.mine == own::closed_again) {
      f.calls(2, success);
      REQUIRE(f.state() == c);
      decided = f.now;
      f.now += 1s;
    }
    const breaker_news news{each.theirs, decided + each.since, f.now + each.retry_at, 3};
    const auto before = f.state();
    const auto transitions = f.breaker.transitions();
    CHECK(f.breaker.follow(news, f.now) == each.follows);
    CHECK(f.state() == each.then);
    CHECK(f.breaker.transitions() == transitions + (before == each.then ? 0 : 1));
    if (each.follows && each.then == o) {
      CHECK(f.breaker.snapshot(f.now).retry_at == f.now + each.retry_at);
    }
    CHECK_FALSE(f.breaker.follow(news, f.now));
  }
}

TEST_CASE("an operator's word wins over anything from elsewhere", "[breaker]") {
  breaker_fixture f;
  f.breaker.impose(breaker_override::force_closed, f.now);
  f.now += 1s;
  CHECK_FALSE(f.breaker.follow(opening(f.now, f.now + 5s), f.now));
  CHECK(f.state() == breaker_state::closed);
  f.breaker.impose(breaker_override::force_open, f.now);
  f.now += 1s;
  CHECK_FALSE(f.breaker.follow(closing(f.now), f.now));
  CHECK(f.state() == breaker_state::open);
  f.breaker.impose(breaker_override::automatic, f.now);
  CHECK_FALSE(f.breaker.follow(opening(f.now - 1ms, f.now + 5s), f.now));
  CHECK(f.breaker.follow(opening(f.now + 1ms, f.now + 5s), f.now + 1ms));
}

TEST_CASE("a breaker in measure mode follows and refuses nothing", "[breaker]") {
  breaker_settings settings;
  settings.measure_only = true;
  breaker_fixture f{settings};
  REQUIRE(f.breaker.follow(opening(f.now, f.now + 5s), f.now));
  CHECK(f.state() == breaker_state::open);
  CHECK(f.breaker.admit(f.now).admitted);
  CHECK(f.breaker.snapshot(f.now).refused == 1);
}

TEST_CASE("a breaker that is not enabled follows nobody", "[breaker]") {
  breaker_settings settings;
  settings.enabled = false;
  breaker_fixture f{settings};
  CHECK_FALSE(f.breaker.follow(opening(f.now, f.now + 5s), f.now));
}

TEST_CASE("news from the future counts as news of now", "[breaker]") {
  breaker_fixture f;
  REQUIRE(f.breaker.follow(opening(f.now + 1h, f.now + 5s), f.now));
  CHECK(f.breaker.snapshot(f.now).opened_at == f.now);
  CHECK(f.breaker.follow(closing(f.now + 1ms), f.now + 1ms));
}

TEST_CASE("calls under way when another one closes or opens the breaker do not count",
          "[breaker]") {
  breaker_fixture f;
  const auto early = f.breaker.admit(f.now);
  REQUIRE(f.breaker.follow(opening(f.now, f.now + 5s), f.now));
  CHECK_FALSE(f.breaker.record(early.permit, failure, 1ms, f.now));
  f.now += 5s;
  const auto probe = f.breaker.admit(f.now);
  REQUIRE(probe.permit.probe);
  REQUIRE(f.breaker.follow(closing(f.now), f.now));
  CHECK_FALSE(f.breaker.record(probe.permit, failure, 1ms, f.now));
  CHECK(f.state() == breaker_state::closed);
}

TEST_CASE("a probe that failed elsewhere counts as a reopening here", "[breaker]") {
  breaker_fixture f;
  f.to_half_open();
  REQUIRE(f.breaker.follow(opening(f.now, f.now + 10s), f.now));
  CHECK(f.breaker.snapshot(f.now).reopenings == 1);
  f.now += 10s;
  f.call(failure);
  CHECK(f.open_time() == 20s);
}

}  // namespace tributary::actors::guards
