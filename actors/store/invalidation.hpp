// SPDX-License-Identifier: MIT
#pragma once

#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/store/purge_backlog.hpp"
#include "actors/store/purge_delivery.hpp"
#include "actors/supervision/slot.hpp"
#include "providers/redis/link_state.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary::actors::store {

/// What invalidation works with.
struct invalidation_wiring {
  std::vector<supervision::supervised_ref> caches;        ///< the shards of both
  std::vector<supervision::supervised_ref> redis;         ///< by worker; empty: there is none
  std::shared_ptr<const redis::link_state> subscription;  ///< to the channel; may be null
  std::string instance;  ///< this one, as it names itself to others
  std::shared_ptr<purge_backlog> backlog;
  std::shared_ptr<purge_counters> counters;
  std::vector<std::string> reserved;  ///< prefixes of keys that no purge removes from Redis
};

/// Owns what is forgotten before its time: here at once, in Redis, and by the other instances,
/// whose notices it hears. A purge that Redis could not be told of is kept and delivered when Redis
/// is back. When it hears others (again), it has the shards forget everything: a notice may have
/// been missed.
class invalidation final : public runtime::observed_actor {
 public:
  /// Longest time for which an operator waits for Redis, give or take a tick.
  static constexpr std::chrono::milliseconds patience{2'000};

  invalidation(caf::actor_config& cfg, std::string path, invalidation_wiring wiring);

  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  struct waiter {
    std::shared_ptr<void> done;
    steady_time until;
  };

  void on_purge_all(purge_all& message);
  void on_answered(const redis_answered& message);
  void on_message(const subscription_message& message);
  void on_state(const subscription_state& message);
  void on_tick();

  void purge_here(const cache::purge_target& target, const std::shared_ptr<void>& told);
  void forget_everything();
  void deliver();
  void send_step();
  void step_failed();
  void delivered();
  void publish();
  void wake();

  invalidation_wiring wiring_;
  std::optional<purge_delivery> delivery_;  ///< of the oldest that waits
  std::uint64_t delivering_ = 0;            ///< its id
  std::uint64_t step_ = 0;
  steady_time retry_at_{};
  std::unordered_map<std::uint64_t, waiter> waiters_;  ///< by id of the purge
  bool ticking_ = false;
  bool subscribed_ = false;
  bool subscribed_once_ = false;  ///< since this incarnation began
};

}  // namespace tributary::actors::store
