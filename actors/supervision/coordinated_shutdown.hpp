// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::supervision {

using std::chrono::milliseconds;

/// What is shut down, in this order.
enum class shutdown_phase : std::uint8_t {
  unready,           ///< the health endpoint says 503; leave the membership
  unbind,            ///< accept no new connections
  drain,             ///< wait for requests in flight
  stop_workers,      ///< the supervision tree, from right to left
  flush,             ///< cache, metrics, logs
  leave_cluster,     ///< release leases, write Dead
  terminate_system,  ///< registry names, the actor system
};
inline constexpr std::size_t shutdown_phases = 7;

std::string_view to_string(shutdown_phase phase) noexcept;

/// Ends a task: with an empty text when it succeeded, else with what went wrong. Any thread; only
/// the first call counts, also against the timeout.
using task_completion = std::function<void(std::string error)>;

/// One thing to do in a phase.
struct shutdown_task {
  std::string name;
  milliseconds timeout{5000};  ///< after which it counts as failed, and is left alone
  bool recover = true;         ///< false: its failure ends the sequence, with an exit code of not 0
  std::function<void(task_completion)> run;  ///< must not block
};

/// How one task ended.
struct task_outcome {
  shutdown_phase phase;
  std::string name;
  std::string error;  ///< empty: it succeeded
};

/// The world of a coordinated shutdown. Each is called without a lock held, on the thread of
/// `request`, of the completion or of the timer that led to it; all but `schedule` may be empty.
struct shutdown_hooks {
  /// Calls the function after the delay.
  std::function<void(milliseconds, std::function<void()>)> schedule;
  std::function<void(shutdown_phase)> on_phase;
  std::function<void(const task_outcome&)> on_task;
  /// All phases are over, or one failed for good. Called once.
  std::function<void(int exit_code)> on_done;
  /// Asked again while it runs: exit at once.
  std::function<void(int exit_code)> on_second_request;
};

/// Stops the process in phases; the tasks of one phase run in parallel, the next phase begins when
/// all have ended or timed out. Runs once. Any thread.
class coordinated_shutdown {
 public:
  explicit coordinated_shutdown(shutdown_hooks hooks);

  /// Adds a task. Ignored once the shutdown has been requested.
  void add(shutdown_phase phase, shutdown_task task);

  /// Begins, or when it has begun already calls `on_second_request`.
  /// @param exit_code what `on_done` gets; at least 1 when a task without `recover` fails
  void request(int exit_code = 0);

  bool requested() const;
  /// Outcomes so far, in the order in which they came.
  std::vector<task_outcome> outcomes() const;

 private:
  struct sequence;
  std::shared_ptr<sequence> sequence_;  ///< late completions may outlive this object
};

}  // namespace tributary::actors::supervision
