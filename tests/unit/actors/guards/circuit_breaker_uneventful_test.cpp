// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include "breaker_fixture.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using tests::breaker_fixture;
using tests::failure;
using tests::neutral;
using tests::success;

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

}  // namespace tributary::actors::guards
