// SPDX-License-Identifier: MIT
#include "providers/mock/vendors/rate_meter.hpp"

namespace tributary::providers::mock::vendors {

bool rate_meter::take(std::size_t most, std::chrono::system_clock::time_point now) {
  if (most == 0) {
    taken_.clear();
    return true;
  }
  while (!taken_.empty() && taken_.front() + std::chrono::seconds{1} <= now) taken_.pop_front();
  if (taken_.size() >= most) return false;
  taken_.push_back(now);
  return true;
}

}  // namespace tributary::providers::mock::vendors
