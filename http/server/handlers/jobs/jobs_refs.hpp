// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"
#include "http/server/handlers/jobs/job_hub.hpp"
#include "providers/jobs/job_id.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace tributary::http::server {

/// References of one worker's handlers of jobs to the actors that they talk to, and what makes
/// names of jobs there. Touched on that worker's thread alone.
struct jobs_refs {
  jobs_refs(io::event_loop& loop, std::function<std::uint64_t()> random)
      : ids(std::move(random)), hub(std::make_shared<job_hub>(loop)) {}

  actors::supervision::supervised_ref writer;
  std::vector<actors::supervision::supervised_ref> readers;
  std::size_t turn = 0;  ///< of the readers: whose it is
  providers::jobs::job_id_source ids;
  std::shared_ptr<job_hub> hub;  ///< those who wait on this worker's loop
};

}  // namespace tributary::http::server
