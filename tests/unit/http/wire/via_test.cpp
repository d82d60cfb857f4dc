// SPDX-License-Identifier: MIT
#include "http/wire/via.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::http::wire {

TEST_CASE("a process knows its own name in Via, and no other", "[wire]") {
  const std::string own{own_via()};
  REQUIRE(own.size() == std::string{"1.1 tributary-"}.size() + 8);
  CHECK(own.starts_with("1.1 tributary-"));
  CHECK(own_via() == own);
  CHECK(has_own_via(own));
  CHECK(has_own_via("1.0 fred, " + own + " (a comment), 1.1 p.example"));
  CHECK(has_own_via("HTTP/1.1\t" + own.substr(4)));
  for (const auto& other : {std::string{}, std::string{"1.1 tributary-"}, own.substr(4), own + "0",
                            "1.1 x" + own.substr(4), "1.1 a (" + own.substr(4) + ")"}) {
    CAPTURE(other);
    CHECK_FALSE(has_own_via(other));
  }
}

}  // namespace tributary::http::wire
