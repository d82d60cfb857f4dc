// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/commands.hpp"
#include "actors/supervision/intensity.hpp"
#include "actors/supervision/rules.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tributary::actors::supervision {

/// Decisions of one supervisor: an asynchronous state machine without actors, clocks or threads.
/// Every event takes the time and may leave commands, which the caller takes with `take_commands`
/// and carries out in order. Events of an earlier incarnation or timer are ignored.
///
/// Choices where the semantics leave room:
/// - Under one_for_one a child that fails in the first start pass goes to backoff and the pass goes
///   on; under the group strategies the group is started again, so later children wait.
/// - A group's delay begins when its members are down.
/// - A failure is counted when it happens, also one that is queued behind a group restart.
class supervisor_state {
 public:
  /// @throws std::invalid_argument when `validate` finds errors: specifications are our own code
  supervisor_state(supervisor_rules rules, std::vector<child_rules> children, jitter_source jitter);

  /// Starts the children from left to right, each when the one before is ready.
  void start(steady_time now);

  /// A child reported to be ready.
  void ready(child_index child, std::uint64_t run, steady_time now);

  /// A child ended, or could not be spawned at all.
  void down(child_index child, std::uint64_t run, exit_class how, std::string cause,
            steady_time now);

  void timer(timer_kind kind, child_index child, std::uint64_t generation, steady_time now);

  /// Stops the children from right to left and finishes.
  void stop(steady_time now);

  /// Adds a child to a pool and starts it. @returns nullopt: not a pool, full, or stopping
  std::optional<child_index> add(steady_time now, std::string id = {});

  /// Commands since the last call.
  std::vector<command> take_commands();

  child_state state(child_index child) const { return children_.at(child).state; }
  const child_rules& rules(child_index child) const { return children_.at(child).rules; }
  /// Places in the table, those free for use again included.
  std::size_t table_size() const noexcept { return children_.size(); }
  std::size_t free_places() const noexcept { return free_.size(); }
  /// True while a group restart or the first start pass is in progress.
  bool busy() const noexcept { return stage_ != stage::none; }
  bool stopping() const noexcept { return phase_ >= phase::stopping; }

 private:
  enum class phase : std::uint8_t { idle, running, stopping, finished };
  enum class stage : std::uint8_t { none, stopping, waiting, starting };

  struct entry {
    explicit entry(child_rules r) : rules(std::move(r)), failures(rules.backoff) {}

    child_rules rules;
    supervision::backoff failures;
    child_state state = child_state::pending;
    std::uint64_t run = 0;         ///< the current incarnation, unique within the supervisor
    std::uint64_t generation = 0;  ///< of the only timer that may fire
    unsigned incarnation = 0;
    steady_time running_since{};
    std::optional<milliseconds> delay_when_down;  ///< a failed start is being killed; then restart
    bool forget_when_down = false;                ///< a child is being killed that does not come back
  };

  bool pool() const noexcept { return rules_.strategy == strategy::simple_one_for_one; }
  bool group_strategy() const noexcept;
  bool alive(const entry& child) const noexcept;
  bool starts_now(child_index child) const noexcept;
  child_index rightmost_alive() const noexcept;
  void set_state(child_index child, child_state state);
  void arm(timer_kind kind, child_index child, milliseconds delay);
  void arm_group(timer_kind kind, milliseconds delay);

  // Starting.
  void spawn(child_index child, steady_time now);
  void set_running(child_index child, steady_time now);
  void start_next(steady_time now);
  void skip_start(child_index child, steady_time now);
  void finish_pass(steady_time now);

  // Failing.
  void ended(child_index child, exit_class how, std::string cause, steady_time now);
  void start_timed_out(child_index child, steady_time now);
  void fail(child_index child, exit_class how, std::string cause, steady_time now);
  bool count_failure(child_index child, record_failure& record, steady_time now);
  void fail_alone(child_index child, milliseconds delay, steady_time now);
  void fail_in_group(child_index child, record_failure record, steady_time now);
  void absorb(child_index child, exit_class how, std::string cause, steady_time now);
  void forget(child_index child, steady_time now);
  void begin_group(child_index first, milliseconds delay, steady_time now);
  milliseconds lifetime(const entry& child, steady_time now) const;
  milliseconds group_delay(child_index first, child_index failed, milliseconds failed_delay,
                           steady_time now);
  child_index group_start(child_index failed) const;

  // Stopping.
  void stop_child(child_index child);
  void kill_child(child_index child);
  void stop_next(steady_time now);
  void stopped(child_index child, steady_time now);
  void abandon(child_index child, steady_time now);
  void members_are_down(steady_time now);
  void begin_final(finished outcome, steady_time now);
  void stop_pool();
  void finish_final();
  void check_auto_shutdown(steady_time now);

  supervisor_rules rules_;
  std::vector<entry> children_;
  child_rules template_;  ///< of a pool
  std::vector<child_index> free_;
  jitter_source jitter_;
  intensity_window window_;
  std::vector<command> commands_;
  phase phase_ = phase::idle;

  // The start pass, group restart or final stop in progress.
  stage stage_ = stage::none;
  std::vector<child_index> members_;  ///< in order of start
  std::size_t cursor_ = 0;            ///< stage starting: the member that is being started
  milliseconds delay_{0};             ///< stage waiting
  std::uint64_t group_generation_ = 0;
  std::set<child_index> queued_;  ///< failures to treat when it is done
  bool announced_ = false;        ///< all_started was given

  std::uint64_t last_run_ = 0;
  std::uint64_t last_generation_ = 0;
  std::size_t pool_left_ = 0;  ///< children that the final stop of a pool waits for
  finished outcome_{};
};

}  // namespace tributary::actors::supervision
