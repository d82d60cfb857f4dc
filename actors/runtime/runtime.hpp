// SPDX-License-Identifier: MIT
#pragma once

#include "actors/runtime/actor_cell.hpp"
#include "config/sections/runtime_settings.hpp"
#include "http/io/event_loop.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace tributary::actors::runtime {

class asio_scheduler;
struct runtime_config;

/// The threads, their loops and the actor system on them. Construction starts the threads;
/// destruction waits for all actors to end, then stops the threads.
class runtime {
 public:
  explicit runtime(const config::runtime_settings& settings);
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  caf::actor_system& system() noexcept { return *system_; }
  actor_directory& directory() noexcept;
  const std::vector<http::io::event_loop*>& loops() const noexcept { return loops_; }

  /// Timers that wait in CAF's clock, and on the loops (connections, deadlines). For tests.
  std::size_t clock_entries() const;

  /// Runs `step(index)` on the thread of each loop, one loop after the other, and waits for it. How
  /// that which belongs to a loop is built and taken down. Not from a worker's thread.
  void on_each_loop(const std::function<void(std::size_t)>& step);

  /// Lets go of what CAF keeps of its actor system for the calling thread, once that has spawned
  /// actors or had one of its own. Without it the runtime could be destroyed on this thread alone:
  /// elsewhere the destructor would wait for this thread to end.
  static void leave_thread();

 private:
  std::vector<std::unique_ptr<http::io::event_loop>> owned_loops_;
  std::vector<http::io::event_loop*> loops_;
  std::unique_ptr<runtime_config> config_;
  asio_scheduler* scheduler_ = nullptr;  ///< owned by the system
  std::unique_ptr<caf::actor_system> system_;
};

}  // namespace tributary::actors::runtime
