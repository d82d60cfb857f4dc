// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/actor_timers.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

/// The actors that stand between an aggregator and an upstream, one of each kind a worker. A call
/// passes them in the order limiter, breaker, upstream; each hands it on or ends it. What is not
/// configured has no actor.
namespace tributary::actors::guards {

/// Lets calls pass at the configured rate, which is that of all workers together.
class limiter_actor final : public runtime::observed_actor {
 public:
  limiter_actor(caf::actor_config& cfg, std::string path,
                std::shared_ptr<upstream_resources> resources, supervision::supervised_ref next);
  caf::behavior make_behavior() override;

 private:
  void on_call(make_call& message);

  std::shared_ptr<upstream_resources> resources_;
  supervision::supervised_ref next_;
};

/// Keeps calls from an upstream that fails. Each call it lets pass reports back how it ended.
class breaker_actor final : public runtime::observed_actor {
 public:
  breaker_actor(caf::actor_config& cfg, std::string path,
                std::shared_ptr<upstream_resources> resources, supervision::supervised_ref next);
  caf::behavior make_behavior() override;

 private:
  void on_call(make_call& message);
  void on_ended(const call_ended& message);
  void publish(steady_time now);  ///< with the lock held

  std::shared_ptr<upstream_resources> resources_;
  supervision::supervised_ref next_;
  supervision::supervised_ref sharing_;
};

/// Makes the calls, on the connections of the worker it happens to run on, as many at a time as the
/// bulkhead allows, and none while the upstream has asked for a pause. What finds no place waits in
/// the bulkhead's queue, and is made here when its turn comes.
class upstream_actor final : public runtime::observed_actor {
 public:
  upstream_actor(caf::actor_config& cfg, std::string path,
                 std::shared_ptr<upstream_resources> resources);
  caf::behavior make_behavior() override;

 private:
  std::optional<std::chrono::nanoseconds> ask_pressure(const call_request& asked, steady_time now);
  void on_call(make_call& message);
  void on_queue_left(queue_left& message);
  void stand_in_line(const std::shared_ptr<upstream_call>& call, steady_time now,
                     steady_time deadline);
  void make(const std::shared_ptr<upstream_call>& call, steady_time now, steady_time deadline);
  void on_queue_due();

  std::shared_ptr<upstream_resources> resources_;
  runtime::actor_timers timers_;
  http::io::timer queue_due_{http::io::call_member<&upstream_actor::on_queue_due, upstream_actor>,
                             this};
};

/// Hands a call to the next guard, or ends it when that one is being restarted.
void pass_on(make_call& message, supervision::supervised_ref& next);

}  // namespace tributary::actors::guards
