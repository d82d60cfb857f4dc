// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/aggregation_branch.hpp"
#include "http/server/handlers/aggregate/aggregate_refs.hpp"
#include "http/server/systems/system.hpp"

#include <vector>

namespace tributary::http::server {

/// The aggregated endpoints that a configuration declares, `/aggregated-data` among them.
class aggregate_system final : public system {
 public:
  static system_declaration declaration();

  aggregate_system(const config::settings& settings, const process& in);

  std::vector<actors::supervision::child_spec> branches() override;
  void add_routes(const config::settings& settings, route_tables& routes) override;
  void watch(actors::telemetry::registry& metrics) override;
  void add_health(health_report& report) const override;

  /// For tests.
  const actors::aggregation::aggregation_state& state() const noexcept { return state_; }

 private:
  actors::tree_state& tree_;
  actors::aggregation::aggregation_state state_;
  std::vector<actors::supervision::child_spec> branches_;
  std::vector<aggregate_refs> refs_;  ///< by worker
};

}  // namespace tributary::http::server
