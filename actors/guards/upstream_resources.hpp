// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/bulkhead.hpp"
#include "actors/guards/circuit_breaker.hpp"
#include "actors/guards/gcra.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace tributary::http::client {
class connection_pool;
}
namespace tributary::actors::telemetry {
class upstream_metrics;
}

namespace tributary::actors::guards {

/// What of an upstream must survive the restart of its guards: a crash must not close a breaker, nor
/// refill a limiter. The decisions are touched by the actor that carries them, the atomics are read
/// from any thread.
struct upstream_resources {
  /// @param counted must outlive all calls
  upstream_resources(const config::upstream_settings& s, telemetry::upstream_metrics& counted,
                     std::function<double()> random);
  ~upstream_resources();

  const config::upstream_settings settings;
  telemetry::upstream_metrics& metrics;
  circuit_breaker breaker;      ///< the breaker actor's
  std::optional<gcra> limiter;  ///< the limiter actor's
  bulkhead places;

  /// One pool a worker, each touched on its worker's thread only.
  std::vector<std::unique_ptr<http::client::connection_pool>> pools;

  // For `/health`.
  std::atomic<breaker_state> state{breaker_state::closed};
  std::atomic<std::int64_t> state_since_ms;  ///< of the system clock
};

}  // namespace tributary::actors::guards
