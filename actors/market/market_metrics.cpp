// SPDX-License-Identifier: MIT
#include "actors/market/market_metrics.hpp"

#include <chrono>

namespace tributary::actors::market {

namespace {

using namespace std::chrono_literals;
using providers::market::error_kind;

constexpr std::size_t served = 8;

constexpr std::array<std::chrono::nanoseconds, 10> round_bounds{10ms, 50ms, 100ms, 250ms, 500ms,
                                                                1s,   2s,   5s,    10s,   30s};

}  // namespace

provider_metrics::provider_metrics(telemetry::registry& metrics, std::string_view provider)
    : quotes(metrics.make_counter("tributary_market_quotes_total", {{"provider", provider}})),
      held_back(metrics.make_counter("tributary_market_held_back_total", {{"provider", provider}})),
      passed_on(
          metrics.make_counter("tributary_market_passed_on_total", {{"provider", provider}})) {
  for (std::size_t i = 0; i <= served; ++i) {
    const auto outcome = i == served ? "served" : to_string(static_cast<error_kind>(i));
    answers_[i] = metrics.make_counter("tributary_market_answers_total",
                                       {{"provider", provider}, {"outcome", outcome}});
  }
}

void provider_metrics::answered(const std::optional<error_kind>& why) const noexcept {
  answers_[why ? static_cast<std::size_t>(*why) : served].add();
}

market_metrics::market_metrics(telemetry::registry& metrics)
    : hits(metrics.make_counter("tributary_market_requests_total", {{"cache", "hit"}})),
      misses(metrics.make_counter("tributary_market_requests_total", {{"cache", "miss"}})),
      stale(metrics.make_counter("tributary_market_stale_quotes_total")),
      rounds(metrics.make_counter("tributary_market_rounds_total")),
      round_time(metrics.make_histogram("tributary_market_round_seconds", round_bounds)),
      last_round(metrics.make_gauge("tributary_market_last_round_timestamp_seconds")),
      quotes_known(metrics.make_gauge("tributary_market_quotes")),
      redis_hits(metrics.make_counter("tributary_market_redis_hits_total")) {}

}  // namespace tributary::actors::market
