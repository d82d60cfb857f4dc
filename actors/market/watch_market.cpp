// SPDX-License-Identifier: MIT
#include "actors/market/market_state.hpp"

#include <chrono>
#include <mutex>
#include <string_view>

namespace tributary::actors::market {

namespace {

using telemetry::registry;
using visitor = registry::visitor;

/// One value of each class of assets.
template <class Read>
void show_classes(registry& metrics, telemetry::metric_name name,
                  std::shared_ptr<const asset_counters> from, Read read) {
  metrics.make_collector(name, [from = std::move(from), read](const visitor& visit) {
    for (const auto kind : all_asset_classes) {
      const auto& each = from->classes[static_cast<std::size_t>(kind)];
      visit({{"asset_type", list_name(kind)}}, read(each));
    }
  });
}

void show_lists(registry& metrics, const std::shared_ptr<const asset_counters>& from) {
  using of_class = asset_counters::of_class;
  show_classes(metrics, "tributary_market_assets", from,
               [](const of_class& each) { return static_cast<double>(each.rows.load()); });
  show_classes(metrics, "tributary_market_assets_timestamp_seconds", from,
               [](const of_class& each) { return each.last_success_ms.load() / 1000.0; });
  show_classes(metrics, "tributary_market_assets_fetch_seconds", from,
               [](const of_class& each) { return each.duration_ms.load() / 1000.0; });
  metrics.make_collector("tributary_market_lists_total", [from](const visitor& visit) {
    for (const auto& each : from->sources) {
      visit({{"provider", each->source}, {"outcome", "refreshed"}},
            static_cast<double>(each->refreshed.load()));
      visit({{"provider", each->source}, {"outcome", "failed"}},
            static_cast<double>(each->failed.load()));
    }
  });
}

/// What is left of today and of this month, of providers that count these.
void show_allowances(registry& metrics, const market_state& state) {
  metrics.make_collector("tributary_market_allowance_left", [&state](const visitor& visit) {
    const auto today = std::chrono::system_clock::now();
    for (const auto& each : state.providers) {
      const auto& name = each->settings.name;
      const auto used = [&] {
        const std::lock_guard lock{each->allowance->mutex};
        return each->allowance->value.usage(today);
      }();
      const auto left = [](std::size_t limit, std::uint64_t calls) {
        return limit > calls ? static_cast<double>(limit - calls) : 0.0;
      };
      const auto& limits = each->settings.allowance;
      if (limits.per_day != 0) {
        visit({{"provider", name}, {"period", "day"}}, left(limits.per_day, used.day.all));
      }
      if (limits.per_month != 0) {
        visit({{"provider", name}, {"period", "month"}}, left(limits.per_month, used.month.all));
      }
    }
  });
}

void show_refusals(registry& metrics, const market_state& state) {
  metrics.make_collector("tributary_market_key_refused", [&state](const visitor& visit) {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& each : state.providers) {
      visit({{"provider", each->settings.name}}, each->key_refused(now) ? 1 : 0);
    }
  });
}

}  // namespace

void watch_market(const market_state& state, telemetry::registry& metrics) {
  show_lists(metrics, state.asset_numbers);
  show_allowances(metrics, state);
  show_refusals(metrics, state);
}

}  // namespace tributary::actors::market
