// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/part_fetch.hpp"
#include "actors/cache/part_store.hpp"
#include "actors/cache/shard_counters.hpp"
#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/actor_timers.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "http/io/timer_wheel.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary::actors::telemetry {
struct part_cache_metrics;
}

namespace tributary::actors::cache {

/// How long it is remembered that a key's answers cannot be kept.
inline constexpr std::chrono::seconds uncacheable_for{1};
/// Longest time for a call that renews an answer while the old one is given out.
inline constexpr std::chrono::seconds background_limit{10};

/// What a shard of the part cache is made with.
struct part_shard_settings {
  store_limits limits;
  std::size_t max_waiters = 10'000;  ///< callers that share one call; the others make their own
  std::uint64_t seed = 0;            ///< of the hash table; random
  std::vector<std::vector<supervision::supervised_ref>> guards;  ///< first, by worker and upstream
  std::vector<std::shared_ptr<guards::upstream_resources>> upstreams;
  std::shared_ptr<shard_counters> counters;
};

/// One part of the part cache: upstreams' answers by key, and which of them are being fetched right
/// now. What may be kept and for how long is RFC 9111's, what may be used stale RFC 5861's. It
/// stands before an upstream's guards: what it cannot answer it asks the upstream by a call of its
/// own, which all callers of the key share.
///
/// - Fresh: answered from here. Stale within `stale-while-revalidate`: answered from here too,
/// while
///   one call in the background renews it. Else the caller waits for the call, until its own
///   deadline.
/// - A stale answer with a validator is asked for conditionally; one confirmed by a 304 counts as
///   from the cache, its age what the 304 says.
/// - A failure ends the wait of all, each with that failure: retries and what may be stale on
///   errors are their aggregators' to decide. Only who had more time than the one that caused the
///   call, when that time was over, waits for another one.
/// - What must not be kept goes to one caller. The others, and for a second all that come, make
///   their own calls, so they do not wait for each other.
///
/// Times come with the messages; a clock is read for the waiters' deadlines alone.
class part_cache_shard final : public runtime::observed_actor {
 public:
  part_cache_shard(caf::actor_config& cfg, std::string path, part_shard_settings settings);
  ~part_cache_shard() override;

  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  using fetch_ptr = std::shared_ptr<part_fetch>;

  void on_look_up(look_up_part& message);
  void on_find_stale(find_stale& message);
  void on_answered(call_answered& message);
  void on_caller_left(const part_caller_left& message);
  void on_purge(const purge& message);

  // Answers from what is kept.
  void serve(guards::upstream_call& call, const part_answer& stored, steady_time at,
             std::size_t upstream);

  // Calls under way.
  fetch_ptr open_fetch(look_up_part& message, part_answer_ptr known);
  void send(const fetch_ptr& fetch, steady_time at);
  void wait(part_fetch& fetch, std::shared_ptr<guards::upstream_call> call);
  void watch_deadline(part_waiter& waiter);
  void leave(part_waiter& waiter);
  bool close_fetch(const part_fetch& fetch);
  friend struct part_waiter;
  void on_waiter_due(part_waiter& waiter);

  // Their ends.
  void fetched(part_fetch& fetch, part_answer answer, guards::call_result&& result);
  void failed(const fetch_ptr& fetch, guards::call_result&& result);
  void fetch_again(const fetch_ptr& fetch, steady_time at);
  void give_to_one(part_fetch& fetch, guards::call_result&& result);
  void pass_on(std::shared_ptr<guards::upstream_call> call, std::size_t upstream, steady_time at);
  void to_guards(std::shared_ptr<guards::upstream_call> call, std::size_t upstream, steady_time at);

  void publish();
  steady_time now() { return clock().now(); }
  caf::actor handle() { return caf::actor_cast<caf::actor>(this); }
  telemetry::part_cache_metrics& metrics(std::size_t upstream);

  part_shard_settings settings_;
  part_store store_;
  runtime::actor_timers timers_;
  std::unordered_map<std::string, fetch_ptr> fetches_;  ///< that callers may join
  std::vector<fetch_ptr> purged_;                       ///< that they may not any more
  std::uint64_t sequence_ = 0;
};

}  // namespace tributary::actors::cache
