// SPDX-License-Identifier: MIT
#pragma once

#include "http/client/connection_pool.hpp"
#include "http/client/tls_context.hpp"
#include "support/manual_resolver.hpp"
#include "support/stub_upstream.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace tributary::http::wire {

inline std::ostream& operator<<(std::ostream& out, error_token token) {
  return out << (token == error_token::none ? "none" : to_string(token));
}

}  // namespace tributary::http::wire

namespace tributary::tests {

using namespace http;
using namespace http::client;
using namespace std::chrono_literals;
using wire::error_token;

/// Keeps what it is told and stops the loop when that is as much as was waited for.
class collecting_sink final : public fetch_sink {
 public:
  explicit collecting_sink(io::event_loop& loop) : loop_(loop) {}

  void on_fetched(fetch_result&& result) override {
    results.push_back(std::move(result));
    if (results.size() >= wanted) loop_.stop();
  }

  std::vector<fetch_result> results;
  std::size_t wanted = 1;

 private:
  io::event_loop& loop_;
};

/// A loop run by the test's own thread, and a pool on it.
class client_fixture {
 public:
  static config::upstream_settings settings_for(std::uint16_t port) {
    config::upstream_settings settings;
    settings.name = "stub";
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.connect_timeout = 5s;
    return settings;
  }

  connection_pool& connect_to(const config::upstream_settings& settings) {
    pool = std::make_unique<connection_pool>(loop, settings, pool_services{resolver, tls});
    return *pool;
  }
  connection_pool& connect_to(const stub_upstream& stub) {
    return connect_to(settings_for(stub.port()));
  }

  static fetch_request get(std::string_view target = "/") {
    fetch_request request;
    request.target = target;
    request.started = std::chrono::steady_clock::now();
    request.deadline = request.started + 10s;
    return request;
  }

  std::shared_ptr<fetch_handle> start(fetch_request request) {
    return pool->fetch(std::move(request), sink);
  }

  /// Runs the loop until the sink has been told `n` times in all, at most 20 seconds.
  void run_until(std::size_t n) {
    sink->wanted = n;
    if (sink->results.size() >= n) return;
    io::timer limit{[](void* stuck) { static_cast<io::event_loop*>(stuck)->stop(); }, &loop};
    loop.arm(limit, 20s);
    loop.context().restart();
    loop.run();
    REQUIRE(sink->results.size() >= n);
  }

  /// Lets everything happen that is due by now.
  void run_due() {
    loop.context().restart();
    loop.post([this] { loop.post([this] { loop.stop(); }); });
    loop.run();
  }

  fetch_result fetch(fetch_request request) {
    const auto expected = sink->results.size() + 1;
    start(std::move(request));
    REQUIRE(sink->results.size() == expected - 1);  // never from inside
    run_until(expected);
    return sink->results.back();
  }

  io::event_loop loop;
  std::shared_ptr<manual_resolver> resolver = std::make_shared<manual_resolver>();
  std::shared_ptr<boost::asio::ssl::context> tls;
  std::shared_ptr<collecting_sink> sink = std::make_shared<collecting_sink>(loop);
  std::unique_ptr<connection_pool> pool;
};

}  // namespace tributary::tests
