// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <thread>

namespace tributary::bench {

/// One acceptor and one io_context of a thread's own. Workers share the port.
class bare_worker {
 public:
  using accept_function = std::function<void(http::io::tcp_socket)>;

  explicit bare_worker(std::uint16_t port) : acceptor_(context_) {
    using boost::asio::ip::tcp;
    acceptor_.open(tcp::v4());
    acceptor_.set_option(tcp::acceptor::reuse_address{true});
    acceptor_.set_option(
        boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>{true});
    acceptor_.bind({boost::asio::ip::address_v4::loopback(), port});
    acceptor_.listen(4096);
  }

  http::io::executor get_executor() noexcept { return context_.get_executor(); }

  /// Serves on the calling thread until the process is killed.
  void run(accept_function serve) {
    serve_ = std::move(serve);
    accept();
    context_.run();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, http::io::tcp_socket socket) {
      if (!error) {
        socket.set_option(boost::asio::ip::tcp::no_delay{true}, error);
        serve_(std::move(socket));
      }
      accept();
    });
  }

  boost::asio::io_context context_{1};
  http::io::tcp_acceptor acceptor_;
  accept_function serve_;
};

}  // namespace tributary::bench
