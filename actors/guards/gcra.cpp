// SPDX-License-Identifier: MIT
#include "actors/guards/gcra.hpp"

#include <algorithm>
#include <cmath>

namespace tributary::actors::guards {

namespace {

using std::chrono::nanoseconds;

/// Ten years: keeps sums of time points far from overflow, whatever the configuration says.
constexpr double longest = 10.0 * 365 * 24 * 3600 * 1e9;

nanoseconds bounded(double value) noexcept {
  // Division noise, such as 1e9 / 1e-2 ending in .0000001, must not cost a nanosecond.
  return nanoseconds{static_cast<std::int64_t>(std::ceil(std::clamp(value, 1.0, longest) - 1e-6))};
}

nanoseconds interval_of(const config::rate_limit_settings& settings, double share) noexcept {
  const auto rate = settings.rate * share;
  if (!(rate > 0)) return bounded(longest);
  return bounded(static_cast<double>(nanoseconds{settings.period}.count()) / rate);
}

/// An unset burst is what the rate allows in one second, so that it is never 1 by accident.
double burst_of(const config::rate_limit_settings& settings, double share) noexcept {
  if (settings.burst > 0) return std::max(1.0, settings.burst * share);
  const auto period_ms = static_cast<double>(std::max<std::int64_t>(1, settings.period.count()));
  return std::max(1.0, settings.rate * share * 1000.0 / period_ms);
}

}  // namespace

gcra::gcra(const config::rate_limit_settings& settings, double share) noexcept
    : interval_(interval_of(settings, share)),
      capacity_(bounded(static_cast<double>(interval_.count()) * burst_of(settings, share))),
      latest_(steady_time::min()),
      arrival_(steady_time::min()) {}

void gcra::rescale(const config::rate_limit_settings& settings, double share,
                   steady_time now) noexcept {
  const gcra next{settings, share};
  latest_ = now = std::max(now, latest_);
  const auto owed = std::max(arrival_, now) - now;
  const auto calls =
      static_cast<double>((capacity_ - owed).count()) / static_cast<double>(interval_.count());
  const auto kept = nanoseconds{
      static_cast<std::int64_t>(std::min(calls * static_cast<double>(next.interval_.count()),
                                         static_cast<double>(next.capacity_.count())))};
  interval_ = next.interval_;
  capacity_ = next.capacity_;
  arrival_ = now + (capacity_ - kept);
}

rate_decision gcra::decide(steady_time now) noexcept {
  const auto decision = peek(now);
  latest_ = std::max(latest_, now);
  if (decision.allowed) arrival_ = latest_ + decision.reset;
  return decision;
}

rate_decision gcra::peek(steady_time now) const noexcept {
  now = std::max(now, latest_);
  const auto owed = std::max(arrival_, now) - now;
  const auto charged = owed + interval_;
  if (charged > capacity_) return {false, charged - capacity_, 0, owed};
  return {true, nanoseconds{0}, static_cast<std::uint64_t>((capacity_ - charged) / interval_),
          charged};
}

std::uint64_t gcra::burst() const noexcept {
  return static_cast<std::uint64_t>(capacity_ / interval_);
}

}  // namespace tributary::actors::guards
