// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job.hpp"

#include <optional>

/// Decisions that every store makes alike. Pure.
namespace tributary::providers::jobs {

/// With so many crashes in one round a job is taken to be what kills its workers.
inline constexpr std::uint32_t most_crashes = 3;

/// How far a job's round has come when an attempt of it ends without a result.
struct round_standing {
  bool cancel_requested = false;
  std::uint32_t attempts = 0;  ///< with the one that ends
  std::uint32_t max_attempts = 1;
  std::uint32_t crashes = 0;  ///< with the one that ends
};

/// `queued` for another attempt; `cancelled` where the client no longer wants it; else `dead`.
job_state after_lost_attempt(const round_standing& round) noexcept;

/// What stands in a job that is `dead` for one of those reasons.
job_error why_dead(const round_standing& round);

}  // namespace tributary::providers::jobs
