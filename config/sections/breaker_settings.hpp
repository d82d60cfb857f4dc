// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"

#include <cstddef>
#include <optional>

namespace tributary::config {

/// Circuit breaker of one upstream.
struct breaker_settings {
  bool enabled = true;
  bool measure_only = false;    ///< `mode: measure` counts without refusing
  milliseconds window{10'000};  ///< rolling, in `buckets` parts
  std::size_t buckets = 10;
  std::size_t min_calls = 20;
  bool by_rate = true;                   ///< false: no rate opens it, only failures in a row
  double failure_rate = 0.5;             ///< 0–1
  std::size_t consecutive_failures = 0;  ///< that open it by themselves; 0: off
  double slow_rate = 0.8;                ///< 0–1, with `slow` set
  std::optional<milliseconds> slow{};    ///< a call longer than this is slow; unset: off
  milliseconds open_for{5'000};          ///< doubled with each reopening
  milliseconds open_max{60'000};
  double jitter = 0.2;                  ///< ± share of the open time
  bool heed_retry_after = true;         ///< an upstream's `Retry-After` replaces the open time
  std::size_t half_open_successes = 3;  ///< in a row, one at a time, to close
  bool shared = true;                   ///< with other instances, where there is a Redis

  bool operator==(const breaker_settings&) const = default;
};

}  // namespace tributary::config
