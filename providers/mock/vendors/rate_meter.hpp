// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace tributary::providers::mock::vendors {

/// Lets no more than so many through within any second. Not of several threads at once.
class rate_meter {
 public:
  /// Counts one that is let through; one that is not does not count.
  /// @param most in a second; 0: any number
  bool take(std::size_t most, std::chrono::system_clock::time_point now);

 private:
  std::deque<std::chrono::system_clock::time_point> taken_;  ///< within the last second
};

}  // namespace tributary::providers::mock::vendors
