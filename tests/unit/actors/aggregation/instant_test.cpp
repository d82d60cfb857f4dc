// SPDX-License-Identifier: MIT
#include "actors/aggregation/instant.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::actors::aggregation {

namespace {

std::string utc(std::string_view text) {
  auto parsed = parse_instant(text);
  if (!parsed) return "refused";
  std::string result;
  append_utc(*parsed, result);
  return result;
}

}  // namespace

TEST_CASE("an instant is normalised to UTC, its fraction kept", "[aggregation][instant]") {
  struct row {
    const char* text;
    const char* expected;
  };
  auto r = GENERATE(values<row>({
      {"2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"},
      {"2024-05-01t12:00:00z", "2024-05-01T12:00:00Z"},
      {"2024-05-01T12:00:00.500Z", "2024-05-01T12:00:00.500Z"},
      {"2024-05-01T12:00:00.123456789012345678Z", "2024-05-01T12:00:00.123456789012345678Z"},
      {"2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00Z"},
      {"2024-05-01T12:00:00 02:00", "2024-05-01T10:00:00Z"},
      {"2024-05-01T01:30:00+05:30", "2024-04-30T20:00:00Z"},
      {"2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z"},
      {"2024-05-01T12:00:00-00:00", "2024-05-01T12:00:00Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
      {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
      {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
      {"1969-12-31T23:59:59.9Z", "1969-12-31T23:59:59.9Z"},
      {"2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"},
      {"2016-12-31T18:59:60.5-05:00", "2016-12-31T23:59:60.5Z"},
      {"1990-06-30T23:59:60Z", "1990-06-30T23:59:60Z"},
  }));
  CHECK(utc(r.text) == r.expected);
}

TEST_CASE("whatever is not an RFC 3339 instant is refused", "[aggregation][instant]") {
  auto text = GENERATE(values<const char*>(
      {"",
       "2024",
       "2024-05-01",
       "2024-05-01T12:00:00",
       "2024-05-01 12:00:00Z",
       "2024-05-01T12:00Z",
       "2024-5-1T12:00:00Z",
       "2024-05-01T12:00:00.Z",
       "2024-05-01T12:00:00,5Z",
       "2023-02-29T00:00:00Z",
       "1900-02-29T00:00:00Z",
       "2024-04-31T00:00:00Z",
       "2024-00-01T00:00:00Z",
       "2024-13-01T00:00:00Z",
       "2024-01-00T00:00:00Z",
       "2024-01-32T00:00:00Z",
       "2024-01-01T24:00:00Z",
       "2024-01-01T00:60:00Z",
       "2024-01-01T00:00:61Z",
       "2024-01-01T00:00:60Z",
       "2024-12-31T22:59:60Z",
       "2024-12-31T23:59:60+01:00",
       "2024-05-01T12:00:00+2:00",
       "2024-05-01T12:00:00+0200",
       "2024-05-01T12:00:00+24:00",
       "2024-05-01T12:00:00+02:60",
       "2024-05-01T12:00:00Zx",
       " 2024-05-01T12:00:00Z",
       "+2024-05-01T12:00:00Z",
       "20240501T120000Z",
       "now",
       "0000-01-01T00:00:00+01:00",
       "9999-12-31T23:59:59-00:01",
       "2024-05-01T12:00:00.1234567890123456789012345678901234567890123456789Z"}));
  INFO(text);
  CHECK_FALSE(parse_instant(text).has_value());
}

TEST_CASE("instants compare exactly, leap seconds and fractions included",
          "[aggregation][instant]") {
  auto at = [](std::string_view text) { return parse_instant(text).value(); };
  CHECK(at("2024-05-01T12:00:00.5Z") == at("2024-05-01T12:00:00.500Z"));
  CHECK(at("2024-05-01T12:00:00Z") == at("2024-05-01T14:00:00.000+02:00"));
  CHECK(at("2024-05-01T12:00:00.1Z") < at("2024-05-01T12:00:00.10000000000000000001Z"));
  CHECK(at("2024-05-01T12:00:00.09Z") < at("2024-05-01T12:00:00.1Z"));
  CHECK(at("2016-12-31T23:59:59.9Z") < at("2016-12-31T23:59:60Z"));
  CHECK(at("2016-12-31T23:59:60.9Z") < at("2017-01-01T00:00:00Z"));
}

}  // namespace tributary::actors::aggregation
