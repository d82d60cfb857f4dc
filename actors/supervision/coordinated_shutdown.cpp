// SPDX-License-Identifier: MIT
#include "actors/supervision/coordinated_shutdown.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <utility>

namespace tributary::actors::supervision {

std::string_view to_string(shutdown_phase phase) noexcept {
  constexpr std::array<std::string_view, shutdown_phases> names{
      "unready", "unbind", "drain", "stop_workers", "flush", "leave_cluster", "terminate_system"};
  const auto index = static_cast<std::size_t>(phase);
  return index < names.size() ? names[index] : "unknown";
}

struct coordinated_shutdown::sequence : std::enable_shared_from_this<sequence> {
  struct task {
    shutdown_task what;
    bool over = false;
  };

  explicit sequence(shutdown_hooks h) : hooks(std::move(h)) {}

  void begin(std::size_t next);
  void start_task(std::size_t in_phase, std::size_t index);
  void end_task(std::size_t in_phase, std::size_t index, std::string error);
  void release_one();

  const shutdown_hooks hooks;
  mutable std::mutex mutex;
  bool requested = false;
  bool failed = false;  ///< a task without `recover` failed
  int exit_code = 0;
  std::size_t phase = 0;
  std::size_t pending = 0;  ///< tasks of the phase that run, and one for the starting of them
  std::array<std::vector<task>, shutdown_phases> tasks;  ///< fixed once requested
  std::vector<task_outcome> outcomes;
};

/// Phases without tasks end at once; the recursion is as deep as there are phases.
void coordinated_shutdown::sequence::begin(std::size_t next) {
  bool done = false;
  std::size_t count = 0;
  {
    const std::lock_guard lock{mutex};
    done = next == shutdown_phases || failed;
    if (failed) exit_code = std::max(exit_code, 1);
    if (!done) {
      phase = next;
      count = tasks[next].size();
      pending = count + 1;
    }
  }
  if (done) {
    if (hooks.on_done) hooks.on_done(exit_code);
    return;
  }
  if (hooks.on_phase) hooks.on_phase(static_cast<shutdown_phase>(next));
  for (std::size_t i = 0; i < count; ++i) start_task(next, i);
  release_one();
}

void coordinated_shutdown::sequence::start_task(std::size_t in_phase, std::size_t index) {
  const auto& what = tasks[in_phase][index].what;
  hooks.schedule(what.timeout, [weak = weak_from_this(), in_phase, index] {
    if (const auto self = weak.lock()) self->end_task(in_phase, index, "timeout");
  });
  try {
    what.run([weak = weak_from_this(), in_phase, index](std::string error) {
      if (const auto self = weak.lock()) self->end_task(in_phase, index, std::move(error));
    });
  } catch (const std::exception& e) {
    end_task(in_phase, index, e.what());
  }
}

void coordinated_shutdown::sequence::end_task(std::size_t in_phase, std::size_t index,
                                              std::string error) {
  task_outcome outcome{static_cast<shutdown_phase>(in_phase), {}, std::move(error)};
  {
    const std::lock_guard lock{mutex};
    auto& ended = tasks[in_phase][index];
    if (std::exchange(ended.over, true)) return;
    outcome.name = ended.what.name;
    failed = failed || (!outcome.error.empty() && !ended.what.recover);
    outcomes.push_back(outcome);
  }
  if (hooks.on_task) hooks.on_task(outcome);
  release_one();
}

void coordinated_shutdown::sequence::release_one() {
  std::size_t next = 0;
  {
    const std::lock_guard lock{mutex};
    if (--pending > 0) return;
    next = phase + 1;
  }
  begin(next);
}

coordinated_shutdown::coordinated_shutdown(shutdown_hooks hooks)
    : sequence_(std::make_shared<sequence>(std::move(hooks))) {}

void coordinated_shutdown::add(shutdown_phase phase, shutdown_task task) {
  const std::lock_guard lock{sequence_->mutex};
  if (!sequence_->requested) {
    sequence_->tasks[static_cast<std::size_t>(phase)].push_back({std::move(task)});
  }
}

void coordinated_shutdown::request(int exit_code) {
  const auto running = sequence_;  // on_done may destroy this object
  bool again = false;
  {
    const std::lock_guard lock{running->mutex};
    again = std::exchange(running->requested, true);
    if (!again) running->exit_code = exit_code;
  }
  if (!again) {
    running->begin(0);
  } else if (running->hooks.on_second_request) {
    running->hooks.on_second_request(exit_code);
  }
}

bool coordinated_shutdown::requested() const {
  const std::lock_guard lock{sequence_->mutex};
  return sequence_->requested;
}

std::vector<task_outcome> coordinated_shutdown::outcomes() const {
  const std::lock_guard lock{sequence_->mutex};
  return sequence_->outcomes;
}

}  // namespace tributary::actors::supervision
