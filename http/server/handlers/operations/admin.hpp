// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"

#include <string>
#include <vector>

namespace tributary::actors::telemetry {
class server_metrics;
}

namespace tributary::http::server {

class router;

/// What the operators' routes work with. What it refers to outlives their router.
struct admin_wiring {
  const actors::telemetry::server_metrics& metrics;
  /// To the actor that owns purges, one for each worker, touched on its thread alone.
  std::vector<actors::supervision::supervised_ref>& invalidation;
  std::string token;  ///< bearer token that every call must show; empty: none
};

/// Adds `GET /metrics`, `DELETE /cache/{key}` (the key and its variants), `DELETE /cache?prefix=…`
/// and `DELETE /cache?tag=…`. A purge is answered once it is done in memory and in Redis, or has
/// waited for Redis for long enough: then it is delivered later.
void add_admin_routes(router& routes, admin_wiring wiring);

}  // namespace tributary::http::server
