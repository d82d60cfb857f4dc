// SPDX-License-Identifier: MIT
#include "providers/mock/market/meter.hpp"

namespace tributary::providers::mock::market {

meter::reading meter::take(std::string_view who, std::uint32_t limit, std::chrono::seconds window,
                           sys_seconds now) {
  constexpr std::size_t most_clients = 1000;
  const auto reset = now - now.time_since_epoch() % window + window;
  const std::lock_guard lock{mutex_};
  std::string name{who};
  // Whoever makes up keys without end starts anew, and so does everybody.
  if (counts_.size() >= most_clients && !counts_.contains(name)) counts_.clear();
  auto& mine = counts_[std::move(name)];
  if (mine.reset != reset) mine = {reset, 0};
  if (mine.used >= limit) return {true, 0, reset};
  ++mine.used;
  return {false, limit - mine.used, reset};
}

}  // namespace tributary::providers::mock::market
