// SPDX-License-Identifier: MIT
#include "actors/aggregation/deadline.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace std::chrono_literals;
using namespace tributary::actors::aggregation;

namespace {

constexpr auto start = steady_time{} + 1h;

}  // namespace

TEST_CASE("a client may lower the endpoint's time limit and never raise it", "[deadline]") {
  CHECK(allowed_time(3s, {}) == 3s);
  CHECK(allowed_time(3s, {1s, {}}) == 1s);
  CHECK(allowed_time(3s, {10s, {}}) == 3s);
  CHECK(allowed_time(3s, {{}, 250ms}) == 250ms);
  CHECK(allowed_time(3s, {{}, 3001ms}) == 3s);
  CHECK(allowed_time(3s, {1s, 250ms}) == 250ms);
  CHECK(allowed_time(3s, {1s, 2s}) == 1s);
  CHECK(allowed_time(3s, {0s, {}}) == 0s);
  CHECK(allowed_time(3s, {milliseconds::max(), milliseconds::max()}) == 3s);
  CHECK(allowed_time(3s, {{}, -1ms}) == 0s);
}

TEST_CASE("gather and waiter end a merge's time before the limit", "[deadline]") {
  CHECK(gather_deadline(start, 3s, 5ms) == start + 2995ms);
  CHECK(gather_deadline(start, 3s, 0ms) == start + 3s);
  CHECK(gather_deadline(start, 3ms, 5ms) == start);
  CHECK(waiter_deadline(start, 3s, 5ms, {}) == gather_deadline(start, 3s, 5ms));
  CHECK(waiter_deadline(start + 1s, 3s, 5ms, {}) == start + 3995ms);
  CHECK(waiter_deadline(start + 1s, 3s, 5ms, {{}, 50ms}) == start + 1045ms);
  CHECK(waiter_deadline(start, 3s, 5ms, {0s, {}}) == start);
}

TEST_CASE("a part ends at its own limit or with the gather", "[deadline]") {
  const auto gather = start + 2995ms;
  CHECK(part_deadline(start, gather, {}) == gather);
  CHECK(part_deadline(start, gather, 800ms) == start + 800ms);
  CHECK(part_deadline(start, gather, 5s) == gather);
}

TEST_CASE("an attempt gets what is left and is not started on too little", "[deadline]") {
  struct row {
    milliseconds at;
    std::optional<milliseconds> upstream;
    std::optional<milliseconds> ends;
  };
  const auto part = start + 800ms;
  const std::vector<row> rows = {
      {0ms, {}, 800ms},   {0ms, 300ms, 300ms}, {600ms, 300ms, 800ms},
      {790ms, {}, 800ms}, {791ms, {}, {}},     {800ms, {}, {}},
      {900ms, {}, {}},    {900ms, 300ms, {}},  {0ms, 2ms, 2ms},
  };
  for (const auto& each : rows) {
    INFO("at " << each.at.count());
    const auto deadline = attempt_deadline(start + each.at, part, each.upstream, 10ms);
    REQUIRE(deadline.has_value() == each.ends.has_value());
    if (deadline) CHECK(*deadline == start + *each.ends);
  }
  CHECK_FALSE(attempt_deadline(part, part, {}, 0ms).has_value());
  CHECK(attempt_deadline(part - 1ns, part, {}, 0ms).has_value());
}

TEST_CASE("what an upstream is told is never more than what is left", "[deadline]") {
  CHECK(remaining(start, start + 800ms) == 800ms);
  CHECK(remaining(start + 1ns, start + 800ms) == 799ms);
  CHECK(remaining(start + 800ms, start + 800ms) == 0ms);
  CHECK(remaining(start + 801ms, start + 800ms) == 0ms);
}
