// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job.hpp"

#include <array>
#include <cstddef>

namespace tributary::actors::jobs {

/// How many of the places that are free each priority may take: 8:4:2:1 over time, also when only
/// one is free at a time. A priority that has no due jobs leaves its places to the others, and
/// earns nothing by that.
///
/// A value: one thread at a time.
class priority_turns {
 public:
  /// Shares of `places`, which they add up to. What a share is too large or too small by now is
  /// made good by the next.
  std::array<std::size_t, providers::jobs::job_priorities> next(std::size_t places) noexcept;

 private:
  std::size_t turn_ = 0;  ///< in the cycle of fifteen
};

}  // namespace tributary::actors::jobs
