// SPDX-License-Identifier: MIT
#include "actors/guards/upstream_registry.hpp"

#include "actors/supervision/slot.hpp"
#include "actors/telemetry/server_metrics.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::guards {

upstream_registry::upstream_registry(terms t, telemetry::server_metrics& metrics)
    : terms_(std::move(t)), metrics_(metrics) {}

std::shared_ptr<upstream_resources> upstream_registry::add(
    const config::upstream_settings& settings) {
  if (auto known = find(settings.name)) return known;
  auto result = std::make_shared<upstream_resources>(
      settings, metrics_.upstream(settings, terms_.has_redis), terms_.random);
  result->number = all_.size();
  for (std::size_t i = 0; i < terms_.workers; ++i) {
    result->first_guards.push_back(std::make_shared<supervision::slot>());
  }
  if (settings.breaker.enabled && settings.breaker.shared) result->sharing = terms_.sharing;
  all_.push_back(result);
  return result;
}

std::shared_ptr<upstream_resources> upstream_registry::find(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find_if(all_, [&](const auto& each) { return each->settings.name == name; });
  return found == all_.end() ? nullptr : *found;
}

}  // namespace tributary::actors::guards
