// SPDX-License-Identifier: MIT
#include "actors/market/price_loop.hpp"

#include "actors/market/orders.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::market {

using namespace std::chrono_literals;
namespace events = telemetry::events;

namespace {

/// A round that has not ended by then is given up.
constexpr auto round_lost = 30s;
constexpr double jitter = 0.1;

}  // namespace

std::chrono::nanoseconds next_round_in(std::chrono::milliseconds interval,
                                       std::chrono::nanoseconds taken, double share) noexcept {
  const auto factor = 1 + jitter * (2 * share - 1);
  const std::chrono::duration<double, std::nano> whole{interval};
  const auto wanted = std::chrono::duration_cast<std::chrono::nanoseconds>(whole * factor);
  return std::max(wanted - taken, std::chrono::nanoseconds{0});
}

price_loop::price_loop(caf::actor_config& cfg, std::string path, price_loop_wiring wiring)
    : observed_actor(cfg, std::move(path), "price-loop"), wiring_(std::move(wiring)) {}

caf::behavior price_loop::make_behavior() {
  begin();
  return {
      [this](const prices_refreshed& m) { on_refreshed(m); },
      [this](const price_tick& m) { on_tick(m); },
  };
}

void price_loop::begin() {
  running_ = true;
  began_ = clock().now();
  ++round_;
  delayed_send(this, round_lost, price_tick{round_});
  if (const auto* book = wiring_.book.get()) {
    runtime::tell(*book, refresh_prices{std::make_shared<round_order>(
                             round_wanted{round_}, caf::actor_cast<caf::actor>(this))});
  } else {
    on_refreshed({round_, 0, 0});
  }
}

void price_loop::on_refreshed(const prices_refreshed& message) {
  if (!running_ || message.round != round_) return;
  running_ = false;
  const auto taken = clock().now() - began_;
  const auto& metrics = wiring_.metrics;
  metrics.rounds.add();
  metrics.round_time.observe(taken);
  if (message.fetched != 0) {
    metrics.last_round.set(
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
  }
  // Every round is of interest to who looks for something; of others only that it works, or not.
  const auto served = message.fetched != 0 || message.failed == 0;
  const auto level = served != std::exchange(served_, served) || round_ == 1
                         ? config::log_level::info
                         : config::log_level::debug;
  telemetry::log().write(level, events::prices_refreshed, "a round of the price loop is over",
                         {{"fetched", static_cast<std::uint64_t>(message.fetched)},
                          {"failed", static_cast<std::uint64_t>(message.failed)},
                          {"seconds", std::chrono::duration<double>(taken).count()}});
  delayed_send(this, next_round_in(wiring_.interval, taken, wiring_.random()),
               price_tick{round_ + 1});
}

/// The next round is due, or one that never ended is given up.
void price_loop::on_tick(const price_tick& message) {
  if (running_ ? message.round == round_ : message.round == round_ + 1) begin();
}

}  // namespace tributary::actors::market
