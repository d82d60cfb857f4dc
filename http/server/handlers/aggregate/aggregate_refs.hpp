// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/worker_answers.hpp"
#include "actors/supervision/slot.hpp"

#include <memory>
#include <vector>

namespace tributary::http::server {

/// References of one worker's aggregate handlers to the actors that they talk to. Touched on that
/// worker's thread alone: a reference caches the handle it stands for.
struct aggregate_refs {
  actors::supervision::supervised_ref aggregator;                ///< this worker's
  std::vector<actors::supervision::supervised_ref> aggregators;  ///< all
  std::vector<actors::supervision::supervised_ref> caches;       ///< the shards
  std::shared_ptr<actors::cache::worker_answers> hot;            ///< what it answers by itself
};

}  // namespace tributary::http::server
