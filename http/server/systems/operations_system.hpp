// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"
#include "http/server/systems/system.hpp"

#include <vector>

namespace tributary::http::server {

/// What operators and load balancers ask of every process: health, metrics, purges.
class operations_system final : public system {
 public:
  static system_declaration declaration();

  explicit operations_system(const process& in);

  void add_routes(const config::settings& settings, route_tables& routes) override;
  void watch(actors::telemetry::registry& metrics) override;

 private:
  actors::tree_state& tree_;
  const health_view& health_;
  std::vector<actors::supervision::supervised_ref> invalidation_;  ///< by worker
};

}  // namespace tributary::http::server
