// SPDX-License-Identifier: MIT
#pragma once

#include <caf/actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace tributary::actors::supervision {
class coordinated_shutdown;
}

namespace tributary::http::server {

class listener_seat;

/// What a serving process does when it stops, by phases of the coordinated shutdown.
struct shutdown_steps {
  std::function<void()> unready;       ///< `/readyz` says no from here on, and answers say close
  std::chrono::milliseconds delay{0};  ///< for load balancers to see that, while all is served
  std::vector<std::shared_ptr<listener_seat>> listeners;  ///< closed one after the other
  std::chrono::milliseconds drain_timeout{0};             ///< of requests in work, per listener
  caf::actor root;                                        ///< of the tree; may be null
  std::function<void()> close_connections;
  /// What else there is to do, such as the systems' own steps.
  std::vector<std::function<void(actors::supervision::coordinated_shutdown&)>> more;
};

/// Carries the steps out and returns when the last has ended or had its time. Not from a worker's
/// thread.
void run_shutdown(const shutdown_steps& steps);

}  // namespace tributary::http::server
