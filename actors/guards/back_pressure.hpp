// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/circuit_breaker.hpp"
#include "actors/guards/rolling_window.hpp"
#include "config/sections/upstream_settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace tributary::actors::guards {

/// Pauses that an upstream asks for (RFC 9110, 10.2.3) by a Retry-After, at most `max` from the
/// answer. A later wish prolongs a pause, never shortens it. A time of 0, or none, asks for none.
///
/// A 503 speaks of the upstream, and stops calls at once. A 429 may speak of one customer of many,
/// so it stops the calls of all only while most answers are 429: more than others within the last
/// second, of three at least. A pause by 429 ends early when others outnumber them after all, as
/// the answers of calls under way may show.
///
/// 429 by itself says nothing of the upstream's health (see `classify`). Repeated after a pause it
/// does, for then the upstream refuses at the very time that it named: when the first answer to a
/// call that began after the end of the pause is a 429, with or without a new Retry-After, that one
/// counts as a failure. Answers to calls from before or during the pause prove nothing, nor does
/// what brings no answer. So each pause costs one failure at most, and any other answer clears the
/// suspicion. It does not matter whether a 429 or a 503 had asked for the pause.
///
/// A value without locks or clock: one thread at a time. Calls are O(1) and allocate nothing.
class back_pressure {
 public:
  explicit back_pressure(const config::back_pressure_settings& settings) : settings_(settings) {}

  /// Time left of a pause, above 0; nothing when calls may go.
  std::optional<std::chrono::nanoseconds> refused(steady_time now) const noexcept {
    if (now >= until()) return std::nullopt;
    return until() - now;
  }

  /// Takes note of the end of a call, and tells what the breaker is to hear of it: `outcome`, which
  /// is what `classify` makes of the call alone, or a failure for a repeated 429. To be asked for
  /// each call that was made and not cancelled; not for those that a guard refused.
  ///
  /// @param status 0 when there was no answer
  /// @param started when the call was let through to the upstream
  /// @param now when its answer came: a Retry-After counts from here
  call_outcome on_answer(call_outcome outcome, int status,
                         std::optional<std::chrono::milliseconds> retry_after, steady_time started,
                         steady_time now) noexcept;

  /// Pauses so far that were not prolongations.
  std::uint64_t pauses() const noexcept { return pauses_; }

 private:
  steady_time until() const noexcept { return std::max(outage_until_, crowd_until_); }
  void heed_outage(std::chrono::milliseconds pause, steady_time now) noexcept;
  void heed_crowd(bool too_many, std::chrono::milliseconds pause, steady_time now) noexcept;
  void pause(steady_time& until_then, steady_time wanted, steady_time now) noexcept;

  config::back_pressure_settings settings_;
  rolling_window answers_{std::chrono::seconds{1}, 10};  ///< "failed" are those with 429
  steady_time outage_until_ = steady_time::min();        ///< asked for by a 503
  steady_time crowd_until_ = steady_time::min();         ///< by most of the answers
  steady_time wish_ = steady_time::min();                ///< the latest that a recent 429 named
  steady_time wished_at_ = steady_time::min();
  bool suspected_ = false;  ///< no answer has come yet to a call begun after the last pause
  std::uint64_t pauses_ = 0;
};

}  // namespace tributary::actors::guards
