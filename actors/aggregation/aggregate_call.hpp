// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/judge.hpp"
#include "actors/aggregation/plan.hpp"
#include "actors/cache/cached_answer.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tributary::actors::aggregation {

/// What the cache did for an answer (RFC 9211).
struct cache_verdict {
  bool used = false;  ///< the endpoint has a cache; else the other fields mean nothing
  bool hit = false;
  bool stored = false;     ///< this gather's answer was handed to the cache
  bool collapsed = false;  ///< shared the gather of another caller
  bool redis = false;      ///< a hit that came from there, not from memory
  bool lent = false;       ///< a hit that the caller's worker may give by itself from now on
};

/// What a caller is told: a complete answer, which is shared with the cache and other callers, or
/// one judged for it alone.
struct aggregate_reply {
  std::shared_ptr<const cache::cached_answer> complete;  ///< null: see `judged`
  aggregate_answer judged;
  /// Parts without which a partial answer goes out, and why.
  std::vector<std::pair<std::size_t, http::wire::error_token>> missing;
  std::uint64_t degraded = 0;  ///< parts that something else stands in for; bit i is part i
  cache_verdict cache;
  std::chrono::nanoseconds upstream_wait{
      0};  ///< from the first call made to the last answer needed
};

/// One caller that waits for an aggregate. Whoever serves it calls `answer` once; when the last
/// reference goes without that, the derived class tells its client about the failure.
///
/// The fields are set before the call is first sent and, but for the atomic ones, never change.
class aggregate_call {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  aggregate_call() = default;
  aggregate_call(const aggregate_call&) = delete;
  aggregate_call& operator=(const aggregate_call&) = delete;
  virtual ~aggregate_call() = default;

  /// Any thread, once.
  virtual void answer(aggregate_reply&& reply) = 0;

  std::shared_ptr<const endpoint_plan> plan;
  bound_parameters values;
  std::string cache_key;  ///< empty: not cached
  strictness handling = strictness::unsaid;
  std::string request_id;
  steady_time received{};  ///< the endpoint's timeout counts from here
  steady_time deadline{};  ///< this caller's own (waiter_deadline); never later than the endpoint's
  caf::actor aggregator;   ///< gathers for it when nobody else does already

  /// The client has gone: set before `caller_left` is sent, so that whoever gets the call later
  /// knows.
  std::atomic<bool> gone{false};
  std::atomic<std::uint64_t> gather_id{0};  ///< where it waits; the aggregator's
};

}  // namespace tributary::actors::aggregation
