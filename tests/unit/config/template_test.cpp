// SPDX-License-Identifier: MIT
#include "config/template.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

namespace {

std::vector<template_piece> pieces(std::string_view text) {
  auto result = parse_template(text);
  REQUIRE(result.value);
  return result.value->pieces;
}

}  // namespace

TEST_CASE("a template is split into literals and references", "[config][template]") {
  CHECK(pieces("").empty());
  CHECK(pieces("/plain") == std::vector<template_piece>{{piece_kind::literal, "/plain"}});
  CHECK(pieces("/customers/{customer_id}") ==
        std::vector<template_piece>{{piece_kind::literal, "/customers/"},
                                    {piece_kind::value, "customer_id"}});
  CHECK(pieces("{a.from}{a.to}") ==
        std::vector<template_piece>{{piece_kind::from, "a"}, {piece_kind::to, "a"}});
}

TEST_CASE("doubled braces stand for themselves", "[config][template]") {
  CHECK(pieces("a{{b}}c") == std::vector<template_piece>{{piece_kind::literal, "a{b}c"}});
  CHECK(pieces("{{{x}}}") == std::vector<template_piece>{{piece_kind::literal, "{"},
                                                         {piece_kind::value, "x"},
                                                         {piece_kind::literal, "}"}});
}

TEST_CASE("what is no template is refused at its place", "[config][template]") {
  struct bad {
    const char* text;
    std::size_t offset;
  };
  auto row = GENERATE(bad{"a{", 1}, bad{"ab}", 2}, bad{"{}", 0}, bad{"x{1a}", 1}, bad{"{a.b}", 0},
                      bad{"{a b}", 0}, bad{"{a.from.to}", 0}, bad{"{ä}", 0}, bad{"{a", 0});
  CAPTURE(row.text);
  auto result = parse_template(row.text);
  REQUIRE(result.error);
  CHECK_FALSE(result.value);
  CHECK(result.error->offset == row.offset);
  CHECK_FALSE(result.error->message.empty());
}

}  // namespace tributary::config
