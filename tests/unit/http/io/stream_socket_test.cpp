// SPDX-License-Identifier: MIT
#include "http/io/stream_socket.hpp"

#include "loop_fixture.hpp"
#include "support/loopback.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tributary::http::io {

using tests::loopback;

namespace {

/// A socket on the loop, and the other end of its connection.
class pair_fixture : public tests::loop_fixture {
 public:
  pair_fixture() : socket{loop.context()} {
    const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    peer = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::bind(listening, any, size) != 0 || ::listen(listening, 1) != 0 ||
        ::getsockname(listening, any, &size) != 0 || ::connect(peer, any, size) != 0) {
      throw std::runtime_error{"no connection to the loopback interface"};
    }
    socket.assign(asio::ip::tcp::v4(), ::accept(listening, nullptr, nullptr));
    socket.non_blocking(true);
    ::close(listening);
  }
  ~pair_fixture() { ::close(peer); }

  void send(std::string_view text) const {
    REQUIRE(::send(peer, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }

  stream_socket socket;
  int peer = -1;
  std::array<char, 64> memory{};
  bool taken = false;  ///< the reader has the memory
  std::string got;
  boost::system::error_code failed;
};

struct lazy_reader {
  pair_fixture& of;

  asio::mutable_buffer take_space() {
    of.taken = true;
    return asio::buffer(of.memory);
  }
  void give_space_back() { of.taken = false; }
  void operator()(const boost::system::error_code& error, std::size_t size) {
    of.failed = error;
    of.got.append(of.memory.data(), size);
    of.taken = false;
    of.loop.stop();
  }
};

}  // namespace

TEST_CASE_METHOD(pair_fixture, "a read that waits has no memory, and takes some when bytes come",
                 "[io][socket]") {
  for (const std::string text : {"first", "second", "third"}) {
    socket.async_read_drained(lazy_reader{*this});
    run_due();
    if (TRIBUTARY_READS_BY_REACTOR != 0) CHECK_FALSE(taken);
    got.clear();
    send(text);
    run_until_stopped();
    CHECK(got == text);
  }
  CHECK_FALSE(failed);
}

TEST_CASE_METHOD(pair_fixture, "more than a reader has room for comes with its next read",
                 "[io][socket]") {
  const std::string text(memory.size() + 10, 'x');
  send(text);
  while (got.size() < text.size()) {
    socket.async_read_drained(lazy_reader{*this});
    run_until_stopped();
  }
  CHECK(got == text);
}

TEST_CASE_METHOD(pair_fixture, "a read that waits hears of the end of input", "[io][socket]") {
  socket.async_read_drained(lazy_reader{*this});
  run_due();
  ::shutdown(peer, SHUT_WR);
  run_until_stopped();
  CHECK(failed == asio::error::eof);
  CHECK(got.empty());
}

}  // namespace tributary::http::io
