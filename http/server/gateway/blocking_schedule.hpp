// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace tributary::http::server {

/// Runs delayed functions on the thread that waits for an outcome: the clock of a shutdown, which
/// must go on while everything else that could keep time is being taken down.
template <class Outcome>
class blocking_schedule {
 public:
  using clock = std::chrono::steady_clock;

  /// Any thread: `f` runs on the waiting thread after `delay`, unless the wait is over before.
  void after(clock::duration delay, std::function<void()> f) {
    const std::lock_guard lock{mutex_};
    due_.emplace(clock::now() + delay, std::move(f));
    changed_.notify_all();
  }

  /// Any thread: ends the wait. The first call counts.
  void finish(Outcome outcome) {
    const std::lock_guard lock{mutex_};
    if (!outcome_) outcome_ = std::move(outcome);
    changed_.notify_all();
  }

  /// Runs what is due until `finish`. Every function has a limit of its own, so the wait has one
  /// too.
  Outcome wait() {
    std::unique_lock lock{mutex_};
    while (!outcome_) {
      if (due_.empty()) {
        changed_.wait(lock);
      } else if (due_.begin()->first > clock::now()) {
        changed_.wait_until(lock, due_.begin()->first);
      } else {
        const auto f = std::move(due_.begin()->second);
        due_.erase(due_.begin());
        lock.unlock();
        f();
        lock.lock();
      }
    }
    return *outcome_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<clock::time_point, std::function<void()>> due_;
  std::optional<Outcome> outcome_;
};

}  // namespace tributary::http::server
