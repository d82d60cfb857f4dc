// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/circuit_breaker.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;
using actors::guards::breaker_state;
using actors::guards::call_outcome;

constexpr auto success = call_outcome::success;
constexpr auto failure = call_outcome::failure;
constexpr auto neutral = call_outcome::neutral;

/// A breaker with a time driven by hand and a jitter that can be chosen; 0.5 means none.
struct breaker_fixture {
  explicit breaker_fixture(config::breaker_settings with = {}) : settings(with) {}

  config::breaker_settings settings;
  double jitter = 0.5;
  actors::guards::circuit_breaker breaker{settings, [this] { return jitter; }};
  actors::guards::steady_time now = actors::guards::steady_time{} + 1h;

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

}  // namespace tributary::tests
