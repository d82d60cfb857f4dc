// SPDX-License-Identifier: MIT
#include "actors/cache/watch_caches.hpp"

#include "actors/telemetry/metrics.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tributary::actors::cache {

using telemetry::label_list;
using telemetry::registry;

namespace {

/// The numbers of all shards of one cache, under names that begin with `prefix`.
void show_shards(registry& metrics, const std::string& prefix, std::string_view which,
                 const watched_shards& shards) {
  using counted = std::atomic<std::uint64_t> shard_counters::*;
  const auto sum = [shards](counted what) {
    std::uint64_t total = 0;
    for (const auto& shard : shards) total += (shard.get()->*what).load(std::memory_order_relaxed);
    return static_cast<double>(total);
  };
  const auto show = [&](registry::kind type, std::string_view name, std::string_view help,
                        counted what, label_list labels = {}) {
    metrics.make_callback(
        type, name, help, [sum, what] { return sum(what); }, labels);
  };
  constexpr auto gauge_kind = registry::kind::gauge;
  constexpr auto counter_kind = registry::kind::counter;
  const std::string kept{which};
  show(gauge_kind, prefix + "_bytes", "Bytes in the " + kept + ".", &shard_counters::bytes);
  show(gauge_kind, prefix + "_entries", "Answers in the " + kept + ".", &shard_counters::entries);
  show(gauge_kind, prefix + "_gathering", "Answers that are being gathered for the " + kept + ".",
       &shard_counters::gathering);
  const auto name = prefix + "_answers_total";
  const auto help = "What became of answers in the " + kept + ".";
  show(counter_kind, name, help, &shard_counters::stored, {{"result", "stored"}});
  show(counter_kind, name, help, &shard_counters::refused, {{"result", "refused"}});
  show(counter_kind, name, help, &shard_counters::evicted, {{"result", "evicted"}});
  show(counter_kind, name, help, &shard_counters::expired, {{"result", "expired"}});
}

}  // namespace

void watch_answer_cache(registry& metrics, watched_shards shards) {
  show_shards(metrics, "tributary_cache", "memory cache", shards);
}

void watch_part_cache(registry& metrics, watched_shards shards) {
  metrics.make_callback(registry::kind::counter, "tributary_part_cache_collapsed_total",
                        "Calls that shared the upstream call of another.", [shards] {
                          std::uint64_t total = 0;
                          for (const auto& each : shards) {
                            total += each->collapsed.load(std::memory_order_relaxed);
                          }
                          return static_cast<double>(total);
                        });
  show_shards(metrics, "tributary_part_cache", "part cache", shards);
}

}  // namespace tributary::actors::cache
