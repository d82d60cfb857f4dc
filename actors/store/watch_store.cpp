// SPDX-License-Identifier: MIT
#include "actors/store/watch_store.hpp"

#include "actors/telemetry/metrics.hpp"

#include <atomic>
#include <cstdint>

namespace tributary::actors::store {

using telemetry::label_list;
using telemetry::metric_name;
using telemetry::registry;

void watch_purges(registry& metrics, std::shared_ptr<const purge_counters> purges) {
  using number = std::atomic<std::uint64_t> purge_counters::*;
  const auto show = [&](metric_name name, number what, label_list labels = {}) {
    metrics.make_callback(
        name,
        [purges, what] {
          return static_cast<double>((purges.get()->*what).load(std::memory_order_relaxed));
        },
        labels);
  };
  constexpr metric_name name{"tributary_cache_purges_total"};
  show(name, &purge_counters::local, {{"result", "local"}});
  show(name, &purge_counters::foreign, {{"result", "foreign"}});
  show(name, &purge_counters::redis, {{"result", "redis"}});
  show(name, &purge_counters::undelivered, {{"result", "undelivered"}});
  show("tributary_cache_purges_waiting", &purge_counters::waiting);
}

void watch_redis(registry& metrics, std::string_view store,
                 std::vector<std::shared_ptr<const providers::redis::link_state>> links) {
  using providers::redis::link_state;
  metrics.make_callback("tributary_redis_up",
                        [links] {
                          for (const auto& link : links) {
                            if (!link->connected.load(std::memory_order_relaxed)) return 0.0;
                          }
                          return 1.0;
                        },
                        {{"store", store}});
  const auto show = [&](metric_name name, std::atomic<std::uint64_t> link_state::*what) {
    metrics.make_callback(name,
                          [links, what] {
                            std::uint64_t total = 0;
                            for (const auto& link : links) {
                              total += (link.get()->*what).load(std::memory_order_relaxed);
                            }
                            return static_cast<double>(total);
                          },
                          {{"store", store}});
  };
  show("tributary_redis_commands_total", &link_state::commands);
  show("tributary_redis_timeouts_total", &link_state::timeouts);
  show("tributary_redis_errors_total", &link_state::errors);
  show("tributary_redis_reconnects_total", &link_state::reconnects);
}

}  // namespace tributary::actors::store
