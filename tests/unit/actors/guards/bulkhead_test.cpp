// SPDX-License-Identifier: MIT
#include "actors/guards/bulkhead.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

namespace tributary::actors::guards {

TEST_CASE("a bulkhead grants as many permits as it has places", "[bulkhead]") {
  bulkhead guard{2};
  auto first = guard.try_acquire();
  auto second = guard.try_acquire();
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK_FALSE(guard.try_acquire().has_value());
  CHECK(guard.in_flight() == 2);
  first.reset();
  CHECK(guard.in_flight() == 1);
  CHECK(guard.try_acquire().has_value());
  CHECK(guard.in_flight() == 1);
}

TEST_CASE("a bulkhead without places refuses everything", "[bulkhead]") {
  CHECK_FALSE(bulkhead{0}.try_acquire().has_value());
}

TEST_CASE("a permit gives its place back exactly once", "[bulkhead]") {
  bulkhead guard{4};
  auto permit = guard.try_acquire();
  auto moved = std::move(*permit);
  permit.reset();
  CHECK(guard.in_flight() == 1);
  moved.release();
  moved.release();
  CHECK(guard.in_flight() == 0);

  auto a = guard.try_acquire();
  auto b = guard.try_acquire();
  *a = std::move(*b);
  CHECK(guard.in_flight() == 1);
}

TEST_CASE("a permit may outlive its bulkhead", "[bulkhead]") {
  std::optional<bulkhead::permit> permit;
  {
    bulkhead guard{1};
    permit = guard.try_acquire();
  }
  permit.reset();
}

TEST_CASE("the count is exact when threads take and release permits", "[bulkhead]") {
  constexpr std::size_t places = 3;
  bulkhead guard{places};
  std::atomic<std::size_t> inside{0};
  std::atomic<bool> overrun{false};
  std::atomic<std::size_t> granted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 20'000; ++call) {
        auto permit = guard.try_acquire();
        if (!permit) continue;
        granted.fetch_add(1);
        if (inside.fetch_add(1) + 1 > places) overrun = true;
        inside.fetch_sub(1);
      }
    });
  }
  for (auto& each : threads) each.join();
  CHECK_FALSE(overrun);
  CHECK(granted > 0);
  CHECK(guard.in_flight() == 0);
}

}  // namespace tributary::actors::guards
