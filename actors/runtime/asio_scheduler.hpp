// SPDX-License-Identifier: MIT
#pragma once

#include "actors/runtime/wheel_clock.hpp"
#include "actors/runtime/worker.hpp"

#include <caf/scheduler/abstract_coordinator.hpp>

#include <memory>
#include <thread>
#include <vector>

namespace tributary::actors::runtime {

/// CAF's scheduler module on Asio threads: installing a module with id `scheduler` keeps CAF from
/// making its own. Works with 0.17 to 0.19; later versions have another interface.
class asio_scheduler final : public caf::scheduler::abstract_coordinator {
 public:
  /// @param loops one per worker; they must outlive the actor system
  asio_scheduler(caf::actor_system& system, std::vector<http::io::event_loop*> loops,
                 std::size_t max_throughput);
  ~asio_scheduler() override;

  /// Any thread: on a worker's thread schedules there, from elsewhere on the next worker in turn.
  void enqueue(caf::resumable* what) override;

  caf::actor_clock& clock() noexcept override { return clock_; }
  wheel_clock& timers() noexcept { return clock_; }
  bool detaches_utility_actors() const override { return false; }

  /// Starts the threads. CAF's printing actor is left out: nothing here prints through it.
  void start() override;

  /// Called by the actor system's destructor: ends the threads and what is still queued.
  void stop() override;

 private:
  std::vector<http::io::event_loop*> loops_;
  wheel_clock clock_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace tributary::actors::runtime
