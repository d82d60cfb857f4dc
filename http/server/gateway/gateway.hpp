// SPDX-License-Identifier: MIT
#pragma once

#include "config/settings.hpp"
#include "http/server/systems/system.hpp"
#include "http/server/systems/systems.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::runtime {
class runtime;
}
namespace tributary::actors {
struct tree_state;
}

namespace tributary::http::io {
class name_resolver;
}

namespace tributary::http::server {

struct process_generation;

/// What a process is beside its configuration.
struct gateway_options {
  role_set roles = all_roles();                 ///< of `all_roles()`
  std::shared_ptr<io::name_resolver> resolver;  ///< null: the operating system's; for tests
};

/// One serving process, wired: threads, actors, connections, systems, listeners. It goes through
/// the list of systems (`systems/systems.cpp`) and knows none of them by name.
class gateway {
 public:
  explicit gateway(config::settings settings, gateway_options options = {});
  /// Stops if that has not been done.
  ~gateway();
  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  /// Builds everything and returns when both listeners are open. Once.
  /// @param on_failure called from any thread when the tree has given up: nothing is served any
  /// more
  /// @throws std::runtime_error that names what cannot be had, such as a port; all is stopped then
  void start(std::function<void(std::string)> on_failure = {});

  /// Takes the gateway out of service in stages, each with a limit: not ready, `drain_delay`
  /// (skipped when `at_once`), no new connections, requests in work finish within `drain_timeout`,
  /// actors stop, connections close, threads end. Idempotent. Not from a worker's thread.
  void stop(bool at_once = false);

  /// The ports that are listened on, after `start`.
  std::uint16_t port() const;
  std::uint16_t admin_port() const;

  // For tests.
  actors::runtime::runtime& threads();
  actors::tree_state& tree();
  /// The routes of both listeners, as the systems declared them.
  const process_generation& current() const;
  /// Where the actors are found that keep the listeners: operators', clients'.
  const std::vector<actors::supervision::slot_ptr>& listeners() const;
  /// The system of that type; null where this process does not have it.
  template <class System>
  const System* find() const {
    for (const auto* each : systems()) {
      if (const auto* found = dynamic_cast<const System*>(each)) return found;
    }
    return nullptr;
  }

 private:
  struct parts;

  std::vector<const system*> systems() const;

  std::shared_ptr<const config::settings> settings_;
  gateway_options options_;
  std::unique_ptr<parts> parts_;
};

}  // namespace tributary::http::server
