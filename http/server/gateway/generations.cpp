// SPDX-License-Identifier: MIT
#include "http/server/gateway/generations.hpp"

#include "http/server/gateway/request_observer.hpp"
#include "http/server/handlers/operations/index.hpp"
#include "http/server/router.hpp"
#include "http/server/systems/system.hpp"

#include <utility>

namespace tributary::http::server {

namespace {

std::shared_ptr<const generation> watched(std::shared_ptr<const router> routes,
                                          actors::telemetry::server_metrics& metrics) {
  auto watcher = std::make_shared<request_observer>(*routes, metrics);
  return std::make_shared<const generation>(std::move(routes), std::move(watcher));
}

}  // namespace

process_generation make_generation(std::shared_ptr<const config::settings> settings,
                                   std::span<const std::unique_ptr<system>> systems,
                                   actors::telemetry::server_metrics& metrics) {
  const auto clients = std::make_shared<router>();
  const auto operators = std::make_shared<router>();
  route_tables routes{*clients, *operators};
  for (const auto& each : systems) each->add_routes(*settings, routes);
  add_index_route(*clients);
  return {std::move(settings), watched(clients, metrics), watched(operators, metrics)};
}

}  // namespace tributary::http::server
