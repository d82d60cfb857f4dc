// SPDX-License-Identifier: MIT
#include "actors/guards/rolling_window.hpp"

#include <algorithm>

namespace tributary::actors::guards {

namespace {

std::size_t slot_of(std::int64_t number, std::size_t count) noexcept {
  const auto size = static_cast<std::int64_t>(count);
  return static_cast<std::size_t>(((number % size) + size) % size);
}

void subtract(call_counts& from, const call_counts& what) noexcept {
  from.calls -= what.calls;
  from.failures -= what.failures;
  from.slow -= what.slow;
}

}  // namespace

rolling_window::rolling_window(std::chrono::nanoseconds length, std::size_t buckets)
    : width_(std::max<std::int64_t>(
          1, length.count() / static_cast<std::int64_t>(std::max<std::size_t>(1, buckets)))),
      buckets_(std::max<std::size_t>(1, buckets)) {}

void rolling_window::add(steady_time now, bool failed, bool slow) noexcept {
  advance(now);
  for (auto* counts : {&buckets_[slot_of(newest_, buckets_.size())], &totals_}) {
    ++counts->calls;
    counts->failures += failed ? 1 : 0;
    counts->slow += slow ? 1 : 0;
  }
}

void rolling_window::advance(steady_time now) noexcept {
  const auto number = number_of(now);
  if (number <= newest_) return;
  if (totals_.calls == 0 || number - newest_ >= static_cast<std::int64_t>(buckets_.size())) {
    clear();
    newest_ = number;
    return;
  }
  while (newest_ < number) {
    auto& oldest = buckets_[slot_of(++newest_, buckets_.size())];
    subtract(totals_, oldest);
    oldest = {};
  }
}

void rolling_window::clear() noexcept {
  if (totals_.calls != 0) std::fill(buckets_.begin(), buckets_.end(), call_counts{});
  totals_ = {};
}

call_counts rolling_window::totals(steady_time now) const noexcept {
  if (totals_.calls == 0) return {};  // newest_ may be unset
  const auto number = number_of(now);
  auto result = totals_;
  const auto passed = std::min(number - newest_, static_cast<std::int64_t>(buckets_.size()));
  for (std::int64_t step = 1; step <= passed; ++step) {
    subtract(result, buckets_[slot_of(newest_ + step, buckets_.size())]);
  }
  return result;
}

std::int64_t rolling_window::number_of(steady_time now) const noexcept {
  return now.time_since_epoch() / width_;
}

}  // namespace tributary::actors::guards
