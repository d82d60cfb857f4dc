// SPDX-License-Identifier: MIT
#include "http/wire/target.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::http::wire {

TEST_CASE("an origin-form splits at its first question mark") {
  const auto with_query = parse_origin_form("/a%20b/c?d=e?f/g");
  REQUIRE(with_query);
  CHECK(with_query->path == "/a%20b/c");
  CHECK(with_query->query == "d=e?f/g");
  CHECK(parse_origin_form("/a?")->has_query);
  CHECK_FALSE(parse_origin_form("/a")->has_query);
  CHECK(parse_origin_form("//a")->path == "//a");
  for (const auto* wrong :
       {"", "a", "*", "/%", "/%4", "/%g0", "/?%4", "/a b", "/^", "/|", "/[", "/`"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_origin_form(wrong));
  }
}

TEST_CASE("hosts are names or addresses with an optional port") {
  for (const auto* good :
       {"a", "a.b:80", "1.2.3.4", "[::1]", "[::1]:8080", "a:", "[v1.x]", "a%20b"}) {
    CAPTURE(good);
    CHECK(is_valid_host(good));
  }
  for (const auto* bad : {"", ":80", "a:b", "a:123456", "[::1", "[]", "[a]", "[::1]x", "a/b", "u@a",
                          "a b", "a%2", "a?b", "a:80:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_valid_host(bad));
  }
}

TEST_CASE("percent escapes decode once, and a plus is a space only in forms") {
  std::string result;
  REQUIRE(percent_decode("a%2Bb+%25%32%30", result));
  CHECK(result == "a+b+%20");
  REQUIRE(percent_decode("a+b", result, plus::is_space));
  CHECK(result == "a b");
  for (const auto* wrong : {"%", "%1", "%g1", "a%"}) CHECK_FALSE(percent_decode(wrong, result));
  std::string encoded;
  append_percent_encoded(encoded, std::string("a/ \0\xff~", 6));
  CHECK(encoded == "a%2F%20%00%FF~");
}

TEST_CASE("a query comes apart into its items") {
  std::string_view rest = "a=1&&b&c==&=d";
  const auto a = next_query_item(rest);
  CHECK((a->name == "a" && a->value == "1"));
  const auto b = next_query_item(rest);
  CHECK((b->name == "b" && b->value.empty() && !b->has_value));
  const auto c = next_query_item(rest);
  CHECK((c->name == "c" && c->value == "="));
  const auto d = next_query_item(rest);
  CHECK((d->name.empty() && d->value == "d"));
  CHECK_FALSE(next_query_item(rest));
}

}  // namespace tributary::http::wire
