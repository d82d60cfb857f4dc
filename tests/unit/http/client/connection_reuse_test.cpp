// SPDX-License-Identifier: MIT
#include "client_fixture.hpp"
#include "http/io/name_resolver.hpp"
#include "support/eventually.hpp"

#include <optional>

namespace tributary::http::client {

using namespace tests;
namespace asio = boost::asio;

TEST_CASE_METHOD(client_fixture, "a connection serves one call after the other",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  connect_to(stub);
  CHECK_FALSE(fetch(get()).reused);
  const auto second = fetch(get());
  CHECK(second.reused);
  CHECK(stub.connections() == 1);
  CHECK(pool->counters().reused == 1);
}

TEST_CASE_METHOD(client_fixture, "an answer to HEAD leaves the connection usable",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.next(script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
  stub.always(answer("ok"));
  connect_to(stub);
  auto request = get();
  request.method = "HEAD";
  CHECK(fetch(request).body.empty());
  CHECK(fetch(get()).reused);
}

TEST_CASE_METHOD(client_fixture, "a connection is not reused after what ends it",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.next(GENERATE(
      values<script>({answer("ok", 200, "Connection: close\r\n"),
                      script{}.send("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                      script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok-and-more")})));
  stub.always(answer("ok"));
  connect_to(stub);
  CHECK(fetch(get()).body.view() == "ok");
  CHECK(pool->counters().open == 0);
  CHECK_FALSE(fetch(get()).reused);
}

TEST_CASE_METHOD(client_fixture, "the connection used last is taken first", "[client][reuse]") {
  stub_upstream stub;
  gate told;
  stub.on("/wait", script{}.wait(told).send(answer("ok")));
  stub.always(answer("ok"));
  connect_to(stub);
  start(get("/wait"));
  fetch(get("/first"));  // on the second connection, which is idle from now on
  told.open();
  run_until(2);
  fetch(get("/second"));
  const auto requests = stub.requests();
  const auto on = [&](std::string_view target) {
    for (const auto& request : requests) {
      if (request.target == target) return request.connection;
    }
    return 0;
  };
  CHECK(on("/second") == on("/wait"));
  CHECK(pool->counters().idle == 2);
}

TEST_CASE_METHOD(client_fixture, "idle connections over the cap are closed", "[client][reuse]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  auto settings = settings_for(stub.port());
  settings.max_idle_connections = 1;
  connect_to(settings);
  start(get());
  start(get());
  run_until(2);
  CHECK(pool->counters().idle == 1);
  CHECK(pool->counters().open == 1);
}

TEST_CASE_METHOD(client_fixture, "idle and old connections are closed", "[client][reuse]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  auto settings = settings_for(stub.port());
  SECTION("after the idle timeout") { settings.idle_timeout = 20ms; }
  SECTION("at the end of their life") { settings.max_lifetime = 20ms; }
  connect_to(settings);
  fetch(get());
  io::timer later{[](void* waiting) { static_cast<io::event_loop*>(waiting)->stop(); }, &loop};
  loop.arm(later, 60ms);
  loop.context().restart();
  loop.run();
  CHECK(pool->counters().open == 0);
  CHECK(stub.await_closed_by_peer(1));
}

TEST_CASE_METHOD(client_fixture, "a stale connection costs an idempotent call nothing",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.next(answer("first"));
  stub.next(GENERATE(values<script>({script{}.close(), script{}.reset()})));
  stub.always(answer("again"));
  connect_to(stub);
  fetch(get());
  const auto result = fetch(get());
  CHECK(result.error == error_token::none);
  CHECK(result.body.view() == "again");
  CHECK_FALSE(result.reused);
  CHECK(stub.requests().size() == 3);
  CHECK(stub.connections() == 2);
  CHECK(pool->counters().retried == 1);
}

TEST_CASE_METHOD(client_fixture, "a stale connection is retried only once", "[client][reuse]") {
  stub_upstream stub;
  stub.next(answer("first"));
  stub.always(script{}.close());
  connect_to(stub);
  fetch(get());
  CHECK(fetch(get()).error == error_token::connection_terminated);
  CHECK(stub.requests().size() == 3);
}

TEST_CASE_METHOD(client_fixture, "POST is never sent twice", "[client][reuse]") {
  stub_upstream stub;
  stub.next(answer("first"));
  stub.next(script{}.close());
  stub.always(answer("again"));
  connect_to(stub);
  fetch(get());
  auto request = get();
  request.method = "POST";
  request.body = "x";
  CHECK(fetch(request).error == error_token::connection_terminated);
  CHECK(stub.requests().size() == 2);
}

TEST_CASE_METHOD(client_fixture, "what is sent at most once gets a new connection",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  connect_to(stub);
  fetch(get());
  auto request = get("/once");
  request.at_most_once = true;
  const auto result = fetch(request);
  CHECK(result.body.view() == "ok");
  CHECK_FALSE(result.reused);
  CHECK(stub.connections() == 2);
  CHECK(pool->counters().idle == 2);  // those after it may have it
  CHECK(fetch(get()).reused);
}

TEST_CASE_METHOD(client_fixture, "what is sent at most once is not sent again, whatever its method",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.next(answer("first"));
  stub.next(GENERATE(values<script>({script{}.close(), script{}.reset()})));
  stub.always(answer("again"));
  connect_to(stub);
  fetch(get());
  auto request = get("/once");
  request.method = GENERATE("GET", "PUT", "POST");
  request.at_most_once = true;
  CHECK(fetch(request).error == error_token::connection_terminated);
  CHECK(stub.requests().size() == 2);
  CHECK(pool->counters().retried == 0);
}

TEST_CASE_METHOD(client_fixture, "what is sent at most once takes the place of an idle connection",
                 "[client][reuse]") {
  stub_upstream stub;
  gate told;
  stub.on("/wait", script{}.wait(told).send(answer("ok")));
  stub.always(answer("ok"));
  auto settings = settings_for(stub.port());
  settings.max_connections = 2;
  connect_to(settings);
  start(get("/wait"));
  fetch(get());
  auto request = get("/once");
  request.at_most_once = true;
  CHECK(fetch(request).error == error_token::none);
  CHECK(stub.connections() == 3);
  CHECK(pool->counters().open == 2);
  start(get("/wait"));
  CHECK(fetch(request).error == error_token::connection_limit_reached);
  told.open();
  run_until(5);
}

TEST_CASE_METHOD(client_fixture,
                 "an end that came with the answer before costs the next call nothing",
                 "[client][reuse]") {
  stub_upstream stub;
  const auto in_order = GENERATE(true, false);
  auto ending = script{}.send(answer("second"));
  stub.next(answer("first"));
  stub.next(in_order ? ending.half_close() : ending.reset());
  stub.always(answer("third"));
  connect_to(stub);
  fetch(get());
  start(get());
  // The loop stands still meanwhile: it finds the answer and the end at once.
  REQUIRE((in_order ? stub.await_half_closed(1) : stub.await_ended(1)));
  run_until(2);
  CHECK(sink->results.back().body.view() == "second");
  SECTION("at once") {}
  SECTION("a moment later") { run_due(); }
  const auto result = fetch(get());
  CHECK(result.error == error_token::none);
  CHECK(result.body.view() == "third");
  CHECK_FALSE(result.reused);
}

TEST_CASE_METHOD(client_fixture, "an idle connection that its peer ends is closed without a call",
                 "[client][reuse]") {
  stub_upstream stub;
  gate told;
  const auto ending = GENERATE(values<script>(
      {script{}.half_close(), script{}.reset(), script{}.send("HTTP/1.1 200 OK\r\n\r\n")}));
  stub.next(script{}.send(answer("ok")).wait(told).send(ending));
  connect_to(stub);
  fetch(get());
  CHECK(pool->counters().idle == 1);
  told.open();
  CHECK(eventually([&] {
    run_due();
    return pool->counters().open == 0;
  }));
}

TEST_CASE_METHOD(client_fixture, "a broken answer on a warm connection is not retried",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.next(answer("first"));
  stub.next(script{}.send("HTTP/1.1 200 OK\r\n").close());
  stub.always(answer("again"));
  connect_to(stub);
  fetch(get());
  CHECK(fetch(get()).error == error_token::http_response_incomplete);
}

TEST_CASE_METHOD(client_fixture, "POST does not take a connection that was closed meanwhile",
                 "[client][reuse]") {
  stub_upstream stub;
  stub.next(script{}.send(answer("first")).close());
  stub.always(answer("ok"));
  connect_to(stub);
  fetch(get());
  REQUIRE(stub.await_ended(1));
  auto request = get();
  request.method = "POST";
  const auto result = fetch(request);
  CHECK(result.body.view() == "ok");
  CHECK_FALSE(result.reused);
}

TEST_CASE_METHOD(client_fixture, "a name is looked up once for many calls", "[client][dns]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  auto settings = settings_for(stub.port());
  settings.host = "stub.test";
  connect_to(settings);
  start(get());
  start(get());
  CHECK(resolver->asked == std::vector<std::string>{"stub.test"});
  resolver->waiting({{asio::ip::make_address("127.0.0.1")}, {}});
  run_until(2);
  CHECK(sink->results[0].status == 200);
  CHECK(sink->results[1].status == 200);
  start(get());
  start(get());
  start(get());
  run_until(5);
  CHECK(resolver->asked.size() == 1);
  CHECK(stub.requests().at(0).field("Host") == "stub.test:" + std::to_string(stub.port()));
}

TEST_CASE_METHOD(client_fixture, "a name that does not resolve is dns_error, remembered shortly",
                 "[client][dns]") {
  auto settings = settings_for(80);
  settings.host = "nowhere.test";
  resolver->immediate = io::resolution{{}, "unknown"};
  connect_to(settings);
  const auto result = fetch(get());
  CHECK(result.error == error_token::dns_error);
  CHECK(result.detail == "unknown");
  CHECK(fetch(get()).error == error_token::dns_error);
  CHECK(resolver->asked.size() == 1);
  CHECK(pool->counters().open == 0);
}

TEST_CASE_METHOD(client_fixture, "a look-up that hangs is dns_timeout", "[client][dns]") {
  auto settings = settings_for(80);
  settings.host = "slow.test";
  auto request = get();
  if (GENERATE(true, false)) {
    settings.connect_timeout = 20ms;
  } else {
    request.deadline = std::chrono::steady_clock::now() + 20ms;
  }
  connect_to(settings);
  CHECK(fetch(request).error == error_token::dns_timeout);
  CHECK(pool->counters().open == 0);
  SECTION("its answer may come later") {
    resolver->waiting({{asio::ip::make_address("127.0.0.1")}, {}});
    run_due();
  }
  SECTION("its answer may come after the pool has ended") {
    pool.reset();
    resolver->waiting({{asio::ip::make_address("127.0.0.1")}, {}});
    run_due();
  }
}

TEST_CASE_METHOD(client_fixture, "without a resolver names fail and numbers work",
                 "[client][dns]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  resolver = nullptr;
  auto settings = settings_for(stub.port());
  connect_to(settings);
  CHECK(fetch(get()).status == 200);
  settings.host = "a.test";
  connect_to(settings);
  CHECK(fetch(get()).error == error_token::dns_error);
}

TEST_CASE_METHOD(client_fixture, "addresses are tried in turn", "[client][dns]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  auto settings = settings_for(stub.port());
  settings.host = "many.test";
  // 127.0.0.2 refuses: the stub is bound to 127.0.0.1 alone.
  resolver->immediate = io::resolution{
      {asio::ip::make_address("127.0.0.2"), asio::ip::make_address("127.0.0.1")}, {}};
  connect_to(settings);
  CHECK(fetch(get()).status == 200);
}

TEST_CASE_METHOD(client_fixture, "addresses that all fail are looked up again", "[client][dns]") {
  tests::refusing_port nobody;
  auto settings = settings_for(nobody.number());
  settings.host = "moved.test";
  resolver->immediate = io::resolution{{asio::ip::make_address("127.0.0.1")}, {}};
  connect_to(settings);
  CHECK(fetch(get()).error == error_token::connection_refused);
  CHECK(fetch(get()).error == error_token::connection_refused);
  CHECK(resolver->asked.size() == 2);
}

TEST_CASE_METHOD(client_fixture, "a kept connection ends when its address is the name's no more",
                 "[client][dns]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  auto settings = settings_for(stub.port());
  settings.host = "moving.test";
  settings.dns_refresh = 5ms;
  const auto at = [](const char* number) {
    return io::resolution{{asio::ip::make_address(number)}, {}};
  };
  resolver->immediate = at("127.0.0.1");
  connect_to(settings);
  CHECK(fetch(get()).status == 200);
  CHECK(fetch(get()).reused);
  const auto until_asked_again = [&] {
    resolver->when_asked = [&] { loop.stop(); };
    loop.context().restart();
    loop.run();
    resolver->when_asked = {};
  };
  until_asked_again();
  run_due();
  CHECK(pool->counters().idle == 1);
  resolver->immediate = at("127.0.0.2");
  SECTION("at once when it is idle") {
    until_asked_again();
    run_due();
    CHECK(pool->counters().open == 0);
  }
  SECTION("with its answer when it is in use") {
    gate told;
    stub.next(script{}.wait(told).send(answer("ok")));
    start(get());
    until_asked_again();
    run_due();
    CHECK(pool->counters().open == 1);
    told.open();
    run_until(sink->results.size() + 1);
    CHECK(sink->results.back().status == 200);
    CHECK(pool->counters().open == 0);
  }
  SECTION("not while look-ups fail") {
    resolver->immediate = io::resolution{{}, "no answer"};
    until_asked_again();
    run_due();
    CHECK(pool->counters().idle == 1);
    CHECK(fetch(get()).reused);
  }
}

TEST_CASE_METHOD(client_fixture, "the system resolver knows localhost", "[client][dns]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  auto settings = settings_for(stub.port());
  settings.host = "localhost";
  pool = std::make_unique<connection_pool>(loop, settings,
                                           pool_services{io::make_system_resolver(), {}});
  CHECK(fetch(get()).status == 200);
}

}  // namespace tributary::http::client
