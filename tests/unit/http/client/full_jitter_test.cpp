// SPDX-License-Identifier: MIT
#include "http/client/full_jitter.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>

namespace tributary::http::client {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST_CASE("the limit of a wait doubles up to its cap", "[full_jitter]") {
  CHECK(full_jitter(100ms, 1s, 0, 1) == 100ms);
  CHECK(full_jitter(100ms, 1s, 3, 1) == 800ms);
  CHECK(full_jitter(100ms, 1s, 4, 1) == 1s);
  CHECK(full_jitter(100ms, 1s, SIZE_MAX, 1) == 1s);
  CHECK(full_jitter(2s, 1s, 0, 1) == 1s);
  CHECK(full_jitter(1ms, milliseconds::max(), 200, 0.5) > 0ms);
}

TEST_CASE("a wait is the random share of its limit", "[full_jitter]") {
  CHECK(full_jitter(100ms, 1s, 1, 0) == 0ms);
  CHECK(full_jitter(100ms, 1s, 1, 0.25) == 50ms);
  CHECK(full_jitter(100ms, 1s, 1, -1) == 0ms);
  CHECK(full_jitter(100ms, 1s, 1, 2) == 200ms);
}

TEST_CASE("without a base or a cap there is no wait", "[full_jitter]") {
  CHECK(full_jitter(0ms, 1s, 9, 1) == 0ms);
  CHECK(full_jitter(-1ms, 1s, 9, 1) == 0ms);
  CHECK(full_jitter(1s, 0ms, 9, 1) == 0ms);
  CHECK(full_jitter(1s, -1ms, 9, 1) == 0ms);
}

}  // namespace tributary::http::client
