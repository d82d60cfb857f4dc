// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

namespace tributary::actors::runtime {

/// One thread that runs both the sockets of an event loop and actors. To CAF it is an execution
/// unit.
///
/// Actors float: one runs on the worker of whoever woke it. Sockets do not: they stay on their
/// loop.
class worker final : public caf::execution_unit {
 public:
  /// @param max_throughput messages an actor handles before the next one has its turn
  worker(caf::actor_system& system, http::io::event_loop& loop, std::size_t index,
         std::size_t max_throughput);
  ~worker() override;

  /// Any thread. Takes over the caller's reference to `ready` and runs it later, never inside the
  /// call.
  void exec_later(caf::resumable* ready) override;

  /// Runs until the loop is stopped, on the calling thread.
  void run();

  /// After `run` has returned: ends what is still queued.
  void discard();

  http::io::event_loop& loop() noexcept { return loop_; }
  std::size_t index() const noexcept { return index_; }

  /// The worker of this thread, or nullptr on a thread that is none.
  static worker* current() noexcept;

 private:
  void drain();
  void take_foreign();
  void resume(caf::resumable* ready);

  http::io::event_loop& loop_;
  std::size_t index_;
  std::size_t max_throughput_;

  // Touched by the worker's own thread alone.
  std::vector<caf::resumable*> ready_;
  std::vector<caf::resumable*> batch_;
  bool drain_posted_ = false;

  // From other threads.
  std::mutex mutex_;
  std::vector<caf::resumable*> foreign_;
  std::atomic<bool> foreign_waiting_{false};
};

}  // namespace tributary::actors::runtime
