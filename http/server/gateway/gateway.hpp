// SPDX-License-Identifier: MIT
#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

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

/// What a test may put in the place of the real thing.
struct gateway_hooks {
  std::shared_ptr<io::name_resolver> resolver;  ///< null: the operating system's
};

/// Everything of one serving process, wired: threads, actors, connections, listeners. This is where
/// one sees what exists and what depends on what.
class gateway {
 public:
  explicit gateway(config::settings settings, gateway_hooks hooks = {});
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

 private:
  struct parts;

  config::settings settings_;
  gateway_hooks hooks_;
  std::unique_ptr<parts> parts_;
};

/// Raises the soft limit of open files to the hard one, since each client and upstream connection
/// takes one. @returns the limit that holds
std::uint64_t raise_file_limit();

}  // namespace tributary::http::server
