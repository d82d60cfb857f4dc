// SPDX-License-Identifier: MIT
#pragma once

#include "actors/runtime/observed_actor.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/server/listener.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

namespace tributary::http::server {

/// Where the listener of one port is found, whatever becomes of the actor that keeps it. Any
/// thread.
class listener_seat {
 public:
  /// Makes a listener for a port, not started yet.
  using factory = std::function<std::shared_ptr<listener>(std::uint16_t port,
                                                          std::shared_ptr<const generation>)>;

  /// @param port 0: any; the one that is got the first time is kept for later incarnations
  /// @param on_failure hears why the port could not be bound
  listener_seat(std::uint16_t port, std::shared_ptr<const generation> served, factory make,
                std::function<void(std::error_code)> on_failure);

  /// Binds and begins to accept. @throws std::system_error when the port cannot be bound
  void open();

  /// What requests meet that begin from now on, also those of later incarnations.
  void serve(std::shared_ptr<const generation> served);

  /// See `listener::say_close`; does nothing when nothing is open.
  void say_close();

  /// Stops accepting and lets the requests in work be answered, see `listener::stop`. Calls
  /// `on_drained` at once when nothing is open.
  void close(std::chrono::steady_clock::duration limit, std::function<void()> on_drained);

  std::uint16_t port() const;

  /// For the metrics; all zero while nothing is open.
  actors::telemetry::listener_numbers numbers() const;

 private:
  mutable std::mutex mutex_;
  std::uint16_t port_;
  std::shared_ptr<const generation> served_;
  factory make_;
  std::function<void(std::error_code)> on_failure_;
  std::shared_ptr<listener> listener_;
};

/// Keeps a listener open as long as it lives: the listening socket as a child of the supervision
/// tree. After a crash the port is bound anew, and the connections of before are served to their
/// end.
class listener_actor final : public actors::runtime::observed_actor {
 public:
  /// @throws std::system_error when the port cannot be bound: a failed start for the supervisor
  listener_actor(caf::actor_config& cfg, std::string path, std::shared_ptr<listener_seat> seat);

  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  std::shared_ptr<listener_seat> seat_;
};

}  // namespace tributary::http::server
