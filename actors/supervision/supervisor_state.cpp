// SPDX-License-Identifier: MIT
#include "actors/supervision/supervisor_state.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace tributary::actors::supervision {

supervisor_state::supervisor_state(supervisor_rules rules, std::vector<child_rules> children,
                                   jitter_source jitter)
    : rules_(rules), jitter_(std::move(jitter)), window_(rules.intensity, rules.period) {
  const auto report = validate(rules, children);
  if (!report.errors.empty()) throw std::invalid_argument("supervisor: " + report.errors.front());
  if (pool()) {
    template_ = std::move(children.front());
    return;
  }
  children_.reserve(children.size());
  for (auto& child : children) children_.emplace_back(std::move(child));
}

// -- events -------------------------------------------------------------------------------------

void supervisor_state::start(steady_time now) {
  if (phase_ != phase::idle) return;
  phase_ = phase::running;
  members_.resize(children_.size());
  std::iota(members_.begin(), members_.end(), child_index{0});
  stage_ = stage::starting;
  cursor_ = 0;
  start_next(now);
}

void supervisor_state::ready(child_index child, std::uint64_t run, steady_time now) {
  if (child >= children_.size() || children_[child].run != run ||
      children_[child].state != child_state::starting) {
    return;
  }
  set_running(child, now);
  skip_start(child, now);
}

void supervisor_state::down(child_index child, std::uint64_t run, exit_class how, std::string cause,
                            steady_time now) {
  if (child >= children_.size() || children_[child].run != run) return;
  switch (children_[child].state) {
    case child_state::starting:
    case child_state::running:
      ended(child, how, std::move(cause), now);
      break;
    case child_state::stopping:
      stopped(child, now);
      break;
    case child_state::zombie:
      if (stopping()) {
        set_state(child, child_state::gone);
      } else {
        stopped(child, now);
      }
      break;
    default:
      break;  // already accounted for
  }
}

void supervisor_state::timer(timer_kind kind, child_index child, std::uint64_t generation,
                             steady_time now) {
  if (child == no_child ? generation != group_generation_
                        : child >= children_.size() || children_[child].generation != generation) {
    return;
  }
  switch (kind) {
    case timer_kind::start:
      start_timed_out(child, now);
      break;
    case timer_kind::shutdown:
      kill_child(child);
      break;
    case timer_kind::grace:
      abandon(child, now);
      break;
    case timer_kind::backoff:
      spawn(child, now);
      break;
    case timer_kind::group_backoff:
      stage_ = stage::starting;
      cursor_ = 0;
      start_next(now);
      break;
    case timer_kind::pool_shutdown:
      for (child_index i = 0; i < children_.size(); ++i) {
        if (alive(children_[i])) commands_.push_back(kill_now{i});
      }
      arm_group(timer_kind::pool_grace, kill_grace);
      break;
    case timer_kind::pool_grace:
      for (child_index i = 0; i < children_.size(); ++i) {
        if (alive(children_[i])) abandon(i, now);
      }
      break;
  }
}

void supervisor_state::stop(steady_time now) {
  if (phase_ == phase::idle || phase_ == phase::running) {
    begin_final(finished{false, no_child, 0, {}}, now);
  }
}

std::optional<child_index> supervisor_state::add(steady_time now, std::string id) {
  if (!pool() || phase_ != phase::running ||
      children_.size() - free_.size() >= rules_.max_children) {
    return std::nullopt;
  }
  auto rules = template_;
  rules.id = std::move(id);
  child_index place = children_.size();
  if (free_.empty()) {
    children_.emplace_back(std::move(rules));
  } else {
    place = free_.back();
    free_.pop_back();
    children_[place] = entry{std::move(rules)};
  }
  spawn(place, now);
  return place;
}

std::vector<command> supervisor_state::take_commands() { return std::exchange(commands_, {}); }

// -- helpers ------------------------------------------------------------------------------------

bool supervisor_state::group_strategy() const noexcept {
  return rules_.strategy == strategy::one_for_all || rules_.strategy == strategy::rest_for_one;
}

/// Whether the old incarnation stands in the way of the next step. A zombie does only when its
/// rules say so, and never keeps the supervisor itself from exiting.
bool supervisor_state::alive(const entry& child) const noexcept {
  switch (child.state) {
    case child_state::starting:
    case child_state::running:
    case child_state::stopping:
      return true;
    case child_state::zombie:
      return child.rules.block_on_zombie && !stopping();
    default:
      return false;
  }
}

/// True when the start pass waits for this child.
bool supervisor_state::starts_now(child_index child) const noexcept {
  return stage_ == stage::starting && cursor_ < members_.size() && members_[cursor_] == child;
}

child_index supervisor_state::rightmost_alive() const noexcept {
  for (auto i = members_.rbegin(); i != members_.rend(); ++i) {
    if (alive(children_[*i])) return *i;
  }
  return no_child;
}

/// Each change of state makes the child's timer stale.
void supervisor_state::set_state(child_index child, child_state state) {
  children_[child].state = state;
  children_[child].generation = ++last_generation_;
  commands_.push_back(publish_state{child, state});
}

void supervisor_state::arm(timer_kind kind, child_index child, milliseconds delay) {
  children_[child].generation = ++last_generation_;
  commands_.push_back(arm_timer{kind, child, last_generation_, delay});
}

void supervisor_state::arm_group(timer_kind kind, milliseconds delay) {
  group_generation_ = ++last_generation_;
  commands_.push_back(arm_timer{kind, no_child, group_generation_, delay});
}

// -- starting -----------------------------------------------------------------------------------

void supervisor_state::spawn(child_index child, steady_time now) {
  auto& e = children_[child];
  e.run = ++last_run_;
  e.delay_when_down.reset();
  e.forget_when_down = false;
  commands_.push_back(spawn_child{child, e.run});
  set_state(child, child_state::starting);
  if (e.rules.start_timeout == milliseconds{0}) {
    set_running(child, now);
  } else {
    arm(timer_kind::start, child, e.rules.start_timeout);
  }
}

void supervisor_state::set_running(child_index child, steady_time now) {
  children_[child].running_since = now;
  set_state(child, child_state::running);
}

void supervisor_state::start_next(steady_time now) {
  for (; cursor_ < members_.size(); ++cursor_) {
    const auto child = members_[cursor_];
    const auto state = children_[child].state;
    if (state == child_state::gone || alive(children_[child])) continue;
    spawn(child, now);
    if (children_[child].state == child_state::starting) return;
  }
  finish_pass(now);
}

/// The pass need not wait for this child any longer.
void supervisor_state::skip_start(child_index child, steady_time now) {
  if (!starts_now(child)) return;
  ++cursor_;
  start_next(now);
}

void supervisor_state::finish_pass(steady_time now) {
  stage_ = stage::none;
  members_.clear();
  if (!std::exchange(announced_, true)) commands_.push_back(all_started{});
  if (queued_.empty()) return;
  const auto first = group_start(*queued_.begin());
  begin_group(first, group_delay(first, no_child, milliseconds{0}, now), now);
}

// -- failing ------------------------------------------------------------------------------------

milliseconds supervisor_state::lifetime(const entry& child, steady_time now) const {
  if (child.state != child_state::running) return milliseconds{0};
  return std::chrono::duration_cast<milliseconds>(now - child.running_since);
}

/// A child ended without being told to.
void supervisor_state::ended(child_index child, exit_class how, std::string cause,
                             steady_time now) {
  if (stopping()) {
    absorb(child, how, std::move(cause), now);
    return;
  }
  const bool in_stopping_set = stage_ == stage::stopping &&
                               std::find(members_.begin(), members_.end(), child) != members_.end();
  if (in_stopping_set) {
    absorb(child, how, std::move(cause), now);
  } else if (restarts_after(children_[child].rules.restart, how)) {
    fail(child, how, std::move(cause), now);
  } else {
    if (how == exit_class::abnormal) {
      commands_.push_back(record_failure{child, directive::forget, how,
                                         lifetime(children_[child], now), milliseconds{0},
                                         std::move(cause)});
    }
    forget(child, now);
  }
}

void supervisor_state::absorb(child_index child, exit_class how, std::string cause,
                              steady_time now) {
  if (how == exit_class::abnormal) {
    commands_.push_back(record_failure{child, directive::absorbed, how,
                                       lifetime(children_[child], now), milliseconds{0},
                                       std::move(cause)});
  }
  stopped(child, now);
}

/// The child lives but will not be trusted any more: a failed start, which ends with a kill.
void supervisor_state::start_timed_out(child_index child, steady_time now) {
  kill_child(child);
  if (restarts_after(children_[child].rules.restart, exit_class::abnormal)) {
    fail(child, exit_class::abnormal, std::string{start_timeout_cause}, now);
    return;
  }
  children_[child].forget_when_down = true;
  commands_.push_back(record_failure{child, directive::forget, exit_class::abnormal,
                                     milliseconds{0}, milliseconds{0},
                                     std::string{start_timeout_cause}});
  skip_start(child, now);
}

/// A failure that asks for a restart: count it, then restart or escalate. The child is down, or
/// it is being killed because it did not become ready in time.
void supervisor_state::fail(child_index child, exit_class how, std::string cause, steady_time now) {
  auto& e = children_[child];
  const auto ran_for = lifetime(e, now);
  const auto delay = e.failures.next(ran_for, jitter_());
  record_failure record{child, directive::restart, how, ran_for, delay, std::move(cause)};
  if (e.state != child_state::stopping) set_state(child, child_state::backoff);
  if (!count_failure(child, record, now)) return;
  if (group_strategy()) {
    fail_in_group(child, std::move(record), now);
    return;
  }
  commands_.emplace_back(std::move(record));
  fail_alone(child, delay, now);
}

/// @returns false when it was one too many, and the supervisor escalates
bool supervisor_state::count_failure(child_index child, record_failure& record, steady_time now) {
  if (!children_[child].rules.counted || window_.allow(now)) return true;
  record.decision = directive::escalate;
  record.delay = milliseconds{0};
  finished outcome{true, child, window_.count(now), record.cause};
  commands_.emplace_back(std::move(record));
  begin_final(std::move(outcome), now);
  return false;
}

void supervisor_state::fail_alone(child_index child, milliseconds delay, steady_time now) {
  if (children_[child].state == child_state::stopping) {
    children_[child].delay_when_down = delay;
  } else {
    arm(timer_kind::backoff, child, delay);
  }
  skip_start(child, now);
}

void supervisor_state::fail_in_group(child_index child, record_failure record, steady_time now) {
  if (stage_ != stage::none && !starts_now(child)) {
    record.decision = directive::queued;
    commands_.emplace_back(std::move(record));
    queued_.insert(child);
    return;
  }
  const auto lowest = queued_.empty() ? child : std::min(child, *queued_.begin());
  const auto first = group_start(lowest);
  const auto delay = group_delay(first, child, record.delay, now);
  record.decision = directive::group_restart;
  record.delay = delay;
  commands_.emplace_back(std::move(record));
  begin_group(first, delay, now);
}

child_index supervisor_state::group_start(child_index failed) const {
  return rules_.strategy == strategy::one_for_all ? 0 : failed;
}

/// The largest delay of the members. `failed` has drawn its own already.
milliseconds supervisor_state::group_delay(child_index first, child_index failed,
                                           milliseconds failed_delay, steady_time now) {
  auto longest = failed_delay;
  for (child_index i = first; i < children_.size(); ++i) {
    if (i != failed && children_[i].state != child_state::gone) {
      longest =
          std::max(longest, children_[i].failures.current(lifetime(children_[i], now), jitter_()));
    }
  }
  return longest;
}

void supervisor_state::begin_group(child_index first, milliseconds delay, steady_time now) {
  members_.clear();
  for (child_index i = first; i < children_.size(); ++i) {
    if (children_[i].state != child_state::gone) members_.push_back(i);
  }
  queued_.erase(queued_.lower_bound(first), queued_.end());
  delay_ = delay;
  stage_ = stage::stopping;
  stop_next(now);
}

void supervisor_state::forget(child_index child, steady_time now) {
  const bool significant = children_[child].rules.significant;
  set_state(child, child_state::gone);
  if (pool()) {
    free_.push_back(child);
    commands_.push_back(drop_child{child});
  }
  if (significant) check_auto_shutdown(now);
  if (!stopping()) skip_start(child, now);
}

void supervisor_state::check_auto_shutdown(steady_time now) {
  const bool one_left = std::any_of(children_.begin(), children_.end(), [](const entry& e) {
    return e.rules.significant && e.state != child_state::gone;
  });
  if (rules_.auto_shutdown == auto_shutdown::any_significant ||
      (rules_.auto_shutdown == auto_shutdown::all_significant && !one_left)) {
    stop(now);
  }
}

// -- stopping -----------------------------------------------------------------------------------

void supervisor_state::stop_child(child_index child) {
  const auto rule = children_[child].rules.effective_shutdown();
  if (rule.kind == shutdown_rule::how::brutal_kill) {
    kill_child(child);
    return;
  }
  set_state(child, child_state::stopping);
  commands_.push_back(ask_exit{child});
  if (rule.kind == shutdown_rule::how::timed) arm(timer_kind::shutdown, child, rule.limit);
}

void supervisor_state::kill_child(child_index child) {
  if (children_[child].state != child_state::stopping) set_state(child, child_state::stopping);
  commands_.push_back(kill_now{child});
  arm(timer_kind::grace, child, kill_grace);
}

/// Stops the next member, from right to left, and goes on when none is left.
void supervisor_state::stop_next(steady_time now) {
  if (!rules_.keep_order && !pool()) {
    for (auto i = members_.rbegin(); i != members_.rend(); ++i) {
      if (alive(children_[*i]) && children_[*i].state < child_state::stopping) stop_child(*i);
    }
  }
  const auto last = rightmost_alive();
  if (last == no_child) {
    members_are_down(now);
  } else if (children_[last].state < child_state::stopping) {
    stop_child(last);
  }
}

/// A child that was told to end is down, or was given up.
void supervisor_state::stopped(child_index child, steady_time now) {
  auto& e = children_[child];
  if (stopping()) {
    if (e.state != child_state::zombie) set_state(child, child_state::gone);
    if (!pool()) {
      stop_next(now);
    } else if (--pool_left_ == 0) {
      finish_final();
    }
    return;
  }
  if (e.forget_when_down) {
    forget(child, now);
  } else {
    set_state(child, child_state::backoff);
  }
  if (stopping()) return;  // auto_shutdown
  if (const auto delay = std::exchange(children_[child].delay_when_down, std::nullopt)) {
    arm(timer_kind::backoff, child, *delay);
  } else if (stage_ == stage::stopping) {
    stop_next(now);
  }
}

/// It did not die after kill. CAF cannot preempt a handler, so the incarnation is left alone.
void supervisor_state::abandon(child_index child, steady_time now) {
  commands_.push_back(mark_zombie{child, children_[child].run});
  set_state(child, child_state::zombie);
  if (!alive(children_[child])) stopped(child, now);
}

void supervisor_state::members_are_down(steady_time now) {
  if (stopping()) {
    finish_final();
    return;
  }
  for (const auto child : members_) {
    if (children_[child].rules.restart == restart_kind::temporary &&
        children_[child].state != child_state::pending) {
      set_state(child, child_state::gone);
    }
  }
  stage_ = stage::waiting;
  if (delay_ > milliseconds{0}) {
    arm_group(timer_kind::group_backoff, delay_);
    return;
  }
  stage_ = stage::starting;
  cursor_ = 0;
  start_next(now);
}

/// Stops everything; `outcome` is what the supervisor exits with.
void supervisor_state::begin_final(finished outcome, steady_time now) {
  phase_ = phase::stopping;
  outcome_ = std::move(outcome);
  queued_.clear();
  group_generation_ = ++last_generation_;
  for (child_index i = 0; i < children_.size(); ++i) {
    if (!alive(children_[i]) && children_[i].state < child_state::zombie) {
      set_state(i, child_state::gone);
    }
  }
  if (pool()) {
    stop_pool();
    return;
  }
  members_.resize(children_.size());
  std::iota(members_.begin(), members_.end(), child_index{0});
  stage_ = stage::stopping;
  stop_next(now);
}

/// All at once with one common timer.
void supervisor_state::stop_pool() {
  const auto rule = template_.effective_shutdown();
  const bool kill = rule.kind == shutdown_rule::how::brutal_kill;
  for (child_index i = 0; i < children_.size(); ++i) {
    if (!alive(children_[i])) continue;
    ++pool_left_;
    if (children_[i].state == child_state::stopping) continue;  // being killed after a failed start
    set_state(i, child_state::stopping);
    if (kill) {
      commands_.push_back(kill_now{i});
    } else {
      commands_.push_back(ask_exit{i});
    }
  }
  if (pool_left_ == 0) {
    finish_final();
  } else if (kill) {
    arm_group(timer_kind::pool_grace, kill_grace);
  } else if (rule.kind == shutdown_rule::how::timed) {
    arm_group(timer_kind::pool_shutdown, rule.limit);
  }
}

void supervisor_state::finish_final() {
  phase_ = phase::finished;
  stage_ = stage::none;
  commands_.emplace_back(outcome_);
}

}  // namespace tributary::actors::supervision
