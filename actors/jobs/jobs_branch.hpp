// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/child_spec.hpp"

namespace tributary::actors {
struct tree_state;
}

namespace tributary::actors::jobs {

struct jobs_state;

/// The actors of jobs, as the README draws them; fills in their slots. Both states outlive the
/// actors.
supervision::child_spec jobs_branch(const tree_state& shared, jobs_state& jobs);

/// Stops all attempts that run: their jobs are due again, and no attempt is used.
void stop_attempts(const jobs_state& jobs);

}  // namespace tributary::actors::jobs
