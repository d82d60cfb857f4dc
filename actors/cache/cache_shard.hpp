// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/answer_store.hpp"
#include "actors/cache/shard_counters.hpp"
#include "actors/cache/worker_answers.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary::actors::cache {

/// What a shard is made with.
struct shard_settings {
  store_limits limits;
  std::size_t max_waiters = 10'000;  ///< callers that share one gather, or one question to Redis
  std::uint64_t seed = 0;            ///< of the hash table and the workers' ones; random
  std::uint64_t index = 0;           ///< among the shards; makes its tickets unlike those of others
  std::shared_ptr<shard_counters> counters;
  std::vector<supervision::supervised_ref> redis;  ///< by worker; empty: there is no second tier
  std::chrono::milliseconds redis_timeout{20};     ///< of a question to it
  std::vector<std::string> reserved;               ///< prefixes of keys that are not kept there
  std::vector<std::shared_ptr<worker_answers>> workers;  ///< to whom answers may be lent
};

/// One part of the endpoint cache: answers by key, and which of them are being gathered right now.
/// A hit is answered from here. On a miss the first caller has Redis asked, where there is one, and
/// later ones wait here for what it says. What Redis has not got either goes to the caller's
/// aggregator when it is the first, and to the aggregator that gathers the same already when it is
/// not.
///
/// An answer that is asked for again and again is lent to the worker that asks, which then gives it
/// by itself and says so from time to time. It is still this shard that decides how long it is
/// kept: the mark of an answer that it lets go of is set at once, so the worker does not give it
/// any more, and the worker is told, so that it gives its memory back.
class cache_shard final : public runtime::observed_actor {
 public:
  cache_shard(caf::actor_config& cfg, std::string path, shard_settings settings);

  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  using call_ptr = std::shared_ptr<aggregation::aggregate_call>;
  using calls = std::vector<call_ptr>;

  struct gathering {
    caf::actor aggregator;
    std::uint64_t ticket = 0;
    std::size_t callers = 0;  ///< that were sent to it; those that left count too
    bool redis = false;       ///< the answer is kept there too
    std::vector<std::string> tags;
    std::string mark;  ///< `parts_mark` of the answer to come
  };

  struct question {
    std::uint64_t ticket = 0;
    calls callers;  ///< at least one
  };

  void on_look_up(look_up& message);
  void on_gather_ended(gather_ended& message);
  void on_redis_answered(redis_answered& message);
  void on_purge(const purge& message);
  void on_hot_hits(const hot_hits& message);

  void serve(call_ptr call);
  bool is_private(const std::string& key);
  void note_private(const std::string& key);
  void gather(call_ptr call);
  bool ask_redis(call_ptr& call);
  void keep_in_redis(const std::string& key, const cached_answer& answer, std::string_view mark);
  const caf::actor* redis();
  static void answer_hit(aggregation::aggregate_call& call, cached_answer_ptr found,
                         aggregation::cache_verdict verdict);
  static void refuse(aggregation::aggregate_call& call);
  std::uint64_t next_ticket() noexcept;
  void watch(const caf::actor& aggregator);
  void on_aggregator_down(const caf::actor_addr& who);
  void tell_withdrawn();
  void publish();

  shard_settings settings_;
  answer_store store_;
  std::unordered_map<std::string, gathering> gatherings_;
  std::unordered_map<std::string, question> questions_;
  /// Keys whose answers must not be kept, and until when that is believed ("hit-for-miss").
  std::unordered_map<std::string, steady_time> private_;
  std::size_t asking_ = 0;                ///< callers of all questions
  std::vector<caf::actor_addr> watched_;  ///< aggregators that gather, or did, and live
  std::uint64_t sequence_ = 0;
  std::uint64_t incarnation_salt_;
};

}  // namespace tributary::actors::cache
