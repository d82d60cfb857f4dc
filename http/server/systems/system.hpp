// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/child_spec.hpp"
#include "config/section_list.hpp"
#include "config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors {
struct tree_state;
}
namespace tributary::actors::supervision {
class coordinated_shutdown;
}
namespace tributary::actors::telemetry {
class registry;
}
namespace tributary::http::io {
class event_loop;
}

namespace tributary::http::server {

class health_report;
struct health_view;
class router;

/// The roles of a process: which work it takes on, of that which several processes can share.
/// Ordered, so that they are told in the same order everywhere.
using role_set = std::set<std::string, std::less<>>;

/// What a system finds in the process that it is part of. All of it outlives the system.
struct process {
  actors::tree_state& tree;
  const std::vector<io::event_loop*>& loops;  ///< one a worker thread
  const role_set& roles;                      ///< of this process
  const health_view& health;
};

/// The routes of one generation, filled by the systems.
struct route_tables {
  router& clients;    ///< of the public listener
  router& operators;  ///< of the operators' listener
};

/// One system in one process: what lives as long as the process does. What a configuration says of
/// it goes into the routes of a generation, which are made anew with each configuration; a system
/// keeps no reference to settings.
///
/// Built, used and destroyed on the thread that owns the gateway, but where something else is said.
/// The calls come in the order in which they stand here: `add_routes` again with each
/// configuration, the last two whenever health is asked for, the others once.
class system {
 public:
  system() = default;
  system(const system&) = delete;
  system& operator=(const system&) = delete;
  virtual ~system() = default;

  /// Its routes by these settings.
  /// @throws std::runtime_error that says what in them cannot be served
  virtual void add_routes(const config::settings& settings, route_tables& routes) = 0;

  /// Its branches of the supervision tree, in order of start, between the guards of the upstreams
  /// and the listeners.
  virtual std::vector<actors::supervision::child_spec> branches() { return {}; }

  /// Its part of `GET /metrics`; the system outlives the last rendering.
  virtual void watch(actors::telemetry::registry&) {}

  /// Clients can connect, at this port.
  virtual void on_listening(std::uint16_t) {}

  /// Its steps in the phases of a stop. They are done while the system still exists.
  virtual void plan_stop(actors::supervision::coordinated_shutdown&) {}

  /// Whether `/readyz` may say yes, once the actors are up. Any thread; must not wait.
  virtual bool is_ready() const { return true; }

  /// Its entries of `/health`. Any thread, from atomics and the like: must not wait.
  virtual void add_health(health_report&) const {}
};

/// A system as it is declared: what a program must know of it before any process has it.
struct system_declaration {
  std::string_view name;
  /// In which roles it has something to do; none: in every process.
  std::vector<std::string_view> roles;
  /// Its keys in the configuration, their checks, and the upstreams, paths and keys in Redis that
  /// come with them; null where it has none.
  config::section_ptr section;
  /// Makes it for one process. Its upstreams are in `tree.upstreams` already. Not called where the
  /// process has none of its roles, or its section is not there.
  std::unique_ptr<system> (*make)(const config::settings& settings, const process& in);
};

}  // namespace tributary::http::server
