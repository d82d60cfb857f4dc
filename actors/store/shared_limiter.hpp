// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace tributary::actors::store {

struct redis_resources;

struct shared_limiter_wiring {
  std::shared_ptr<guards::upstream_resources> resources;  ///< with a limiter
  supervision::supervised_ref next;
  supervision::supervised_ref redis;       ///< the actor of the same worker
  std::shared_ptr<redis_resources> store;  ///< tells how many instances there are
  std::size_t max_waiting = 10'000;        ///< calls that Redis decides at a time
};

/// Lets calls pass at the configured rate, which is that of all instances together: Redis decides
/// each call by one script. Calls wait for that here, in their order, for
/// `command_timeout` at most. Where Redis does not answer, or too many wait, `on_store_failure`
/// decides; by default this instance then grants its share of the rate.
class shared_limiter_actor final : public runtime::observed_actor {
 public:
  shared_limiter_actor(caf::actor_config& cfg, std::string path, shared_limiter_wiring wiring);
  caf::behavior make_behavior() override;

 private:
  struct waiting;

  void on_call(make_call& message);
  void on_answer(redis_answered& message);
  void ask(const std::shared_ptr<waiting>& call, bool with_text);
  void decide_alone(make_call& message);
  guards::rate_decision grant_share(guards::steady_time now);
  void carry_out(make_call& message, const guards::rate_decision& decision, bool alone);

  shared_limiter_wiring wiring_;
  std::string key_;
  guards::gcra whole_;  ///< the limit of all instances; never asked
  std::size_t waiting_ = 0;
};

}  // namespace tributary::actors::store
