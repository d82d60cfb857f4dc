// SPDX-License-Identifier: MIT
#include "actors/supervision/backoff.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

namespace tributary::actors::supervision {

using namespace std::chrono_literals;

TEST_CASE("the backoff curve doubles from 100 ms to its cap of 5 s", "[supervision][backoff]") {
  const backoff_rules rules;
  const std::vector<milliseconds> expected{100ms,  200ms,  400ms,  800ms, 1600ms,
                                           3200ms, 5000ms, 5000ms, 5000ms};
  for (unsigned i = 0; i < expected.size(); ++i) CHECK(base_delay(rules, i) == expected[i]);
  CHECK(base_delay(rules, std::numeric_limits<unsigned>::max()) == 5000ms);
}

TEST_CASE("jitter moves each delay of the backoff curve by up to 20 % both ways",
          "[supervision][backoff]") {
  const backoff_rules rules;
  for (unsigned i = 0; i < 10; ++i) {
    const auto base = base_delay(rules, i).count();
    CHECK(jittered_delay(rules, i, 0.0).count() == base);
    CHECK(jittered_delay(rules, i, 1.0).count() == base * 12 / 10);
    CHECK(jittered_delay(rules, i, -1.0).count() == base * 8 / 10);
    CHECK(jittered_delay(rules, i, 7.0).count() == base * 12 / 10);
  }
}

TEST_CASE("the backoff starts again once the child has run for reset_after",
          "[supervision][backoff]") {
  backoff b{backoff_rules{}};
  CHECK(b.next(0ms, 0) == 100ms);
  CHECK(b.next(2549ms, 0) == 200ms);
  CHECK(b.current(0ms, 0) == 200ms);
  CHECK(b.current(2550ms, 0) == 100ms);
  CHECK(b.next(2550ms, 0) == 100ms);  // (min + max) / 2
  CHECK(b.failures() == 1);

  backoff_rules rules;
  rules.reset_after = 10ms;
  backoff quick{rules};
  CHECK(quick.next(0ms, 0) == 100ms);
  CHECK(quick.next(10ms, 0) == 100ms);
}

}  // namespace tributary::actors::supervision
