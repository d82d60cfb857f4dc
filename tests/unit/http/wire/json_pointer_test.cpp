// SPDX-License-Identifier: MIT
#include "http/wire/json_pointer.hpp"

#include <catch2/catch.hpp>

namespace tributary::http::wire {

namespace {

using tokens = std::vector<std::string>;

/// What the pointer leads to; `-` for nothing, `!` when it is no pointer.
std::string found(std::string_view document, std::string_view pointer) {
  const auto parsed = parse_json_pointer(pointer);
  if (!parsed) return "!";
  return std::string{find_json(document, *parsed).value_or("-")};
}

}  // namespace

TEST_CASE("a pointer comes apart into unescaped tokens", "[wire][json]") {
  CHECK(parse_json_pointer("") == tokens{});
  CHECK(parse_json_pointer("/") == tokens{""});
  CHECK(parse_json_pointer("/a/b") == tokens{"a", "b"});
  CHECK(parse_json_pointer("/a~1b/~0~01/") == tokens{"a/b", "~~1", ""});
  CHECK(parse_json_pointer("a") == std::nullopt);
  CHECK(parse_json_pointer("/~") == std::nullopt);
  CHECK(parse_json_pointer("/a~2") == std::nullopt);
}

TEST_CASE("a token that was appended is read again as it was", "[wire][json]") {
  std::string pointer;
  for (const auto* token : {"a", "x/y", "~1", ""}) append_pointer_token(pointer, token);
  CHECK(pointer == "/a/x~1y/~01/");
  CHECK(parse_json_pointer(pointer) == tokens{"a", "x/y", "~1", ""});
}

TEST_CASE("a pointer leads to the value as it is written", "[wire][json]") {
  const auto* document =
      R"({"a": [ 1.50 , {"b":"\u0041"} ], "": 2, "a\u002fb": 3, "d": 4, "d": 5})";
  CHECK(found(document, "") == document);
  CHECK(found(document, "/a/0") == "1.50");
  CHECK(found(document, "/a/1/b") == R"("\u0041")");
  CHECK(found(document, "/") == "2");
  CHECK(found(document, "/a~1b") == "3");
  CHECK(found(document, "/d") == "5");
  for (const auto* nowhere : {"/a/2", "/a/-", "/a/00", "/a/0/0", "/x", "/a/99999999999999999999"}) {
    CHECK(found(document, nowhere) == "-");
  }
  CHECK(found("[]", "/0") == "-");
  CHECK(found("7", "/0") == "-");
}

}  // namespace tributary::http::wire
