// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"
#include "providers/jobs/job_id.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace tributary::http::server {

/// References of one worker's handlers of jobs to the actors that they talk to, and what makes
/// names of jobs there. Touched on that worker's thread alone.
struct jobs_refs {
  explicit jobs_refs(std::function<std::uint64_t()> random) : ids(std::move(random)) {}

  actors::supervision::supervised_ref writer;
  std::vector<actors::supervision::supervised_ref> readers;
  std::size_t turn = 0;  ///< of the readers: whose it is
  providers::jobs::job_id_source ids;
};

}  // namespace tributary::http::server
