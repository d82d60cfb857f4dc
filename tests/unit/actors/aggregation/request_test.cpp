// SPDX-License-Identifier: MIT
#include "actors/aggregation/request.hpp"

#include "fixtures.hpp"

namespace tributary::actors::aggregation {

using namespace tests;
using config::parameter_type;

namespace {

std::string target(const plan_ptr& plan, std::size_t part, const pairs& query) {
  std::string result;
  REQUIRE(append_target(plan->parts[part], bound(plan, query), result));
  return result;
}

/// One part with that path and query value, and the string parameters `a` and `b`.
plan_ptr plan_with_path(std::string path, std::string query = {}) {
  tributary::config::endpoint_settings endpoint;
  endpoint.name = "free";
  auto a = parameter("a", parameter_type::string);
  a.required = true;
  auto b = parameter("b", parameter_type::string);
  b.default_value = "b";
  endpoint.parameters = {a, b};
  endpoint.parts = {part("customer")};
  endpoint.parts[0].path = std::move(path);
  if (!query.empty()) endpoint.parts[0].query = {{"q&x", query}};
  endpoint.parts[0].headers = {{"X-A", "v={a}"}};
  return plan_of(endpoint);
}

}  // namespace

TEST_CASE("each service of /aggregated-data is asked for the customer, and only one for the time",
          "[aggregation][request]") {
  auto plan = plan_of(aggregated_data());
  CHECK(target(plan, 0, {{"customer_id", "c1"}}) == "/customers/c1");
  CHECK(target(plan, 1, {{"customer_id", "c1"}}) == "/api/v1/master-data?customer_id=c1");
  CHECK(target(plan, 2, {{"customer_id", "c1"}}) == "/transactions?customer_id=c1");
  CHECK(target(plan, 2, {{"customer_id", "c1"}, {"timestamp", "2024-05-01T12:00:00Z"}}) ==
        "/transactions?customer_id=c1&from=2024-05-01T12:00:00Z");
  CHECK(target(plan, 2,
               {{"customer_id", "c1"},
                {"timestamp", "2024-05-01T12:00:00Z/2024-05-01T15:00:00+02:00"}}) ==
        "/transactions?customer_id=c1&from=2024-05-01T12:00:00Z&to=2024-05-01T13:00:00Z");
}

TEST_CASE("a value cannot change the structure of a target", "[aggregation][request]") {
  struct row {
    const char* value;
    const char* expected;
  };
  auto r = GENERATE(values<row>({
      {"a/b", "/x/a%2Fb/y?q%26x=a/b"},
      {"a?b#c", "/x/a%3Fb%23c/y?q%26x=a%3Fb%23c"},
      {"a&b=c", "/x/a%26b%3Dc/y?q%26x=a%26b%3Dc"},
      {"../etc", "/x/..%2Fetc/y?q%26x=../etc"},
      {"%2e%2e", "/x/%252e%252e/y?q%26x=%252e%252e"},
      {"a b+c", "/x/a%20b%2Bc/y?q%26x=a%20b%2Bc"},
      {"é", "/x/%C3%A9/y?q%26x=%C3%A9"},
      {"a;b@c:d", "/x/a%3Bb%40c%3Ad/y?q%26x=a%3Bb%40c:d"},
      {"\\", "/x/%5C/y?q%26x=%5C"},
  }));
  auto plan = plan_with_path("/x/{a}/y", "{a}");
  CHECK(target(plan, 0, {{"a", r.value}}) == r.expected);
}

TEST_CASE("values cannot make up a dot segment together", "[aggregation][request]") {
  auto plan = plan_with_path("/x/{a}{b}/y");
  std::string result = "kept";
  // Each alone is refused by bind, so the halves come from a literal.
  auto literal = plan_with_path("/x/.{a}");
  auto values = bind_parameters(*literal, pairs{{"a", ".b"}}, {}, nullptr);
  CHECK(append_target(literal->parts[0], values.values, result));
  CHECK(result == "kept/x/..b");
  auto dots = plan_with_path("/x/..");
  auto any = bound(dots, {{"a", "z"}});
  CHECK_FALSE(append_target(dots->parts[0], any, result));
  CHECK(result == "kept/x/..b");
}

TEST_CASE("headers carry values as they are", "[aggregation][request]") {
  auto plan = plan_with_path("/x");
  std::vector<request_header> headers;
  append_headers(plan->parts[0], bound(plan, {{"a", "1 %/é"}}), headers);
  REQUIRE(headers.size() == 1);
  CHECK(headers[0].name == "X-A");
  CHECK(headers[0].value == "v=1 %/é");
}

}  // namespace tributary::actors::aggregation
