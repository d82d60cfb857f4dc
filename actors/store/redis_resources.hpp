// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/circuit_breaker.hpp"
#include "actors/guards/rolling_window.hpp"
#include "actors/store/subscription.hpp"
#include "config/sections/redis_settings.hpp"
#include "providers/redis/link_state.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tributary::providers::redis {
class client;
class subscriber;
}  // namespace tributary::providers::redis

namespace tributary::actors::store {

namespace redis = providers::redis;
using guards::steady_time;

/// What the actors of one Redis share, on all workers, and what survives their restarts: one
/// breaker, and a connection for each worker.
struct redis_resources {
  redis_resources(std::string called, const config::redis_settings& s,
                  const config::redis_address& where, std::function<double()> random);
  ~redis_resources();

  /// Asks the breaker for one batch. Any thread.
  guards::breaker_admission admit(steady_time now);

  /// Tells it how that ended. Any thread.
  void record(guards::breaker_permit permit, guards::call_outcome outcome,
              std::chrono::nanoseconds duration, steady_time now);

  /// Redis answers, but will not do what it was asked: out of memory, no right to, and so on. Any
  /// thread.
  void note_refusal(const std::string& text);

  /// How it is doing, for operators. Any thread.
  struct report {
    bool well = false;       ///< all workers are connected, the breaker is closed, nothing was
                             ///< refused for some seconds, and most commands of the last seconds
                             ///< were answered in time
    std::string detail;      ///< what is wrong, or where it is; never a secret
    std::int64_t since = 0;  ///< system clock, ms
  };
  report inspect(steady_time now = std::chrono::steady_clock::now()) const;

  const std::string name;  ///< `redis`, `redis_cache`
  const config::redis_settings settings;
  const config::redis_address address;

  /// One a worker, each touched on its worker's thread only.
  std::vector<std::unique_ptr<redis::client>> clients;
  /// To `channels`; on the first worker's thread only. Null when there are none.
  std::unique_ptr<redis::subscriber> subscriber;
  std::shared_ptr<const redis::link_state> subscription;  ///< its state; any thread
  std::vector<channel_listener> channels;  ///< what is subscribed to here, and for whom
  /// States of all connections: each client's and the subscription's. Not changed while actors run.
  std::vector<std::shared_ptr<const redis::link_state>> links;

  /// That listen to what breakers do, this one included, as seen last; at least 1.
  std::atomic<unsigned> instances{1};

 private:
  void publish(steady_time now);

  mutable std::mutex mutex_;  ///< guards the next four
  guards::circuit_breaker breaker_;
  guards::rolling_window recent_;  ///< batches, those that the breaker refused among the failed
  std::uint64_t published_ = 0;
  std::string refusal_;  ///< the last one
  std::atomic<std::int64_t> refused_since_ms_{0};
  std::atomic<std::int64_t> refused_at_ms_{0};  ///< the last time; system clock
  std::atomic<guards::breaker_state> state_{guards::breaker_state::closed};
  std::atomic<std::int64_t> state_since_ms_;
};

}  // namespace tributary::actors::store
