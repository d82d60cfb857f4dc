// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace tributary::providers::mock::vendors {

/// Lets one wait for something that happens once, before or after. Any thread.
class latch {
 public:
  /// Calls `go_on` when it is open, which may be at once. Once.
  void wait(std::function<void()> go_on) {
    {
      const std::lock_guard lock{mutex_};
      if (!open_) {
        waiting_ = std::move(go_on);
        return;
      }
    }
    go_on();
  }

  /// Any number of times; the first one counts.
  void open() {
    std::function<void()> go_on;
    {
      const std::lock_guard lock{mutex_};
      open_ = true;
      go_on = std::exchange(waiting_, nullptr);
    }
    if (go_on) go_on();
  }

 private:
  std::mutex mutex_;  ///< guards the rest
  bool open_ = false;
  std::function<void()> waiting_;
};

}  // namespace tributary::providers::mock::vendors
