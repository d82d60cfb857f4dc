// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/endpoint.hpp"
#include "http/io/timer_wheel.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace tributary::http::io {

namespace asio = boost::asio;

/// Executor of every socket. Concrete, because the type-erased one costs a copy in each composed
/// operation (8–12 % of a request's CPU time).
using executor = asio::io_context::executor_type;

/// A socket of whatever family: IPv4, IPv6 or Unix.
using plain_socket = asio::basic_stream_socket<asio::generic::stream_protocol, executor>;
using plain_acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, executor>;

using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;

/// Sockets and timers of one thread. Everything that is created on a loop stays on its thread:
/// there are no locks and no strands. Only `post` and `stop` may be called from elsewhere.
class event_loop {
 public:
  event_loop();
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  asio::io_context& context() noexcept { return context_; }
  executor get_executor() noexcept { return context_.get_executor(); }

  /// Runs until `stop`, on the calling thread; `current()` names this loop meanwhile.
  void run();

  /// Any thread. Handlers that have not run are destroyed with the loop.
  void stop();

  /// Any thread: runs `f` on the loop, later, never inside the call.
  template <class Function>
  void post(Function&& f) {
    asio::post(context_, std::forward<Function>(f));
  }

  /// Arms `t` on this loop's wheel. Loop thread only.
  void arm(timer& t, std::chrono::steady_clock::duration delay);
  void arm_at(timer& t, steady_time expiry);

  /// Timers that are armed now. Any thread; for inspection and tests.
  std::size_t armed_timers() const noexcept { return wheel_.size(); }

  /// The loop that runs on this thread, or nullptr.
  static event_loop* current() noexcept;

 private:
  void wake_at(steady_time when);
  void on_tick(const boost::system::error_code& error);

  asio::io_context context_;
  timer_wheel wheel_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, executor>
      alarm_;
  steady_time alarm_at_ = steady_time::max();  ///< max: not set
};

}  // namespace tributary::http::io
