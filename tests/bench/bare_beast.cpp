// SPDX-License-Identifier: MIT
#include "http/io/event_loop.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

/// The floor that the cached path is measured against: an HTTP server as one writes it well on
/// Beast, which answers every request with the same bytes and does nothing else. A loop per thread,
/// sockets with concrete executors, read buffers with room, a parser and a serializer per request.
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace io = tributary::http::io;
using asio::ip::tcp;

using answer = http::response<http::string_body>;

class session : public std::enable_shared_from_this<session> {
 public:
  session(io::tcp_socket socket, const answer& what) : socket_(std::move(socket)), answer_(what) {
    buffer_.reserve(4096);
  }

  void start() {
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay{true}, ignored);
    do_read();
  }

 private:
  void do_read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                       if (!error) self->do_write();
                     });
  }

  void do_write() {
    response_ = {};
    response_.version(11);
    response_.result(http::status::ok);
    for (const auto& field : answer_) {
      response_.insert(field.name(), field.name_string(), field.value());
    }
    response_.keep_alive(request_.keep_alive());
    response_.body() = {answer_.body().data(), answer_.body().size()};
    http::async_write(socket_, response_,
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                        if (!error && self->response_.keep_alive()) self->do_read();
                      });
  }

  io::tcp_socket socket_;
  const answer& answer_;
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response<http::span_body<const char>> response_;
};

/// One acceptor and one io_context per thread, sharing the port.
class worker {
 public:
  worker(std::uint16_t port, const answer& what) : answer_(what), acceptor_(context_) {
    acceptor_.open(tcp::v4());
    acceptor_.set_option(tcp::acceptor::reuse_address{true});
    acceptor_.set_option(asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>{true});
    acceptor_.bind({asio::ip::address_v4::loopback(), port});
    acceptor_.listen(4096);
    do_accept();
  }

  void run() { context_.run(); }

 private:
  void do_accept() {
    acceptor_.async_accept([this](boost::system::error_code error, io::tcp_socket socket) {
      if (!error) std::make_shared<session>(std::move(socket), answer_)->start();
      do_accept();
    });
  }

  const answer& answer_;
  asio::io_context context_{1};
  io::tcp_acceptor acceptor_;
};

}  // namespace

/// bare_beast PORT FILE: serves FILE, a whole HTTP/1.1 response with Content-Length, on two threads
/// until it is killed.
int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bare_beast PORT FILE\n";
    return 2;
  }
  std::ifstream file{argv[2], std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  boost::system::error_code error;
  parser.put(asio::buffer(text), error);
  if (error || !parser.is_done()) {
    std::cerr << argv[2] << " is not a whole response: " << error.message() << '\n';
    return 1;
  }
  const auto what = parser.release();
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  worker first{port, what};
  worker second{port, what};
  std::thread thread{[&] { second.run(); }};
  first.run();
  thread.join();
}
