// SPDX-License-Identifier: MIT
#include "providers/redis/link.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::redis {

using namespace std::chrono_literals;

TEST_CASE("the wait before a new attempt doubles up to its limit", "[redis][link]") {
  const client_settings settings;
  const std::vector<milliseconds> expected{50ms, 100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms};
  for (unsigned failures = 0; failures < expected.size(); ++failures) {
    CAPTURE(failures);
    CHECK(reconnect_delay(settings, failures, 0) == expected[failures]);
  }
  CHECK(reconnect_delay(settings, 4'000'000'000U, 0) == 1000ms);
}

TEST_CASE("the wait is jittered, its limit too", "[redis][link]") {
  const client_settings settings;
  CHECK(reconnect_delay(settings, 0, -1) == 40ms);
  CHECK(reconnect_delay(settings, 0, 1) == 60ms);
  CHECK(reconnect_delay(settings, 9, -1) == 800ms);
  CHECK(reconnect_delay(settings, 9, 1) == 1200ms);
}

}  // namespace tributary::providers::redis
