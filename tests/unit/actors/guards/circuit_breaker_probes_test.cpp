// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include "breaker_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using tests::breaker_fixture;
using tests::failure;
using tests::neutral;
using tests::success;

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

TEST_CASE("a call that its callers gave up says nothing while young, and later is a time-out",
          "[breaker]") {
  struct row {
    std::chrono::nanoseconds lasted;
    std::optional<std::chrono::milliseconds> slow;
    std::chrono::milliseconds timeout;
    call_outcome outcome;
  };
  const row rows[] = {
      {0s, {}, 2s, neutral},         {1s, {}, 2s, neutral},       {1s + 1ns, {}, 2s, failure},
      {200ms, 200ms, 2s, neutral},   {201ms, 200ms, 2s, failure}, {1500ms, 1800ms, 2s, neutral},
      {1801ms, 1800ms, 2s, failure},
  };
  for (const auto& each : rows) {
    CAPTURE(each.lasted.count(), each.timeout.count());
    CHECK(classify_given_up(each.lasted, each.slow, each.timeout) == each.outcome);
  }
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

}  // namespace tributary::actors::guards
