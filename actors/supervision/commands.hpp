// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/rules.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

/// What `supervisor_state` asks the supervisor actor to do, in this order.
namespace tributary::actors::supervision {

/// Place of a child in its supervisor's table; a pool uses places again.
using child_index = std::size_t;
inline constexpr child_index no_child = std::numeric_limits<child_index>::max();

enum class timer_kind : std::uint8_t {
  start,          ///< the child must be ready
  shutdown,       ///< the child must have ended by itself
  grace,          ///< the killed child must be down
  backoff,        ///< the child is started again
  group_backoff,  ///< the members of a group restart are started again
  pool_shutdown,  ///< the whole pool must have ended by itself
  pool_grace,     ///< the whole killed pool must be down
};

/// What was decided about a failure.
enum class directive : std::uint8_t {
  restart,
  group_restart,
  queued,    ///< a group restart is in progress; this failure is treated next
  absorbed,  ///< the child was about to be stopped anyway
  forget,
  escalate,
};

std::string_view to_string(directive value) noexcept;

/// Spawn and monitor; `run` names this incarnation in `ready` and `down`.
struct spawn_child {
  child_index child;
  std::uint64_t run;
};

/// Ask the child to end (urgent exit message).
struct ask_exit {
  child_index child;
};

/// Kill the child (urgent).
struct kill_now {
  child_index child;
};

/// Call `timer` with these values after `delay`. Timers are never cancelled: stale generations are
/// ignored. `child` is `no_child` for those of a group.
struct arm_timer {
  timer_kind kind;
  child_index child;
  std::uint64_t generation;
  milliseconds delay;
};

/// Make the child's new state visible to its callers.
struct publish_state {
  child_index child;
  child_state state;
};

/// The cause of a failure by start timeout.
inline constexpr std::string_view start_timeout_cause = "start_timeout";

/// Note a failure in the records of the child and the node.
struct record_failure {
  child_index child;
  directive decision;
  exit_class how;
  milliseconds lifetime;  ///< from ready to the failure; 0: failed to start
  milliseconds delay;     ///< until the restart
  std::string cause;
};

/// The incarnation `run` did not die after kill and is abandoned.
struct mark_zombie {
  child_index child;
  std::uint64_t run;
};

/// A pool's child ended for good; its place may be used again.
struct drop_child {
  child_index child;
};

/// Each child has been started once: the supervisor is ready.
struct all_started {};

/// The supervisor has no children any more and must exit.
struct finished {
  bool escalated;     ///< false: it was stopped, or stops itself by auto_shutdown
  child_index child;  ///< escalated: whose failure was one too many
  std::size_t count;  ///< escalated: restarts in the period
  std::string cause;  ///< escalated: text of the last failure
};

using command = std::variant<spawn_child, ask_exit, kill_now, arm_timer, publish_state,
                             record_failure, mark_zombie, drop_child, all_started, finished>;

}  // namespace tributary::actors::supervision
