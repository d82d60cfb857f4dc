// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/attempts.hpp"
#include "actors/aggregation/caller_timer.hpp"
#include "actors/aggregation/gather.hpp"
#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/actor_timers.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary::actors::aggregation {

/// What an aggregator works with.
struct aggregator_wiring {
  std::vector<supervision::supervised_ref> upstreams;  ///< first guard of each, of its worker
  std::vector<std::shared_ptr<guards::upstream_resources>> resources;  ///< of each, for its retries
  std::vector<supervision::supervised_ref> part_caches;                ///< the shards
  std::vector<supervision::supervised_ref> caches;                     ///< the shards
  std::function<double()> random;  ///< [0, 1), for the delays of retries; any thread
};

/// Scatters a request to the first guards of its parts' upstreams, gathers what comes back under
/// one deadline, and answers each caller from it. One a worker; each gather stays with one
/// aggregator.
///
/// Deadlines stand on a timing wheel of the actor's own, woken by one clock message at a time: a
/// gather that ends in time costs the clock nothing.
class aggregator final : public runtime::observed_actor {
 public:
  aggregator(caf::actor_config& cfg, std::string path, aggregator_wiring wiring);
  ~aggregator() override;

  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  using gather_ptr = std::shared_ptr<gather>;

  void start(start_gather& message);
  void join(join_gather& message);
  void on_answered(call_answered& message);
  void on_left(const caller_left& message);

  void make_calls(const gather_ptr& g);
  bool stands_or_falls_by(const gather& g, std::size_t part) const;
  void make_held_calls(const gather_ptr& g, guards::steady_time at);
  void call_primary(const gather_ptr& g, std::size_t part, bool retry, guards::steady_time at);
  void call_fallback(const gather_ptr& g, std::size_t part, std::size_t entry,
                     guards::steady_time at);
  void look_up_stale(const gather_ptr& g, std::size_t part, std::size_t entry,
                     guards::steady_time at);
  std::shared_ptr<guards::upstream_call> make_call_of(const gather_ptr& g, std::size_t part,
                                                      const compiled_template& path, bool retry,
                                                      guards::steady_time at);
  void pass_to_guards(std::size_t upstream, std::shared_ptr<guards::upstream_call> call,
                      guards::steady_time at);
  std::string part_cache_key(const gather& g, std::size_t part,
                             const guards::call_request& asked) const;

  void attempt_ended(const gather_ptr& g, std::size_t part, part_outcome outcome,
                     guards::steady_time at);
  bool may_go_on(const gather& g, std::size_t part) const;
  bool take_retry_token(std::size_t upstream, guards::steady_time at);
  void take(const gather_ptr& g, std::size_t part, const next_step& step, part_outcome outcome,
            guards::steady_time at);
  void use_constants(gather& g, guards::steady_time at);
  void use_constant(gather& g, std::size_t part, std::size_t entry, guards::steady_time at);
  void settle(gather& g, std::size_t part, part_outcome outcome, guards::steady_time at);
  friend struct attempts;
  void on_attempt_due(attempts& a);

  void wait_for(gather& g, std::shared_ptr<aggregate_call> call);
  void on_deadline(gather& g);
  friend struct caller_timer;
  void on_caller_deadline(caller_timer& t);
  void cancel_calls(gather& g);
  const caf::actor* cache_of(std::string_view key);
  void progress(gather& g, guards::steady_time at);
  void end(gather& g);
  std::optional<std::chrono::milliseconds> time_to_live(const gather& g);

  guards::steady_time now() { return clock().now(); }
  caf::actor handle() { return caf::actor_cast<caf::actor>(this); }

  aggregator_wiring wiring_;
  runtime::actor_timers timers_;
  std::unordered_map<std::uint64_t, gather_ptr> gathers_;  ///< by ticket, or own number
  std::uint64_t sequence_ = 0;
};

}  // namespace tributary::actors::aggregation
