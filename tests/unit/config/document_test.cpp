// SPDX-License-Identifier: MIT
#include "config/document.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

namespace {

std::vector<config_error> errors_of(std::string_view text) {
  error_list errors;
  parse_document(text, errors);
  return errors.take();
}

std::string at(position where) {
  return std::to_string(where.line) + ":" + std::to_string(where.column);
}

}  // namespace

TEST_CASE("every name and value knows its line and column", "[config][document]") {
  error_list errors;
  auto root = parse_document(
      "\xEF\xBB\xBF// first, \"quoted\"\n{ \"a\" : /* : */ -1.50,\n  \"b\\\"\\u0041\": [true, "
      "\"x\\\\\",null,\n{}],\n\t\"c\":1e2}",
      errors);
  REQUIRE(root);
  REQUIRE(root->children.size() == 3);
  auto& a = root->children[0];
  CHECK(at(root->where) == "2:1");
  CHECK(at(a.name_where) == "2:3");
  CHECK(at(a.where) == "2:17");
  CHECK(a.text == "-1.50");
  auto& b = root->children[1];
  CHECK(b.name == "b\"A");
  CHECK(at(b.name_where) == "3:3");
  REQUIRE(b.children.size() == 4);
  CHECK(at(b.children[0].where) == "3:17");
  CHECK(at(b.children[1].where) == "3:23");
  CHECK(b.children[1].text == "x\\");
  CHECK(at(b.children[2].where) == "3:29");
  CHECK(at(b.children[3].where) == "4:1");
  CHECK(at(root->children[2].where) == "5:6");
  CHECK(to_json(*root) == R"({"a":-1.50,"b\"A":[true,"x\\",null,{}],"c":1e2})");
}

TEST_CASE("a NUL byte does not end the text", "[config][document]") {
  using namespace std::string_view_literals;
  for (const auto text : {"{}\n\0 and more"sv, "{}\n\0"sv, "\n\0{}"sv}) {
    const auto errors = errors_of(text);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().line == 2);
    CHECK(errors.front().message == "syntax error: a NUL byte");
  }
}

TEST_CASE("a syntax error is told at its place", "[config][document]") {
  struct bad {
    const char* text;
    const char* where;
  };
  auto row = GENERATE(bad{"", "1:1"}, bad{"{\n  \"a\": }", "2:8"}, bad{"{\"a\" 1}", "1:6"},
                      bad{"{\"a\": 1,}", "1:9"}, bad{"{\"a\": 1\n\"b\": 2}", "2:1"},
                      bad{"{} x", "1:4"}, bad{"[1", "1:3"}, bad{"{\"a\": \"b\n\"}", "1:9"},
                      bad{"{\"a\": 1e999}", "1:11"}, bad{"{ /* ", "1:6"});
  CAPTURE(row.text);
  auto errors = errors_of(row.text);
  REQUIRE(errors.size() == 1);
  CAPTURE(errors[0].message);
  CHECK(at({errors[0].line, errors[0].column}) == row.where);
}

TEST_CASE("a name given twice is an error wherever it is", "[config][document]") {
  auto errors =
      errors_of("{\"a\": {\"x\": 1,\n\"y\": 2, \"x\": 3}, \"l\": [{\"k\": 1, \"k\": 2}]}");
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].path == "a.x");
  CHECK(at({errors[0].line, errors[0].column}) == "2:9");
  CHECK(errors[0].message == "given twice; first in line 1");
  CHECK(errors[1].path == "l[0].k");
}

TEST_CASE("a document beyond its bounds is refused", "[config][document]") {
  CHECK(errors_of(std::string(document_limits::bytes + 1, ' ')).size() == 1);
  auto deep = std::string(200'000, '[');
  REQUIRE(errors_of(deep).size() == 1);
  CHECK(errors_of(deep)[0].message == "nested too deeply");
  std::string wide = "[0";
  for (std::size_t i = 0; i < document_limits::values; ++i) wide += ",0";
  const auto too_many = errors_of(wide + "]");
  REQUIRE(too_many.size() == 1);
  CHECK(too_many[0].message == "too many values");
  CHECK(errors_of("{\"" + std::string(1000, 'a') + "\": 1}").size() == 1);
}

}  // namespace tributary::config
