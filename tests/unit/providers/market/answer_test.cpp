// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::market {

namespace {

/// Milliseconds since 1970; -1 for none.
long long read(std::string_view text) {
  const auto got = read_iso_time(text);
  return got ? got->time_since_epoch().count() : -1;
}

}  // namespace

TEST_CASE("Times are read with their offsets", "[market][answer]") {
  CHECK(read("2025-11-21T19:59:18.512Z") == 1763755158512);
  CHECK(read("2025-11-21 20:59:18 +0100") == 1763755158000);
  CHECK(read("1970-01-01T00:00:00Z") == 0);
  CHECK(read("2199-12-31T23:59:59Z") == 7258118399000);
}

TEST_CASE("A time outside of 1970-2199 is none, also when its offset makes it one",
          "[market][answer]") {
  CHECK(read("1969-12-31T23:59:59Z") == -1);
  CHECK(read("1970-01-01T00:00:00+00:01") == -1);
  CHECK(read("2199-12-31T23:59:60Z") == -1);
  CHECK(read("2199-12-31T23:59:59-00:01") == -1);
  CHECK(read("2200-01-01T00:00:00Z") == -1);
}

}  // namespace tributary::providers::market
