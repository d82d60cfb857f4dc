// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include "breaker_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::breaker_settings;
using tests::breaker_fixture;
using tests::failure;
using tests::success;

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

}  // namespace tributary::actors::guards
