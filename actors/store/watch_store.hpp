// SPDX-License-Identifier: MIT
#pragma once

#include "actors/store/purge_backlog.hpp"
#include "providers/redis/link_state.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace tributary::actors::telemetry {
class registry;
}

namespace tributary::actors::store {

/// Shows what became of purges. Once, at start-up.
void watch_purges(telemetry::registry& metrics, std::shared_ptr<const purge_counters> purges);

/// Shows the connections to one Redis, such as `redis_cache`. Once for each, at start-up.
void watch_redis(telemetry::registry& metrics, std::string_view store,
                 std::vector<std::shared_ptr<const providers::redis::link_state>> links);

}  // namespace tributary::actors::store
