// SPDX-License-Identifier: MIT
#include "http/server/systems/operations_system.hpp"

#include "actors/actor_tree.hpp"
#include "actors/store/watch_store.hpp"
#include "http/server/handlers/operations/admin.hpp"
#include "http/server/handlers/operations/health.hpp"

#include <memory>

namespace tributary::http::server {

system_declaration operations_system::declaration() {
  return {"operations",
          {},
          nullptr,
          [](const config::settings&, const process& in) -> std::unique_ptr<system> {
            return std::make_unique<operations_system>(in);
          }};
}

operations_system::operations_system(const process& in)
    : tree_(in.tree),
      health_(in.health),
      invalidation_(in.loops.size(), actors::supervision::supervised_ref{in.tree.invalidation}) {}

void operations_system::add_routes(const config::settings& settings, route_tables& routes) {
  add_health_routes(routes.clients, health_);
  add_health_routes(routes.operators, health_);
  add_admin_routes(routes.operators, {tree_.metrics, invalidation_, settings.admin.token});
}

void operations_system::watch(actors::telemetry::registry& metrics) {
  actors::store::watch_purges(metrics, tree_.purge_counters);
  if (tree_.redis != nullptr) {
    actors::store::watch_redis(metrics, tree_.redis->name, tree_.redis->links);
  }
  if (tree_.redis_cache != tree_.redis) {
    actors::store::watch_redis(metrics, tree_.redis_cache->name, tree_.redis_cache->links);
  }
}

}  // namespace tributary::http::server
