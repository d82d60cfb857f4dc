// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"

#include <cstddef>
#include <vector>

namespace tributary::http::server {

/// References of one worker's handlers to the actors that they talk to. Touched on that worker's
/// thread alone: a reference caches the handle it stands for.
struct actor_refs {
  actors::supervision::supervised_ref aggregator;                ///< this worker's
  std::vector<actors::supervision::supervised_ref> aggregators;  ///< all
  std::vector<actors::supervision::supervised_ref> caches;       ///< the shards
  actors::supervision::supervised_ref invalidation;
  actors::supervision::supervised_ref board;       ///< of quotes; this worker's
  actors::supervision::supervised_ref quote_book;  ///< the one that knows what is followed
};

}  // namespace tributary::http::server
