// SPDX-License-Identifier: MIT
#include "providers/jobs/next_state.hpp"

#include <string>

namespace tributary::providers::jobs {

job_state after_lost_attempt(const round_standing& round) noexcept {
  if (round.cancel_requested) return job_state::cancelled;
  if (round.crashes >= most_crashes) return job_state::dead;
  return round.attempts < round.max_attempts ? job_state::queued : job_state::dead;
}

job_error why_dead(const round_standing& round) {
  if (round.crashes >= most_crashes) {
    return {"CRASHED", "Its attempts crashed " + std::to_string(round.crashes) + " times."};
  }
  return {"ATTEMPTS_EXHAUSTED",
          "None of " + std::to_string(round.attempts) + " attempts had a result."};
}

}  // namespace tributary::providers::jobs
