// SPDX-License-Identifier: MIT
#include "providers/mock/wire/session.hpp"

#include "http/io/event_loop.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace tributary::providers::mock {

namespace asio = boost::asio;
namespace io = http::io;
using asio::ip::tcp;

namespace {

/// Fails the first time, and then has an answer.
class failing_once final : public responder {
 public:
  scripted_reply answer(const wire_request&) override {
    if (!std::exchange(failed_, true)) throw std::runtime_error{"a mistake"};
    return {};
  }

 private:
  bool failed_ = false;
};

/// A session on a loop of its own, and the other end of its connection.
struct served {
  explicit served(responder& by) {
    asio::io_context accepting;
    tcp::acceptor acceptor{accepting, {asio::ip::address_v4::loopback(), 0}};
    client.connect(acceptor.local_endpoint());
    io::tcp_socket accepted{loop.context()};
    acceptor.accept(accepted);
    auto opened = std::make_shared<session>(loop, std::move(accepted), by, open);
    open.insert(opened);
    opened->start();
    thread = std::thread{[this] { loop.run(); }};
  }

  ~served() {
    loop.post([this] {
      while (!open.empty()) (*open.begin())->close();
      loop.stop();
    });
    thread.join();
  }

  /// The status line and the header of the answer.
  std::string ask() {
    asio::write(client, asio::buffer(std::string{"GET /x?key=1 HTTP/1.1\r\nHost: m\r\n\r\n"}));
    const auto size = asio::read_until(client, asio::dynamic_buffer(received), "\r\n\r\n");
    auto header = received.substr(0, size);
    received.clear();
    return header;
  }

  session_set open;
  io::event_loop loop;
  std::thread thread;
  asio::io_context context;
  tcp::socket client{context};
  std::string received;
};

}  // namespace

TEST_CASE("a stand-in that fails answers 500 and goes on", "[mock]") {
  failing_once upstream;
  served connection{upstream};
  CHECK_THAT(connection.ask(), Catch::StartsWith("HTTP/1.1 500 "));
  CHECK_THAT(connection.ask(), Catch::Contains("HTTP/1.1 200 "));
}

}  // namespace tributary::providers::mock
