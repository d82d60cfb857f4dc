// SPDX-License-Identifier: MIT
#include "http/wire/json_scan.hpp"

#include <catch2/catch.hpp>

namespace tributary::http::wire {

namespace {

using texts = std::vector<std::string_view>;

/// The elements, or what is wrong as the only one.
std::vector<std::string> split(std::string_view text) {
  const shared_bytes body{text};
  const auto result = split_array(body);
  if (const auto* why = std::get_if<json_verdict>(&result)) return {std::string{why->error}};
  const auto& elements = std::get<texts>(result);
  return {elements.begin(), elements.end()};
}

std::string merged(std::string_view first, std::string_view second) {
  std::string result;
  append_deep_merge(first, second, result);
  return result;
}

}  // namespace

TEST_CASE("an array comes apart into its elements as they were written", "[wire][json]") {
  struct row {
    std::string_view array;
    std::vector<std::string> elements;
  };
  const std::vector<row> rows{
      {"[]", {}},
      {" [ \r\n\t] ", {}},
      {"[1]", {"1"}},
      {"[ 1 , -2.50 ,true,null ]", {"1", "-2.50", "true", "null"}},
      {R"(["a,]\"[","\\",""])", {R"("a,]\"[")", R"("\\")", R"("")"}},
      {R"([{"b" : [1, 2],"a":{}} , [[],[3]] ])", {R"({"b" : [1, 2],"a":{}})", "[[],[3]]"}},
      {R"([{"a":"]"},["}"]])", {R"({"a":"]"})", R"(["}"])"}},
      {"[123456789012345678901234567890,1e400]", {"123456789012345678901234567890", "1e400"}},
  };
  for (const auto& each : rows) {
    CAPTURE(each.array);
    CHECK(split(each.array) == each.elements);
  }
}

TEST_CASE("elements lie within the body", "[wire][json]") {
  const shared_bytes body{R"( [1, {"a": 2}])"};
  const auto result = split_array(body);
  const auto& elements = std::get<texts>(result);
  REQUIRE(elements.size() == 2);
  CHECK(elements[1].data() == body.data() + 5);
}

TEST_CASE("whatever is not one whole array does not come apart", "[wire][json]") {
  using list = std::vector<std::string>;
  for (const std::string_view text : {"{}", "1", "null", R"("[1]")", R"({"a":[1]})"}) {
    CAPTURE(text);
    CHECK(split(text) == list{"not an array"});
  }
  for (const std::string_view text : {"[1,]", "[,1]", "[1 2]", "[1,,2]", "[1]]", "[1] [2]", "[{]}",
                                      "[tru]", "[01]", "[1]x", R"([{"a" 1}])"}) {
    CAPTURE(text);
    CHECK(split(text) == list{"unexpected token"});
  }
  CHECK(split(R"(["\q"])") == list{"malformed escape"});
  CHECK(split("") == list{"empty"});
  CHECK(split("[1") == list{"ends too early"});
  CHECK(split("[\"\xff\"]") == list{"not UTF-8"});
}

TEST_CASE("of members with one key the first place stays, and the wanted text", "[wire][json]") {
  const std::string_view object = R"({ "a" : 1, "b":{"c":[]},"\u0061": 2 })";
  auto repeated = false;
  const auto last = split_object(object, true, &repeated);
  REQUIRE(last.size() == 2);
  CHECK(repeated);
  CHECK(last[0].key == "a");
  CHECK(last[0].name == R"("\u0061")");
  CHECK(last[0].value == "2");
  CHECK(last[1].whole == R"("b":{"c":[]})");
  CHECK(split_object(object, false)[0].whole == R"("a" : 1)");
  CHECK(split_object("{ }", true).empty());
}

TEST_CASE("members are gone through in order, repeated ones too", "[wire][json]") {
  json_members members{R"({ "a" : 1.0 ,"\u0061":[{"a":0}],"b":"}" })"};
  std::string seen;
  while (const auto each = members.next()) seen += each->key + '=' + std::string{each->value} + ' ';
  CHECK(seen == R"(a=1.0 a=[{"a":0}] b="}" )");
  CHECK_FALSE(json_members{"{}"}.next());
}

TEST_CASE("a deep merge copies what it does not touch byte by byte", "[wire][json]") {
  CHECK(merged(R"({"a":{"x":1.0,"y":2}})", R"({"a":{"y":3e1},"b":null})") ==
        R"({"a":{"x":1.0,"y":3e1},"b":null})");
  CHECK(merged("[1]", "[2]") == "[2]");
  CHECK(merged("{}", "7") == "7");
}

}  // namespace tributary::http::wire
