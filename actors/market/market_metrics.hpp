// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/metrics.hpp"
#include "providers/market/types.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace tributary::actors::market {

/// One provider's. Its calls and their times are those of the upstream of that name.
class provider_metrics {
 public:
  /// Counts nothing.
  provider_metrics() = default;
  provider_metrics(telemetry::registry& metrics, std::string_view provider);

  /// What an answer as a whole was; nothing: it served what was asked for.
  void answered(const std::optional<providers::market::error_kind>& why) const noexcept;

  telemetry::counter quotes;     ///< received
  telemetry::counter held_back;  ///< calls that the allowance did not grant
  telemetry::counter passed_on;  ///< symbols that the next provider of a chain was asked for

 private:
  std::array<telemetry::counter, 9> answers_;  ///< by kind; the last: served
};

/// Of what all providers serve together.
struct market_metrics {
  market_metrics() = default;
  explicit market_metrics(telemetry::registry& metrics);

  telemetry::counter hits;    ///< requests answered from memory
  telemetry::counter misses;  ///< requests for which something was fetched
  telemetry::counter stale;   ///< quotes served past their time
  telemetry::counter rounds;  ///< of the price loop
  telemetry::histogram round_time;
  telemetry::gauge last_round;  ///< seconds since 1970
  telemetry::gauge quotes_known;
  telemetry::counter redis_hits;  ///< quotes taken from Redis
};

}  // namespace tributary::actors::market
