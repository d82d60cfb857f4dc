// SPDX-License-Identifier: MIT
#include "http/io/event_loop.hpp"

namespace tributary::http::io {

namespace {

thread_local event_loop* running_loop = nullptr;

/// Deadlines that are far enough away may be missed by this much, so that one alarm serves them
/// all: setting an alarm costs a system call.
constexpr auto slack = std::chrono::milliseconds{4};
constexpr auto far_away = 10 * slack;

steady_time with_slack(steady_time when, steady_time now) {
  if (when - now < far_away || when > steady_time::max() - far_away) return when;
  const auto since_epoch = std::chrono::ceil<std::chrono::milliseconds>(when.time_since_epoch());
  return steady_time{(since_epoch / slack + 1) * slack};
}

}  // namespace

event_loop::event_loop()
    : context_(1), wheel_(std::chrono::steady_clock::now()), alarm_(context_) {}

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
  if (expiry < alarm_at_) wake_at(with_slack(expiry, std::chrono::steady_clock::now()));
}

void event_loop::wake_at(steady_time when) {
  if (when >= alarm_at_) return;
  alarm_at_ = when;
  alarm_.expires_at(when);
  alarm_.async_wait([this](const boost::system::error_code& error) { on_tick(error); });
}

void event_loop::on_tick(const boost::system::error_code& error) {
  if (error) return;  // moved forward: the wait that replaced this one is under way
  alarm_at_ = steady_time::max();
  const auto now = std::chrono::steady_clock::now();
  wheel_.advance(now);
  // A callback may have set the alarm already; a wheel entry may lie before it all the same.
  if (const auto next = wheel_.next_expiry()) wake_at(with_slack(*next, now));
}

}  // namespace tributary::http::io
