// SPDX-License-Identifier: MIT
#include "http/server/handlers/aggregate/aggregate_input.hpp"

#include "actors/aggregation/plan.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tributary::http::server {

using namespace std::chrono_literals;
using actors::aggregation::endpoint_plan;
using actors::aggregation::strictness;
using config::parameter_place;
using std::chrono::milliseconds;

namespace {

config::parameter_settings text_parameter(std::string name, parameter_place in, bool required) {
  config::parameter_settings result;
  result.name = std::move(name);
  result.in = in;
  result.required = required;
  return result;
}

/// `/things/{id}` with the query parameters `q` and `r` and the header parameter `X-Tenant`; the
/// first two are required.
std::shared_ptr<const endpoint_plan> plan_of_things() {
  config::upstream_settings upstream;
  upstream.name = "a";
  config::part_settings part;
  part.name = "a";
  part.upstream = "a";
  part.path = "/a";
  config::endpoint_settings endpoint;
  endpoint.name = "things";
  endpoint.path = "/things/{id}";
  endpoint.parameters = {text_parameter("id", parameter_place::path, true),
                         text_parameter("q", parameter_place::query, true),
                         text_parameter("r", parameter_place::query, false),
                         text_parameter("X-Tenant", parameter_place::header, false)};
  endpoint.parts = {part};
  auto compiled = actors::aggregation::compile(endpoint, {upstream});
  REQUIRE(compiled.plan);
  return compiled.plan;
}

/// A request whose parameters are as they should be, but for what a test changes.
request things_request() {
  request result;
  result.path_parameters.push_back({"id", "7"});
  result.query = "q=x";
  return result;
}

aggregate_input read_things(const request& asked) {
  static const auto plan = plan_of_things();
  return read_aggregate_input(*plan, asked);
}

/// The names of the parameters that are refused.
std::vector<std::string> refused(const aggregate_input& input) {
  std::vector<std::string> result;
  for (const auto& each : input.errors) result.push_back(each.parameter);
  return result;
}

}  // namespace

TEST_CASE("a plus in a query is a space, and an escaped one is a plus") {
  auto asked = things_request();
  asked.query = "q=new+york&r=a%2Bb";
  const auto read = read_things(asked);
  CHECK(refused(read).empty());
  CHECK(read.values.value(1) == "new york");
  CHECK(read.values.value(2) == "a+b");
}

TEST_CASE("a header field in several lines is one list") {
  auto asked = things_request();
  asked.headers = {{"x-tenant", ""}, {"X-Tenant", "de"}, {"Other", "x"}, {"X-TENANT", "en"}};
  CHECK(read_things(asked).values.value(3) == "de, en");
}

TEST_CASE("an aggregate's values come from the query, the path and header fields") {
  auto asked = things_request();
  asked.query = "other=1&q=x&r=y&";
  asked.headers = {{"x-tenant", "t"}};
  const auto read = read_things(asked);
  CHECK(read.errors.empty());
  CHECK(read.values.value(0) == "7");
  CHECK(read.values.value(1) == "x");
  CHECK(read.values.value(2) == "y");
  CHECK(read.values.value(3) == "t");
  CHECK(read.values.asked() == 1);
  CHECK(read.handling == strictness::unsaid);
  CHECK_FALSE(read.limits.prefer_wait);
  CHECK_FALSE(read.limits.request_timeout);
}

TEST_CASE("an aggregate's values that are absent and optional stay absent") {
  const auto read = read_things(things_request());
  CHECK(read.errors.empty());
  CHECK_FALSE(read.values.value(2));
  CHECK_FALSE(read.values.value(3));
}

TEST_CASE("names and values of an aggregate's parameters are percent-decoded once") {
  auto asked = things_request();
  asked.path_parameters.front().value = "a%2Fb+c";
  asked.query = "%71=1%2B2%203&r=%2541";
  asked.headers = {{"X-Tenant", "%41"}};
  const auto read = read_things(asked);
  CHECK(read.errors.empty());
  CHECK(read.values.value(0) == "a/b+c");
  CHECK(read.values.value(1) == "1+2 3");
  CHECK(read.values.value(2) == "%41");
  CHECK(read.values.value(3) == "%41");
}

TEST_CASE("a query of many escaped items keeps each of them") {
  auto asked = things_request();
  std::string query = "q=%61%62";
  for (int i = 0; i < 100; ++i) query += "&n%20" + std::to_string(i) + "=%20";
  query += "&r=%63%64";
  asked.query = query;
  const auto read = read_things(asked);
  CHECK(read.errors.empty());
  CHECK(read.values.value(1) == "ab");
  CHECK(read.values.value(2) == "cd");
}

TEST_CASE("all that is wrong with an aggregate's request is told, the time limit last") {
  struct row {
    std::string query;
    std::vector<header_field> headers;
    std::vector<std::string> refused;
  };
  const auto given = GENERATE(values<row>({
      {"", {}, {"q"}},
      {"q=", {}, {"q"}},
      {"Q=x", {}, {"q"}},
      {"q=x&q=x", {}, {"q"}},
      {"q=x&%71=y", {}, {"q"}},
      {"q=x&r=", {}, {"r"}},
      {"q=x", {{"X-Tenant", ""}}, {"X-Tenant"}},
      {"r=", {{"X-Request-Timeout-Ms", "soon"}}, {"q", "r", "X-Request-Timeout-Ms"}},
  }));
  auto asked = things_request();
  asked.query = given.query;
  asked.headers = given.headers;
  CAPTURE(given.query);
  CHECK(refused(read_things(asked)) == given.refused);
}

TEST_CASE("a path without its value refuses the aggregate's parameter") {
  auto asked = things_request();
  asked.path_parameters.clear();
  CHECK(refused(read_things(asked)) == std::vector<std::string>{"id"});
}

TEST_CASE("an aggregate's client may prefer how failures are handled and how long it waits") {
  struct row {
    std::vector<std::string> lines;
    strictness handling;
    std::optional<milliseconds> wait;
  };
  const auto given = GENERATE(values<row>({
      {{}, strictness::unsaid, {}},
      {{""}, strictness::unsaid, {}},
      {{"handling=strict"}, strictness::strict, {}},
      {{"handling=lenient"}, strictness::lenient, {}},
      {{"handling=loose"}, strictness::unsaid, {}},
      {{"wait=2"}, strictness::unsaid, 2s},
      {{"wait=0"}, strictness::unsaid, 0ms},
      {{"wait=2.5"}, strictness::unsaid, {}},
      {{"wait=-1"}, strictness::unsaid, {}},
      {{"respond-async, handling=strict; x=1, wait=3"}, strictness::strict, 3s},
      {{"handling=lenient", "wait=4", "handling=strict"}, strictness::lenient, 4s},
  }));
  auto asked = things_request();
  for (const auto& line : given.lines) asked.headers.push_back({"prefer", line});
  CAPTURE(given.lines);
  const auto read = read_things(asked);
  CHECK(read.errors.empty());
  CHECK(read.handling == given.handling);
  CHECK(read.limits.prefer_wait == given.wait);
}

TEST_CASE("an aggregate's client may limit the time in whole milliseconds") {
  struct row {
    std::string text;
    std::optional<milliseconds> limit;  ///< nothing: refused
  };
  const auto given = GENERATE(values<row>({
      {"0", 0ms},
      {"250", 250ms},
      {"00250", 250ms},
      {"4294967295", 4'294'967'295ms},
      {"4294967296", {}},
      {"99999999999999999999", {}},
      {"", {}},
      {"-1", {}},
      {"+1", {}},
      {"1.5", {}},
      {"1 ", {}},
      {"5s", {}},
      {"0x10", {}},
  }));
  auto asked = things_request();
  asked.headers = {{"x-request-timeout-ms", given.text}};
  CAPTURE(given.text);
  const auto read = read_things(asked);
  CHECK(read.limits.request_timeout == given.limit);
  REQUIRE(read.errors.size() == (given.limit ? 0 : 1));
  if (given.limit) return;
  CHECK(read.errors.front().parameter == "X-Request-Timeout-Ms");
  CHECK(read.errors.front().detail == "must be a whole number of milliseconds below 2^32");
}

}  // namespace tributary::http::server
