// SPDX-License-Identifier: MIT
#include "http/wire/retry_after.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tributary::http::wire {

using namespace std::chrono_literals;

namespace {

/// Sun, 06 Nov 1994 08:49:37 GMT.
const std::chrono::system_clock::time_point received_at{784111777s};

}  // namespace

TEST_CASE("Retry-After is a number of seconds or a date", "[retry_after]") {
  struct row {
    std::string value;
    std::optional<std::chrono::milliseconds> time;
  };
  const std::vector<row> rows = {
      {"0", 0ms},
      {"17", 17s},
      {"0017", 17s},
      {"Sun, 06 Nov 1994 08:50:07 GMT", 30s},
      {"Sun, 06 Nov 1994 08:49:37 GMT", 0ms},
      {"Sun, 06 Nov 1994 08:40:00 GMT", 0ms},  // past
      {"", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {"1.5", std::nullopt},
      {"1 s", std::nullopt},
      {"soon", std::nullopt},
      {"Sun, 31 Feb 1994 08:49:37 GMT", std::nullopt},
      {"Sunday, 06-Nov-94 08:50:07 GMT", 30s},
      {"Sun Nov  6 08:50:07 1994", 30s},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    CHECK(parse_retry_after(row.value, received_at) == row.time);
  }
}

TEST_CASE("no Retry-After asks for more than a day", "[retry_after]") {
  CHECK(parse_retry_after("86401", received_at) == 24h);
  CHECK(parse_retry_after("99999999999999999999999", received_at) == 24h);
  CHECK(parse_retry_after("Sun, 06 Nov 2094 08:49:37 GMT", received_at) == 24h);
}

}  // namespace tributary::http::wire
