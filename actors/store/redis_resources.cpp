// SPDX-License-Identifier: MIT
#include "actors/store/redis_resources.hpp"

#include "actors/store/system_time.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "providers/redis/client.hpp"
#include "providers/redis/subscriber.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::store {

using guards::breaker_state;

namespace {

/// For this long after an error reply Redis does not count as well.
constexpr std::chrono::milliseconds remembered_refusal{3'000};

/// Whether most of the last while's batches failed tells how Redis is, once there were some.
constexpr std::chrono::seconds recent_time{5};
constexpr std::size_t recent_buckets = 10;
constexpr std::uint64_t least_recent = 5;

}  // namespace

redis_resources::redis_resources(std::string called, const config::redis_settings& s,
                                 const config::redis_address& where, std::function<double()> random)
    : name(std::move(called)),
      settings(s),
      address(where),
      breaker_(s.breaker, std::move(random)),
      recent_(recent_time, recent_buckets),
      state_since_ms_(system_ms()) {}

redis_resources::~redis_resources() = default;

guards::breaker_admission redis_resources::admit(steady_time now) {
  const std::lock_guard lock{mutex_};
  const auto result = breaker_.admit(now);
  if (!result.admitted) recent_.add(now, true, false);
  publish(now);
  return result;
}

void redis_resources::record(guards::breaker_permit permit, guards::call_outcome outcome,
                             std::chrono::nanoseconds duration, steady_time now) {
  const std::lock_guard lock{mutex_};
  breaker_.record(permit, outcome, duration, now);
  if (outcome != guards::call_outcome::neutral) {
    recent_.add(now, outcome == guards::call_outcome::failure, false);
  }
  publish(now);
}

void redis_resources::publish(steady_time now) {
  if (breaker_.transitions() == published_) return;
  published_ = breaker_.transitions();
  const auto state = breaker_.state(now);
  state_.store(state, std::memory_order_relaxed);
  state_since_ms_.store(system_ms(), std::memory_order_relaxed);
  if (state == breaker_state::half_open) return;
  const auto well = state == breaker_state::closed;
  telemetry::log().write(
      well ? config::log_level::info : config::log_level::warning,
      well ? telemetry::events::redis_recovered : telemetry::events::redis_failing,
      well ? "Redis answers again" : "Redis does not answer in time; it is left alone for a moment",
      {{"store", name}});
}

void redis_resources::note_refusal(const std::string& text) {
  const auto now = system_ms();
  const auto before = refused_at_ms_.exchange(now, std::memory_order_relaxed);
  // Once a while is enough: a Redis that refuses one command refuses thousands.
  if (now - before < remembered_refusal.count() / 10) return;
  const std::lock_guard lock{mutex_};
  refusal_ = text;
  if (now - before < remembered_refusal.count()) return;
  refused_since_ms_.store(now, std::memory_order_relaxed);
  telemetry::log().write(config::log_level::warning, telemetry::events::redis_refusing,
                         "Redis refuses commands", {{"store", name}, {"error", text}});
}

redis_resources::report redis_resources::inspect(steady_time now) const {
  report result{true, address.host + ":" + std::to_string(address.port), 0};
  std::size_t connected = 0;
  for (const auto& link : links) {
    result.since = std::max(result.since, link->since.load(std::memory_order_relaxed));
    if (link->connected.load(std::memory_order_relaxed)) {
      ++connected;
    } else if (result.well) {
      result.well = false;
      result.detail = link->last_error();
      if (result.detail.empty()) result.detail = "connecting";
    }
  }
  const auto state = state_.load(std::memory_order_relaxed);
  if (result.well && state != breaker_state::closed) {
    result.well = false;
    result.detail = std::string{"breaker "}.append(to_string(state));
    result.since = state_since_ms_.load(std::memory_order_relaxed);
  }
  if (result.well) {
    const std::lock_guard lock{mutex_};
    const auto recent = recent_.totals(now);
    if (recent.calls >= least_recent && recent.failures * 2 > recent.calls) {
      result.well = false;
      result.detail = std::to_string(recent.failures) + " of " + std::to_string(recent.calls) +
                      " commands of the last " + std::to_string(recent_time.count()) +
                      " s were not answered in time";
      result.since = state_since_ms_.load(std::memory_order_relaxed);
    }
  }
  const auto refused_at = refused_at_ms_.load(std::memory_order_relaxed);
  if (result.well && system_ms() - refused_at < remembered_refusal.count()) {
    result.well = false;
    const std::lock_guard lock{mutex_};
    result.detail = refusal_;
    result.since = refused_since_ms_.load(std::memory_order_relaxed);
  }
  if (!result.well && connected != 0 && connected != links.size()) {
    result.detail += ", " + std::to_string(connected) + " of " + std::to_string(links.size()) +
                     " connections are there";
  }
  return result;
}

}  // namespace tributary::actors::store
