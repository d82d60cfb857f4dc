// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"

namespace tributary::http::server {

/// References of one worker's market-data handlers to the actors that they talk to. Touched on that
/// worker's thread alone: a reference caches the handle it stands for.
struct market_refs {
  actors::supervision::supervised_ref board;       ///< of quotes; this worker's
  actors::supervision::supervised_ref quote_book;  ///< the one that knows what is followed
};

}  // namespace tributary::http::server
