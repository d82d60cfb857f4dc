// SPDX-License-Identifier: MIT
#include "http/wire/json_check.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::wire {

using namespace std::string_view_literals;

namespace {

bool passes(std::string_view text) { return bool(check_json(shared_bytes{text})); }

std::string nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

const std::vector<std::string_view> good{
    // structure
    "{}", "[]", "[[]]", "[{}]", R"({"a":[]})", R"({"":0})", R"({"a":{"b":{"c":[1,[2,{}]]}}})",
    "[[],[],{}]", R"({"a":1,"b":2})", R"({"a":1,"a":2})", "[1,2,3]", "[[[[[[[[]]]]]]]]",
    R"([{"a":1},{"b":2}])",
    // any value at the top
    "0", "-1", "true", "false", "null", R"("")", R"("text")", "1e400",
    // white space
    " 1 ", "\t[\n1\r,\n2 ]\r\n", " {\n\"a\" : 1 } ", "[ ]", "{ }", "\n\n\"x\"\n",
    // numbers keep any size and spelling
    "[0]", "[-0]", "[-0.0]", "[123]", "[1.5]", "[0.1]", "[1e5]", "[1E5]", "[1e+5]", "[1e-5]",
    "[0e0]", "[0E+01]", "[1.25e10]", "[1e400]", "[-1e400]", "[1e-400]", "[18446744073709551615]",
    "[18446744073709551616]", "[123456789012345678901234567890123456789012345678901234567890]",
    "[-9223372036854775809]", "[0.1000000000000000055511151231257827021181583404541015625]",
    "[1.7976931348623159e308]", "[5e-324]", "[-0e-0]",
    // strings
    R"(["a"])", R"(["\"\\\/\b\f\n\r\t"])", R"(["\u0000"])", R"(["\u00e9\u00E9"])",
    R"(["\ud83d\ude00"])", R"(["\ud800"])", R"(["\udc00\ud800"])", R"(["\uD800x"])",
    R"(["\\u00zz"])", R"(["\\"])", R"(["\\\\"])", R"(["\\\""])", "[\"\xc3\xa9\"]",
    "[\"\xf0\x9f\x98\x80\"]", "[\"\x7f\"]", "[\"\xe2\x80\xa8\"]", "[\"\xef\xbf\xbf\"]",
    "[\"\xef\xbb\xbf\"]", R"(["{[,:]}"])", R"({"\u0061":1})", R"(["// no comment"])",
    R"([",",":","]"])", "[\"\xf4\x8f\xbf\xbf\"]",
    // words
    "[true,false,null]", "[ true , false , null ]", R"({"a":true,"b":null})"};

const std::vector<std::string_view> bad{
    // nothing, or too much
    "", " ", "\n\t", "1 2", "[] []", "[]x", "{}{}", "nulltrue", "[1]]", "{}}", "\"a\"\"b\"",
    "\"a\"b", "[]\0"sv, "1\0"sv, "[1\0]"sv, "\0"sv, "[1],", "true false", "\"a\"true", "{} 1",
    "[]/**/", "[]//x",
    // structure
    "[", "]", "{", "}", "[[]", "[}", "{]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]",
    "[1:2]", ",", ":", R"({"a"})", R"({"a":})", R"({"a":1,})", R"({,"a":1})", R"({"a":1 "b":2})",
    R"({"a" 1})", R"({"a"::1})", R"({:1})", "{1:1}", "{a:1}", "{'a':1}", R"({"a":1,,"b":2})",
    R"({"a":1)", R"({"a":)", R"({"a")", R"({")", "{null:1}", "{[]:1}", R"({"a":1:2})",
    R"({"a","b"})", R"(["a":1])", R"({"a":[})", "[{]}",
    // numbers
    "[01]", "[00]", "[-01]", "[+1]", "[1.]", "[.5]", "[-.5]", "[-]", "[--1]", "[1e]", "[1e+]",
    "[1e5.5]", "[1.2.3]", "[0x1]", "[1_000]", "[1a]", "[NaN]", "[Infinity]", "[-Infinity]",
    "[1.e1]", "[0.e1]", "[1E+-1]", "[- 1]", "[1 .5]", "[\xef\xbc\x91]", "01", "1.", "-", "+1", ".5",
    "1e", "[2.]", "[1-2]", "[1\"a\"]", "[1/2]",
    // words
    "tru", "nul", "True", "[True]", "[nulll]", "[truex]", "[true\"x\"]", "[n]", "[fals]",
    "[undefined]", "[null0]",
    // strings
    "\"", "[\"]", "[\"a]", "['a']", "[\"\\\"]", R"(["\x41"])", R"(["\a"])", R"(["\u"])",
    R"(["\u12"])", R"(["\u123"])", R"(["\u123g"])", R"(["\U0041"])", R"(["\'"])", R"(["\0"])",
    "[\"\n\"]", "[\"\t\"]", "[\"\x01\"]", "[\"a\0b\"]"sv, R"(["\ud83d\u"])", "[\\n]", "[a]",
    R"({"\u00g0":1})", "[\"\\\n\"]", R"(\u0061)",
    // UTF-8
    "[\"\xff\"]", "[\"\x80\"]", "[\"\xc0\xaf\"]", "[\"\xe0\x80\xaf\"]", "[\"\xed\xa0\x80\"]",
    "[\"\xc3\"]", "[\"\xf4\x90\x80\x80\"]", "[\"\xf8\x88\x80\x80\x80\"]", "[\"\xe2\x82\"]",
    "\xef\xbb\xbf", "\xef\xbb\xbf\xef\xbb\xbf{}", " \xef\xbb\xbf{}", "[\xc3\xa9]",
    "\xfe\xff\0[\0]"sv,
    // white space that is none
    "[\f]", "[\v1]", "\xc2\xa0[]", "[\xe2\x80\x89]", "[1,\f2]"};

}  // namespace

TEST_CASE("each JSON text of RFC 8259 passes", "[wire][json]") {
  for (auto text : good) {
    INFO(text);
    auto body = shared_bytes{text};
    auto verdict = check_json(body);
    CHECK(verdict.error == "");
    CHECK(verdict.text.data() >= body.data());
  }
}

TEST_CASE("a byte order mark is ignored and not passed on", "[wire][json]") {
  const auto body = shared_bytes{"\xef\xbb\xbf {\"v\":1}\n"};
  const auto verdict = check_json(body);
  CHECK(verdict.error == "");
  CHECK(verdict.text == R"({"v":1})");
  CHECK(check_json(shared_bytes{"\xef\xbb\xbf[1,]"}).position == 6);
}

TEST_CASE("whatever is not a JSON text is refused", "[wire][json]") {
  for (auto text : bad) {
    INFO(text);
    CHECK_FALSE(passes(text));
  }
  CHECK(good.size() + bad.size() >= 200);
}

TEST_CASE("a document is judged alike wherever its tokens fall in a block", "[wire][json]") {
  for (std::size_t shift = 0; shift < 70; ++shift) {
    std::string space(shift, ' ');
    for (auto text : good) {
      INFO(shift << " " << text);
      CHECK(passes(space + std::string{text}));
    }
    for (auto text : bad) {
      INFO(shift << " " << text);
      CHECK_FALSE(passes(space + std::string{text}));
    }
  }
}

TEST_CASE("white space around a document is not part of it", "[wire][json]") {
  auto body = shared_bytes{" \r\n{ \"a\": 1 }\t\n"};
  CHECK(check_json(body).text == "{ \"a\": 1 }");
  CHECK(check_json(shared_bytes{"7"}).text == "7");
}

TEST_CASE("sixty-four levels pass and one more does not", "[wire][json]") {
  CHECK(passes(nested(64, "[", "]")));
  CHECK_FALSE(passes(nested(65, "[", "]")));
  CHECK(passes(nested(63, R"({"a":)", "}").insert(63 * 5, "{}")));
  CHECK(check_json(shared_bytes{nested(65, "[", "]")}).error == "nested too deeply");
  CHECK(check_json(shared_bytes{nested(65, "[", "]")}).position == 64);
  CHECK_FALSE(passes(std::string(100'000, '[')));
}

TEST_CASE("an error tells its place as far as it is known", "[wire][json]") {
  CHECK(check_json(shared_bytes{"[1, x]"}).position == 4);
  CHECK(check_json(shared_bytes{R"(["ab\q"])"}).position == 4);
  CHECK(check_json(shared_bytes{"[1"}).position == 2);
  CHECK(check_json(shared_bytes{"[1"}).error == "ends too early");
  CHECK(check_json(shared_bytes{}).error == "empty");
}

TEST_CASE("large and small documents may alternate", "[wire][json]") {
  std::string large = "[0";
  while (large.size() < 3'000'000) large += ",\"some text\",{\"a\":[1.5,true]}";
  large += "]";
  for (int i = 0; i < 3; ++i) {
    CHECK(passes(large));
    CHECK(passes("{}"));
    CHECK_FALSE(passes(large + "]"));
  }
}

}  // namespace tributary::http::wire
