// SPDX-License-Identifier: MIT
#include "actors/jobs/priority_turns.hpp"

#include <catch2/catch.hpp>

#include <numeric>

namespace tributary::tests {

using actors::jobs::priority_turns;

TEST_CASE("Priorities share fifteen places 8 to 4 to 2 to 1") {
  priority_turns turns;
  CHECK(turns.next(15) == std::array<std::size_t, 4>{8, 4, 2, 1});
  CHECK(turns.next(30) == std::array<std::size_t, 4>{16, 8, 4, 2});
}

TEST_CASE("Places that come one at a time are shared in the same way over time") {
  priority_turns turns;
  std::array<std::size_t, 4> sum{};
  for (int i = 0; i < 150; ++i) {
    const auto one = turns.next(1);
    CHECK(std::accumulate(one.begin(), one.end(), std::size_t{0}) == 1);
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += one[k];
  }
  CHECK(sum == std::array<std::size_t, 4>{80, 40, 20, 10});
}

TEST_CASE("No priority waits for more than a whole cycle of places") {
  priority_turns turns;
  std::array<int, 4> since{};
  for (int i = 0; i < 60; ++i) {
    const auto one = turns.next(1);
    for (std::size_t k = 0; k < since.size(); ++k) {
      since[k] = one[k] > 0 ? 0 : since[k] + 1;
      CHECK(since[k] < 15);
    }
  }
}

TEST_CASE("No place gives no share") {
  priority_turns turns;
  CHECK(turns.next(0) == std::array<std::size_t, 4>{});
}

}  // namespace tributary::tests
