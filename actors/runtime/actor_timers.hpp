// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/timer_wheel.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tributary::actors::runtime {

/// To an actor from its own `actor_timers`: some deadline may have passed.
struct deadline_tick {
  std::uint64_t generation = 0;
};

}  // namespace tributary::actors::runtime

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::runtime::deadline_tick)

namespace tributary::actors::runtime {

/// The deadlines of one actor, on a timing wheel that one message of the clock at a time wakes: a
/// deadline that is called off in time costs the clock nothing. A member of the actor, which hands
/// on each `deadline_tick`. The clock is that of the actor's system, hence tests' own.
class actor_timers {
 public:
  using steady_time = http::io::steady_time;

  explicit actor_timers(caf::event_based_actor& owner)
      : owner_(owner), wheel_(owner.clock().now()) {}

  /// Arms `t`, moving it if it was armed; a time in the past is due at the next message.
  void arm(http::io::timer& t, steady_time when) {
    wheel_.arm(t, when);
    if (when < wake_at_) wake_at(when);
  }

  /// Calls what is due by now.
  void on_tick(const deadline_tick& message) {
    if (message.generation != generation_) return;  // an earlier one has taken its place
    wake_at_ = steady_time::max();
    wheel_.advance(owner_.clock().now());
    const auto next = wheel_.next_expiry();
    if (next && *next < wake_at_) wake_at(*next);
  }

 private:
  void wake_at(steady_time when) {
    wake_at_ = when;
    const auto rest = std::max(when - owner_.clock().now(), steady_time::duration::zero());
    owner_.delayed_send(&owner_, rest, deadline_tick{++generation_});
  }

  caf::event_based_actor& owner_;
  http::io::timer_wheel wheel_;
  std::uint64_t generation_ = 0;
  steady_time wake_at_ = steady_time::max();
};

}  // namespace tributary::actors::runtime
