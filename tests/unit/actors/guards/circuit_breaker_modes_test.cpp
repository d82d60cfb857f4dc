// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include "breaker_fixture.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::breaker_settings;
using tests::breaker_fixture;
using tests::failure;
using tests::success;

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

}  // namespace tributary::actors::guards
