// SPDX-License-Identifier: MIT
#include "actors/runtime/worker.hpp"

#include <caf/intrusive_ptr.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <utility>

namespace tributary::actors::runtime {

namespace {

/// Actors resumed before the sockets of the loop get their turn: enough for all steps of several
/// requests (each return to the loop costs an epoll_wait), few enough to keep reads prompt.
constexpr std::size_t resumes_per_drain = 256;

thread_local worker* current_worker = nullptr;

}  // namespace

worker::worker(caf::actor_system& system, http::io::event_loop& loop, std::size_t index,
               std::size_t max_throughput)
    : caf::execution_unit(&system), loop_(loop), index_(index), max_throughput_(max_throughput) {}

worker::~worker() = default;

worker* worker::current() noexcept { return current_worker; }

void worker::exec_later(caf::resumable* ready) {
  if (current_worker == this) {
    ready_.push_back(ready);
    if (!std::exchange(drain_posted_, true)) loop_.post([this] { drain(); });
    return;
  }
  auto first = false;
  {
    const std::lock_guard lock{mutex_};
    foreign_.push_back(ready);
    first = !foreign_waiting_.exchange(true, std::memory_order_relaxed);
  }
  if (first) loop_.post([this] { drain(); });
}

void worker::run() {
  current_worker = this;
  loop_.run();
  current_worker = nullptr;
}

void worker::drain() {
  drain_posted_ = true;  // what is queued from here on is seen by the loop below
  std::size_t budget = resumes_per_drain;
  for (take_foreign(); !ready_.empty() && budget > 0; take_foreign()) {
    batch_.clear();
    batch_.swap(ready_);
    for (auto* ready : batch_) resume(ready);
    budget -= std::min(budget, batch_.size());
  }
  if (ready_.empty()) {
    drain_posted_ = false;
  } else {
    loop_.post([this] { drain(); });
  }
}

void worker::take_foreign() {
  if (!foreign_waiting_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock{mutex_};
  ready_.insert(ready_.end(), foreign_.begin(), foreign_.end());
  foreign_.clear();
  foreign_waiting_.store(false, std::memory_order_relaxed);
}

void worker::resume(caf::resumable* ready) {
  switch (ready->resume(this, max_throughput_)) {
    case caf::resumable::resume_later:
      ready_.push_back(ready);  // keeps the reference
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(ready);
      break;
    case caf::resumable::shutdown_execution_unit:
      caf::intrusive_ptr_release(
          ready);  // CAF's own workers use it to end their threads; we do not
      break;
  }
}

void worker::discard() {
  take_foreign();
  while (!ready_.empty()) {
    batch_.clear();
    batch_.swap(ready_);
    for (auto* ready : batch_) caf::scheduler::abstract_coordinator::cleanup_and_release(ready);
    take_foreign();
  }
}

}  // namespace tributary::actors::runtime
