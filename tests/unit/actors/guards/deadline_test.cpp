// SPDX-License-Identifier: MIT
#include "actors/guards/deadline.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;

namespace {

constexpr auto request_begin = steady_time{} + 1h;

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
  CHECK(gather_deadline(request_begin, 3s, 5ms) == request_begin + 2995ms);
  CHECK(gather_deadline(request_begin, 3s, 0ms) == request_begin + 3s);
  CHECK(gather_deadline(request_begin, 3ms, 5ms) == request_begin);
  CHECK(waiter_deadline(request_begin, 3s, 5ms, {}) == gather_deadline(request_begin, 3s, 5ms));
  CHECK(waiter_deadline(request_begin + 1s, 3s, 5ms, {}) == request_begin + 3995ms);
  CHECK(waiter_deadline(request_begin + 1s, 3s, 5ms, {{}, 50ms}) == request_begin + 1045ms);
  CHECK(waiter_deadline(request_begin, 3s, 5ms, {0s, {}}) == request_begin);
}

TEST_CASE("a part ends at its own limit or with the gather", "[deadline]") {
  const auto gather = request_begin + 2995ms;
  CHECK(part_deadline(request_begin, gather, {}) == gather);
  CHECK(part_deadline(request_begin, gather, 800ms) == request_begin + 800ms);
  CHECK(part_deadline(request_begin, gather, 5s) == gather);
}

TEST_CASE("an attempt gets what is left and is not started on too little", "[deadline]") {
  struct row {
    milliseconds at;
    std::optional<milliseconds> upstream;
    std::optional<milliseconds> ends;
  };
  const auto part = request_begin + 800ms;
  const std::vector<row> rows = {
      {0ms, {}, 800ms},   {0ms, 300ms, 300ms}, {600ms, 300ms, 800ms},
      {790ms, {}, 800ms}, {791ms, {}, {}},     {800ms, {}, {}},
      {900ms, {}, {}},    {900ms, 300ms, {}},  {0ms, 2ms, 2ms},
  };
  for (const auto& each : rows) {
    INFO("at " << each.at.count());
    const auto deadline = attempt_deadline(request_begin + each.at, part, each.upstream, 10ms);
    REQUIRE(deadline.has_value() == each.ends.has_value());
    if (deadline) CHECK(*deadline == request_begin + *each.ends);
  }
  CHECK_FALSE(attempt_deadline(part, part, {}, 0ms).has_value());
  CHECK(attempt_deadline(part - 1ns, part, {}, 0ms).has_value());
}

TEST_CASE("what an upstream is told is never more than what is left", "[deadline]") {
  CHECK(remaining(request_begin, request_begin + 800ms) == 800ms);
  CHECK(remaining(request_begin + 1ns, request_begin + 800ms) == 799ms);
  CHECK(remaining(request_begin + 800ms, request_begin + 800ms) == 0ms);
  CHECK(remaining(request_begin + 801ms, request_begin + 800ms) == 0ms);
}

}  // namespace tributary::actors::guards
