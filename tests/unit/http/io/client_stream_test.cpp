// SPDX-License-Identifier: MIT
#include "http/io/client_stream.hpp"

#include "dial_fixture.hpp"

#include <algorithm>
#include <array>

namespace tributary::http::io {

using namespace tests;

namespace {

constexpr std::size_t large = 8 << 20;  // more than sockets hold

class stream_fixture : public dial_fixture {
 public:
  /// Writes and remembers what is told of the pieces; the last stops the loop.
  std::size_t write(std::string_view bytes) {
    return stream->write(bytes, [this](const auto& error, std::size_t left) {
      lefts.push_back(left);
      failed = error;
      if (error || left == 0) loop.stop();
    });
  }

  static std::string post(std::size_t size) {
    auto result = "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
    return result.append(size, 'x');
  }

  std::vector<std::size_t> lefts;
  boost::system::error_code failed;
};

}  // namespace

TEST_CASE_METHOD(stream_fixture, "what fits is written at once, and no more is said of it",
                 "[io][stream]") {
  stub_upstream stub;
  connect("127.0.0.1", stub.port());
  const auto request = post(3);
  CHECK(write(request) == 0);
  REQUIRE(stub.await_requests(1));
  CHECK(stub.requests().at(0).body == "xxx");
  run_due();
  CHECK(lefts.empty());
}

TEST_CASE_METHOD(stream_fixture, "what does not fit goes out as the peer takes it",
                 "[io][stream]") {
  std::optional<tls_identity> identity;
  std::optional<stub_upstream> stub;
  SECTION("in plain") { stub.emplace(); }
  SECTION("with TLS") {
    identity.emplace("127.0.0.1");
    stub.emplace(*identity);
    target.tls = trusting(*identity);
  }
  connect("127.0.0.1", stub->port());
  const auto request = post(large);
  const auto left = write(request);
  REQUIRE(left > 0);
  run_until_stopped();
  CHECK_FALSE(failed);
  CHECK(lefts.front() < left);
  CHECK(std::is_sorted(lefts.rbegin(), lefts.rend()));
  CHECK(lefts.back() == 0);
  CHECK(std::count(lefts.begin(), lefts.end(), 0U) == 1);
  REQUIRE(stub->await_requests(1));
  CHECK(stub->requests().at(0).body.size() == large);
}

TEST_CASE_METHOD(stream_fixture, "a write that cannot go on is told once, with the error",
                 "[io][stream]") {
  stub_upstream stub;
  gate told;
  stub.on_connect(script{}.wait(told).reset());
  connect("127.0.0.1", stub.port());
  const auto request = post(large);
  REQUIRE(write(request) > 0);
  SECTION("when the peer resets") { told.open(); }
  SECTION("when it is closed here") { stream->close(); }
  run_until_stopped();
  CHECK(failed);
  REQUIRE_FALSE(lefts.empty());
  CHECK(lefts.back() > 0);
  const auto pieces = lefts.size();
  run_due();
  CHECK(lefts.size() == pieces);
  told.open();
}

TEST_CASE_METHOD(stream_fixture, "the same bytes are read in plain and with TLS", "[io][stream]") {
  std::optional<tls_identity> identity;
  std::optional<stub_upstream> stub;
  SECTION("in plain") { stub.emplace(); }
  SECTION("with TLS") {
    identity.emplace("127.0.0.1");
    stub.emplace(*identity);
    target.tls = trusting(*identity);
  }
  stub->always(script{}.send("hello"));
  connect("127.0.0.1", stub->port());
  const auto request = post(0);
  if (write(request) != 0) run_until_stopped();
  std::array<char, 64> space{};
  std::string got;
  // Not up to the end of input, which a drained read need not tell.
  while (got.size() < 5) {
    stream->read(asio::buffer(space), [&](const auto& error, std::size_t size) {
      CHECK_FALSE(error);
      got.append(space.data(), size);
      loop.stop();
    });
    run_until_stopped();
  }
  CHECK(got == "hello");
}

}  // namespace tributary::http::io
