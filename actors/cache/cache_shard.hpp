// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/answer_store.hpp"
#include "actors/cache/shard_counters.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary::actors::cache {

/// What a shard is made with.
struct shard_settings {
  store_limits limits;
  std::size_t max_waiters = 10'000;  ///< callers that share one gather
  std::uint64_t seed = 0;            ///< of the hash table; random
  std::uint64_t index = 0;           ///< among the shards; makes its tickets unlike those of others
  std::shared_ptr<shard_counters> counters;
};

/// One part of the endpoint cache: answers by key, and which of them are being gathered right now.
/// A hit is answered from here. A miss goes to the caller's aggregator when it is the first, and to
/// the aggregator that gathers the same already when it is not (BEHAVIOUR 19).
class cache_shard final : public runtime::observed_actor {
 public:
  cache_shard(caf::actor_config& cfg, std::string path, shard_settings settings);

  caf::behavior make_behavior() override;

 private:
  struct gathering {
    caf::actor aggregator;
    std::uint64_t ticket = 0;
    std::size_t callers = 0;  ///< that were sent to it; those that left count too
  };

  void on_look_up(look_up& message);
  void on_gather_ended(gather_ended& message);
  void on_purge(const purge& message);
  void watch(const caf::actor& aggregator);
  void on_aggregator_down(const caf::actor_addr& who);
  void publish();

  shard_settings settings_;
  answer_store store_;
  std::unordered_map<std::string, gathering> gatherings_;
  std::vector<caf::actor_addr> watched_;  ///< aggregators that gather, or did, and live
  std::uint64_t sequence_ = 0;
  std::uint64_t incarnation_salt_;
};

}  // namespace tributary::actors::cache
