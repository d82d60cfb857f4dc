// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/gcra.hpp"
#include "actors/market/purpose.hpp"
#include "config/sections/market_settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace tributary::actors::market {

using steady_time = std::chrono::steady_clock::time_point;
using system_time = std::chrono::system_clock::time_point;

/// Whether a call may be made.
struct allowance_decision {
  bool allowed = false;
  std::chrono::nanoseconds retry_after{0};  ///< until it would be, if nobody else calls; 0: now
};

/// Calls counted, and how many of them loops made.
struct used_calls {
  std::uint64_t all = 0;
  std::uint64_t loop = 0;

  bool operator==(const used_calls&) const = default;
};

/// Calls of one day of UTC, and of its month up to then.
struct allowance_usage {
  std::chrono::sys_days date{};
  used_calls day;
  used_calls month;

  bool operator==(const allowance_usage&) const = default;
};

/// Whether two days are of one calendar month.
bool same_month(std::chrono::sys_days a, std::chrono::sys_days b) noexcept;

/// Remembers the last calls, to let no more than a number of them go in any stretch of time.
class sliding_window {
 public:
  /// @param limit calls in any `length`; 0: no limit
  sliding_window(std::size_t limit, std::chrono::nanoseconds length);

  /// Until one more call may go.
  std::chrono::nanoseconds wait(steady_time now) const noexcept { return wait(now, limit_); }
  /// Likewise, where no more than `most` may, which is at most the limit.
  std::chrono::nanoseconds wait(steady_time now, std::size_t most) const noexcept;
  /// Remembers one. Times must not go back.
  void add(steady_time now);

 private:
  steady_time nth(std::size_t index) const noexcept;  ///< 0: the oldest

  std::size_t limit_;
  std::chrono::nanoseconds length_;
  std::vector<steady_time> ring_;  ///< grows to `limit_`, then `next_` is the oldest
  std::size_t next_ = 0;
};

/// What the plan of one provider allows (`config::call_allowance`), as a budget of two purses: who
/// waits for an answer (`demand`) may use all that is left, loops a share of it that they must
/// spread over the time. So 25 calls a day last all day, and some are left for the evening. While
/// loops are at work, what they will need of their share is kept for them, and one call in any case
/// for who waits: neither can take all from the other.
///
/// A value without locks or clock: one thread at a time.
class allowance {
 public:
  /// Seconds and minutes are sliding: never more than the limit within any such time. It is taken
  /// this much longer, since calls travel unequally long.
  static constexpr std::chrono::milliseconds travel_slack{50};

  /// @param loop_share 0–1, of each limit; rounded down, but at least one call
  /// @param loop_interval at which the loop makes its rounds
  allowance(const config::call_allowance& limits, double loop_share,
            std::chrono::milliseconds loop_interval);

  /// Asks for one call; an allowed one is counted. `today` counts days and months of UTC. When that
  /// clock is set back, the later day goes on.
  ///
  /// - `demand`: all that is left of each limit, less what loops need: of seconds and minutes as
  ///   many calls as they asked for lately, of days and months the part of their share that the
  ///   rest of the time is for.
  /// - `loop`: the loops' share, let through evenly over each limit's own time (GCRA). Bursts are
  ///   what falls into one interval of the loop, at least one call; of a month what falls into a
  ///   day, so that prices move while somebody has a first look. Restarts and other instances begin
  ///   with a burst of their own, so loops are never further ahead of the clock than by a quarter
  ///   of a day's or month's calls, all that are known counted.
  /// - `list`: of the loops' share of days and months, not spread. A list that fails and fails
  /// again
  ///   must not use up what is left for those who ask.
  allowance_decision take(purpose why, steady_time now, system_time today);

  /// A call that was taken today was not made after all. Given back to its day and month only:
  /// those are scarce, and the shorter limits forget it soon.
  void give_back(purpose why) noexcept;

  /// The provider wants no calls before then. Never shortens a pause.
  void pause_until(steady_time until) noexcept;

  /// Calls made elsewhere, in an earlier life or by other instances, according to one source of
  /// such news; what is known already is never lowered. A day that is over counts for its month
  /// only, and a month that is over not at all.
  void note_used(const allowance_usage& elsewhere, system_time today) noexcept;

  /// All calls known of.
  allowance_usage usage(system_time today) const noexcept;
  /// The part of them that `take` allowed.
  allowance_usage own(system_time today) const noexcept;

  const config::call_allowance& limits() const noexcept { return limits_; }

 private:
  /// Counts of the present day and month.
  struct calendar {
    std::chrono::sys_days date{};
    used_calls own_day, own_month;
    used_calls other_day, other_month;

    void move_to(std::chrono::sys_days next) noexcept;
    allowance_usage total() const noexcept;
  };

  calendar calendar_at(system_time today) const noexcept;
  /// Calls that loops may want within `length`, as their last rounds went; up to their share.
  std::size_t wanted_by_loops(steady_time now, std::size_t share,
                              std::chrono::nanoseconds length) const noexcept;
  std::chrono::nanoseconds wait_of_demand(steady_time now, system_time today,
                                          const calendar& counts) const noexcept;
  allowance_decision judge(purpose why, steady_time now, system_time today,
                           const calendar& counts) const;

  config::call_allowance limits_;
  config::call_allowance loop_limits_;
  sliding_window second_, minute_;            ///< of all calls
  sliding_window loop_second_, loop_minute_;  ///< of the loops' calls
  sliding_window demand_second_, demand_minute_;
  std::chrono::nanoseconds round_;      ///< a round of the loop, and some more
  std::deque<steady_time> loop_asked_;  ///< calls that loops asked for in that time
  std::vector<guards::gcra> paces_;     ///< of the loops, one for each limit
  calendar calendar_;
  steady_time latest_ = steady_time::min();
  steady_time paused_until_ = steady_time::min();
};

/// The allowance of one provider, shared by its actor and the keeper of the counts. Outlives both.
struct guarded_allowance {
  guarded_allowance(const config::call_allowance& limits, double loop_share,
                    std::chrono::milliseconds loop_interval)
      : value(limits, loop_share, loop_interval) {}

  std::mutex mutex;  ///< of all below; held for moments
  allowance value;
  bool restored = false;  ///< the counts of an earlier life have been read, or are not kept
  allowance_usage told;   ///< own calls that Redis has counted
};

}  // namespace tributary::actors::market
