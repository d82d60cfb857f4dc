// SPDX-License-Identifier: MIT
#include "actors/store/watch_store.hpp"

#include "actors/telemetry/metrics.hpp"

#include <atomic>
#include <cstdint>

namespace tributary::actors::store {

using telemetry::label_list;
using telemetry::registry;

void watch_purges(registry& metrics, std::shared_ptr<const purge_counters> purges) {
  using number = std::atomic<std::uint64_t> purge_counters::*;
  const auto show = [&](registry::kind type, std::string_view name, std::string_view help,
                        number what, label_list labels = {}) {
    metrics.make_callback(
        type, name, help,
        [purges, what] {
          return static_cast<double>((purges.get()->*what).load(std::memory_order_relaxed));
        },
        labels);
  };
  constexpr std::string_view name = "tributary_cache_purges_total";
  constexpr std::string_view help =
      "Purges: asked for here, told of by other instances, done in Redis, or never told to it.";
  constexpr auto counter_kind = registry::kind::counter;
  show(counter_kind, name, help, &purge_counters::local, {{"result", "local"}});
  show(counter_kind, name, help, &purge_counters::foreign, {{"result", "foreign"}});
  show(counter_kind, name, help, &purge_counters::redis, {{"result", "redis"}});
  show(counter_kind, name, help, &purge_counters::undelivered, {{"result", "undelivered"}});
  show(registry::kind::gauge, "tributary_cache_purges_waiting", "Purges that wait for Redis.",
       &purge_counters::waiting);
}

void watch_redis(registry& metrics, std::string_view store,
                 std::vector<std::shared_ptr<const providers::redis::link_state>> links) {
  using providers::redis::link_state;
  metrics.make_callback(registry::kind::gauge, "tributary_redis_up",
                        "1 while all connections to a Redis are there.",
                        [links] {
                          for (const auto& link : links) {
                            if (!link->connected.load(std::memory_order_relaxed)) return 0.0;
                          }
                          return 1.0;
                        },
                        {{"store", store}});
  const auto show = [&](std::string_view name, std::string_view help,
                        std::atomic<std::uint64_t> link_state::*what) {
    metrics.make_callback(registry::kind::counter, name, help,
                          [links, what] {
                            std::uint64_t total = 0;
                            for (const auto& link : links) {
                              total += (link.get()->*what).load(std::memory_order_relaxed);
                            }
                            return static_cast<double>(total);
                          },
                          {{"store", store}});
  };
  show("tributary_redis_commands_total", "Commands sent to Redis.", &link_state::commands);
  show("tributary_redis_timeouts_total", "Commands that Redis did not answer in time.",
       &link_state::timeouts);
  show("tributary_redis_errors_total", "Errors that Redis answered.", &link_state::errors);
  show("tributary_redis_reconnects_total", "Connections to Redis made after the first.",
       &link_state::reconnects);
}

}  // namespace tributary::actors::store
