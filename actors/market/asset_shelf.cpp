// SPDX-License-Identifier: MIT
#include "actors/market/asset_shelf.hpp"

#include <utility>

namespace tributary::actors::market {

void asset_shelf::publish(std::shared_ptr<const asset_table> table) {
  // The old table goes after the lock: freeing megabytes takes its time.
  const std::lock_guard lock{mutex_};
  at(table->kind()).table.swap(table);
}

void asset_shelf::keep(pm::asset_class kind, std::string_view source, asset_list list) {
  const std::lock_guard lock{mutex_};
  std::swap(at(kind).lists[source], list);
}

void asset_shelf::keep_restored(pm::asset_class kind, asset_list list) {
  const std::lock_guard lock{mutex_};
  at(kind).restored = std::move(list);
}

std::optional<asset_list> asset_shelf::list(pm::asset_class kind, std::string_view source) const {
  const std::lock_guard lock{mutex_};
  const auto& lists = at(kind).lists;
  const auto found = lists.find(source);
  if (found == lists.end()) return std::nullopt;
  return found->second;
}

std::optional<asset_list> asset_shelf::restored(pm::asset_class kind) const {
  const std::lock_guard lock{mutex_};
  return at(kind).restored;
}

std::optional<system_time> asset_shelf::fetched(pm::asset_class kind,
                                                std::string_view source) const {
  const std::lock_guard lock{mutex_};
  const auto& lists = at(kind).lists;
  const auto found = lists.find(source);
  if (found == lists.end()) return std::nullopt;
  return found->second.fetched;
}

std::vector<asset_list> asset_shelf::lists(pm::asset_class kind,
                                           const std::vector<std::string_view>& sources,
                                           system_time restored_since) const {
  const std::lock_guard lock{mutex_};
  const auto& from = at(kind);
  std::vector<asset_list> result;
  for (const auto source : sources) {
    const auto found = from.lists.find(source);
    if (found != from.lists.end()) result.push_back(found->second);
  }
  if (result.size() != sources.size() && from.restored &&
      from.restored->fetched >= restored_since) {
    result.push_back(*from.restored);
  }
  return result;
}

asset_counters::asset_counters(const std::vector<std::string_view>& called) {
  for (const auto each : called) {
    if (find(each) == nullptr) sources.push_back(std::make_unique<of_source>(each));
  }
}

asset_counters::of_source* asset_counters::find(std::string_view source) const noexcept {
  for (const auto& each : sources) {
    if (each->source == source) return each.get();
  }
  return nullptr;
}

}  // namespace tributary::actors::market
