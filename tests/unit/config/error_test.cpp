// SPDX-License-Identifier: MIT
#include "config/error.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

TEST_CASE("the nearest candidate is suggested, and none that is far", "[config]") {
  std::vector<std::string> keys{"timeout", "connect_timeout", "min_calls", "url"};
  CHECK(closest("tiemout", keys) == "timeout");
  CHECK(closest("min-calls", keys) == "min_calls");
  CHECK(closest("Timeout", keys) == "timeout");
  CHECK(closest("connection_timeout", keys) == "connect_timeout");
  CHECK(closest("ulr", keys) == "url");
  CHECK(closest("wholly_different", keys).empty());
  CHECK(closest("", keys).empty());
  CHECK(closest(std::string(1000, 'a'), keys).empty());
}

TEST_CASE("errors are told in the order of the file, and not without end", "[config]") {
  error_list errors;
  errors.add({"b"}, {2, 1}, "second");
  errors.add({"a", "[1]", "c"}, {1, 5}, "first");
  CHECK(errors.concerns({"a"}));
  CHECK(errors.concerns({"a", "[1]", "c", "d"}));
  CHECK_FALSE(errors.concerns({"ab"}));
  auto all = errors.take();
  REQUIRE(all.size() == 2);
  CHECK(all[0].path == "a[1].c");
  for (std::size_t i = 0; i < 2 * error_list::limit; ++i) errors.add({}, {3, 1}, "again");
  CHECK(errors.take().size() == error_list::limit);
}

TEST_CASE("messages are UTF-8 whatever they cite", "[config][error]") {
  error_list errors;
  errors.add({"a\xc3"}, {1, 1}, "no \xc3\x28 and \xff", "caf\xc3\xa9");
  const auto told = errors.take();
  CHECK(told.front().path == "a\xef\xbf\xbd");
  CHECK(told.front().message == "no \xef\xbf\xbd( and \xef\xbf\xbd");
  CHECK(told.front().suggestion == "caf\xc3\xa9");
  CHECK(cited(std::string(79, 'a') + "\xc3\xa9z") == "`" + std::string(79, 'a') + "`");
  for (const auto* none : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                           "\xf5\x80\x80\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    CHECK(character_length(none, 0) == 0);
  }
  CHECK(character_length("\xf0\x9f\x98\x80", 0) == 4);
  CHECK(character_length("\xe2\x82\xac", 0) == 3);
}

}  // namespace tributary::config
