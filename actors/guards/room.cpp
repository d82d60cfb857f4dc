// SPDX-License-Identifier: MIT
#include "actors/guards/room.hpp"

#include <algorithm>
#include <mutex>

namespace tributary::actors::guards {

room look_for_room(upstream_resources& upstream, std::chrono::steady_clock::time_point now) {
  const auto in_flight = upstream.places.in_flight();
  const auto most = upstream.places.max_in_flight();
  if (in_flight >= most) return {0, obstacle::bulkhead, {}};
  auto calls = most - in_flight;
  const std::lock_guard lock{upstream.mutex};
  if (upstream.settings.breaker.enabled && !upstream.settings.breaker.measure_only) {
    const auto state = upstream.breaker.state(now);
    if (state == breaker_state::open) {
      const auto until = upstream.breaker.snapshot(now).retry_at;
      return {0, obstacle::breaker, until && *until > now ? *until - now : room{}.retry_after};
    }
    if (state == breaker_state::half_open) {
      if (in_flight > 0) return {0, obstacle::breaker, {}};
      calls = 1;
    }
  }
  if (const auto rest = upstream.pressure.refused(now)) return {0, obstacle::pause, *rest};
  if (upstream.limiter) {
    const auto decision = upstream.limiter->peek(now);
    if (!decision.allowed) return {0, obstacle::rate_limit, decision.retry_after};
    calls = std::min<std::size_t>(calls, decision.remaining + 1);
  }
  return {calls, obstacle::none, {}};
}

}  // namespace tributary::actors::guards
