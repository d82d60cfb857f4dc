// SPDX-License-Identifier: MIT
#include "client_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace tributary::http::client {

using namespace tests;

namespace {

/// A pool whose upstream listens on a Unix socket.
class unix_fixture : public client_fixture {
 public:
  unix_fixture() {
    auto settings = settings_for(80);
    settings.host = "localhost";
    settings.socket = folder.file("stub");
    connect_to(settings);
  }

  /// Lets the loop run until the pool has that many connections, at most a moment.
  bool until_open(std::uint64_t n) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (pool->counters().open != n && std::chrono::steady_clock::now() < end) run_due();
    return pool->counters().open == n;
  }

  temporary_folder folder;
  stub_upstream stub{folder.file("stub")};
};

}  // namespace

TEST_CASE_METHOD(unix_fixture, "calls go over a Unix socket and say Host: localhost",
                 "[client][unix]") {
  stub.always(answer("ok"));
  CHECK(fetch(get("/a?b")).body.view() == "ok");
  const auto again = fetch(get("/c"));
  CHECK(again.reused);
  CHECK(stub.connections() == 1);
  CHECK(stub.requests()[0].target == "/a?b");
  CHECK(stub.requests()[0].field("Host") == "localhost");
  CHECK(resolver->asked.empty());
}

TEST_CASE_METHOD(unix_fixture, "large requests and answers go over a Unix socket whole",
                 "[client][unix]") {
  const std::string large(4 << 20, 'x');
  stub.always(answer(large));
  auto request = get();
  request.method = "POST";
  request.body = large;
  CHECK(fetch(request).body.size() == large.size());
  CHECK(stub.requests()[0].body.size() == large.size());
}

TEST_CASE_METHOD(unix_fixture, "a peer that closes an idle Unix socket is noticed",
                 "[client][unix]") {
  SECTION("together with its answer") { stub.always(script{}.send(answer("ok")).close()); }
  SECTION("and only for its side") { stub.always(script{}.send(answer("ok")).half_close()); }
  SECTION("later") {
    gate told;
    stub.always(script{}.send(answer("ok")).wait(told).close());
    CHECK(fetch(get()).status == 200);
    CHECK(pool->counters().idle == 1);
    told.open();
    CHECK(until_open(0));
  }
  CHECK(fetch(get()).status == 200);
  CHECK(until_open(0));
}

TEST_CASE_METHOD(unix_fixture, "a Unix socket that nobody accepts on refuses", "[client][unix]") {
  auto settings = settings_for(80);
  settings.socket = folder.file("nobody");
  connect_to(settings);
  const auto result = fetch(get());
  CHECK(result.error == error_token::connection_refused);
  CHECK(result.detail == "No such file or directory");
}

}  // namespace tributary::http::client
