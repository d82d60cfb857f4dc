// SPDX-License-Identifier: MIT
#include "actors/cache/watch_caches.hpp"

#include "actors/telemetry/metrics.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

namespace tributary::actors::cache {

using telemetry::label_list;
using telemetry::metric_name;
using telemetry::registry;

namespace {

/// Where the numbers of one cache are shown.
struct cache_names {
  metric_name bytes, entries, gathering, answers;
};

/// The numbers of all shards of one cache.
void show_shards(registry& metrics, const cache_names& names, const watched_shards& shards) {
  using counted = std::atomic<std::uint64_t> shard_counters::*;
  const auto sum = [shards](counted what) {
    std::uint64_t total = 0;
    for (const auto& shard : shards) total += (shard.get()->*what).load(std::memory_order_relaxed);
    return static_cast<double>(total);
  };
  const auto show = [&](metric_name name, counted what, label_list labels = {}) {
    metrics.make_callback(
        name, [sum, what] { return sum(what); }, labels);
  };
  show(names.bytes, &shard_counters::bytes);
  show(names.entries, &shard_counters::entries);
  show(names.gathering, &shard_counters::gathering);
  show(names.answers, &shard_counters::stored, {{"result", "stored"}});
  show(names.answers, &shard_counters::refused, {{"result", "refused"}});
  show(names.answers, &shard_counters::evicted, {{"result", "evicted"}});
  show(names.answers, &shard_counters::expired, {{"result", "expired"}});
}

}  // namespace

void watch_answer_cache(registry& metrics, watched_shards shards) {
  show_shards(metrics,
              {"tributary_cache_bytes", "tributary_cache_entries", "tributary_cache_gathering",
               "tributary_cache_answers_total"},
              shards);
}

void watch_part_cache(registry& metrics, watched_shards shards) {
  metrics.make_callback("tributary_part_cache_collapsed_total", [shards] {
    std::uint64_t total = 0;
    for (const auto& each : shards) total += each->collapsed.load(std::memory_order_relaxed);
    return static_cast<double>(total);
  });
  show_shards(metrics,
              {"tributary_part_cache_bytes", "tributary_part_cache_entries",
               "tributary_part_cache_gathering", "tributary_part_cache_answers_total"},
              shards);
}

}  // namespace tributary::actors::cache
