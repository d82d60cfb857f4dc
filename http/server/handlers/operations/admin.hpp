// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/handlers/actor_refs.hpp"

#include <string>
#include <vector>

namespace tributary::actors::telemetry {
class server_metrics;
}

namespace tributary::http::server {

class router;

/// What the operators' routes work with; it outlives their router.
struct admin_wiring {
  const actors::telemetry::server_metrics& metrics;
  std::vector<actor_refs>& refs;  ///< one for each worker
  std::string token;              ///< bearer token that every call must show; empty: none
};

/// Adds `GET /metrics`, `DELETE /cache/{key}` (the key and its variants), `DELETE /cache?prefix=…`
/// and `DELETE /cache?tag=…`. A purge is answered once it is done in memory and in Redis, or has
/// waited for Redis for long enough: then it is delivered later.
void add_admin_routes(router& routes, const admin_wiring& wiring);

}  // namespace tributary::http::server
