// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/market_state.hpp"
#include "http/server/handlers/market/market_refs.hpp"
#include "http/server/handlers/market/quote_hub.hpp"
#include "http/server/systems/system.hpp"

#include <memory>
#include <vector>

namespace tributary::http::server {

/// Market data: quotes, their stream, and lists of assets, from several providers.
class market_system final : public system {
 public:
  static system_declaration declaration();

  market_system(const config::market_settings& settings, const process& in);

  std::vector<actors::supervision::child_spec> branches() override;
  void add_routes(const config::settings& settings, route_tables& routes) override;
  void watch(actors::telemetry::registry& metrics) override;
  void add_health(health_report& report) const override;

  /// For tests.
  const actors::market::market_state& state() const noexcept { return state_; }

 private:
  actors::tree_state& tree_;
  actors::market::market_state state_;
  std::shared_ptr<quote_streams> streams_;
  std::vector<market_refs> refs_;                 ///< by worker
  std::vector<std::shared_ptr<quote_hub>> hubs_;  ///< by worker
};

}  // namespace tributary::http::server
