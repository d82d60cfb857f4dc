// SPDX-License-Identifier: MIT
#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/judge.hpp"
#include "actors/aggregation/request.hpp"
#include "actors/cache/cache_key.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

/// Feeds `name=value&name=value` to an endpoint with a parameter of each type. Whatever is accepted
/// must leave target, headers and key in their form, and mean the same when it is given again in
/// its normal form.
namespace {

using namespace tributary;
using namespace tributary::actors::aggregation;
using config::parameter_type;

void require(bool condition) {
  if (!condition) std::abort();
}

config::parameter_settings parameter(const char* name, parameter_type type) {
  config::parameter_settings settings;
  settings.name = name;
  settings.type = type;
  return settings;
}

std::shared_ptr<const endpoint_plan> make_plan() {
  config::endpoint_settings endpoint;
  endpoint.name = "fuzzed";
  auto id = parameter("s", parameter_type::string);
  id.required = true;
  auto number = parameter("n", parameter_type::number);
  number.minimum = -1000;
  auto choice = parameter("o", parameter_type::one_of);
  choice.values = {"one", "t:w%o"};
  choice.default_value = "one";
  endpoint.parameters = {id,
                         parameter("i", parameter_type::integer),
                         number,
                         parameter("b", parameter_type::boolean),
                         choice,
                         parameter("t", parameter_type::instant),
                         parameter("r", parameter_type::interval),
                         parameter("p", parameter_type::parts)};
  config::part_settings part;
  part.name = part.upstream = "up";
  part.path = "/a/{s}/b";
  for (auto name : {"s", "i", "n", "b", "o", "t", "r"}) {
    part.query.push_back({name, "{" + std::string{name} + "}"});
  }
  part.query.push_back({"from", "{r.from}"});
  part.headers = {{"X-S", "{s}"}};
  endpoint.parts = {part, part};
  endpoint.parts[1].name = "other";
  endpoint.cache = config::endpoint_cache_settings{};
  endpoint.cache->key = "k:{s}";
  config::upstream_settings upstream;
  upstream.name = "up";
  auto result = compile(endpoint, {upstream});
  require(result.plan != nullptr);
  return result.plan;
}

std::vector<name_value> split(std::string_view text) {
  std::vector<name_value> pairs;
  while (!text.empty()) {
    auto item = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    auto equals = std::min(item.find('='), item.size());
    pairs.push_back({item.substr(0, equals), item.substr(std::min(equals + 1, item.size()))});
  }
  return pairs;
}

std::size_t count(std::string_view text, char c) {
  std::size_t result = 0;
  for (auto each : text) result += each == c;
  return result;
}

void check_request(const endpoint_plan& plan, const bound_parameters& values) {
  std::string target;
  require(append_target(plan.parts[0], values, target));
  auto question = target.find('?');
  require(question != std::string::npos && count(target, '?') == 1 && count(target, '#') == 0);
  require(count(std::string_view{target}.substr(0, question), '/') == 3);
  for (auto c : target) require(c > 0x20 && c < 0x7f);
  std::vector<request_header> headers;
  append_headers(plan.parts[0], values, headers);
  for (const auto& header : headers) {
    require(header.value.find_first_of("\r\n") == std::string::npos);
  }
}

void check_again(const endpoint_plan& plan, const bound_parameters& values, std::string_view key) {
  std::vector<name_value> pairs;
  for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
    if (auto value = values.value(i)) pairs.push_back({plan.parameters[i].settings.name, *value});
  }
  auto again = bind_parameters(plan, pairs, {}, nullptr);
  require(again.errors.empty() && again.values.asked() == values.asked());
  std::string other;
  actors::cache::append_cache_key(plan, again.values, other);
  require(other == key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto plan = make_plan();
  auto pairs = split({reinterpret_cast<const char*>(data), size});
  auto result = bind_parameters(*plan, pairs, {}, nullptr);
  if (!result.errors.empty()) {
    auto answer = refuse_parameters(*plan, result.errors, "id");
    require(answer.status == 400 && answer.body_size < 8192);
    return 0;
  }
  check_request(*plan, result.values);
  std::string key;
  actors::cache::append_cache_key(*plan, result.values, key);
  check_again(*plan, result.values, key);
  return 0;
}
