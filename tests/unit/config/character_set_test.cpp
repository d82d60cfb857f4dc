// SPDX-License-Identifier: MIT
#include "config/character_set.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

TEST_CASE("a character set reads ranges and single characters", "[config]") {
  auto set = parse_character_set("A-Za-z0-9._-");
  REQUIRE(set);
  CHECK(set->count() == 26 + 26 + 10 + 3);
  CHECK(set->test('-'));
  CHECK_FALSE(set->test('/'));
  CHECK_FALSE(set->test(0xc3));
  CHECK(parse_character_set("")->all());
  CHECK(parse_character_set("-a")->count() == 2);
}

TEST_CASE("a descending range or a byte beyond ASCII is no character set", "[config]") {
  CHECK_FALSE(parse_character_set("z-a"));
  CHECK_FALSE(parse_character_set("ä"));
  CHECK_FALSE(parse_character_set("a\n"));
}

}  // namespace tributary::config
