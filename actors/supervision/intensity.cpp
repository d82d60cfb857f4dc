// SPDX-License-Identifier: MIT
#include "actors/supervision/intensity.hpp"

namespace tributary::actors::supervision {

void intensity_window::drop_old(time_point now) {
  while (!attempts_.empty() && now - attempts_.front() > period_) attempts_.pop_front();
}

bool intensity_window::allow(time_point now) {
  drop_old(now);
  // Beyond limit + 1 the answer does not change: the memory stays bounded.
  if (attempts_.size() > limit_) attempts_.pop_front();
  attempts_.push_back(now);
  return attempts_.size() <= limit_;
}

std::size_t intensity_window::count(time_point now) {
  drop_old(now);
  return attempts_.size();
}

}  // namespace tributary::actors::supervision
