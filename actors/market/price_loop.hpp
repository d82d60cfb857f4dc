// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/market_metrics.hpp"
#include "actors/market/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace tributary::actors::market {

/// When the next round of a loop begins, counted from the end of the last one: rounds begin
/// `interval` apart, give or take a tenth so that instances do not march in step, and never before
/// the one before is over.
/// @param share [0, 1), random
std::chrono::nanoseconds next_round_in(std::chrono::milliseconds interval,
                                       std::chrono::nanoseconds taken, double share) noexcept;

struct price_loop_wiring {
  supervision::supervised_ref book;
  std::chrono::milliseconds interval{5'000};
  std::function<double()> random;
  market_metrics metrics;
};

/// Has the book fetch the quotes that somebody follows, round after round.
class price_loop final : public runtime::observed_actor {
 public:
  price_loop(caf::actor_config& cfg, std::string path, price_loop_wiring wiring);
  caf::behavior make_behavior() override;

 private:
  void begin();
  void on_refreshed(const prices_refreshed& message);
  void on_tick(const price_tick& message);

  price_loop_wiring wiring_;
  std::uint64_t round_ = 0;
  bool running_ = false;
  steady_time began_{};
  bool served_ = true;  ///< the last round brought quotes
};

}  // namespace tributary::actors::market
