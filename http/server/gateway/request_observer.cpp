// SPDX-License-Identifier: MIT
#include "http/server/gateway/request_observer.hpp"

#include "actors/telemetry/access_log.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/redaction.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <string_view>

namespace tributary::http::server {

namespace telemetry = actors::telemetry;

namespace {

bool is_one_of(std::string_view name, const std::vector<std::string>& names) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string path_without(const request& asked, const std::vector<std::string>& secrets) {
  std::string result;
  auto rest = asked.path;
  for (const auto& each : asked.path_parameters) {
    if (!is_one_of(each.name, secrets)) continue;
    // Values are views of the path, in its order.
    const auto begin = static_cast<std::size_t>(each.value.data() - rest.data());
    result.append(rest.substr(0, begin)).append(telemetry::redacted);
    rest.remove_prefix(begin + each.value.size());
  }
  return result.append(rest);
}

std::string query_without(std::string_view query, const std::vector<std::string>& secrets) {
  std::string result;
  std::string name;
  while (const auto item = wire::next_query_item(query)) {
    if (!result.empty()) result += '&';
    result.append(item->name);
    if (!item->has_value) continue;
    const auto hidden = !wire::percent_decode(item->name, name) || is_one_of(name, secrets);
    result.append("=").append(hidden ? telemetry::redacted : item->value);
  }
  return result;
}

request_observer::request_observer(const router& routes, telemetry::server_metrics& metrics)
    : routes_(routes), unmatched_(metrics.unmatched()) {
  for (const auto& each : routes.routes()) by_route_.push_back(&metrics.route(each.path));
}

const std::vector<std::string>& request_observer::secrets_of(const request& asked) const noexcept {
  static const std::vector<std::string> none;
  return asked.route == request::no_route ? none : routes_.routes()[asked.route].options.secrets;
}

void request_observer::on_answered(const request& asked, const outcome& result) noexcept {
  auto& route = asked.route == request::no_route ? unmatched_ : *by_route_[asked.route];
  route.answered(asked.method_name, result.status, result.duration);
  if (!telemetry::log().enabled(config::log_level::info)) return;
  telemetry::access_record record;
  record.request_id = asked.request_id;
  record.method = asked.method_name;
  record.route = route.route();
  record.path = asked.path;
  record.query = asked.query;
  std::string path;
  std::string query;
  if (const auto& secrets = secrets_of(asked); !secrets.empty()) {
    path = path_without(asked, secrets);
    query = query_without(asked.query, secrets);
    record.path = path;
    record.query = query;
  }
  record.status = result.status;
  record.bytes = result.bytes;
  record.duration = result.duration;
  record.remote_address = asked.remote_address;
  record.user_agent = asked.header("User-Agent");
  record.client_gone = result.client_gone;
  record.parts = result.parts;
  record.cache_result = result.cache;
  telemetry::log_access(telemetry::log(), record);
}

}  // namespace tributary::http::server
