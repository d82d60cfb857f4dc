// SPDX-License-Identifier: MIT
#include "providers/mock/wire/session.hpp"

#include "http/io/event_loop.hpp"
#include "support/inbox.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <functional>
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

/// Holds its answer back until a test lets it go, and drops the connection where it is told to.
class holding final : public responder {
 public:
  scripted_reply answer(const wire_request&) override {
    scripted_reply result;
    result.answer.hold = [this](std::function<void()> go_on) { letting_go.push(std::move(go_on)); };
    result.drop = drops;
    return result;
  }

  tests::inbox<std::function<void()>> letting_go;
  bool drops = false;
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
    send();
    return receive();
  }

  void send() {
    asio::write(client, asio::buffer(std::string{"GET /x?key=1 HTTP/1.1\r\nHost: m\r\n\r\n"}));
  }

  std::string receive() {
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

TEST_CASE("an answer that is held back goes out when it is let go, from any thread", "[mock]") {
  holding upstream;
  served connection{upstream};
  connection.send();
  const auto go_on = upstream.letting_go.take();
  CHECK(connection.client.available() == 0);
  go_on();
  CHECK_THAT(connection.receive(), Catch::StartsWith("HTTP/1.1 200 "));
  connection.send();
  upstream.letting_go.take()();
  CHECK_THAT(connection.receive(), Catch::StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("an answer that is let go after its connection has ended goes nowhere", "[mock]") {
  holding upstream;
  std::function<void()> go_on;
  {
    served connection{upstream};
    connection.send();
    go_on = upstream.letting_go.take();
  }
  CHECK_NOTHROW(go_on());
}

TEST_CASE("a connection that is to be dropped ends without a byte", "[mock]") {
  holding upstream;
  upstream.drops = true;
  served connection{upstream};
  connection.send();
  upstream.letting_go.take()();
  char byte = 0;
  boost::system::error_code error;
  CHECK(connection.client.read_some(asio::buffer(&byte, 1), error) == 0);
  CHECK(error == asio::error::eof);
}

}  // namespace tributary::providers::mock
