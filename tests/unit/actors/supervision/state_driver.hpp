// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/supervisor_state.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tributary::tests {

using namespace actors::supervision;

/// Plays the world round a supervisor_state on a manual clock: children become ready at once and
/// end when told, unless a test says otherwise. Writes down what was done, such as "+a" (spawned),
/// "-a" (asked to exit), "!a" (killed), "z:a" (zombie), "ready", "done", "escalated".
class state_driver {
 public:
  state_driver(supervisor_rules rules, std::vector<child_rules> children, double unit = 0.0)
      : pool_(rules.strategy == strategy::simple_one_for_one),
        state(rules, std::move(children), [unit] { return unit; }) {}

  static child_rules child(std::string id, restart_kind kind = restart_kind::permanent) {
    child_rules result;
    result.id = std::move(id);
    result.restart = kind;
    return result;
  }

  static std::vector<child_rules> children(const std::string& ids) {
    std::vector<child_rules> result;
    for (const char id : ids) result.push_back(child(std::string(1, id)));
    return result;
  }

  void start() {
    state.start(now);
    run();
  }

  void stop() {
    state.stop(now);
    run();
  }

  void fail(child_index c, std::string cause = "boom", exit_class how = exit_class::abnormal) {
    state.down(c, runs.at(c), how, std::move(cause), now);
    run();
  }

  void ready(child_index c) {
    state.ready(c, runs.at(c), now);
    run();
  }

  std::optional<child_index> try_add() {
    const auto c = state.add(now);
    run();
    return c;
  }

  child_index add() {
    const auto c = try_add();
    REQUIRE(c.has_value());
    return *c;
  }

  /// Lets time pass and fires what falls due, in order.
  void advance(milliseconds by) {
    const auto end = now + by;
    while (!timers.empty() && timers.begin()->first <= end) {
      now = timers.begin()->first;
      const auto t = timers.begin()->second;
      timers.erase(timers.begin());
      state.timer(t.kind, t.child, t.generation, now);
      run();
    }
    now = end;
  }

  /// What was done since the last call.
  std::string trace() {
    std::string result;
    for (const auto& word : words) result.append(result.empty() ? "" : " ").append(word);
    words.clear();
    return result;
  }

  const record_failure& last_record() const { return records.back(); }
  bool done() const { return !outcomes.empty(); }

 private:
  bool pool_;

 public:
  supervisor_state state;
  steady_time now = steady_time{} + std::chrono::hours{1};
  std::set<child_index> unready;   ///< do not become ready by themselves
  std::set<child_index> stubborn;  ///< ignore the exit message
  std::set<child_index> immortal;  ///< ignore the kill as well
  std::map<child_index, std::uint64_t> runs;
  std::multimap<steady_time, arm_timer> timers;
  std::vector<std::string> words;
  std::vector<record_failure> records;
  std::vector<finished> outcomes;

 private:
  std::string name(child_index c) const { return pool_ ? std::to_string(c) : state.rules(c).id; }

  void note(const char* what, child_index c) { words.push_back(std::string{what}.append(name(c))); }

  void run() {
    for (auto batch = state.take_commands(); !batch.empty(); batch = state.take_commands()) {
      for (const auto& what : batch) std::visit([this](const auto& x) { apply(x); }, what);
    }
  }

  void apply(const spawn_child& x) {
    note("+", x.child);
    runs[x.child] = x.run;
    if (!unready.contains(x.child)) deferred_ready(x.child);
  }
  /// Readiness arrives as an event of its own, after the commands at hand.
  void deferred_ready(child_index c) { starting_.push_back(c); }
  void apply(const ask_exit& x) {
    note("-", x.child);
    if (!stubborn.contains(x.child) && !immortal.contains(x.child)) {
      state.down(x.child, runs[x.child], exit_class::shutdown, "user_shutdown", now);
    }
  }
  void apply(const kill_now& x) {
    note("!", x.child);
    if (!immortal.contains(x.child)) {
      state.down(x.child, runs[x.child], exit_class::abnormal, "kill", now);
    }
  }
  void apply(const arm_timer& x) {
    timers.emplace(now + x.delay, x);
    if (x.kind == timer_kind::start) flush_ready(x.child);
  }
  void flush_ready(child_index c) {
    if (std::erase(starting_, c) > 0) state.ready(c, runs[c], now);
  }
  void apply(const publish_state&) {}
  void apply(const record_failure& x) { records.push_back(x); }
  void apply(const mark_zombie& x) { note("z:", x.child); }
  void apply(const drop_child&) {}
  void apply(const all_started&) { words.push_back("ready"); }
  void apply(const finished& x) {
    outcomes.push_back(x);
    words.push_back(x.escalated ? "escalated" : "done");
  }

  std::vector<child_index> starting_;
};

inline supervisor_rules rules_with(strategy s, std::size_t intensity = 5) {
  supervisor_rules result;
  result.strategy = s;
  result.intensity = intensity;
  return result;
}

/// A tree that has started, its start off the trace.
inline state_driver started(supervisor_rules rules, std::vector<child_rules> children) {
  state_driver d{rules, std::move(children)};
  d.start();
  d.trace();
  return d;
}

}  // namespace tributary::tests
