// SPDX-License-Identifier: MIT
#include "http/server/gateway/listener_actor.hpp"

#include <chrono>
#include <utility>

namespace tributary::http::server {

listener_seat::listener_seat(std::uint16_t port, std::shared_ptr<const generation> served,
                             factory make, std::function<void(std::error_code)> on_failure)
    : port_(port),
      served_(std::move(served)),
      make_(std::move(make)),
      on_failure_(std::move(on_failure)) {}

void listener_seat::open() {
  std::error_code failure;
  {
    const std::lock_guard lock{mutex_};
    listener_ = make_(port_, served_);
    failure = listener_->start();
    if (!failure) {
      port_ = listener_->port();
      return;
    }
    listener_.reset();
  }
  on_failure_(failure);
  throw std::system_error{failure};
}

void listener_seat::serve(std::shared_ptr<const generation> served) {
  const std::lock_guard lock{mutex_};
  served_ = std::move(served);
  if (listener_ != nullptr) listener_->serve(served_);
}

void listener_seat::say_close() {
  const std::lock_guard lock{mutex_};
  if (listener_ != nullptr) listener_->say_close();
}

void listener_seat::close(std::chrono::steady_clock::duration limit,
                          std::function<void()> on_drained) {
  std::shared_ptr<listener> open;
  {
    const std::lock_guard lock{mutex_};
    open = std::exchange(listener_, nullptr);
  }
  if (open == nullptr) return on_drained();
  // The listener must live until it has reported.
  open->stop(limit, [open, report = std::move(on_drained)] { report(); });
}

std::uint16_t listener_seat::port() const {
  const std::lock_guard lock{mutex_};
  return port_;
}

actors::telemetry::listener_numbers listener_seat::numbers() const {
  const std::lock_guard lock{mutex_};
  if (listener_ == nullptr) return {};
  const auto& counted = listener_->counters();
  return {counted.in_flight.load(std::memory_order_relaxed),
          counted.open_connections.load(std::memory_order_relaxed),
          counted.shed.load(std::memory_order_relaxed),
          counted.refused_connections.load(std::memory_order_relaxed)};
}

listener_actor::listener_actor(caf::actor_config& cfg, std::string path,
                               std::shared_ptr<listener_seat> seat)
    : observed_actor(cfg, std::move(path), "listener"), seat_(std::move(seat)) {
  seat_->open();
}

caf::behavior listener_actor::make_behavior() {
  return {[](caf::unit_t) {}};
}

bool listener_actor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  seat_->close(std::chrono::seconds{30}, [] {});
  return observed_actor::cleanup(std::move(reason), host);
}

}  // namespace tributary::http::server
