// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/back_pressure.hpp"
#include "actors/guards/breaker_record.hpp"
#include "actors/guards/bulkhead.hpp"
#include "actors/guards/circuit_breaker.hpp"
#include "actors/guards/gcra.hpp"
#include "actors/guards/retry_budget.hpp"
#include "config/sections/upstream_settings.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace tributary::http::client {
class connection_pool;
}
namespace tributary::actors::supervision {
class slot;
}
namespace tributary::actors::telemetry {
class upstream_metrics;
}

namespace tributary::actors::guards {

/// What the guards of one upstream share, on all workers, and what must survive their restarts: a
/// crash must not close a breaker, nor refill a limiter.
///
/// Each worker has guard actors of its own, so that a call never changes threads; the decisions are
/// one for all of them, hence exact, and so short that a mutex around them is hardly ever waited
/// for.
struct upstream_resources {
  /// @param counted must outlive all calls
  upstream_resources(const config::upstream_settings& s, telemetry::upstream_metrics& counted,
                     std::function<double()> random);
  ~upstream_resources();

  /// Whether a call that came at `now` would be refused at once, as far as can be told without
  /// making it: by an open breaker, a pause, or the rate limit. For who has others to spare. Locks
  /// `mutex` only where a limit or a pause asks for it.
  bool refuses(steady_time now);

  const config::upstream_settings settings;
  telemetry::upstream_metrics& metrics;
  std::mutex mutex;  ///< guards the decisions, `limiter_share`, `published` and `record`
  circuit_breaker breaker;
  std::optional<gcra> limiter;  ///< of this instance
  double limiter_share = 1;     ///< of the limit, which the limiter grants
  back_pressure pressure;
  retry_budget budget;
  std::uint64_t published = 0;  ///< transitions of the breaker that have been told
  breaker_record record;        ///< as other instances know it, or told it
  /// Where the actor is that shares the breaker with other instances; null: nothing is shared. Not
  /// changed while actors run.
  std::shared_ptr<supervision::slot> sharing;
  bulkhead places;

  /// Among all upstreams of the process, counted from 0 in the order in which they became known.
  /// Never given to another name, so tables can be indexed by it. Set by the registry.
  std::size_t number = 0;
  /// Where calls begin, by worker: the outermost of this upstream's guards.
  std::vector<std::shared_ptr<supervision::slot>> first_guards;
  /// One pool a worker, each touched on its worker's thread only.
  std::vector<std::unique_ptr<http::client::connection_pool>> pools;

  std::atomic<bool> pressed{false};  ///< there may be a pause; to be asked of `pressure`
  /// The limit that instances share refuses until then: ticks of the steady clock.
  std::atomic<steady_time::rep> limited_until{0};

  // For `/health`.
  std::atomic<breaker_state> state{breaker_state::closed};
  std::atomic<std::int64_t> state_since_ms;  ///< of the system clock
};

}  // namespace tributary::actors::guards
