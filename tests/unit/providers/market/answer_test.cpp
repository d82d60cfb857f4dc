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

TEST_CASE("No answer asks for a pause of more than a day", "[market][answer]") {
  using namespace std::chrono;
  struct row {
    std::string_view text;
    long long seconds;  ///< -1: it says nothing
  };
  constexpr row rows[] = {{"0", 0},
                          {"53", 53},
                          {"86400", 86400},
                          {"86401", 86400},
                          {"4294967295", 86400},
                          {"4294967296", 86400},
                          {"99999999999999999999999999", 86400},
                          {"Fri, 21 Nov 2025 20:01:03 GMT", 60},
                          {"Fri, 21 Nov 2025 19:00:00 GMT", 0},
                          {"Sun, 01 Jan 2199 00:00:00 GMT", 86400},
                          {"Fri, 31 Dec 9999 23:59:59 GMT", 86400},
                          {"-5", -1},
                          {"5 s", -1},
                          {"1.5", -1},
                          {"", -1}};
  constexpr sys_seconds received{seconds{1763755203}};  // 2025-11-21 20:00:03
  for (const auto& one : rows) {
    CAPTURE(one.text);
    const auto headers = "Retry-After: " + std::string(one.text) + "\r\n";
    const auto got = read_retry_after({429, headers, "", received});
    CHECK((got ? got->count() : -1000) == one.seconds * 1000);
  }
}

}  // namespace tributary::providers::market
