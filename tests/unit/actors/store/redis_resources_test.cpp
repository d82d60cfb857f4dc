// SPDX-License-Identifier: MIT
#include "actors/store/redis_resources.hpp"

#include "providers/redis/client.hpp"
#include "providers/redis/subscriber.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::store {

using namespace std::chrono_literals;
using guards::call_outcome;

namespace {

/// A Redis whose breaker never opens by itself.
config::redis_settings without_breaker() {
  config::redis_settings result;
  result.breaker.enabled = false;
  return result;
}

}  // namespace

TEST_CASE("Redis is not well while most commands of the last seconds miss their time",
          "[redis][health]") {
  redis_resources redis{"redis", without_breaker(), {}, [] { return 0.5; }};
  auto now = steady_time{} + 1h;
  const auto run = [&](call_outcome outcome) {
    now += 10ms;
    const auto decision = redis.admit(now);
    REQUIRE(decision.admitted);
    redis.record(decision.permit, outcome, 1ms, now);
  };
  for (int i = 0; i < 4; ++i) run(call_outcome::failure);
  CHECK(redis.inspect(now).well);  // too few to tell
  run(call_outcome::success);
  const auto ill = redis.inspect(now);
  CHECK_FALSE(ill.well);
  CHECK(ill.detail == "4 of 5 commands of the last 5 s were not answered in time");
  run(call_outcome::neutral);
  CHECK_FALSE(redis.inspect(now).well);
  for (int i = 0; i < 3; ++i) run(call_outcome::success);
  CHECK(redis.inspect(now).well);  // half of them
  for (int i = 0; i < 5; ++i) run(call_outcome::failure);
  CHECK_FALSE(redis.inspect(now).well);
  CHECK(redis.inspect(now + 6s).well);
}

}  // namespace tributary::actors::store
