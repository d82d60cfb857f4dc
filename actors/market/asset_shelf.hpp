// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/asset_table.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace tributary::actors::market {

inline constexpr std::size_t asset_class_count = 3;
inline constexpr std::array<pm::asset_class, asset_class_count> all_asset_classes{
    pm::asset_class::stock, pm::asset_class::crypto, pm::asset_class::forex};

/// Where the lists of assets lie: filled by the asset loop, read by whoever answers. Outlives every
/// incarnation of the loop, and what has been put here once is only ever replaced by something
/// newer, never taken away.
class asset_shelf {
 public:
  /// @param ttl how long a list counts as fresh
  explicit asset_shelf(std::chrono::milliseconds ttl = std::chrono::hours(24)) : ttl_(ttl) {}
  asset_shelf(const asset_shelf&) = delete;
  asset_shelf& operator=(const asset_shelf&) = delete;

  std::chrono::milliseconds ttl() const noexcept { return ttl_; }

  /// The list of a class; null until it was fetched once. Any thread; holds a lock for as long as
  /// it takes to copy a pointer.
  std::shared_ptr<const asset_table> table(pm::asset_class kind) const {
    const std::lock_guard lock{mutex_};
    return at(kind).table;
  }

  // For the loop.

  /// @param table not null
  void publish(std::shared_ptr<const asset_table> table);

  /// The last good list of a provider. @param source a literal
  void keep(pm::asset_class kind, std::string_view source, asset_list list);

  /// A list that another process had made of all providers' lists: stands in for those that have
  /// given none to this one.
  void keep_restored(pm::asset_class kind, asset_list list);

  /// The list of `keep_restored`; nothing when there is none.
  std::optional<asset_list> restored(pm::asset_class kind) const;

  /// This provider's list; nothing when it gave none yet.
  std::optional<asset_list> list(pm::asset_class kind, std::string_view source) const;

  /// When this provider's list was fetched; nothing when it gave none yet.
  std::optional<system_time> fetched(pm::asset_class kind, std::string_view source) const;

  /// The lists of these providers that there are, in this order. While one is missing, the restored
  /// one comes last, unless it was fetched before `restored_since`.
  std::vector<asset_list> lists(pm::asset_class kind, const std::vector<std::string_view>& sources,
                                system_time restored_since) const;

 private:
  struct place {
    std::shared_ptr<const asset_table> table;
    std::map<std::string_view, asset_list> lists;
    std::optional<asset_list> restored;
  };
  const place& at(pm::asset_class kind) const noexcept {
    return places_[static_cast<std::size_t>(kind)];
  }
  place& at(pm::asset_class kind) noexcept { return places_[static_cast<std::size_t>(kind)]; }

  const std::chrono::milliseconds ttl_;
  /// Of all below; a plain mutex, as it is what GCC 12's atomic shared pointer would be too, and
  /// one that thread sanitizers understand.
  mutable std::mutex mutex_;
  std::array<place, asset_class_count> places_;
};

/// What the asset loop counts: written by it, read by any thread.
struct asset_counters {
  struct of_class {
    std::atomic<std::int64_t> last_success_ms{0};  ///< system clock; 0: none yet
    std::atomic<std::uint64_t> rows{0};            ///< of the list as it is served
    std::atomic<std::int64_t> duration_ms{0};      ///< of the last fetch that went well
  };
  struct of_source {
    explicit of_source(std::string_view called) : source(called) {}
    const std::string_view source;  ///< a literal
    std::atomic<std::uint64_t> refreshed{0};
    std::atomic<std::uint64_t> failed{0};
  };

  /// @param sources of all providers that are asked; literals; each gets one entry
  explicit asset_counters(const std::vector<std::string_view>& sources);

  /// Null for a source that is not among them.
  of_source* find(std::string_view source) const noexcept;

  std::array<of_class, asset_class_count> classes;  ///< by `asset_class`
  std::vector<std::unique_ptr<of_source>> sources;  ///< not changed later
};

}  // namespace tributary::actors::market
