// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/upstream_settings.hpp"

#include <chrono>
#include <cstdint>

namespace tributary::actors::guards {

using steady_time = std::chrono::steady_clock::time_point;

/// What the limiter says of one call.
struct rate_decision {
  bool allowed = false;
  std::chrono::nanoseconds retry_after{0};  ///< until one call is allowed again; 0 when allowed
  std::uint64_t remaining = 0;              ///< calls that would be allowed at once after this one
  std::chrono::nanoseconds reset{0};        ///< until the whole burst is available again
};

/// Rate limiter after the generic cell rate algorithm (ITU-T I.371, virtual scheduling): one time
/// point, the theoretical arrival time, stands for the whole bucket, so a decision is O(1) and
/// exact to the nanosecond. The interval between two calls is rounded up to a nanosecond: the
/// limiter never grants more than the configured rate.
///
/// A value without locks or clock: whoever carries it calls it from one thread at a time. A time
/// before the latest one seen is judged as that latest time, so messages that overtake each other
/// are neither refused by mistake nor granted twice.
class gcra {
 public:
  /// @param share of rate and burst that this limiter may grant, above 0
  explicit gcra(const config::rate_limit_settings& settings, double share = 1) noexcept;

  /// Grants another share of the rate from `now` on. The calls that would be allowed at once stay
  /// as many, or become as few as the new burst is: a change of share gives nothing away.
  void rescale(const config::rate_limit_settings& settings, double share, steady_time now) noexcept;

  /// Judges a call that arrives at `now`; an allowed one is charged.
  rate_decision decide(steady_time now) noexcept;

  /// What `decide` would say, without charging.
  rate_decision peek(steady_time now) const noexcept;

  /// Time between two calls at the sustained rate.
  std::chrono::nanoseconds interval() const noexcept { return interval_; }

  /// Calls allowed at once after a long silence; at least 1.
  std::uint64_t burst() const noexcept;

  /// Time that a whole burst stands for.
  std::chrono::nanoseconds capacity() const noexcept { return capacity_; }

 private:
  std::chrono::nanoseconds interval_;
  std::chrono::nanoseconds capacity_;  ///< interval times burst
  steady_time latest_;
  steady_time arrival_;  ///< theoretical arrival time of the next conforming call
};

}  // namespace tributary::actors::guards
