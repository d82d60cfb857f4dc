// SPDX-License-Identifier: MIT
#include "actors/guards/upstream_resources.hpp"

#include "actors/telemetry/server_metrics.hpp"
#include "http/client/connection_pool.hpp"

#include <chrono>
#include <utility>

namespace tributary::actors::guards {

upstream_resources::upstream_resources(const config::upstream_settings& s,
                                       telemetry::upstream_metrics& counted,
                                       std::function<double()> random)
    : settings(s),
      metrics(counted),
      breaker(s.breaker, std::move(random)),
      pressure(s.back_pressure),
      budget(s.retry),
      places(s.bulkhead.max_in_flight, s.bulkhead.queue.value_or(4 * s.bulkhead.max_in_flight)),
      state_since_ms(std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count()) {
  if (s.rate_limit) limiter.emplace(*s.rate_limit);
  metrics.watch_queue(places.waiting());
}

upstream_resources::~upstream_resources() = default;

bool upstream_resources::refuses(steady_time now) {
  if (state.load(std::memory_order_relaxed) == breaker_state::open) return true;
  if (now.time_since_epoch().count() < limited_until.load(std::memory_order_relaxed)) return true;
  if (!limiter && !pressed.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock{mutex};
  const auto paused = pressure.refused(now).has_value();
  pressed.store(paused, std::memory_order_relaxed);
  return paused || (limiter && !limiter->peek(now).allowed);
}

}  // namespace tributary::actors::guards
