// SPDX-License-Identifier: MIT
#include "actors/market/allowance.hpp"

#include <algorithm>
#include <cmath>

namespace tributary::actors::market {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

namespace {

/// The part of a day's or month's calls that loops may be ahead of its time.
constexpr std::size_t head_start_part = 4;
/// In which loops are taken to be at work, however short their rounds are.
constexpr nanoseconds shortest_round = 2s;
/// The longest month.
constexpr auto month_length = 31 * 24h;

/// The loops' part of a limit: rounded down, but never nothing of something.
std::size_t share_of(std::size_t limit, double share) {
  if (limit == 0) return 0;
  const auto part = std::floor(static_cast<double>(limit) * share + 1e-9);
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(part, 0.0)), 1, limit);
}

config::call_allowance share_of(const config::call_allowance& limits, double share) {
  return {share_of(limits.per_second, share), share_of(limits.per_minute, share),
          share_of(limits.per_day, share), share_of(limits.per_month, share)};
}

/// Lets `calls` of a loop through in `period`, evenly, but for what falls into `burst_of`.
guards::gcra pace(std::size_t calls, milliseconds period, milliseconds burst_of) {
  config::rate_limit_settings settings;
  settings.rate = static_cast<double>(calls);
  settings.period = period;
  const auto at_once =
      settings.rate * (static_cast<double>(burst_of.count()) / static_cast<double>(period.count()));
  settings.burst = std::clamp(std::floor(at_once + 1e-9), 1.0, settings.rate);
  return guards::gcra{settings};
}

/// Its first day.
sys_days month_of(sys_days date) {
  const year_month_day day{date};
  return sys_days{day.year() / day.month() / std::chrono::day{1}};
}

sys_days next_month(sys_days date) { return month_of(month_of(date) + days{31}); }

used_calls sum(const used_calls& a, const used_calls& b) {
  return {a.all + b.all, a.loop + b.loop};
}

void raise(used_calls& target, const used_calls& to) {
  target.all = std::max(target.all, to.all);
  target.loop = std::max(target.loop, to.loop);
}

/// Whether one more call is within a limit of a day or month.
bool within(std::size_t limit, std::size_t loop_limit, const used_calls& used, purpose why) {
  if (limit == 0) return true;
  return used.all < limit && (why == purpose::demand || used.loop < loop_limit);
}

/// Until the loops' calls of a day or month are no longer too far ahead of its time.
/// @param elapsed of `period`
nanoseconds until_on_pace(std::size_t loop_limit, std::uint64_t loop_calls, nanoseconds elapsed,
                          nanoseconds period) {
  const auto head_start = loop_limit / head_start_part + 1;
  if (loop_limit == 0 || loop_calls < head_start) return 0ns;
  const auto behind = static_cast<double>(loop_calls + 1 - head_start);
  const std::chrono::duration<double, std::nano> due{behind / static_cast<double>(loop_limit) *
                                                     static_cast<double>(period.count())};
  return std::max(std::chrono::ceil<nanoseconds>(due) - elapsed, 0ns);
}

/// Until a call of a day or month may go without touching what loops still need of their share.
/// @param elapsed of `period`
nanoseconds until_spare(std::size_t limit, std::size_t loop_limit, const used_calls& used,
                        nanoseconds elapsed, nanoseconds period) {
  if (limit == 0 || used.all <= used.loop || used.all >= limit) return 0ns;
  const auto left = limit - used.all - 1;
  if (used.loop + left >= loop_limit) return 0ns;
  const auto part = 1 - static_cast<double>(left) / static_cast<double>(loop_limit);
  const std::chrono::duration<double, std::nano> due{part * static_cast<double>(period.count())};
  return std::max(std::chrono::ceil<nanoseconds>(due) - elapsed, 0ns);
}

}  // namespace

bool same_month(sys_days a, sys_days b) noexcept {
  const year_month_day first{a};
  const year_month_day second{b};
  return first.year() == second.year() && first.month() == second.month();
}

sliding_window::sliding_window(std::size_t limit, nanoseconds length)
    : limit_(limit), length_(length) {}

steady_time sliding_window::nth(std::size_t index) const noexcept {
  return ring_.size() < limit_ ? ring_[index] : ring_[(next_ + index) % limit_];
}

nanoseconds sliding_window::wait(steady_time now, std::size_t most) const noexcept {
  if (limit_ == 0 || ring_.size() < most) return 0ns;
  return std::max(nth(ring_.size() - most) + length_ - now, nanoseconds{0});
}

void sliding_window::add(steady_time now) {
  if (limit_ == 0) return;
  if (ring_.size() < limit_) {
    ring_.push_back(now);
  } else {
    ring_[next_] = now;
    next_ = (next_ + 1) % limit_;
  }
}

allowance::allowance(const config::call_allowance& limits, double loop_share,
                     milliseconds loop_interval)
    : limits_(limits),
      loop_limits_(share_of(limits, loop_share)),
      second_(limits.per_second, 1s + travel_slack),
      minute_(limits.per_minute, 1min + travel_slack),
      loop_second_(loop_limits_.per_second, 1s + travel_slack),
      loop_minute_(loop_limits_.per_minute, 1min + travel_slack),
      demand_second_(limits.per_second, 1s + travel_slack),
      demand_minute_(limits.per_minute, 1min + travel_slack),
      round_(std::max<nanoseconds>(loop_interval * 5 / 4, shortest_round)) {
  // A month is taken as the longest, so that the loops' part lasts through each.
  struct limit {
    std::size_t calls;
    milliseconds period;
    milliseconds burst_of;
  };
  const limit paced[] = {
      {loop_limits_.per_second, 1s, loop_interval},
      {loop_limits_.per_minute, 1min, loop_interval},
      {loop_limits_.per_day, 24h, loop_interval},
      {loop_limits_.per_month, month_length, std::max<milliseconds>(24h, loop_interval)}};
  for (const auto& each : paced) {
    if (each.calls != 0) paces_.push_back(pace(each.calls, each.period, each.burst_of));
  }
}

void allowance::calendar::move_to(sys_days next) noexcept {
  if (next > date) {
    own_day = other_day = {};
    if (!same_month(next, date)) own_month = other_month = {};
    date = next;
  } else if (date - next > days{1}) {
    date = next;  // the clock had been wrong, or is now: the counts stay
  }
}

allowance_usage allowance::calendar::total() const noexcept {
  return {date, sum(own_day, other_day), sum(own_month, other_month)};
}

allowance::calendar allowance::calendar_at(system_time today) const noexcept {
  auto counts = calendar_;
  counts.move_to(std::chrono::floor<days>(today));
  return counts;
}

std::size_t allowance::wanted_by_loops(steady_time now, std::size_t share,
                                       nanoseconds length) const noexcept {
  const auto first = std::lower_bound(loop_asked_.begin(), loop_asked_.end(), now - round_);
  const auto asked = static_cast<double>(loop_asked_.end() - first);
  // `round_` is a quarter longer, and so has one round at least.
  const auto rounds =
      static_cast<double>(length.count()) / (0.8 * static_cast<double>(round_.count()));
  return std::min(share, static_cast<std::size_t>(std::ceil(asked * std::max(rounds, 1.0))));
}

/// What loops need is kept for them, but for one call.
nanoseconds allowance::wait_of_demand(steady_time now, system_time today,
                                      const calendar& counts) const noexcept {
  const auto rest = [&](std::size_t limit, std::size_t share, nanoseconds length) {
    const auto wanted = wanted_by_loops(now, share, length);
    return std::max<std::size_t>(limit - wanted, 1);
  };
  auto wait =
      std::max(demand_second_.wait(now, rest(limits_.per_second, loop_limits_.per_second, 1s)),
               demand_minute_.wait(now, rest(limits_.per_minute, loop_limits_.per_minute, 1min)));
  if (loop_asked_.empty() || loop_asked_.back() < now - round_) return wait;
  const auto used = counts.total();
  const auto since = [&](sys_days begin) {
    return std::max<nanoseconds>(today - system_time{begin}, 0ns);
  };
  wait = std::max(
      wait, until_spare(limits_.per_day, loop_limits_.per_day, used.day, since(counts.date), 24h));
  return std::max(wait, until_spare(limits_.per_month, loop_limits_.per_month, used.month,
                                    since(month_of(counts.date)), month_length));
}

allowance_decision allowance::judge(purpose why, steady_time now, system_time today,
                                    const calendar& counts) const {
  now = std::max(now, latest_);
  auto wait = std::max(second_.wait(now), minute_.wait(now));
  if (paused_until_ > now) wait = std::max<nanoseconds>(wait, paused_until_ - now);
  if (why == purpose::loop) {
    wait = std::max({wait, loop_second_.wait(now), loop_minute_.wait(now)});
    for (const auto& each : paces_) wait = std::max(wait, each.peek(now).retry_after);
  }
  if (why == purpose::demand) wait = std::max(wait, wait_of_demand(now, today, counts));
  const auto used = counts.total();
  if (why == purpose::loop) {
    const auto since = [&](sys_days begin) {
      return std::max<nanoseconds>(today - system_time{begin}, 0ns);
    };
    wait =
        std::max({wait, until_on_pace(loop_limits_.per_day, used.day.loop, since(counts.date), 24h),
                  until_on_pace(loop_limits_.per_month, used.month.loop,
                                since(month_of(counts.date)), month_length)});
  }
  if (!within(limits_.per_day, loop_limits_.per_day, used.day, why)) {
    wait = std::max<nanoseconds>(wait, system_time{counts.date + days{1}} - today);
  }
  if (!within(limits_.per_month, loop_limits_.per_month, used.month, why)) {
    wait = std::max<nanoseconds>(wait, system_time{next_month(counts.date)} - today);
  }
  return {wait == 0ns, wait};
}

allowance_decision allowance::take(purpose why, steady_time now, system_time today) {
  calendar_ = calendar_at(today);
  if (why == purpose::loop) {
    const auto at = std::max(now, latest_);
    const auto most = std::max<std::size_t>({loop_limits_.per_second, loop_limits_.per_minute, 1});
    if (loop_asked_.size() >= most) loop_asked_.pop_front();
    loop_asked_.push_back(at);
  }
  const auto decision = judge(why, now, today, calendar_);
  if (!decision.allowed) return decision;
  latest_ = now = std::max(now, latest_);
  second_.add(now);
  minute_.add(now);
  ++calendar_.own_day.all;
  ++calendar_.own_month.all;
  if (why == purpose::demand) {
    demand_second_.add(now);
    demand_minute_.add(now);
    return decision;
  }
  ++calendar_.own_day.loop;
  ++calendar_.own_month.loop;
  if (why == purpose::list) return decision;
  loop_second_.add(now);
  loop_minute_.add(now);
  for (auto& each : paces_) each.decide(now);
  return decision;
}

void allowance::give_back(purpose why) noexcept {
  for (auto* counts : {&calendar_.own_day, &calendar_.own_month}) {
    if (counts->all > 0) --counts->all;
    if (why != purpose::demand && counts->loop > 0) --counts->loop;
  }
}

void allowance::pause_until(steady_time until) noexcept {
  paused_until_ = std::max(paused_until_, until);
}

void allowance::note_used(const allowance_usage& elsewhere, system_time today) noexcept {
  calendar_ = calendar_at(today);
  // News of tomorrow mean that the clock was set back a moment ago; of later, that one is wrong.
  if (elsewhere.date == calendar_.date + days{1}) calendar_.move_to(elsewhere.date);
  if (elsewhere.date > calendar_.date || !same_month(elsewhere.date, calendar_.date)) return;
  raise(calendar_.other_month, elsewhere.month);
  if (elsewhere.date == calendar_.date) raise(calendar_.other_day, elsewhere.day);
}

allowance_usage allowance::usage(system_time today) const noexcept {
  return calendar_at(today).total();
}

allowance_usage allowance::own(system_time today) const noexcept {
  const auto counts = calendar_at(today);
  return {counts.date, counts.own_day, counts.own_month};
}

}  // namespace tributary::actors::market
