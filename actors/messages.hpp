// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/aggregate_call.hpp"
#include "actors/cache/cached_answer.hpp"
#include "actors/cache/purge_target.hpp"
#include "actors/guards/upstream_call.hpp"
#include "actors/store/redis_call.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::cache {
struct part_fetch;
}

/// Every message between actors, by receiver. All are sent one way, by `runtime::tell`: what has to
/// be answered carries its own duty to answer (upstream_call, aggregate_call), which survives
/// neither a crash nor a full stop in silence.
namespace tributary::actors {

// -- limiter, breaker, upstream -----------------------------------------------------------------

/// To the first guard of an upstream: make this call. Each guard passes it on or ends it.
struct make_call {
  std::shared_ptr<guards::upstream_call> call;
  guards::steady_time at;  ///< the guards' common present: a clock read costs as much as a decision
};

/// To the breaker: a call that it let pass has ended, and that may change its state.
struct call_ended {
  guards::breaker_permit permit;
  guards::call_outcome outcome = guards::call_outcome::neutral;
  std::chrono::nanoseconds duration{0};
  std::optional<std::chrono::milliseconds> retry_after;
  guards::steady_time at{};
};

/// To the upstream that the call wanted to be made by: its time in the bulkhead's queue is over,
/// with a place that it holds now, or without.
struct queue_left {
  std::shared_ptr<guards::upstream_call> call;
  guards::steady_time since{};
  bool has_place = false;
};

/// To the actor that shares breakers: this one has changed its state by itself.
struct breaker_changed {
  std::shared_ptr<guards::upstream_resources> upstream;
};

/// To the actor that shares breakers, from its clock: compare with what the others say.
struct sharing_tick {};

// -- Redis --------------------------------------------------------------------------------------

/// To the Redis actor of the sender's worker: run these commands.
struct redis_request {
  std::shared_ptr<store::redis_call> call;
};

/// The commands of a call have ended: one result for each, in their order.
struct redis_answered {
  std::shared_ptr<void> context;  ///< the requester's own
  std::uint64_t tag = 0;          ///< the requester's own
  std::vector<providers::redis::result> results;
};

/// To the listeners of a channel: somebody published this, this process perhaps.
struct subscription_message {
  std::string channel;
  std::string text;
};

/// To the listeners of a channel: the subscription holds from now on (what was published before may
/// be missing), or is lost.
struct subscription_state {
  bool subscribed = false;
};

// -- part cache ---------------------------------------------------------------------------------

/// To the part cache shard of `key`: answer this call from what is kept, or have it made by the
/// part's upstream and keep the answer.
struct look_up_part {
  std::shared_ptr<guards::upstream_call> call;
  std::shared_ptr<const aggregation::endpoint_plan> plan;
  std::size_t part = 0;  ///< of the plan; has a cache
  std::string key;
  guards::steady_time at;
};

/// To the part cache shard of `key`: answer this call from what is kept, though it is stale, and
/// make no call to the upstream.
struct find_stale {
  std::shared_ptr<guards::upstream_call> call;
  std::size_t upstream = 0;  ///< of the part
  std::string key;
  std::optional<std::chrono::milliseconds> max_stale;  ///< unset: as RFC 5861 allows on errors
  guards::steady_time at;
};

/// To the part cache shard that made this fetch: a caller that waits for it has gone.
struct part_caller_left {
  std::weak_ptr<cache::part_fetch> fetch;
  std::uint64_t number = 0;
};

// -- aggregator ---------------------------------------------------------------------------------

/// Gather for this call; it is the first that waits.
struct start_gather {
  std::shared_ptr<aggregation::aggregate_call> call;
  std::uint64_t ticket = 0;  ///< of the cache shard that wants to hear the result; 0: none does
};

/// Let this call wait for a gather that is under way, or was when the cache sent this.
struct join_gather {
  std::shared_ptr<aggregation::aggregate_call> call;
  std::uint64_t ticket = 0;
};

/// A call to an upstream has ended.
struct call_answered {
  std::shared_ptr<void> context;  ///< the requester's own
  std::size_t index = 0;
  guards::call_result result;
};

/// The client of this call has gone.
struct caller_left {
  std::shared_ptr<aggregation::aggregate_call> call;
};

// -- cache shard --------------------------------------------------------------------------------

/// Answer this call, or have it gathered, or let it wait for who gathers the same.
struct look_up {
  std::shared_ptr<aggregation::aggregate_call> call;
};

/// The gather of this key has ended; `answer` is null when there is nothing to keep.
struct gather_ended {
  std::string key;
  std::uint64_t ticket = 0;
  std::shared_ptr<const cache::cached_answer> answer;
  bool uncacheable = false;  ///< it was complete, but upstreams forbid to keep it
};

/// Forget these answers, those that are being gathered included. `done` is shared by all shards;
/// the last to drop it tells that all have forgotten.
struct purge {
  cache::purge_target target;
  std::shared_ptr<void> done;
};

/// A worker has given this answer, which the shard had lent to it, so often by itself.
struct hot_hits {
  std::string key;
  std::uint64_t times = 0;
};

// -- invalidation -------------------------------------------------------------------------------

/// Have these answers forgotten everywhere: here, in Redis and by the other instances. Whoever
/// drops `done` last tells that it is so, or that it was waited for long enough.
struct purge_all {
  cache::purge_target target;
  std::shared_ptr<void> done;
};

/// Time to look at what waits for Redis, and at who waits for that.
struct invalidation_tick {};

}  // namespace tributary::actors

// All of these stay within one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::make_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::call_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::queue_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::breaker_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::sharing_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::redis_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::redis_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::subscription_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::subscription_state)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::look_up_part)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::find_stale)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::part_caller_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::start_gather)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::join_gather)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::call_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::caller_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::look_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::gather_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::purge)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::hot_hits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::purge_all)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::invalidation_tick)
