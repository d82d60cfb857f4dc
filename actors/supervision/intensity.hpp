// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace tributary::actors::supervision {

/// Counts restarts in a sliding window. A fixed window would let twice the limit pass round its
/// border.
class intensity_window {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  intensity_window(std::size_t limit, duration period) : limit_(limit), period_(period) {}

  /// Takes note of one restart attempt. @returns false when it is one too many: escalate.
  /// With a limit of 0 that is the first one.
  bool allow(time_point now);

  /// Attempts within the period before `now`. At most limit + 1.
  std::size_t count(time_point now);

 private:
  void drop_old(time_point now);

  std::size_t limit_;
  duration period_;
  std::deque<time_point> attempts_;
};

}  // namespace tributary::actors::supervision
