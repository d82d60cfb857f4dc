// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/allowance.hpp"
#include "actors/market/market_metrics.hpp"
#include "actors/market/quotes.hpp"
#include "config/sections/market_settings.hpp"
#include "providers/market/provider.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace tributary::actors::guards {
struct upstream_resources;
}

namespace tributary::actors::market {

/// What belongs to one provider and survives the restarts of its actor: a crash must not refill an
/// allowance, forget a session, or call on with a key that was refused.
struct provider_resources {
  /// @param made of the settings' name
  provider_resources(const config::market_provider_settings& s, std::unique_ptr<pm::provider> made,
                     std::shared_ptr<guards::upstream_resources> guarded,
                     std::shared_ptr<guarded_allowance> allowed, std::chrono::milliseconds rest,
                     const provider_metrics& counted);

  /// The target of a request as it is sent: behind the prefix of the configured URL, which may end
  /// in what all targets of the provider begin with.
  std::string target_of(const pm::wire_request& request) const;

  const config::market_provider_settings settings;
  const std::unique_ptr<pm::provider> adapter;  ///< the actor's own
  const std::shared_ptr<guards::upstream_resources> upstream;
  const std::shared_ptr<guarded_allowance> allowance;
  const std::chrono::milliseconds rest;  ///< how long a refused key is not tried again
  const provider_metrics metrics;

  /// True while the provider is left out since it refuses the key. Any thread.
  bool key_refused(steady_time now) const noexcept {
    return now < refused_until.load(std::memory_order_relaxed);
  }
  std::atomic<steady_time> refused_until{steady_time::min()};  ///< set by the actor
  std::atomic<std::int64_t> refused_since_ms{0};               ///< of the system clock
};

}  // namespace tributary::actors::market
