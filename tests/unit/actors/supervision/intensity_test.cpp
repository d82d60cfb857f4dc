// SPDX-License-Identifier: MIT
#include "actors/supervision/intensity.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::supervision {

using namespace std::chrono_literals;

namespace {
const auto origin = intensity_window::time_point{} + 1h;
}

TEST_CASE("an intensity of n allows exactly n restarts in a period", "[supervision][intensity]") {
  for (std::size_t n = 0; n < 8; ++n) {
    intensity_window window{n, 30s};
    for (std::size_t i = 0; i < n; ++i) CHECK(window.allow(origin + i * 1ms));
    CHECK_FALSE(window.allow(origin + 1s));
  }
}

TEST_CASE("restarts leave the window one by one when the period has passed",
          "[supervision][intensity]") {
  intensity_window window{2, 10s};
  CHECK(window.allow(origin));
  CHECK(window.allow(origin + 5s));
  CHECK(window.count(origin + 10s) == 2);
  CHECK(window.allow(origin + 10s + 1ms));  // the first has left
  CHECK_FALSE(window.allow(origin + 10s + 2ms));
}

TEST_CASE("the window slides: 2 n restarts round a border of periods are refused",
          "[supervision][intensity]") {
  intensity_window window{3, 10s};
  for (int i = 0; i < 3; ++i) CHECK(window.allow(origin + 9s));
  CHECK_FALSE(window.allow(origin + 11s));
}

TEST_CASE("the window stays bounded however often it refuses", "[supervision][intensity]") {
  intensity_window window{3, 10s};
  for (int i = 0; i < 1000; ++i) window.allow(origin + i * 1ms);
  CHECK(window.count(origin + 1s) == 4);
}

}  // namespace tributary::actors::supervision
