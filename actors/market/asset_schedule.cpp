// SPDX-License-Identifier: MIT
#include "actors/market/asset_schedule.hpp"

#include <algorithm>

namespace tributary::actors::market {

using std::chrono::milliseconds;

namespace {

/// No provider keeps us off for longer, whatever it says.
constexpr milliseconds longest_wait = std::chrono::hours(24);

constexpr double list_jitter = 0.1;

milliseconds scaled(milliseconds delay, double random) {
  const auto factor = 1 - list_jitter + 2 * list_jitter * random;
  return milliseconds{static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor)};
}

}  // namespace

std::size_t asset_schedule::add(std::string_view source, steady_time due) {
  entries_.push_back({.source = source, .due = due});
  return entries_.size() - 1;
}

bool asset_schedule::is_busy(std::string_view source) const noexcept {
  return std::ranges::any_of(
      entries_, [&](const listing& each) { return each.ticket != 0 && each.source == source; });
}

std::vector<asset_schedule::asking> asset_schedule::start_due(steady_time now) {
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].ticket == 0 && entries_[i].due <= now) due.push_back(i);
  }
  std::ranges::stable_sort(due, {}, [&](std::size_t i) { return entries_[i].due; });
  std::vector<asking> result;
  for (const auto i : due) {
    auto& each = entries_[i];
    if (is_busy(each.source)) continue;
    // The rest of a division by the number of entries tells the entry.
    each.ticket = ++rounds_ * entries_.size() + i;
    each.asked = each.heard = now;
    result.push_back({i, each.ticket});
  }
  return result;
}

std::vector<std::size_t> asset_schedule::give_up(steady_time now) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto& each = entries_[i];
    if (each.ticket == 0 || now - each.heard < times_.patience) continue;
    each.ticket = 0;
    result.push_back(i);
  }
  return result;
}

std::optional<std::size_t> asset_schedule::entry_of(std::uint64_t ticket) const noexcept {
  if (entries_.empty() || ticket < entries_.size()) return std::nullopt;
  return static_cast<std::size_t>(ticket % entries_.size());
}

bool asset_schedule::waits_for(std::uint64_t ticket) const noexcept {
  const auto at = entry_of(ticket);
  return at && entries_[*at].ticket == ticket;
}

void asset_schedule::succeeded(std::size_t at, steady_time now, double random) {
  auto& each = entries_[at];
  each.ticket = 0;
  each.failures = 0;
  each.due = now + scaled(times_.interval, random);
}

milliseconds asset_schedule::failed(std::size_t at, steady_time now, double random,
                                    std::optional<milliseconds> retry_after, bool refused) {
  auto& each = entries_[at];
  each.ticket = 0;
  const auto doublings = std::min<std::size_t>(each.failures++, 20);
  auto delay = std::min(times_.first_retry * (std::int64_t{1} << doublings), times_.most_retry);
  if (refused) delay = std::max(delay, times_.refused_retry);
  delay = scaled(std::min(delay, times_.interval), random);
  // A time that the provider named is not shortened.
  if (retry_after) delay = std::max(delay, std::min(*retry_after, longest_wait));
  each.due = now + delay;
  return delay;
}

std::optional<asset_schedule::steady_time> asset_schedule::next() const noexcept {
  std::optional<steady_time> result;
  const auto consider = [&](steady_time when) {
    if (!result || when < *result) result = when;
  };
  for (const auto& each : entries_) {
    if (each.ticket != 0) {
      consider(each.heard + times_.patience);
    } else if (!is_busy(each.source)) {
      consider(each.due);
    }
  }
  return result;
}

}  // namespace tributary::actors::market
