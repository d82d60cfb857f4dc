// SPDX-License-Identifier: MIT
#include "actors/jobs/priority_turns.hpp"

namespace tributary::actors::jobs {

namespace {

/// Fifteen turns, spread so that none waits longer than it must: 8 for `high`, 4, 2, and 1 for
/// `bulk`.
constexpr std::array<std::uint8_t, 15> cycle{0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0};

}  // namespace

std::array<std::size_t, providers::jobs::job_priorities> priority_turns::next(
    std::size_t places) noexcept {
  std::array<std::size_t, providers::jobs::job_priorities> result{};
  for (std::size_t i = 0; i < places; ++i) {
    ++result[cycle[turn_]];
    turn_ = (turn_ + 1) % cycle.size();
  }
  return result;
}

}  // namespace tributary::actors::jobs
