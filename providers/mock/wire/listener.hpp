// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "providers/mock/request.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tributary::providers::mock {

/// Serves one port with threads of its own: accepts on the loop of the first and deals the
/// connections out in turn. All members belong to the thread that owns the object.
class listener {
 public:
  /// `by` answers, on `threads` threads at once, and must outlive this.
  listener(std::size_t threads, responder& by);
  ~listener();  ///< not while it serves
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// Takes the port; connections wait until `start`.
  /// @returns the step that failed, or success
  boost::system::error_code open(const boost::asio::ip::tcp::endpoint& where);

  /// The port that it took.
  std::uint16_t port() const noexcept { return port_; }

  void start();

  /// Closes every socket and joins the threads; requests that hang or wait are dropped. Once, after
  /// `start`.
  void stop();

 private:
  class worker;

  void do_accept();
  void on_accept(const boost::system::error_code& error, worker& to, http::io::tcp_socket socket);

  std::vector<std::unique_ptr<worker>> workers_;
  std::optional<http::io::tcp_acceptor> acceptor_;  ///< goes before the loop it is registered with
  http::io::timer retry_;
  std::size_t turn_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace tributary::providers::mock
