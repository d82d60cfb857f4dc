// SPDX-License-Identifier: MIT
#include "http/io/event_loop.hpp"

namespace tributary::http::io {

namespace {

thread_local event_loop* running_loop = nullptr;

}  // namespace

event_loop::event_loop() : context_(1), wheel_(std::chrono::steady_clock::now()), alarm_(context_) {}

event_loop::~event_loop() = default;

event_loop* event_loop::current() noexcept { return running_loop; }

void event_loop::run() {
  auto guard = asio::make_work_guard(context_);
  auto* outer = std::exchange(running_loop, this);
  context_.run();
  running_loop = outer;
}

void event_loop::stop() { context_.stop(); }

void event_loop::arm(timer& t, std::chrono::steady_clock::duration delay) {
  arm_at(t, std::chrono::steady_clock::now() + delay);
}

void event_loop::arm_at(timer& t, steady_time expiry) {
  wheel_.arm(t, expiry);
  // The alarm is only ever moved forward. A deadline that is cancelled in time, as nearly all are,
  // therefore costs no system call: the alarm goes off later and finds nothing to do.
  if (expiry < alarm_at_) wake_at(expiry);
}

void event_loop::wake_at(steady_time when) {
  alarm_at_ = when;
  alarm_.expires_at(when);
  alarm_.async_wait([this](const boost::system::error_code& error) { on_tick(error); });
}

void event_loop::on_tick(const boost::system::error_code& error) {
  if (error) return;  // moved forward: the wait that replaced this one is under way
  alarm_at_ = steady_time::max();
  wheel_.advance(std::chrono::steady_clock::now());
  // A callback may have set the alarm already; a wheel entry may lie before it all the same.
  const auto next = wheel_.next_expiry();
  if (next && *next < alarm_at_) wake_at(*next);
}

}  // namespace tributary::http::io
