// SPDX-License-Identifier: MIT
#include "actors/aggregation/merge.hpp"

#include "fixtures.hpp"

namespace tributary::actors::aggregation {

using namespace tests;
using config::merge_conflict;
using config::merge_mode;
using http::wire::shared_bytes;
using outcomes = std::vector<part_outcome>;

namespace {

/// Two parts at the root, the second with the rule, and a third that is a member.
plan_ptr root_plan(merge_conflict rule, merge_conflict first_rule = merge_conflict::error) {
  auto endpoint = three_parts(false, false, false);
  for (std::size_t i : {0, 1}) endpoint.parts[i].merge = merge_mode::root;
  endpoint.parts[0].on_conflict = first_rule;
  endpoint.parts[1].on_conflict = rule;
  return plan_of(endpoint);
}

/// The merged text, with `!` and the index of each part that conflicts put before it.
std::string merged(const plan_ptr& plan, outcomes parts, std::uint64_t asked = 7) {
  refuse_conflicts(*plan, asked, parts);
  std::string result;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].detail == "merge_conflict") result += "!" + std::to_string(i) + " ";
  }
  return result + text(merge(*plan, asked, parts));
}

std::string both(merge_conflict rule, std::string_view first, std::string_view second) {
  return merged(root_plan(rule), {ok(first), ok(second), {}}, 3);
}

}  // namespace

TEST_CASE("parts are members in configuration order, byte for byte", "[aggregation][merge]") {
  auto plan = plan_of(aggregated_data());
  auto body = shared_bytes{" {\"n\": 1.50, \"e\":1e400 }\n"};
  outcomes parts{received(200, body, milliseconds{1}), ok(R"(["é\u00e9"])"), ok("null")};
  auto result = merge(*plan, 7, parts);
  CHECK(
      text(result) ==
      R"({"customer_info":{"n": 1.50, "e":1e400 },"master_data":["é\u00e9"],"transaction_data":null})");
  CHECK(result[1].data() == body.data() + 1);
  CHECK(result[0].data() == plan->parts[0].first_key.data());
  CHECK(result.size() == 7);
}

TEST_CASE("a missing part is null or its default, one not asked for is absent",
          "[aggregation][merge]") {
  auto endpoint = aggregated_data();
  endpoint.parts[1].default_json = R"({"products":[]})";
  auto plan = plan_of(endpoint);
  CHECK(merged(plan, {timed_out(), timed_out(), ok("1")}) ==
        R"({"customer_info":null,"master_data":{"products":[]},"transaction_data":1})");
  CHECK(merged(plan, {ok("1"), ok("2"), ok("3")}, 2) == R"({"master_data":2})");
  CHECK(merged(plan, {ok("1"), ok("2"), ok("3")}, 5) ==
        R"({"customer_info":1,"transaction_data":3})");
  CHECK(text(merge(*plan, 1, outcomes{broken(), ok(), ok()}, shared_bytes{R"({"code":"X"})"})) ==
        R"({"customer_info":null,"error":{"code":"X"}})");
}

TEST_CASE("a success without a body is there, as its default or null", "[aggregation][merge]") {
  auto endpoint = aggregated_data();
  endpoint.parts[1].default_json = "[]";
  const auto plan = plan_of(endpoint);
  struct row {
    int status;
    std::string_view body;
  };
  for (const auto& [code, body] : {row{204, ""}, row{205, "ignored"}, row{200, ""},
                                   row{201, " \r\n"}, row{200, "\xef\xbb\xbf"}}) {
    INFO(code << " " << body);
    const auto silent = received(code, shared_bytes{body}, milliseconds{1});
    CHECK(silent.there());
    CHECK_FALSE(silent.has_body());
    CHECK(merged(plan, {silent, silent, ok("1")}) ==
          R"({"customer_info":null,"master_data":[],"transaction_data":1})");
  }
}

TEST_CASE("a part of the root without a body adds its default or nothing", "[aggregation][merge]") {
  auto endpoint = three_parts(false, false, false);
  for (auto& part : endpoint.parts) part.merge = config::merge_mode::root;
  endpoint.parts[1].default_json = R"({"b":2})";
  const auto plan = plan_of(endpoint);
  const auto silent = received(204, {}, milliseconds{1});
  outcomes parts{silent, silent, ok(R"({"c":3})")};
  refuse_conflicts(*plan, 7, parts);
  CHECK(parts[0].there());
  CHECK(text(merge(*plan, 7, parts)) == R"({"b":2,"c":3})");
}

TEST_CASE("member names are escaped", "[aggregation][merge]") {
  auto endpoint = three_parts(false, false, false);
  endpoint.parts[0].member = "a\"\\\n";
  CHECK(merged(plan_of(endpoint), {ok("1"), {}, {}}, 1) == R"({"a\"\\\n":1})");
}

TEST_CASE("objects at the root are joined without a copy", "[aggregation][merge]") {
  auto plan = root_plan(merge_conflict::error);
  auto first = shared_bytes{R"({ "a": 1 , "b":[2]})"};
  outcomes parts{received(200, first, milliseconds{1}), ok(R"({"c":3})"), ok("4")};
  refuse_conflicts(*plan, 7, parts);
  auto result = merge(*plan, 7, parts);
  CHECK(text(result) == R"({"a": 1 , "b":[2],"c":3,"transaction":4})");
  CHECK(result[1].data() == first.data() + 2);
  CHECK(merged(plan, {ok("{}"), ok("{}"), {}}, 3) == "{}");
  CHECK(text(merge(*plan, 3, outcomes{ok("{}"), ok("{}"), {}}, shared_bytes{"1"})) ==
        R"({"error":1})");
}

TEST_CASE("conflicts at the root follow the rule", "[aggregation][merge]") {
  struct row {
    merge_conflict rule;
    const char* first;
    const char* second;
    const char* expected;
  };
  using enum merge_conflict;
  auto r = GENERATE(values<row>({
      {error, R"({"a":1,"b":2})", R"({"b":3,"c":4})", R"(!1 {"a":1,"b":2})"},
      {first, R"({"a":1,"b":2})", R"({"b":3,"c":4})", R"({"a":1,"b":2,"c":4})"},
      {last, R"({"a":1,"b":2,"z":0})", R"({"c":4,"b":3})", R"({"a":1,"b":3,"z":0,"c":4})"},
      {concat, R"({"a":[1, 2],"b":2})", R"({"a":[ 3 ]})", R"({"a":[1, 2,3],"b":2})"},
      {concat, R"({"a":[ ]})", R"({"a":[1]})", R"({"a":[1]})"},
      {concat, R"({"a":[]})", R"({"a":[]})", R"({"a":[]})"},
      {concat, R"({"a":[1]})", R"({"a":2})", R"(!1 {"a":[1]})"},
      {concat, R"({"a":1})", R"({"b":2})", R"({"a":1,"b":2})"},
      {deep, R"({"a":{"x":1.0,"y":{"p":1}},"b":1})", R"({"a":{"y":{"q":2},"z":1e400},"b":[2]})",
       R"({"a":{"x":1.0,"y":{"p":1,"q":2},"z":1e400},"b":[2]})"},
      {deep, R"({"a":{"x":1}})", R"({"a":{"x":null}})", R"({"a":{"x":null}})"},
      {deep, R"({"a":{"x":1}})", R"({"a":null})", R"({"a":null})"},
      {deep, R"({"a":[1]})", R"({"a":[2]})", R"({"a":[2]})"},
      // keys are compared as text, not as spelling
      {error, R"({"a":1})", R"({"\u0061":2})", R"(!1 {"a":1})"},
      {last, R"({"a":1})", R"({"\u0061":2})", R"({"\u0061":2})"},
      {deep, R"({"k":{"\ud83d\ude00":1}})", "{\"k\":{\"\xf0\x9f\x98\x80\":2}}",
       R"({"k":{"\ud83d\ude00":2}})"},
      {error, R"({"\ud800":1})", R"({"\ud801":2})", R"({"\ud800":1,"\ud801":2})"},
      {error, R"({"a\"b":1})", R"({"a\"c":"}{,"})", R"({"a\"b":1,"a\"c":"}{,"})"},
      // a key twice in one document
      {error, "{}", R"({"a":1,"a":2})", "!1 {}"},
      {first, "{}", R"({"a":1,"b":0,"a":2})", R"({"a":1,"b":0})"},
      {last, "{}", R"({"a":1,"b":0,"a":2})", R"({"a":2,"b":0})"},
      {concat, "{}", R"({"a":[1],"a":[2]})", R"({"a":[2]})"},
      // what cannot be merged at the root at all
      {last, "{}", "[1]", "!1 {}"},
      {first, "{}", "null", "!1 {}"},
      // `error` is the gateway's
      {error, "{}", R"({"error":1})", "!1 {}"},
      {last, "{}", R"({"a":1,"error":1,"b":2})", R"({"a":1,"b":2})"},
  }));
  INFO(r.first << " " << r.second);
  CHECK(both(r.rule, r.first, r.second) == r.expected);
}

TEST_CASE("declared members take part in conflicts, wherever they come", "[aggregation][merge]") {
  using enum merge_conflict;
  CHECK(merged(root_plan(error), {ok("{}"), ok(R"({"transaction":1})"), ok("2")}) ==
        R"(!1 {"transaction":2})");
  CHECK(merged(root_plan(first), {ok("{}"), ok(R"({"transaction":1})"), ok("2")}) ==
        R"({"transaction":1})");
  CHECK(merged(root_plan(last), {ok("{}"), ok(R"({"transaction":1})"), ok("2")}) ==
        R"({"transaction":2})");
  CHECK(merged(root_plan(concat), {ok("{}"), ok(R"({"transaction":[1]})"), ok("[2]")}) ==
        R"({"transaction":[1,2]})");
  CHECK(merged(root_plan(concat), {ok("{}"), ok(R"({"transaction":[1]})"), ok("2")}) ==
        R"(!1 {"transaction":2})");
  // The null of a missing part is no rival.
  CHECK(merged(root_plan(concat), {ok("{}"), ok(R"({"transaction":[1]})"), broken()}) ==
        R"({"transaction":[1]})");
}

TEST_CASE("a part that conflicts takes its members along", "[aggregation][merge]") {
  using enum merge_conflict;
  auto plan = root_plan(error, error);
  // The first part fails for `transaction`, so the second may have `a`.
  CHECK(merged(plan, {ok(R"({"a":1,"transaction":1})"), ok(R"({"a":2})"), ok("3")}) ==
        R"(!0 {"a":2,"transaction":3})");
}

TEST_CASE("a missing part at the root leaves nothing, or its default where there is room",
          "[aggregation][merge]") {
  auto endpoint = three_parts(false, false, false);
  endpoint.parts[0].merge = merge_mode::root;
  CHECK(merged(plan_of(endpoint), {broken(), ok("1"), {}}, 3) == R"({"master":1})");
  endpoint.parts[0].default_json = R"({"a":0,"master":0})";
  CHECK(merged(plan_of(endpoint), {broken(), ok("1"), {}}, 3) == R"({"a":0,"master":1})");
}

TEST_CASE("large objects merge in reasonable time", "[aggregation][merge]") {
  std::string object = "{\"k\":{";
  for (int i = 0; i < 20'000; ++i) object += (i ? ",\"" : "\"") + std::to_string(i) + "\":[1]";
  object += "}}";
  CHECK(both(merge_conflict::deep, object, object) == object);
}

}  // namespace tributary::actors::aggregation
