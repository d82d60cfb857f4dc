// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/aggregate_call.hpp"
#include "actors/aggregation/outcome.hpp"
#include "actors/cache/ttl.hpp"
#include "http/io/timer_wheel.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::actors::guards {
class upstream_call;
}

namespace tributary::actors::aggregation {

class aggregator;
struct attempts;
struct caller_timer;

/// How long a complete answer may be kept; nothing: not at all. Asked once, when all parts are
/// there.
using ttl_source = std::function<std::optional<std::chrono::milliseconds>()>;

/// One gather: the outcomes of its parts as they arrive, and the callers that wait for them.
/// Decides who can be told what and when; its aggregator carries it out. Not thread-safe.
class gather {
 public:
  using steady_time = aggregate_call::steady_time;
  using call_ptr = std::shared_ptr<aggregate_call>;

  /// @param first  whose parameters are gathered for; it does not wait yet
  /// @param ticket of the cache shard that wants the result, 0 for none
  /// @param on_deadline called with the gather when its timer fires
  gather(std::uint64_t id, const aggregate_call& first, std::uint64_t ticket, aggregator* owner,
         http::io::timer::callback on_deadline);
  ~gather();

  std::uint64_t id() const noexcept { return id_; }
  std::uint64_t ticket() const noexcept { return ticket_; }
  const endpoint_plan& plan() const noexcept { return *plan_; }
  const std::shared_ptr<const endpoint_plan>& shared_plan() const noexcept { return plan_; }
  const bound_parameters& values() const noexcept { return values_; }
  const std::string& key() const noexcept { return key_; }
  const std::string& request_id() const noexcept { return request_id_; }

  /// The endpoint's timeout, counted from the first caller's request.
  steady_time deadline() const noexcept;

  /// Whole milliseconds since the first caller's request.
  std::chrono::milliseconds elapsed(steady_time now) const noexcept;

  /// When all parts must be there, so that time is left to merge.
  steady_time parts_due() const noexcept;

  /// When this part must be there: `parts_due`, or earlier by the part's own limit.
  steady_time part_deadline(std::size_t part) const noexcept;

  /// Adds a caller; all but the first share what the first has caused.
  void add(call_ptr call);

  /// Takes a caller out without an answer. False when it is not (or no longer) waiting.
  bool remove(const aggregate_call& call);

  /// What came of a part. False, without effect, when that is known already.
  bool record(std::size_t part, part_outcome outcome, steady_time now);

  /// True once that is known.
  bool has(std::size_t part) const noexcept { return (arrived_ >> part & 1) != 0; }

  /// How long an answer with this part in it may be kept.
  void note_freshness(const cache::freshness& part);

  /// Nothing more will come: each part that is missing counts as timed out.
  void expire(steady_time now);

  /// All asked parts are known.
  bool finished() const noexcept { return arrived_ == asked_; }
  bool any_arrived() const noexcept { return arrived_ != 0; }
  bool abandoned() const noexcept { return waiting_ == 0; }
  std::size_t waiting() const noexcept { return waiting_; }

  /// Answers each caller whose answer is settled, with all parts known or before.
  void answer_settled(steady_time now, const ttl_source& ttl);

  /// Answers the caller that was added last, if its answer is settled before all parts are known.
  void answer_newest_if_settled(steady_time now);

  /// Answers one caller from what is known now: its own deadline has come.
  void answer_now(const aggregate_call& call, steady_time now);

  /// Time for which the endpoint's TTL and the upstreams allow to keep the answer; nothing: none.
  std::optional<std::chrono::milliseconds> freshness() const noexcept;

  /// The complete answer, to be kept by the cache; null when there is none or it must not be kept.
  std::shared_ptr<const cache::cached_answer> storable() const;

  /// There is a complete answer that upstreams forbid to keep: the next one will be no different.
  bool uncacheable() const noexcept {
    return complete_ != nullptr && !storable_ && degraded() == 0;
  }

  // The aggregator's own notes.
  std::vector<std::weak_ptr<guards::upstream_call>>
      calls;  ///< by part; to cancel what is under way
  http::io::timer deadline_timer;
  aggregator* const owner;
  std::vector<std::unique_ptr<caller_timer>> caller_timers;
  std::vector<std::unique_ptr<attempts>> courses;  ///< by part; empty while none is needed
  std::uint64_t held = 0;  ///< parts that are called when it is known that none of them is in vain

 private:
  struct waiter {
    call_ptr call;  ///< null once answered
    bool collapsed = false;
  };

  void answer(waiter& to, const std::vector<part_outcome>& outcomes, steady_time now);
  std::uint64_t degraded() const noexcept;
  std::vector<std::pair<std::size_t, http::wire::error_token>> missing_of(
      const std::vector<part_outcome>& outcomes) const;
  void complete(steady_time now, const ttl_source& ttl);
  std::vector<part_outcome> outcomes_at(steady_time now) const;
  /// For an answer that is settled before all parts are known: those not heard of are given up.
  std::vector<part_outcome> without_pending() const;

  std::uint64_t id_;
  std::uint64_t ticket_;
  std::shared_ptr<const endpoint_plan> plan_;
  bound_parameters values_;
  std::string key_;
  std::string request_id_;
  std::uint64_t asked_;
  std::uint64_t arrived_ = 0;
  steady_time started_;
  steady_time last_arrival_;
  std::vector<part_outcome> outcomes_;
  cache::aggregate_ttl ttl_;
  std::vector<waiter> waiters_;
  std::size_t waiting_ = 0;
  std::shared_ptr<const cache::cached_answer> complete_;
  bool storable_ = false;
};

}  // namespace tributary::actors::aggregation
