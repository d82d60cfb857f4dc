// SPDX-License-Identifier: MIT
#include "http/server/gateway/request_observer.hpp"

#include "actors/telemetry/access_log.hpp"
#include "actors/telemetry/logging.hpp"

namespace tributary::http::server {

namespace telemetry = actors::telemetry;

request_observer::request_observer(const router& routes, telemetry::server_metrics& metrics)
    : unmatched_(metrics.unmatched()) {
  for (const auto& each : routes.routes()) by_route_.push_back(&metrics.route(each.path));
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
