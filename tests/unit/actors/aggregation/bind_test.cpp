// SPDX-License-Identifier: MIT
#include "actors/aggregation/bind.hpp"

#include "fixtures.hpp"

namespace tributary::actors::aggregation {

using namespace tests;
using config::parameter_place;
using config::parameter_type;

namespace {

bind_result bind_query(const plan_ptr& plan, const pairs& query) {
  return bind_parameters(*plan, query, {}, nullptr);
}

/// An endpoint with the one parameter `p`.
plan_ptr plan_with_parameter(tributary::config::parameter_settings p) {
  auto endpoint = three_parts(false, false, false);
  endpoint.parameters = {std::move(p)};
  return plan_of(endpoint);
}

/// The normalised value of `p`, or the detail of its error.
std::string outcome_of(const plan_ptr& plan, std::string_view value) {
  auto result = bind_query(plan, {{"p", value}});
  if (!result.errors.empty()) return result.errors.front().detail;
  return std::string{result.values.value(0).value_or("")};
}

bool accepted(const plan_ptr& plan, std::string_view value) {
  return bind_query(plan, {{"p", value}}).errors.empty();
}

}  // namespace

TEST_CASE("the plain request asks all parts", "[aggregation][bind]") {
  auto plan = plan_of(aggregated_data());
  auto result = bind_query(plan, {{"customer_id", "c1"}, {"unknown", "x"}, {"unknown", ""}});
  REQUIRE(result.errors.empty());
  CHECK(result.values.asked() == 7);
  CHECK(result.values.value(0) == "c1");
  CHECK(result.values.value(1) == "all");
  CHECK(result.values.is_default(1));
  CHECK_FALSE(result.values.value(2).has_value());
  CHECK(result.values.is_default(2));
}

TEST_CASE("a plus is a space where the parameter can have one, else itself",
          "[aggregation][bind]") {
  struct row {
    parameter_type type;
    std::string characters, value, with_plus, expected;
  };
  const auto r = GENERATE(values<row>({
      {parameter_type::string, "", "new york", "new+york", "new york"},
      {parameter_type::string, "0-9+", " 49123", "+49123", "+49123"},
      {parameter_type::number, "", "1e 5", "1e+5", "1e+5"},
      {parameter_type::instant, "", "2024-05-01T12:00:00 02:00", "2024-05-01T12:00:00+02:00",
       "2024-05-01T10:00:00Z"},
  }));
  tributary::config::parameter_settings p;
  p.name = "p";
  p.type = r.type;
  p.characters = r.characters;
  const auto result = bind_query(plan_with_parameter(p), {{"p", r.value, r.with_plus}});
  REQUIRE(result.errors.empty());
  CHECK(result.values.value(0) == r.expected);
}

TEST_CASE("all that is wrong is reported at once, in the order of declaration",
          "[aggregation][bind]") {
  auto plan = plan_of(aggregated_data());
  auto result = bind_query(
      plan, {{"timestamp", "tomorrow"}, {"data_type", "customer,price"}, {"customer_id", "a b"}});
  REQUIRE(result.errors.size() == 3);
  CHECK(result.errors[0].parameter == "customer_id");
  CHECK(result.errors[0].detail ==
        "customer_id must be 1 to 64 characters of A-Za-z0-9._-, not \"a b\"");
  CHECK(result.errors[1].detail ==
        "data_type must be all or a comma-separated list of customer, master, transaction, "
        "not \"customer,price\"");
  CHECK(result.errors[2].parameter == "timestamp");
}

TEST_CASE("missing, repeated and empty parameters are errors", "[aggregation][bind]") {
  auto plan = plan_of(aggregated_data());
  auto detail = [&](const pairs& query) {
    auto result = bind_query(plan, query);
    REQUIRE(result.errors.size() == 1);
    return result.errors.front().detail;
  };
  CHECK(detail({}) == "customer_id is required: must be 1 to 64 characters of A-Za-z0-9._-");
  CHECK(detail({{"customer_id", "c1"}, {"customer_id", "c1"}}) ==
        "customer_id must be given only once");
  CHECK(detail({{"customer_id", ""}}) ==
        "customer_id must be 1 to 64 characters of A-Za-z0-9._-, and is empty");
  CHECK(detail({{"customer_id", "c1"}, {"timestamp", ""}}).starts_with("timestamp must be"));
  CHECK(detail({{"customer_id", "c1"}, {"data_type", ""}}).starts_with("data_type must be"));
  CHECK(detail({{"customer_id", "c1"}, {"data_type", "all"}, {"data_type", "all"}}) ==
        "data_type must be given only once");
}

TEST_CASE("a path parameter cannot be a dot segment", "[aggregation][bind]") {
  auto plan = plan_of(aggregated_data());
  for (auto value : {".", ".."}) {
    auto result = bind_query(plan, {{"customer_id", value}});
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors.front().detail == "customer_id must not be a dot segment (. or ..)");
  }
  CHECK(bind_query(plan, {{"customer_id", "..."}}).errors.empty());
}

TEST_CASE("lists of parts are put in the order of declaration", "[aggregation][bind]") {
  struct row {
    const char* given;
    const char* normal;
    std::uint64_t asked;
  };
  auto plan = plan_of(aggregated_data());
  auto r = GENERATE(values<row>({{"all", "all", 7},
                                 {"customer", "customer", 1},
                                 {"transaction,customer", "customer,transaction", 5},
                                 {"transaction,master,customer", "all", 7}}));
  auto result = bind_query(plan, {{"customer_id", "c1"}, {"data_type", r.given}});
  REQUIRE(result.errors.empty());
  CHECK(result.values.value(1) == r.normal);
  CHECK(result.values.asked() == r.asked);
}

TEST_CASE("malformed lists of parts are refused", "[aggregation][bind]") {
  auto plan = plan_of(aggregated_data());
  auto value = GENERATE(
      values<const char*>({"customer,customer", "customer,", ",customer", ",", "customer,,master",
                           "ALL", "all,customer", "customer ", "customer;master"}));
  INFO(value);
  CHECK(bind_query(plan, {{"customer_id", "c1"}, {"data_type", value}}).errors.size() == 1);
}

TEST_CASE("an interval is an instant or two in order", "[aggregation][bind]") {
  auto plan = plan_of(aggregated_data());
  auto bound = [&](std::string_view value) {
    return bind_query(plan, {{"customer_id", "c1"}, {"timestamp", value}});
  };
  auto single = bound("2024-05-01T12:00:00+02:00");
  REQUIRE(single.errors.empty());
  CHECK(single.values.value(2) == "2024-05-01T10:00:00Z");
  CHECK(single.values.value(2, value_field::from) == "2024-05-01T10:00:00Z");
  CHECK_FALSE(single.values.value(2, value_field::to).has_value());
  auto range = bound("2024-05-01T00:00:00Z/2024-05-02T00:00:00.5Z");
  REQUIRE(range.errors.empty());
  CHECK(range.values.value(2) == "2024-05-01T00:00:00Z/2024-05-02T00:00:00.5Z");
  CHECK(range.values.value(2, value_field::from) == "2024-05-01T00:00:00Z");
  CHECK(range.values.value(2, value_field::to) == "2024-05-02T00:00:00.5Z");
  CHECK(bound("2024-05-01T00:00:00Z/2024-05-01T02:00:00+02:00").errors.empty());
  CHECK(bound("2024-05-01T00:00:00.1Z/2024-05-01T00:00:00Z")
            .errors.front()
            .detail.starts_with("timestamp must not begin after its end"));
  for (auto bad : {"/", "2024-05-01T00:00:00Z/", "/2024-05-01T00:00:00Z",
                   "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z/2024-05-03T00:00:00Z", "P1D"}) {
    INFO(bad);
    CHECK(bound(bad).errors.size() == 1);
  }
}

TEST_CASE("strings keep to their characters and length, counted in characters",
          "[aggregation][bind]") {
  auto settings = parameter("p", parameter_type::string);
  settings.min_length = 2;
  settings.max_length = 3;
  auto any = plan_with_parameter(settings);
  CHECK(accepted(any, "ab"));
  CHECK(accepted(any, "äöü"));
  CHECK_FALSE(accepted(any, "äöüß"));
  CHECK_FALSE(accepted(any, "ä"));
  CHECK_FALSE(accepted(any, "a\r\n"));
  CHECK_FALSE(accepted(any, "a\x7f"));
  CHECK_FALSE(accepted(any, "a\xff"));
  CHECK_FALSE(accepted(any, "\xed\xa0\x80z"));
  CHECK(outcome_of(any, "a\n\"\\\xff") ==
        "p must be 2 to 3 characters, not \"a\\x0a\\\"\\\\\\xff\"");
  settings.characters = "a-c";
  CHECK(accepted(plan_with_parameter(settings), "abc"));
  CHECK_FALSE(accepted(plan_with_parameter(settings), "abd"));
}

TEST_CASE("an echo is cut", "[aggregation][bind]") {
  auto plan = plan_with_parameter(parameter("p", parameter_type::boolean));
  std::string given(100'000, 'x');
  CHECK(outcome_of(plan, given) ==
        "p must be true or false, not \"" + std::string(64, 'x') + "…\"");
}

TEST_CASE("values of each type are judged", "[aggregation][bind]") {
  struct row {
    parameter_type type;
    const char* value;
    bool good;
  };
  auto r = GENERATE(values<row>({
      {parameter_type::integer, "0", true},
      {parameter_type::integer, "-5", true},
      {parameter_type::integer, "10", true},
      {parameter_type::integer, "11", false},
      {parameter_type::integer, "-6", false},
      {parameter_type::integer, "01", false},
      {parameter_type::integer, "+1", false},
      {parameter_type::integer, "-0", false},
      {parameter_type::integer, "1.0", false},
      {parameter_type::integer, "-", false},
      {parameter_type::integer, "9223372036854775808", false},
      {parameter_type::number, "0", true},
      {parameter_type::number, "-4.5e-1", true},
      {parameter_type::number, "1E1", true},
      {parameter_type::number, "10.01", false},
      {parameter_type::number, ".5", false},
      {parameter_type::number, "5.", false},
      {parameter_type::number, "05", false},
      {parameter_type::number, "1e", false},
      {parameter_type::number, "1e999", false},
      {parameter_type::number, "nan", false},
      {parameter_type::number, "0x1", false},
      {parameter_type::boolean, "true", true},
      {parameter_type::boolean, "false", true},
      {parameter_type::boolean, "1", false},
      {parameter_type::boolean, "True", false},
      {parameter_type::one_of, "eur", true},
      {parameter_type::one_of, "EUR", false},
      {parameter_type::one_of, "e", false},
      {parameter_type::instant, "2024-05-01T12:00:00Z", true},
      {parameter_type::instant, "2024-05-01T12:00:00Z/2024-05-01T12:00:00Z", false},
  }));
  auto settings = parameter("p", r.type);
  settings.minimum = -5;
  settings.maximum = 10;
  settings.values = {"eur", "usd"};
  INFO(r.value);
  CHECK(accepted(plan_with_parameter(settings), r.value) == r.good);
}

TEST_CASE("ranges and choices are named", "[aggregation][bind]") {
  auto number = parameter("p", parameter_type::integer);
  number.minimum = 1;
  CHECK(outcome_of(plan_with_parameter(number), "0") ==
        "p must be a whole number of at least 1, not \"0\"");
  number.maximum = 9;
  CHECK(outcome_of(plan_with_parameter(number), "0") ==
        "p must be a whole number from 1 to 9, not \"0\"");
  auto choice = parameter("p", parameter_type::one_of);
  choice.values = {"eur", "usd"};
  CHECK(outcome_of(plan_with_parameter(choice), "x") == "p must be one of eur, usd, not \"x\"");
}

TEST_CASE("parameters come from path and headers too, and header values are not repeated",
          "[aggregation][bind]") {
  auto endpoint = three_parts(false, false, false);
  auto id = parameter("id", parameter_type::integer);
  id.in = parameter_place::path;
  id.required = true;
  auto language = parameter("X-Language", parameter_type::one_of);
  language.in = parameter_place::header;
  language.values = {"de", "en"};
  language.default_value = "en";
  endpoint.parameters = {id, language};
  auto plan = plan_of(endpoint);
  pairs path{{"id", "42"}};
  pairs query{{"id", "7"}, {"X-Language", "fr"}};
  auto header = [](std::string_view name) -> std::optional<std::string_view> {
    CHECK(name == "X-Language");
    return "de";
  };
  auto good = bind_parameters(*plan, query, path, header);
  REQUIRE(good.errors.empty());
  CHECK(good.values.value(0) == "42");
  CHECK(good.values.value(1) == "de");
  CHECK_FALSE(good.values.is_default(1));
  auto bad = bind_parameters(*plan, query, path,
                             [](auto) { return std::optional<std::string_view>{"se cret"}; });
  REQUIRE(bad.errors.size() == 1);
  CHECK(bad.errors.front().detail == "X-Language must be one of de, en");
  CHECK(bind_parameters(*plan, query, path, nullptr).values.value(1) == "en");
}

TEST_CASE("settings that cannot be compiled are explained, not thrown", "[aggregation][plan]") {
  auto endpoint = aggregated_data();
  endpoint.parts[0].path = "/customers/{who}";
  endpoint.parts[1].upstream = "elsewhere";
  endpoint.parts[2].path = "/t/{timestamp}";
  endpoint.parameters[1].default_value = "nothing";
  auto result = compile(endpoint, upstreams());
  CHECK_FALSE(result.plan);
  REQUIRE(result.errors.size() == 4);
  CHECK(result.errors[0] == "endpoint aggregated-data: {who} is not a declared parameter");
  CHECK(result.errors[1] ==
        "endpoint aggregated-data: part master: no upstream is called elsewhere");
  CHECK(compile({}, {}).errors.size() == 1);
}

}  // namespace tributary::actors::aggregation
