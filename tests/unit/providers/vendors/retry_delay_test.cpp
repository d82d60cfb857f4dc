// SPDX-License-Identifier: MIT
#include "providers/vendors/retry_delay.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace tributary::providers::vendors {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr auto all_of_it = 1.0;

}  // namespace

TEST_CASE("the wait doubles with each attempt up to its cap", "[vendors]") {
  const retry_terms terms;
  CHECK(retry_delay(terms, 1, all_of_it, {}) == 1s);
  CHECK(retry_delay(terms, 2, all_of_it, {}) == 2s);
  CHECK(retry_delay(terms, 3, all_of_it, {}) == 4s);
  CHECK(retry_delay(terms, 10, all_of_it, {}) == 512s);
  CHECK(retry_delay(terms, 11, all_of_it, {}) == 15min);
  CHECK(retry_delay(terms, 25, all_of_it, {}) == 15min);
  CHECK(retry_delay(terms, UINT32_MAX, all_of_it, {}) == 15min);
  CHECK(retry_delay(terms, 0, all_of_it, {}) == 1s);
  CHECK(retry_delay({5s, 2s}, 1, all_of_it, {}) == 2s);
}

TEST_CASE("the wait is a random share of its limit", "[vendors]") {
  const retry_terms terms;
  CHECK(retry_delay(terms, 3, 0, {}) == 0ms);
  CHECK(retry_delay(terms, 3, 0.25, {}) == 1s);
  CHECK(retry_delay(terms, 3, 0.5, {}) == 2s);
}

TEST_CASE("a vendor's wish is heeded where it is longer, for an hour at most", "[vendors]") {
  const retry_terms terms;
  CHECK(retry_delay(terms, 1, all_of_it, 7s) == 7s);
  CHECK(retry_delay(terms, 4, all_of_it, 7s) == 8s);
  CHECK(retry_delay(terms, 1, 0, 0ms) == 0ms);
  CHECK(retry_delay(terms, 1, 0, 1h) == 1h);
  CHECK(retry_delay(terms, 1, 0, 24h) == 1h);
  CHECK(retry_delay(terms, 1, 0, milliseconds::max()) == 1h);
  CHECK(retry_delay(terms, 1, 0, -5s) == 0ms);
  // One that the vendor asks for does not shorten what was configured.
  CHECK(retry_delay({2h, 2h}, 1, all_of_it, 24h) == 2h);
}

TEST_CASE("a thousand jobs that fail at once come back spread", "[vendors]") {
  const retry_terms terms;
  std::mt19937_64 random{7};
  std::uniform_real_distribution<double> share{0, 1};
  // Of 16 seconds, as of the fifth attempt, each tenth gets its part of them.
  std::vector<int> tenths(10);
  for (int i = 0; i < 1'000; ++i) {
    const auto wait = retry_delay(terms, 5, share(random), {});
    REQUIRE(wait >= 0ms);
    REQUIRE(wait < 16s);
    ++tenths[static_cast<std::size_t>(wait / 1'600ms)];
  }
  CHECK(*std::min_element(tenths.begin(), tenths.end()) > 60);
  CHECK(*std::max_element(tenths.begin(), tenths.end()) < 140);
}

}  // namespace tributary::providers::vendors
