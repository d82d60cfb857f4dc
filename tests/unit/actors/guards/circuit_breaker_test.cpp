// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::breaker_settings;
using http::wire::error_token;

namespace {

constexpr auto success = call_outcome::success;
constexpr auto failure = call_outcome::failure;
constexpr auto neutral = call_outcome::neutral;

/// A breaker with a time driven by hand and a jitter that can be chosen; 0.5 means none.
struct breaker_fixture {
  explicit breaker_fixture(breaker_settings with = {}) : settings(with) {}

  breaker_settings settings;
  double jitter = 0.5;
  circuit_breaker breaker{settings, [this] { return jitter; }};
  steady_time now = steady_time{} + 1h;

  bool call(call_outcome outcome, std::chrono::milliseconds took = 10ms) {
    const auto admission = breaker.admit(now);
    if (admission.admitted) breaker.record(admission.permit, outcome, took, now);
    return admission.admitted;
  }
  void calls(int count, call_outcome outcome, std::chrono::milliseconds took = 10ms) {
    for (int i = 0; i < count; ++i) call(outcome, took);
  }
  breaker_state state() const { return breaker.state(now); }
  /// Opens a closed breaker and lets its open time pass.
  void to_half_open() {
    calls(20, failure);
    REQUIRE(state() == breaker_state::open);
    now = *breaker.snapshot(now).retry_at;
    REQUIRE(state() == breaker_state::half_open);
  }
  std::chrono::nanoseconds open_time() const {
    const auto snapshot = breaker.snapshot(now);
    return *snapshot.retry_at - *snapshot.opened_at;
  }
};

}  // namespace

TEST_CASE("outcomes are classified by error and status", "[breaker]") {
  struct row {
    error_token error;
    int status;
    call_outcome outcome;
  };
  const std::vector<row> rows = {
      {error_token::none, 200, success},
      {error_token::none, 204, success},
      {error_token::none, 302, success},
      {error_token::none, 400, success},
      {error_token::none, 404, success},
      {error_token::none, 429, neutral},
      {error_token::none, 500, failure},
      {error_token::none, 501, success},
      {error_token::none, 502, failure},
      {error_token::none, 503, failure},
      {error_token::none, 504, failure},
      {error_token::http_response_status, 404, success},
      {error_token::http_response_status, 429, neutral},
      {error_token::http_response_status, 503, failure},
      {error_token::dns_timeout, 0, failure},
      {error_token::dns_error, 0, failure},
      {error_token::connection_refused, 0, failure},
      {error_token::connection_terminated, 0, failure},
      {error_token::connection_timeout, 0, failure},
      {error_token::tls_protocol_error, 0, failure},
      {error_token::tls_certificate_error, 0, failure},
      {error_token::http_protocol_error, 0, failure},
      {error_token::http_response_incomplete, 200, failure},
      {error_token::http_response_timeout, 200, failure},
      {error_token::http_response_header_section_size, 0, failure},
      {error_token::http_response_body_size, 200, failure},
      {error_token::destination_unavailable, 0, neutral},
      {error_token::connection_limit_reached, 0, neutral},
      {error_token::proxy_internal_error, 0, neutral},
      {error_token::proxy_configuration_error, 0, neutral},
  };
  for (const auto& each : rows) {
    INFO(static_cast<int>(each.error) << " " << each.status);
    CHECK(classify(each.error, each.status) == each.outcome);
  }
}

TEST_CASE("a closed breaker opens on rate and number of calls alone", "[breaker]") {
  struct row {
    const char* what;
    int failures;
    int successes;
    breaker_state state;
  };
  const std::vector<row> rows = {
      {"too few calls", 19, 0, breaker_state::closed},
      {"enough calls, all failed", 20, 0, breaker_state::open},
      {"exactly half", 10, 10, breaker_state::open},
      {"just below half", 9, 11, breaker_state::closed},
      {"a success that fills the number opens too", 19, 1, breaker_state::open},
      {"no failure", 0, 100, breaker_state::closed},
  };
  for (const auto& each : rows) {
    INFO(each.what);
    breaker_fixture f;
    f.calls(each.failures, failure);
    f.calls(each.successes, success);
    CHECK(f.state() == each.state);
  }
}

TEST_CASE("a rate that is not a binary fraction is met exactly", "[breaker]") {
  breaker_settings settings;
  settings.failure_rate = 0.1;
  settings.min_calls = 30;
  breaker_fixture f{settings};
  f.calls(27, success);
  f.calls(3, failure);
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("failures that left the window do not count", "[breaker]") {
  breaker_fixture f;
  f.calls(19, failure);
  f.now += 11s;
  f.calls(19, failure);
  CHECK(f.state() == breaker_state::closed);
  CHECK(f.breaker.snapshot(f.now).window.calls == 19);
  f.call(failure);
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("slow calls open the breaker when a limit is set", "[breaker]") {
  breaker_fixture unset;
  unset.calls(100, success, 10s);
  CHECK(unset.state() == breaker_state::closed);

  breaker_settings settings;
  settings.slow = 100ms;
  breaker_fixture f{settings};
  f.calls(4, success, 100ms);
  f.calls(15, success, 101ms);
  CHECK(f.state() == breaker_state::closed);
  f.call(success, 101ms);
  CHECK(f.state() == breaker_state::open);

  f.now = *f.breaker.snapshot(f.now).retry_at;
  f.call(success, 101ms);
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("an open breaker refuses and says when to come again", "[breaker]") {
  breaker_fixture f;
  f.calls(20, failure);
  f.now += 2s;
  const auto refused = f.breaker.admit(f.now);
  CHECK_FALSE(refused.admitted);
  CHECK(refused.retry_after == 3s);
  CHECK_FALSE(f.breaker.admit(f.now + 3s - 1ns).admitted);
  CHECK(f.breaker.admit(f.now + 3s).admitted);
}

TEST_CASE("three probes one after the other close the breaker with a clean window", "[breaker]") {
  breaker_fixture f;
  f.to_half_open();
  CHECK(f.call(success));
  CHECK(f.call(success));
  CHECK(f.state() == breaker_state::half_open);
  CHECK(f.call(success));
  CHECK(f.state() == breaker_state::closed);
  CHECK(f.breaker.snapshot(f.now).window.calls == 0);
  f.calls(19, failure);
  CHECK(f.state() == breaker_state::closed);
}

TEST_CASE("of 1,000 callers at once exactly one probes a half-open breaker", "[breaker]") {
  breaker_fixture f;
  f.to_half_open();
  int admitted = 0;
  breaker_permit probe;
  for (int i = 0; i < 1000; ++i) {
    const auto admission = f.breaker.admit(f.now);
    if (!admission.admitted) {
      CHECK(admission.retry_after > 0s);
      continue;
    }
    ++admitted;
    probe = admission.permit;
  }
  CHECK(admitted == 1);
  CHECK(probe.probe);
  CHECK(f.breaker.snapshot(f.now).refused == 999);
  f.breaker.record(probe, success, 1ms, f.now);
  CHECK(f.breaker.admit(f.now).admitted);
  CHECK_FALSE(f.breaker.admit(f.now).admitted);
}

TEST_CASE("the open time doubles with each failed probe up to the cap", "[breaker]") {
  breaker_fixture f;
  f.calls(20, failure);
  for (const auto expected : {5s, 10s, 20s, 40s, 60s, 60s, 60s}) {
    CHECK(f.open_time() == expected);
    f.now = *f.breaker.snapshot(f.now).retry_at;
    f.call(success);
    f.call(failure);
  }
  CHECK(f.breaker.snapshot(f.now).reopenings == 7);
  f.now = *f.breaker.snapshot(f.now).retry_at;
  f.calls(3, success);
  CHECK(f.state() == breaker_state::closed);
  f.calls(20, failure);
  CHECK(f.open_time() == 5s);
}

TEST_CASE("the jitter moves the open time by a fifth and never beyond the cap", "[breaker]") {
  for (const auto& [random, expected] : {std::pair{0.0, 4s}, {0.5, 5s}, {1.0, 6s}}) {
    breaker_fixture f;
    f.jitter = random;
    f.calls(20, failure);
    CHECK(f.open_time() == expected);
  }
  breaker_settings settings;
  settings.open_for = 60s;
  breaker_fixture f{settings};
  f.jitter = 0.99;
  f.calls(20, failure);
  CHECK(f.open_time() == 60s);
}

TEST_CASE("an upstream's Retry-After takes the place of the open time", "[breaker]") {
  struct row {
    std::chrono::nanoseconds asked;
    std::chrono::nanoseconds open;
  };
  for (const auto& each : std::vector<row>{{17s, 17s},
                                           {1s, 1s},
                                           {60s, 60s},
                                           {1h, 60s},
                                           {std::chrono::nanoseconds::max(), 60s},
                                           {0s, 4s},
                                           {-5s, 4s},
                                           {std::chrono::nanoseconds::min(), 4s}}) {
    breaker_fixture f;
    f.jitter = 0;
    f.calls(19, failure);
    f.breaker.record(f.breaker.admit(f.now).permit, failure, 1ms, f.now, each.asked);
    CHECK(f.open_time() == each.open);
  }
}

TEST_CASE("a Retry-After heard shortly before the breaker opens still counts", "[breaker]") {
  breaker_fixture f;
  f.breaker.record(f.breaker.admit(f.now).permit, failure, 1ms, f.now, 30s);
  f.now += 2s;
  f.calls(19, failure);
  CHECK(f.open_time() == 28s);
  f.now += 28s;
  f.call(failure);
  CHECK(f.open_time() == 10s);
}

TEST_CASE("cancelled calls are neutral and give the probe's place back", "[breaker]") {
  breaker_fixture f;
  f.calls(100, neutral);
  CHECK(f.breaker.snapshot(f.now).window.calls == 0);
  f.to_half_open();
  f.call(success);
  CHECK(f.call(neutral));
  CHECK(f.state() == breaker_state::half_open);
  f.call(success);
  f.call(success);
  CHECK(f.state() == breaker_state::closed);
}

TEST_CASE("outcomes of an earlier generation do not count", "[breaker]") {
  breaker_fixture f;
  const auto early = f.breaker.admit(f.now).permit;
  f.to_half_open();
  CHECK_FALSE(f.breaker.record(early, failure, 1ms, f.now));
  CHECK(f.state() == breaker_state::half_open);
  const auto probe = f.breaker.admit(f.now).permit;
  CHECK_FALSE(f.breaker.record(early, success, 1ms, f.now));
  CHECK_FALSE(f.breaker.record(early, neutral, 1ms, f.now));
  CHECK_FALSE(f.breaker.admit(f.now).admitted);
  CHECK(f.breaker.record(probe, success, 1ms, f.now));
  f.calls(2, success);
  REQUIRE(f.state() == breaker_state::closed);
  CHECK_FALSE(f.breaker.record(probe, failure, 1ms, f.now));
  CHECK(f.breaker.snapshot(f.now).window.calls == 0);
}

TEST_CASE("a lost probe blocks the breaker for a limited time only", "[breaker]") {
  breaker_fixture f;
  f.to_half_open();
  const auto lost = f.breaker.admit(f.now).permit;
  CHECK_FALSE(f.breaker.admit(f.now + 60s - 1ns).admitted);
  f.now += 60s;
  const auto next = f.breaker.admit(f.now);
  REQUIRE(next.admitted);
  CHECK_FALSE(f.breaker.record(lost, failure, 60s, f.now));
  CHECK(f.state() == breaker_state::half_open);
  CHECK(f.breaker.record(next.permit, success, 1ms, f.now));
}

TEST_CASE("abandoned calls free the probe's place and keep window and state", "[breaker]") {
  breaker_fixture f;
  f.calls(19, failure);
  const auto before = f.breaker.admit(f.now).permit;
  f.breaker.abandon_calls();
  CHECK_FALSE(f.breaker.record(before, failure, 1ms, f.now));
  CHECK(f.breaker.snapshot(f.now).window.calls == 19);
  f.call(failure);
  REQUIRE(f.state() == breaker_state::open);
  f.now += 5s;
  CHECK(f.breaker.admit(f.now).admitted);
  CHECK_FALSE(f.breaker.admit(f.now).admitted);
  f.breaker.abandon_calls();
  CHECK(f.state() == breaker_state::half_open);
  CHECK(f.breaker.admit(f.now).admitted);
}

TEST_CASE("an operator's word stands until it is taken back", "[breaker]") {
  breaker_fixture f;
  const auto before = f.breaker.admit(f.now).permit;
  f.breaker.impose(breaker_override::force_open, f.now);
  CHECK(f.state() == breaker_state::open);
  CHECK(f.breaker.snapshot(f.now).opened_at == f.now);
  CHECK_FALSE(f.breaker.record(before, success, 1ms, f.now));
  f.now += 1h;
  const auto refused = f.breaker.admit(f.now);
  CHECK_FALSE(refused.admitted);
  CHECK(refused.retry_after > 0s);

  f.breaker.impose(breaker_override::force_closed, f.now);
  f.calls(100, failure);
  CHECK(f.state() == breaker_state::closed);
  CHECK(f.breaker.snapshot(f.now).window.failures == 100);

  f.breaker.impose(breaker_override::automatic, f.now);
  CHECK(f.breaker.snapshot(f.now).window.calls == 0);
  CHECK(f.breaker.transitions() == 2);
  f.calls(20, failure);
  CHECK(f.state() == breaker_state::open);
  f.breaker.impose(breaker_override::automatic, f.now);
  CHECK(f.state() == breaker_state::open);
  f.breaker.impose(breaker_override::force_open, f.now);
  CHECK(f.breaker.transitions() == 3);
  CHECK(f.breaker.snapshot(f.now).opened == 2);
}

TEST_CASE("measure mode changes state and counts but refuses nothing", "[breaker]") {
  breaker_settings settings;
  settings.measure_only = true;
  breaker_fixture f{settings};
  f.calls(20, failure);
  CHECK(f.state() == breaker_state::open);
  f.calls(50, failure);
  CHECK(f.breaker.snapshot(f.now).refused == 50);
  CHECK(f.open_time() == 5s);
  f.now += 5s;
  const auto probe = f.breaker.admit(f.now);
  const auto other = f.breaker.admit(f.now);
  CHECK(other.admitted);
  CHECK_FALSE(f.breaker.record(other.permit, failure, 1ms, f.now));
  CHECK(f.breaker.record(probe.permit, success, 1ms, f.now));
  f.calls(2, success);
  CHECK(f.state() == breaker_state::closed);
  f.breaker.impose(breaker_override::force_open, f.now);
  CHECK_FALSE(f.breaker.admit(f.now).admitted);
}

TEST_CASE("a breaker that is not enabled admits everything and counts nothing", "[breaker]") {
  breaker_settings settings;
  settings.enabled = false;
  breaker_fixture f{settings};
  f.calls(100, failure);
  CHECK(f.state() == breaker_state::closed);
  CHECK(f.breaker.snapshot(f.now).window.calls == 0);
  CHECK(f.call(failure));
}

TEST_CASE("a time that goes backwards neither opens nor closes a breaker", "[breaker]") {
  breaker_fixture f;
  f.calls(20, failure);
  const auto opened = f.now;
  f.now += 5s;
  REQUIRE(f.breaker.admit(f.now).admitted);
  CHECK(f.breaker.state(opened) == breaker_state::half_open);
  CHECK_FALSE(f.breaker.admit(opened - 1h).admitted);

  breaker_fixture g;
  g.calls(19, failure);
  g.now -= 1h;
  g.call(failure);
  CHECK(g.state() == breaker_state::open);
}

TEST_CASE("transitions are counted for metrics and events", "[breaker]") {
  breaker_fixture f;
  f.to_half_open();
  f.calls(3, success);
  const auto snapshot = f.breaker.snapshot(f.now);
  CHECK(snapshot.transitions == 3);
  CHECK(snapshot.opened == 1);
  CHECK_FALSE(snapshot.opened_at.has_value());
  CHECK_FALSE(snapshot.retry_at.has_value());
  CHECK(to_string(snapshot.state) == "closed");
}

TEST_CASE("random calls never find two probes nor an open time beyond the cap", "[breaker]") {
  std::mt19937_64 random{99};
  breaker_fixture f;
  std::vector<breaker_permit> result;
  int probes = 0;
  std::uint64_t generation = 0;
  for (int i = 0; i < 50'000; ++i) {
    f.now += std::chrono::milliseconds{random() % 200};
    f.jitter = std::uniform_real_distribution<double>{}(random);
    const auto admission = f.breaker.admit(f.now);
    if (admission.admitted) {
      result.push_back(admission.permit);
      if (admission.permit.generation != generation) probes = 0;
      generation = admission.permit.generation;
      if (admission.permit.probe) ++probes;
    }
    REQUIRE(probes <= 1);
    REQUIRE(admission.retry_after <= 60s);
    if (result.empty() || random() % 4 == 0) continue;
    const auto which = random() % result.size();
    const auto permit = result[which];
    result.erase(result.begin() + static_cast<std::ptrdiff_t>(which));
    if (permit.probe && permit.generation == generation) probes = 0;
    // Bad and good times take turns, else the breaker would hardly ever close.
    const auto bad = (i / 5000) % 2 == 0;
    const auto outcome = random() % 10 == 0 ? neutral : (bad ? failure : success);
    f.breaker.record(permit, outcome, 1ms, f.now);
  }
  CHECK(f.breaker.snapshot(f.now).opened > 2);
}

TEST_CASE("a success in a blameless window is counted without further ado", "[breaker]") {
  breaker_fixture f;
  const auto permit = f.breaker.admit(f.now).permit;
  CHECK(f.breaker.record_uneventful(permit, success, 10ms, f.now));
  CHECK(f.breaker.snapshot(f.now).window.calls == 1);
}

TEST_CASE("what may move a breaker is never counted in passing", "[breaker]") {
  breaker_fixture f{{.slow = 100ms}};
  const auto permit = f.breaker.admit(f.now).permit;
  SECTION("a failure") { CHECK_FALSE(f.breaker.record_uneventful(permit, failure, 10ms, f.now)); }
  SECTION("a neutral end") {
    CHECK_FALSE(f.breaker.record_uneventful(permit, neutral, 0ms, f.now));
  }
  SECTION("a slow call") {
    CHECK_FALSE(f.breaker.record_uneventful(permit, success, 101ms, f.now));
  }
  SECTION("a call of an earlier generation") {
    f.breaker.abandon_calls();
    CHECK_FALSE(f.breaker.record_uneventful(permit, success, 10ms, f.now));
  }
  CHECK(f.breaker.snapshot(f.now).window.calls == 0);
}

TEST_CASE("a success that completes a bad window is left to open the breaker", "[breaker]") {
  breaker_fixture f;
  f.calls(19, failure);
  const auto permit = f.breaker.admit(f.now).permit;
  CHECK_FALSE(f.breaker.record_uneventful(permit, success, 10ms, f.now));
  CHECK(f.breaker.record(permit, success, 10ms, f.now));
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("a successful probe is not counted in passing", "[breaker]") {
  breaker_fixture f;
  f.to_half_open();
  const auto permit = f.breaker.admit(f.now).permit;
  REQUIRE(permit.probe);
  CHECK_FALSE(f.breaker.record_uneventful(permit, success, 10ms, f.now));
}

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

TEST_CASE("the failures that opened a breaker are told until it closes", "[breaker]") {
  breaker_fixture f;
  f.calls(8, success);
  f.calls(12, failure);
  REQUIRE(f.state() == breaker_state::open);
  CHECK(f.breaker.snapshot(f.now).failures == 12);
  f.now = *f.breaker.snapshot(f.now).retry_at;
  f.call(failure);
  CHECK(f.breaker.snapshot(f.now).failures == 13);
  f.now = *f.breaker.snapshot(f.now).retry_at;
  f.calls(3, success);
  CHECK(f.breaker.snapshot(f.now).failures == 0);
}

}  // namespace tributary::actors::guards
