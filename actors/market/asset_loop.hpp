// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/asset_schedule.hpp"
#include "actors/market/asset_shelf.hpp"
#include "actors/market/messages.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::market {

/// A provider that lists assets of some class.
struct asset_source {
  std::string_view source;               ///< a literal
  supervision::supervised_ref provider;  ///< gets `ask_assets` and `page_read`
};

struct asset_loop_wiring {
  /// By `asset_class`, in the order of preference. A provider may be in several, with the same
  /// source; a class may have none.
  std::array<std::vector<asset_source>, asset_class_count> providers;
  std::shared_ptr<asset_shelf> shelf;
  std::shared_ptr<asset_counters> counters;  ///< knows all sources
  asset_times times;
  std::function<double()> random;                  ///< [0, 1)
  supervision::supervised_ref redis;               ///< without a place: there is no Redis
  std::chrono::milliseconds redis_timeout{1'000};  ///< of one command
  std::function<system_time()> system_now = [] { return std::chrono::system_clock::now(); };
};

/// Keeps the lists of assets fresh: asks each provider for its lists, once an interval, reads their
/// pages, merges what all have given and puts it on the shelf, and into Redis for the next process.
/// What a provider gave once stays until it gives something better.
///
/// Pages and tables are large, so this actor belongs on a thread of its own.
class asset_loop final : public runtime::observed_actor {
 public:
  asset_loop(caf::actor_config& cfg, std::string path, asset_loop_wiring wiring);
  caf::behavior make_behavior() override;

 private:
  struct entry {
    pm::asset_class kind;
    std::size_t place;  ///< among the class's providers
    std::weak_ptr<assets_order> order;
  };

  void begin();
  void on_tick();
  steady_time due_after(system_time then, system_time today, steady_time now) const;
  void on_page(page_arrived& message);
  void on_answer(assets_answered& message);
  void on_redis(redis_answered& message);

  void ask(const asset_schedule::asking& what, steady_time now);
  std::size_t rows_of_others(std::size_t index);
  std::optional<pm::failure> why_cut(std::size_t index, std::size_t rows);
  void take_list(std::size_t index, asset_list list);
  void fail(std::size_t index, const pm::failure& why, steady_time now);
  bool merge_and_publish(pm::asset_class kind);
  void restore(pm::asset_class kind, std::string_view text);
  void write_to_redis(const asset_table& table);
  void send_to_redis(store::redis_command command, std::uint64_t tag);
  void arm(steady_time now);

  asset_source& source_of(const entry& of) {
    return wiring_.providers[static_cast<std::size_t>(of.kind)][of.place];
  }
  asset_counters::of_class& counters_of(pm::asset_class kind) {
    return wiring_.counters->classes[static_cast<std::size_t>(kind)];
  }

  asset_loop_wiring wiring_;
  asset_schedule schedule_;
  std::vector<entry> entries_;          ///< those of the schedule
  std::optional<steady_time> tick_at_;  ///< of the next tick under way
};

}  // namespace tributary::actors::market
