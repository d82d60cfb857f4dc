// SPDX-License-Identifier: MIT
#include "actors/guards/breaker_report.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/server_metrics.hpp"

#include <chrono>
#include <string>

namespace tributary::actors::guards {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

telemetry::breaker_level level_of(breaker_state state) noexcept {
  switch (state) {
    case breaker_state::closed:
      return telemetry::breaker_level::closed;
    case breaker_state::open:
      return telemetry::breaker_level::open;
    case breaker_state::half_open:
      return telemetry::breaker_level::half_open;
  }
  return telemetry::breaker_level::open;
}

void log_change(const std::string& name, breaker_state state) {
  namespace events = telemetry::events;
  using config::log_level;
  switch (state) {
    case breaker_state::closed:
      telemetry::log().write(log_level::info, events::breaker_closed, "the upstream is well again",
                             {{"upstream", name}});
      break;
    case breaker_state::open:
      telemetry::log().write(log_level::warning, events::breaker_opened,
                             "the upstream fails; calls are refused", {{"upstream", name}});
      break;
    case breaker_state::half_open:
      telemetry::log().write(log_level::info, events::breaker_half_open, "the upstream is probed",
                             {{"upstream", name}});
      break;
  }
}

void log_following(const std::string& name, breaker_state state) {
  telemetry::log().write(
      state == breaker_state::closed ? config::log_level::info : config::log_level::warning,
      telemetry::events::breaker_followed,
      "another instance found out how the upstream is; this one does as it does",
      {{"upstream", name}, {"state", to_string(state)}});
}

breaker_record record_of(const breaker_snapshot& breaker, steady_time now, std::int64_t now_ms) {
  const auto in_ms = [&](steady_time at) {
    return now_ms + duration_cast<milliseconds>(at - now).count();
  };
  breaker_record result;
  result.state = breaker.state;
  result.failures = breaker.failures;
  if (breaker.opened_at) result.opened_at = in_ms(*breaker.opened_at);
  if (breaker.retry_at) result.retry_at = in_ms(*breaker.retry_at);
  result.since = breaker.state == breaker_state::open ? *result.opened_at : now_ms;
  return result;
}

}  // namespace

bool report_breaker(upstream_resources& upstream, steady_time now, found_by who) {
  if (upstream.breaker.transitions() == upstream.published) return false;
  upstream.published = upstream.breaker.transitions();
  const auto now_ms =
      duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const auto snapshot = upstream.breaker.snapshot(now);
  upstream.state.store(snapshot.state, std::memory_order_relaxed);
  upstream.state_since_ms.store(now_ms, std::memory_order_relaxed);
  upstream.metrics.breaker_moved(level_of(snapshot.state));
  if (who == found_by::another_instance) {
    log_following(upstream.settings.name, snapshot.state);
    return true;
  }
  log_change(upstream.settings.name, snapshot.state);
  // What an operator imposes is said of this instance alone.
  if (snapshot.imposed != breaker_override::automatic) {
    upstream.record = {};
    return true;
  }
  // Others know an opening by its millisecond, so it is computed once.
  const auto opened_at = upstream.record.opened_at;
  upstream.record = record_of(snapshot, now, now_ms);
  if (snapshot.state == breaker_state::half_open && opened_at) {
    upstream.record.opened_at = opened_at;
  }
  return true;
}

}  // namespace tributary::actors::guards
