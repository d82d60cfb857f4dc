// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/gcra.hpp"
#include "config/sections/upstream_settings.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tributary::actors::guards {

/// How many retries one upstream may cost, so that retries never multiply the load of an upstream
/// that is failing already. Calls pay in, retries take out, and a few retries are free, so that
/// over any span of time
///
///     retries <= ratio * calls of the span and of 1.1 ttl before it
///              + min_per_second * span + max(1, min_per_second)
///
/// A value without locks or clock: one thread at a time. A time before the latest one seen counts
/// as that one. Both calls are O(1) and allocate nothing.
class retry_budget {
 public:
  explicit retry_budget(const config::retry_settings& settings) noexcept;

  /// Pays for one call that is no retry: `budget_ratio` tokens, good for `budget_ttl` and, since
  /// time is kept in tenths of it, for up to a tenth more.
  void deposit(steady_time now) noexcept {
    if (now >= slice_end_) advance(now);
    slices_[newest_] += payment_;
    balance_ += payment_;
  }

  /// Takes the token of one retry for good; false when there is none. Free ones go first, since
  /// they lapse first: `budget_min_per_second` a second, at most those of one second (at least one)
  /// at once. Then the oldest that was paid for. Called when the retry is decided on, not when it
  /// is made: retries that wait out their delay hold theirs, and cannot all start from one token.
  bool withdraw(steady_time now) noexcept;

  /// Whole retries that the calls of late would pay for at `now`, without the free ones.
  std::uint64_t tokens(steady_time now) noexcept;

 private:
  void advance(steady_time now) noexcept;
  void take(std::int64_t amount) noexcept;

  static constexpr std::int64_t token = 1'000'000;  ///< a millionth is the smallest payment
  /// Ten that are whole, and the one that is filling: no payment lapses early.
  static constexpr std::size_t slice_count = 11;

  std::int64_t payment_;
  std::chrono::nanoseconds width_;
  steady_time slice_end_;  ///< of the newest slice
  std::size_t newest_ = 0;
  std::int64_t balance_ = 0;  ///< sum of the slices
  std::array<std::int64_t, slice_count> slices_{};
  std::optional<gcra> floor_;
};

}  // namespace tributary::actors::guards
