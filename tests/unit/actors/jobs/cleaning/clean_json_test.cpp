// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/clean.hpp"
#include "http/wire/json_check.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::actors::jobs::cleaning {

namespace {

struct json_row {
  std::string_view json;
  std::string_view expected;
};

void check(const cleaning_rules& rules, const std::vector<json_row>& rows) {
  for (const auto& row : rows) {
    INFO(row.json);
    REQUIRE(http::wire::check_json(http::wire::shared_bytes{row.json}));
    const auto result = clean_json(rules, row.json);
    CHECK(result == row.expected);
    CHECK(http::wire::check_json(http::wire::shared_bytes{result}));
    CHECK(clean_json(rules, result) == result);
  }
}

cleaning_rules with(operator_map fields, operator_map paths, std::string hash_key = {}) {
  cleaning_settings result;
  result.fields = std::move(fields);
  result.paths = std::move(paths);
  result.hash_key = std::move(hash_key);
  return cleaning_rules{result};
}

using enum cleaning_operator;

const cleaning_rules by_default;

}  // namespace

TEST_CASE("what is not personal keeps its spelling and order", "[jobs][cleaning]") {
  const std::string long_number(400, '4');
  const std::string huge = "[" + long_number + "," + long_number + ".5,-0.00,1E+400,0]";
  check(by_default, {{huge, huge},
                     {R"({"b":1.50,"a":[true,false,null,{}],"c":"\u0041\/\n."})",
                      R"({"b":1.50,"a":[true,false,null,{}],"c":"\u0041\/\n."})"},
                     {" { \"a\" : [ 1 , 2 ] ,\n\"b\" : \"x\" } ", R"({"a":[1,2],"b":"x"})"},
                     {"\"\\ud83d\\ude00 \\ud800\"", "\"\\ud83d\\ude00 \\ud800\""},
                     {"[]", "[]"},
                     {"{}", "{}"},
                     {"null", "null"},
                     {"7", "7"},
                     {R"("")", R"("")"}});
}

TEST_CASE("strings are cleaned at all depths and lose white space at both ends",
          "[jobs][cleaning]") {
  check(by_default,
        {{R"({"a":[{"note":"  call 555-123-4567 "}]})", R"({"a":[{"note":"call [phone]"}]})"},
         {R"("\u00a0\t x \n\u3000")", R"("x")"},
         {R"("\\ ")", R"("\\")"},
         {R"(" \\n")", R"("\\n")"},
         {R"("\u0020")", R"("")"},
         {R"("me@example.com")", R"("[email]")"}});
}

TEST_CASE("escapes are seen through", "[jobs][cleaning]") {
  check(by_default, {{R"("me\u0040example\u002ecom")", R"("[email]")"},
                     {R"("\u0034111111111111111")", R"("[card]")"},
                     {R"("4111\u200b1111\ufeff1111\u00ad1111")", R"("[card]")"},
                     {R"("\uff14111\u00a01111 1111\u20111111\u0022")", R"("[card]\u0022")"},
                     {R"("\ud83d\ude00me@example.com")", R"("\ud83d\ude00[email]")"},
                     {R"("\"me@example.com\"\\")", R"("\"[email]\"\\")"},
                     {R"("\n4111111111111111\n.")", R"("[card]\n.")"}});
}

TEST_CASE("integers are looked at, other numbers are not", "[jobs][cleaning]") {
  check(by_default, {{"4111111111111111", R"("[card]")"},
                     {"[-4111111111111111]", R"(["-[card]"])"},
                     {"4111111111111111.0", "4111111111111111.0"},
                     {"4111111111111111e0", "4111111111111111e0"},
                     {"4111111111111111E0", "4111111111111111E0"},
                     {"[1700000000000,4111111111111112]", "[1700000000000,4111111111111112]"}});
}

TEST_CASE("member names are cleaned, and stay different", "[jobs][cleaning]") {
  check(
      by_default,
      {{R"({"me@example.com":1})", R"({"[email]":1})"},
       {R"({"a@b.co":1,"c@d.co":2,"e@f.co":3})", R"({"[email]":1,"[email]~2":2,"[email]~3":3})"},
       {R"({"[email]":1,"a@b.co":2})", R"({"[email]":1,"[email]~2":2})"},
       {R"({"a@b.co":1,"[email]":2})", R"({"[email]":1,"[email]~2":2})"},
       {R"({"a@b.co":1,"[email]~2":2,"c@d.co":3})", R"({"[email]":1,"[email]~2":2,"[email]~3":3})"},
       {R"({"a@b.co":1,"c@d.co":3,"[email]~2":2})",
        R"({"[email]":1,"[email]~2":3,"[email]~2~2":2})"},
       {R"({"\u0061@b.co":{"4111111111111111":0}})", R"({"[email]":{"[card]":0}})"},
       {R"({" name ":" x "})", R"({" name ":"x"})"}});
}

TEST_CASE("of equal names the last counts, and the others are gone", "[jobs][cleaning]") {
  check(by_default,
        {{R"({"a":1,"b":2,"a":3})", R"({"b":2,"a":3})"},
         {R"({"a":1,"a":2,"a":3})", R"({"a":3})"},
         {R"({"a":1,"\u0061":2})", R"({"\u0061":2})"},
         {R"({"a":{"b":1,"b":2},"a":{"b":3,"c":[],"b":4}})", R"({"a":{"c":[],"b":4}})"},
         {R"([{"x":{"a":1,"a":{"b":1,"b":2}}},{"a":1,"a":2}])", R"([{"x":{"a":{"b":2}}},{"a":2}])"},
         {R"({"a@b.co":1,"x":2,"a@b.co":3})", R"({"x":2,"[email]":3})"},
         {R"({"password":1,"password":2})", R"({"password":"[redacted]"})"}});
  check(with({{"a", drop}, {"k", keep}}, {}),
        {{R"({"a":1,"b":2,"a":3})", R"({"b":2})"},
         {R"({"b":2,"a":1,"b":3,"a":3})", R"({"b":3})"},
         {R"({"k":{"a":1,"a":2,"password":3}})", R"({"k":{"a":2,"password":3}})"}});
}

TEST_CASE("the default fields are redacted, however their names are written", "[jobs][cleaning]") {
  for (const auto field : default_fields()) {
    const auto name = std::string{field};
    CHECK(clean_json(by_default, "{\"" + name + "\":1}") == "{\"" + name + "\":\"[redacted]\"}");
  }
  CHECK(default_fields().size() == 17);
  check(
      by_default,
      {{R"({"Api-Key":"x","APIKEY":["x"],"apiKey":{"a":"x"},"api_key":null})",
        R"({"Api-Key":"[redacted]","APIKEY":"[redacted]","apiKey":"[redacted]","api_key":"[redacted]"})"},
       {R"({"\u0070assword":1,"pass\u200bword":1,"\uff50assword":1," password ":1})",
        R"({"\u0070assword":"[redacted]","pass\u200bword":"[redacted]","\uff50assword":"[redacted]"," password ":"[redacted]"})"},
       {R"({"password_hint":"x","my_token":"x","p\u00e4ssword":"x"})",
        R"({"password_hint":"x","my_token":"x","p\u00e4ssword":"x"})"}});
}

TEST_CASE("each operator does what it is called", "[jobs][cleaning]") {
  // The digest was made with: printf alice | openssl dgst -sha256 -hmac key
  check(with({{"m", mask}, {"h", hash}, {"d", drop}, {"k", keep}, {"r", redact}}, {}, "key"),
        {{R"({"m":" 4111111111111111 "})", R"({"m":"************1111"})"},
         {R"({"m":"abc","M":"abcd"})", R"({"m":"***","M":"****"})"},
         {R"({"m":"ab\u00e9d\ud83d\ude00f"})", R"({"m":"**\u00e9d\ud83d\ude00f"})"},
         {R"({"m":12345678,"M":1.25e3})", R"({"m":"****5678","M":"**25e3"})"},
         {R"({"m":[1],"M":null})", R"({"m":"[redacted]","M":null})"},
         {R"({"h":" \u0061lice "})", R"({"h":"76fb55e929c06b97b01c35950ee5f72f"})"},
         {R"({"h":{"a":1},"H":null})", R"({"h":"[redacted]","H":null})"},
         {R"({"h":true})", R"({"h":"[redacted]"})"},
         {R"({"a":1,"d":{"x":1},"b":2,"D":3})", R"({"a":1,"b":2})"},
         {R"({"d":1})", R"({})"},
         {R"({"k":" me@example.com ","K":{"password":[4111111111111111],"a@b.co":" "}})",
          R"({"k":" me@example.com ","K":{"password":[4111111111111111],"a@b.co":" "}})"},
         {R"({"r":{"a":[1,2]}})", R"({"r":"[redacted]"})"}});
}

TEST_CASE("equal texts have equal hashes, which tell nothing without the key", "[jobs][cleaning]") {
  const auto one = with({{"h", hash}}, {}, "one");
  const auto other = with({{"h", hash}}, {}, "other");
  CHECK(clean_json(one, R"({"h":42})") == clean_json(one, R"({"h":"42"})"));
  CHECK(clean_json(one, R"({"h":42})") != clean_json(one, R"({"h":43})"));
  CHECK(clean_json(one, R"({"h":42})") != clean_json(other, R"({"h":42})"));
  CHECK_THROWS_AS(with({{"h", hash}}, {}), std::invalid_argument);
  CHECK_THROWS_AS(with({}, {{"/h", hash}}), std::invalid_argument);
}

TEST_CASE("paths go before fields, and names before stars", "[jobs][cleaning]") {
  check(with({{"email", keep}}, {{"/user/email", redact}, {"/token", keep}}),
        {{R"({"user":{"email":"a@b.co"},"email":"a@b.co","token":"a@b.co"})",
          R"({"user":{"email":"[redacted]"},"email":"a@b.co","token":"a@b.co"})"}});
  check(with({}, {{"/a/*/x", drop}, {"/a/1/x", keep}, {"/b~1c/~0", mask}, {"/list/0", drop}}),
        {{R"({"a":[{"x":1},{"x":"a@b.co"},{"y":1}]})", R"({"a":[{},{"x":"a@b.co"},{"y":1}]})"},
         {R"({"a":{"m":{"x":1}}})", R"({"a":{"m":{}}})"},
         {R"({"b/c":{"~":"12345"}})", R"({"b/c":{"~":"*2345"}})"},
         {R"({"list":[1,2,3]})", R"({"list":[null,2,3]})"}});
  check(with({}, {{"/k", keep}, {"/k/*/p", redact}}),
        {{R"({"k":[{"p":1,"password":"a@b.co"}]})",
          R"({"k":[{"p":"[redacted]","password":"a@b.co"}]})"}});
  check(with({}, {{"/*", redact}}),
        {{R"([1,"a",{}])", R"(["[redacted]","[redacted]","[redacted]"])"}});
}

TEST_CASE("a path can speak of the whole document", "[jobs][cleaning]") {
  CHECK(clean_json(with({}, {{"", redact}}), "[1]") == R"("[redacted]")");
  CHECK(clean_json(with({}, {{"", drop}}), "[1]") == "null");
  CHECK(clean_json(with({}, {{"", keep}}), R"([" a@b.co "])") == R"([" a@b.co "])");
  CHECK_THROWS_AS(with({}, {{"a", redact}}), std::invalid_argument);
  CHECK_THROWS_AS(with({{"_-", redact}}, {}), std::invalid_argument);
}

TEST_CASE("a name that the rules speak of is left as it is", "[jobs][cleaning]") {
  check(with({{"a@b.co", drop}}, {{"/c@d.co/x", mask}}),
        {{R"({"a@b.co":1,"A@B.co":2,"c@d.co":{"x":"12345"},"e@f.co":1})",
          R"({"c@d.co":{"x":"*2345"},"[email]":1})"}});
  check(with({{"[email]", redact}}, {}),
        {{R"({"a@b.co":"x","[email]":"y"})", R"({"[email]":"[redacted]","[email]~2":"y"})"}});
}

TEST_CASE("detectors can be turned off", "[jobs][cleaning]") {
  cleaning_settings settings;
  settings.detectors = {detector::ip};
  check(cleaning_rules{settings}, {{R"(["me@example.com","10.0.0.1 ",4111111111111111])",
                                    R"(["me@example.com","[ip]",4111111111111111])"}});
  settings.detectors = {};
  check(cleaning_rules{settings}, {{R"(["10.0.0.1 "])", R"(["10.0.0.1"])"}});
}

TEST_CASE("the greatest depth is cleaned", "[jobs][cleaning]") {
  const std::string open(http::wire::max_json_depth, '[');
  const std::string close(http::wire::max_json_depth, ']');
  CHECK(clean_json(by_default, open + "\"a@b.co\"" + close) == open + "\"[email]\"" + close);
}

TEST_CASE("many names that become equal take no more time than others", "[jobs][cleaning]") {
  // A search from ~2 for each of them would be 4 million comparisons.
  std::string json = "{";
  for (int i = 0; i < 3'000; ++i) json += "\"a" + std::to_string(i) + "@b.co\":0,";
  json.back() = '}';
  const auto result = clean_json(by_default, json);
  CHECK(result.find("\"[email]~3000\":0}") != result.npos);
}

TEST_CASE("names of operators and detectors are read as they are written", "[jobs][cleaning]") {
  for (const auto each : {redact, mask, hash, drop, keep}) {
    CHECK(parse_cleaning_operator(to_string(each)) == each);
  }
  CHECK(parse_cleaning_operator("encrypt") == std::nullopt);
  CHECK(parse_detector("ssn") == detector::ssn);
  CHECK(parse_detector("SSN") == std::nullopt);
}

}  // namespace tributary::actors::jobs::cleaning
