// SPDX-License-Identifier: MIT
#include "providers/mock/customers/instant.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::mock::customers {

TEST_CASE("RFC 3339 instants are read in any offset", "[mock]") {
  CHECK(parse_instant("1970-01-01T00:00:00Z") == instant{0, 0});
  CHECK(parse_instant("2024-02-29T12:00:00Z") == instant{1'709'208'000, 0});
  CHECK(parse_instant("2024-02-29T14:00:00+02:00") == instant{1'709'208'000, 0});
  CHECK(parse_instant("2024-02-29t06:30:00-05:30") == instant{1'709'208'000, 0});
  CHECK(parse_instant("1969-12-31T23:59:59.5z") == instant{-1, 500'000'000});
  CHECK(parse_instant("2016-12-31T23:59:60Z") == parse_instant("2017-01-01T00:00:00Z"));
  CHECK(parse_instant("2024-01-01T00:00:00.1234567899Z")->nanoseconds == 123'456'789);
}

TEST_CASE("what is not an RFC 3339 instant is refused", "[mock]") {
  for (const auto* text :
       {"", "yesterday", "2024-01-01", "2024-01-01T00:00:00", "2024-13-01T00:00:00Z",
        "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:61Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+0200",
        "2024-01-01T00:00:00Z ", "2024-1-01T00:00:00Z", "24-01-01T00:00:00Z",
        "2024-01-01T00:00:00+24:00", "2024-01-01 00:00:00Z"}) {
    INFO(text);
    CHECK_FALSE(parse_instant(text).has_value());
  }
}

}  // namespace tributary::providers::mock::customers
