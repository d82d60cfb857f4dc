// SPDX-License-Identifier: MIT
#include "actors/guards/retry_budget.hpp"

#include <algorithm>
#include <cmath>

namespace tributary::actors::guards {

namespace {

std::optional<gcra> floor_of(double per_second) noexcept {
  if (!(per_second > 0)) return std::nullopt;
  config::rate_limit_settings limit;
  limit.rate = per_second;
  limit.period = std::chrono::milliseconds{1000};
  return gcra{limit};
}

}  // namespace

retry_budget::retry_budget(const config::retry_settings& settings) noexcept
    : payment_(std::llround(std::clamp(settings.budget_ratio, 0.0, 1000.0) *
                            static_cast<double>(token))),
      width_(std::max<std::int64_t>(1, std::chrono::nanoseconds{settings.budget_ttl}.count() / 10)),
      slice_end_(steady_time::min()),
      floor_(floor_of(settings.budget_min_per_second)) {}

bool retry_budget::withdraw(steady_time now) noexcept {
  if (now >= slice_end_) advance(now);
  if (floor_ && floor_->decide(now).allowed) return true;
  if (balance_ < token) return false;
  take(token);
  return true;
}

std::uint64_t retry_budget::tokens(steady_time now) noexcept {
  if (now >= slice_end_) advance(now);
  return static_cast<std::uint64_t>(balance_ / token);
}

void retry_budget::advance(steady_time now) noexcept {
  // Also the first call comes here, when there is no slice to count from.
  if (balance_ == 0 || now - slice_end_ >= width_ * static_cast<std::int64_t>(slice_count - 1)) {
    slices_.fill(0);
    balance_ = 0;
    slice_end_ = now + width_;
    return;
  }
  while (now >= slice_end_) {
    newest_ = (newest_ + 1) % slice_count;
    balance_ -= slices_[newest_];
    slices_[newest_] = 0;
    slice_end_ += width_;
  }
}

void retry_budget::take(std::int64_t amount) noexcept {
  balance_ -= amount;
  for (std::size_t step = 1; amount > 0; ++step) {
    auto& oldest = slices_[(newest_ + step) % slice_count];
    const auto part = std::min(oldest, amount);
    oldest -= part;
    amount -= part;
  }
}

}  // namespace tributary::actors::guards
