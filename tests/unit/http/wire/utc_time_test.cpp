// SPDX-License-Identifier: MIT
#include "http/wire/utc_time.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;
using http::wire::utc_time;

TEST_CASE("A time is written in UTC, rounded down to the second") {
  struct row {
    std::chrono::system_clock::time_point when;
    const char* text;
  };
  const auto day = std::chrono::sys_days{2024y / 2 / 29};
  const row rows[] = {{{}, "1970-01-01T00:00:00Z"},
                      {day + 23h + 59min + 59s + 999ms, "2024-02-29T23:59:59Z"},
                      {day + 24h, "2024-03-01T00:00:00Z"},
                      {std::chrono::sys_days{2026y / 11 / 21} + 9h + 5min, "2026-11-21T09:05:00Z"}};
  for (const auto& each : rows) CHECK(utc_time(each.when) == each.text);
}

}  // namespace tributary::tests
