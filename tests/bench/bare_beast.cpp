// SPDX-License-Identifier: MIT
#include "tests/bench/bare_worker.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
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

using answer = http::response<http::string_body>;

class session : public std::enable_shared_from_this<session> {
 public:
  session(io::tcp_socket socket, const answer& what) : socket_(std::move(socket)), answer_(what) {
    buffer_.reserve(4096);
  }

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                       if (!error) self->write();
                     });
  }

 private:
  void write() {
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
                        if (!error && self->response_.keep_alive()) self->read();
                      });
  }

  io::tcp_socket socket_;
  const answer& answer_;
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response<http::span_body<const char>> response_;
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
  tributary::bench::bare_worker first{port};
  tributary::bench::bare_worker second{port};
  const auto serve = [&](io::tcp_socket socket) {
    std::make_shared<session>(std::move(socket), what)->read();
  };
  std::thread thread{[&] { second.run(serve); }};
  first.run(serve);
  thread.join();
}
