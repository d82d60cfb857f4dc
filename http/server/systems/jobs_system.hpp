// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "http/server/handlers/jobs/jobs_refs.hpp"
#include "http/server/systems/system.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tributary::http::server {

/// Jobs: accepted once, carried out by vendors, finished once. The role `api` has the routes,
/// `worker` carries out.
class jobs_system final : public system {
 public:
  static system_declaration declaration();

  /// @throws providers::jobs::store_unusable
  /// @throws std::runtime_error that says what these roles or settings lack
  jobs_system(const config::settings& settings, const process& in);

  std::vector<actors::supervision::child_spec> branches() override;
  void add_routes(const config::settings& settings, route_tables& routes) override;
  void watch(actors::telemetry::registry& metrics) override;
  void on_listening(std::uint16_t port) override;
  void plan_stop(actors::supervision::coordinated_shutdown& shutdown) override;
  bool is_ready() const override;
  void add_health(health_report& report) const override;

  /// For tests.
  const actors::jobs::jobs_state& state() const noexcept { return state_; }

 private:
  actors::tree_state& tree_;
  const bool has_api_;
  actors::jobs::jobs_state state_;
  std::vector<jobs_refs> refs_;  ///< by worker
  std::jthread drain_;           ///< waits for attempts that run when the process stops
};

}  // namespace tributary::http::server
