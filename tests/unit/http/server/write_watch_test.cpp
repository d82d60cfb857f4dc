// SPDX-License-Identifier: MIT
#include "http/server/write_watch.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::http::server {

using namespace std::chrono_literals;

TEST_CASE("a client that takes the least rate on average goes on, and a slower one does not") {
  write_watch watch;
  watch.begin(1'000'000);
  CHECK(watch.goes_on(1'000'000 + 30 * 1024, 30s, 1024));
  CHECK(watch.goes_on(1'000'000 + 60 * 1024, 30s, 1024));
  CHECK_FALSE(watch.goes_on(1'000'000 + 90 * 1024 - 1, 30s, 1024));
}

TEST_CASE("what was taken in one time is no credit for the next") {
  write_watch watch;
  watch.begin(0);
  CHECK(watch.goes_on(100'000'000, 1s, 1024));
  CHECK_FALSE(watch.goes_on(100'000'000, 1s, 1024));
}

TEST_CASE("who takes nothing does not go on, however low the rate") {
  write_watch watch;
  watch.begin(5);
  CHECK_FALSE(watch.goes_on(5, 100ms, 1));
  CHECK(watch.goes_on(6, 100ms, 1));
}

}  // namespace tributary::http::server
