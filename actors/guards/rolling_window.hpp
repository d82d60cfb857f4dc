// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace tributary::actors::guards {

/// How the calls of the last while ended.
struct call_counts {
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;
  std::uint64_t slow = 0;
};

/// Sums over a window that moves on in steps of one bucket. Adding is O(1) on average and never
/// allocates. A time before the newest bucket counts towards the newest one.
class rolling_window {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  /// A window of `buckets` parts (at least one), together `length` long.
  rolling_window(std::chrono::nanoseconds length, std::size_t buckets);

  /// Counts one call.
  void add(steady_time now, bool failed, bool slow) noexcept;

  /// Forgets what has left the window by `now`.
  void advance(steady_time now) noexcept;

  void clear() noexcept;

  /// Sums as of the last `add` or `advance`.
  const call_counts& totals() const noexcept { return totals_; }

  /// Sums as they will be at `now`.
  call_counts totals(steady_time now) const noexcept;

 private:
  std::int64_t number_of(steady_time now) const noexcept;

  std::chrono::nanoseconds width_;
  std::vector<call_counts> buckets_;
  /// Number of the newest bucket, counted from the clock's epoch; before all times when unused.
  std::int64_t newest_ = std::numeric_limits<std::int64_t>::min();
  call_counts totals_;
};

}  // namespace tributary::actors::guards
