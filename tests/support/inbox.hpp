// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace tributary::tests {

/// What actors leave for the test's thread, in order.
template <class Thing>
class inbox {
 public:
  void push(Thing thing) {
    {
      const std::lock_guard lock{mutex_};
      things_.push_back(std::move(thing));
    }
    changed_.notify_all();
  }

  /// The oldest; fails the test by exception when there is none within ten seconds.
  Thing take() {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return !things_.empty(); })) {
      throw std::runtime_error{"nothing came"};
    }
    auto thing = std::move(things_.front());
    things_.pop_front();
    return thing;
  }

  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return things_.size();
  }
  bool empty() const { return size() == 0; }

  void clear() {
    std::deque<Thing> dropped;  // ends after the lock: what ends may put something
    const std::lock_guard lock{mutex_};
    dropped.swap(things_);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Thing> things_;
};

}  // namespace tributary::tests
