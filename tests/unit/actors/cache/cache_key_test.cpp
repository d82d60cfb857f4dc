// SPDX-License-Identifier: MIT
#include "actors/cache/cache_key.hpp"

#include "unit/actors/aggregation/fixtures.hpp"

namespace tributary::actors::cache {

using namespace aggregation;
using namespace tests;
using config::parameter_type;

namespace {

std::string key_of(const plan_ptr& plan, const pairs& query) {
  std::string result;
  append_cache_key(*plan, bound(plan, query), result);
  return result;
}

/// The key is `free:{a}`; the string parameter `b` lies outside of it.
plan_ptr plan_with_free_values() {
  tributary::config::endpoint_settings endpoint;
  endpoint.name = "free";
  auto a = parameter("a", parameter_type::string);
  a.required = true;
  auto b = parameter("b", parameter_type::string);
  b.default_value = "b";
  endpoint.parameters = {a, b};
  endpoint.parts = {part("customer")};
  endpoint.parts[0].path = "/x";
  endpoint.parts[0].query = {{"q", "{a}"}};
  endpoint.cache = tributary::config::endpoint_cache_settings{};
  endpoint.cache->key = "free:{a}";
  return plan_of(endpoint);
}

}  // namespace

TEST_CASE("the key of the plain request is the template, and variants say how they differ",
          "[cache][key]") {
  auto plan = plan_of(aggregated_data());
  CHECK(key_of(plan, {{"customer_id", "c1"}}) == "customer:c1");
  CHECK(key_of(plan, {{"customer_id", "c1"}, {"data_type", "all"}}) == "customer:c1");
  CHECK(key_of(plan, {{"customer_id", "c1"}, {"data_type", "transaction,master,customer"}}) ==
        "customer:c1");
  CHECK(key_of(plan, {{"customer_id", "c1"}, {"data_type", "master,customer"}}) ==
        "customer:c1:customer,master:");
  CHECK(key_of(plan, {{"customer_id", "c1"}, {"timestamp", "2024-05-01T12:00:00+02:00"}}) ==
        "customer:c1:all:2024-05-01T10:00:00Z");
  CHECK(key_of(plan, {{"timestamp", "2024-05-01T10:00:00Z/2024-05-02T10:00:00Z"},
                      {"customer_id", "c1"},
                      {"data_type", "transaction"}}) ==
        "customer:c1:transaction:2024-05-01T10:00:00Z/2024-05-02T10:00:00Z");
}

TEST_CASE("values cannot forge another key", "[cache][key]") {
  auto plan = plan_with_free_values();
  CHECK(key_of(plan, {{"a", "1"}}) == "free:1");
  CHECK(key_of(plan, {{"a", "1:2"}}) == "free:1%3A2");
  CHECK(key_of(plan, {{"a", "1%3A2"}}) == "free:1%253A2");
  CHECK(key_of(plan, {{"a", "1"}, {"b", "2"}}) == "free:1:2");
  CHECK(key_of(plan, {{"a", "1"}, {"b", "b"}}) == "free:1");
  CHECK(key_of(plan, {{"a", "1"}, {"b", "x y"}}) == "free:1:x%20y");
}

TEST_CASE("tags are rendered as keys are, and left out where a value is missing", "[cache][key]") {
  auto endpoint = aggregated_data();
  endpoint.cache->tags = {"customers", "customer-{customer_id}", "{data_type}", "{timestamp.from}"};
  auto plan = plan_of(endpoint);
  using tags = std::vector<std::string>;
  CHECK(cache_tags(*plan, bound(plan, {{"customer_id", "c1"}})) ==
        tags{"customers", "customer-c1", "all"});
  CHECK(cache_tags(*plan, bound(plan, {{"customer_id", "c1"},
                                       {"timestamp", "2024-05-01T12:00:00+02:00"}})) ==
        tags{"customers", "customer-c1", "all", "2024-05-01T10:00:00Z"});
  CHECK(cache_tags(*plan_of(aggregated_data()), bound(plan, {{"customer_id", "c1"}})).empty());
}

TEST_CASE("a credential stands in no key and no tag, only its hash", "[cache][key]") {
  const auto plan_for = [](const std::string& name, const std::string& header,
                           const std::string& secret) {
    tributary::config::endpoint_settings endpoint;
    endpoint.name = "me";
    endpoint.parameters = {parameter(name, parameter_type::string),
                           parameter("b", parameter_type::string)};
    endpoint.parts = {part("customer")};
    endpoint.parts[0].headers = {{header, "x {" + name + "}"}};
    endpoint.cache = tributary::config::endpoint_cache_settings{};
    endpoint.cache->key = "me:{b}";
    endpoint.cache->tags = {"by-{" + name + "}"};
    return compile(endpoint, upstreams(), secret).plan;
  };
  for (const auto& [name, header] :
       {std::pair{"Authorization", "Authorization"}, std::pair{"access_token", "X-Any"},
        std::pair{"session", "Cookie"}}) {
    CAPTURE(name, header);
    const auto plan = plan_for(name, header, "s");
    const auto key = key_of(plan, {{name, "s3cr3t"}, {"b", "x"}});
    CHECK(key.find("s3cr3t") == std::string::npos);
    CHECK(key.size() == std::string{"me:x:~"}.size() + 32);
    CHECK(key.starts_with("me:x:~"));
    CHECK(key_of(plan, {{name, "s3cr3t"}, {"b", "x"}}) == key);
    CHECK(key_of(plan, {{name, "s3cr3s"}, {"b", "x"}}) != key);
    CHECK(key_of(plan_for(name, header, "t"), {{name, "s3cr3t"}, {"b", "x"}}) != key);
    const auto tags = cache_tags(*plan, bound(plan, {{name, "s3cr3t"}}));
    REQUIRE(tags.size() == 1);
    CHECK(tags[0] == "by-" + key.substr(5));
  }
  CHECK(key_of(plan_for("session", "X-Any", "s"), {{"session", "1"}, {"b", "x"}}) == "me:x:1");
}

}  // namespace tributary::actors::cache
