// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace tributary::tests {

using namespace std::chrono_literals;
using http::server::make_response;
using http::server::method;
using http::server::request;
using http::server::responder;

namespace {

std::shared_ptr<http::server::router> routes() {
  auto made = std::make_shared<http::server::router>();
  const auto answer_now = [](const request& asked, responder answer) {
    std::move(answer).respond(make_response(200, "text/plain", asked.body));
  };
  made->add(method::get, "/", answer_now);
  made->add(method::post, "/", answer_now);
  made->add(method::get, "/large", [](const request&, responder answer) {
    std::move(answer).respond(make_response(200, "text/plain", std::string(64 << 20, 'x')));
  });
  return made;
}

config::server_settings impatient() {
  config::server_settings settings;
  settings.header_timeout = 200ms;
  settings.idle_timeout = 200ms;
  settings.write_timeout = 200ms;
  return settings;
}

/// Reads 10 MB a second until `over()` holds, or the connection ends.
template <class Predicate>
void read_slowly(raw_client& client, Predicate over) {
  const auto began = std::chrono::steady_clock::now();
  for (auto size = 0us; !over();) {
    const auto paid = size < std::chrono::steady_clock::now() - began;
    if (!paid) {
      std::this_thread::yield();
      continue;
    }
    if (!client.skip_some(10'000)) return;
    size += 1ms;
  }
}

constexpr auto valid = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("a header that takes too long is answered 408, however steadily it drips") {
  test_server server(routes(), impatient());
  raw_client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  for (int i = 0; i < 200 && !client.read_until("HTTP", 10ms); ++i) client.send("a");
  CHECK(status_of(client.read_answer()) == 408);
  CHECK(server.counters().timeouts == 1);
}

TEST_CASE("a body that arrives too slowly is answered 408") {
  auto settings = impatient();
  settings.body_min_rate = 10'000;
  test_server server(routes(), settings);
  raw_client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
  const auto answer = client.read_answer();
  CHECK(status_of(answer) == 408);
  CHECK(header_of(answer, "Connection") == "close");
}

TEST_CASE("a body that keeps to the rate may take longer than a header") {
  auto settings = impatient();
  settings.body_min_rate = 10;  // 5 bytes earn half a second
  test_server server(routes(), settings);
  raw_client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
  CHECK_FALSE(client.read_until("HTTP", 350ms));
  client.send("56789");
  CHECK(body_of(client.read_answer()) == "0123456789");
}

TEST_CASE("an idle connection is closed without a word") {
  test_server server(routes(), impatient());
  raw_client fresh(server.port());
  raw_client used(server.port());
  used.send(valid);
  CHECK(status_of(used.read_answer()) == 200);
  CHECK(used.read_to_end().empty());
  CHECK(used.closed());
  CHECK(fresh.read_to_end().empty());
  CHECK(fresh.closed());
}

TEST_CASE("each request begins the idle time anew") {
  auto settings = impatient();
  settings.idle_timeout = 400ms;
  test_server server(routes(), settings);
  raw_client client(server.port());
  for (int i = 0; i < 8; ++i) {
    client.send(valid);
    REQUIRE(status_of(client.read_answer()) == 200);
    REQUIRE_FALSE(client.read_until("HTTP", 100ms));
  }
}

TEST_CASE("a client that does not read its answer is cut off") {
  test_server server(routes(), impatient());
  raw_client client(server.port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(eventually([&] { return server.counters().timeouts == 1; }));
  CHECK(eventually([&] { return server.counters().open_connections == 0; }));
  CHECK(client.read_to_end().size() < (64U << 20U));
}

TEST_CASE("a client that reads more slowly than the least rate is cut off, at once and for good") {
  auto settings = impatient();
  settings.write_min_rate = std::size_t{1} << 30U;
  test_server server(routes(), settings);
  raw_client client(server.port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  read_slowly(client, [] { return false; });
  CHECK(client.closed());
  CHECK(server.counters().timeouts == 1);
  REQUIRE(eventually([&] { return !server.observer.entries().empty(); }));
  CHECK(server.observer.entries().front().result.status == 499);
}

TEST_CASE("a client that keeps to the least rate may take longer than the write timeout") {
  auto settings = impatient();
  settings.write_min_rate = 1000;
  test_server server(routes(), settings);
  raw_client client(server.port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto long_after = std::chrono::steady_clock::now() + 3 * settings.write_timeout;
  read_slowly(client, [&] { return std::chrono::steady_clock::now() > long_after; });
  CHECK_FALSE(client.closed());
  CHECK(server.counters().timeouts == 0);
  CHECK(server.counters().open_connections == 1);
}

}  // namespace tributary::tests
