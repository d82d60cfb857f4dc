// SPDX-License-Identifier: MIT
#include "providers/mock/vendors/vendor_ledger.hpp"

#include <utility>

namespace tributary::providers::mock::vendors {

namespace {

using nlohmann::ordered_json;

std::int64_t milliseconds_of(time_of_day at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

ordered_json json_of(const vendor_ledger::call& entry) {
  return {{"vendor", entry.vendor},
          {"method", entry.method},
          {"path", entry.path},
          {"key", entry.key},
          {"attempt", entry.attempt},
          {"status", entry.status},
          {"at", milliseconds_of(entry.at)}};
}

ordered_json json_of(const vendor_ledger::webhook& entry) {
  return {{"id", entry.id},
          {"job_id", entry.job_id},
          {"what", entry.what},
          {"try", entry.attempt},
          {"status", entry.status},
          {"error", entry.error},
          {"at", milliseconds_of(entry.at)}};
}

template <class Entry>
void add_to(std::deque<Entry>& all, Entry&& entry) {
  if (all.size() == vendor_ledger::most_entries) all.pop_front();
  all.push_back(std::move(entry));
}

template <class Entry>
ordered_json list_of(const std::deque<Entry>& all) {
  auto result = ordered_json::array();
  for (const auto& each : all) result.push_back(json_of(each));
  return result;
}

}  // namespace

void vendor_ledger::add_effect(const std::string& key) {
  const std::lock_guard lock{mutex_};
  ++effects_[key];
}

void vendor_ledger::add(call entry) {
  const std::lock_guard lock{mutex_};
  add_to(calls_, std::move(entry));
}

void vendor_ledger::add(webhook entry) {
  const std::lock_guard lock{mutex_};
  add_to(webhooks_, std::move(entry));
}

ordered_json vendor_ledger::to_json() const {
  const std::lock_guard lock{mutex_};
  auto effects = ordered_json::object();
  for (const auto& [key, count] : effects_) effects[key] = count;
  return {{"effects", std::move(effects)},
          {"calls", list_of(calls_)},
          {"webhooks", list_of(webhooks_)}};
}

}  // namespace tributary::providers::mock::vendors
