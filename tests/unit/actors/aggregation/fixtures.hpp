// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/merge.hpp"
#include "actors/aggregation/outcome.hpp"
#include "actors/aggregation/plan.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Endpoints and outcomes for the tests of this folder.
namespace tributary::tests {

using namespace actors;
using std::chrono::milliseconds;
using plan_ptr = std::shared_ptr<const aggregation::endpoint_plan>;
using token = http::wire::error_token;

inline config::upstream_settings upstream(std::string name, std::string prefix = {}) {
  config::upstream_settings result;
  result.name = std::move(name);
  result.path_prefix = std::move(prefix);
  return result;
}

inline std::vector<config::upstream_settings> upstreams() {
  return {upstream("customer"), upstream("master", "/api/v1"), upstream("transaction")};
}

inline config::part_settings part(std::string name, bool required = false) {
  config::part_settings result;
  result.name = std::move(name);
  result.upstream = result.name;
  result.path = "/" + result.name;
  result.required = required;
  return result;
}

inline config::parameter_settings parameter(std::string name, config::parameter_type type) {
  config::parameter_settings result;
  result.name = std::move(name);
  result.type = type;
  return result;
}

using pairs = std::vector<aggregation::name_value>;

/// The parameters of a request that has nothing wrong with it.
inline aggregation::bound_parameters bound(const plan_ptr& plan, const pairs& query) {
  auto result = bind_parameters(*plan, query, {}, nullptr);
  REQUIRE(result.errors.empty());
  return std::move(result.values);
}

/// `/aggregated-data` as the shipped configuration declares it.
inline config::endpoint_settings aggregated_data() {
  config::endpoint_settings endpoint;
  endpoint.name = "aggregated-data";
  endpoint.path = "/aggregated-data";
  auto id = parameter("customer_id", config::parameter_type::string);
  id.required = true;
  id.characters = "A-Za-z0-9._-";
  id.max_length = 64;
  auto kind = parameter("data_type", config::parameter_type::parts);
  kind.default_value = "all";
  endpoint.parameters = {id, kind, parameter("timestamp", config::parameter_type::interval)};
  auto customer = part("customer");
  customer.member = "customer_info";
  customer.path = "/customers/{customer_id}";
  customer.status_rules = {{404, 404, "CUSTOMER_NOT_FOUND", "No such customer"}};
  auto master = part("master");
  master.member = "master_data";
  master.path = "/master-data";
  master.query = {{"customer_id", "{customer_id}"}};
  auto transaction = part("transaction");
  transaction.member = "transaction_data";
  transaction.path = "/transactions";
  transaction.query = {
      {"customer_id", "{customer_id}"}, {"from", "{timestamp.from}"}, {"to", "{timestamp.to}"}};
  endpoint.parts = {customer, master, transaction};
  endpoint.cache = config::endpoint_cache_settings{};
  endpoint.cache->key = "customer:{customer_id}";
  return endpoint;
}

inline plan_ptr plan_of(const config::endpoint_settings& endpoint,
                        const std::vector<config::upstream_settings>& known = upstreams()) {
  auto result = aggregation::compile(endpoint, known);
  for (const auto& error : result.errors) UNSCOPED_INFO(error);
  REQUIRE(result.plan);
  return result.plan;
}

/// An endpoint of the three parts, each required or not.
inline config::endpoint_settings three_parts(bool customer, bool master, bool transaction) {
  config::endpoint_settings endpoint;
  endpoint.name = "three";
  endpoint.parts = {part("customer", customer), part("master", master),
                    part("transaction", transaction)};
  return endpoint;
}

inline aggregation::part_outcome ok(std::string_view json = "{}", int duration = 12) {
  return aggregation::received(200, http::wire::shared_bytes{json}, milliseconds{duration});
}

inline aggregation::part_outcome status(int code) {
  return aggregation::received(code, http::wire::shared_bytes{"{}"}, milliseconds{3});
}

inline aggregation::part_outcome lost(token error, std::string_view detail = {}) {
  return aggregation::failed(error, detail, milliseconds{5});
}

inline aggregation::part_outcome timed_out() {
  return aggregation::failed(token::http_response_timeout, {}, milliseconds{800});
}

inline aggregation::part_outcome broken() { return lost(token::connection_refused); }

/// A breaker that will let calls through again after that time.
inline aggregation::part_outcome breaker(milliseconds rest) {
  auto result =
      aggregation::failed(token::destination_unavailable, "breaker_open", milliseconds{0});
  result.retry_after = rest;
  return result;
}

inline std::string text(const aggregation::fragments& body) {
  std::string result;
  for (const auto& fragment : body) result += fragment.view();
  return result;
}

}  // namespace tributary::tests
