// SPDX-License-Identifier: MIT
#include "client_fixture.hpp"

#include <thread>

namespace tributary::http::client {

using namespace tests;
namespace asio = boost::asio;

TEST_CASE_METHOD(client_fixture, "a fetch brings status, fields, body and the time of its end",
                 "[client]") {
  stub_upstream stub;
  stub.on("/things", answer("{\"a\":1}", 201, "Content-Type: application/json\r\n"));
  connect_to(stub);
  auto request = get("/things?x=1");
  request.headers = {{"X-Request-Id", "abc"}};
  const auto result = fetch(request);
  CHECK(result.error == error_token::none);
  CHECK(result.status == 201);
  CHECK(find_header(result.header_block, "content-type") == "application/json");
  CHECK(result.body.view() == "{\"a\":1}");
  CHECK(result.ended > request.started);
  CHECK_FALSE(result.reused);
  const auto received = stub.requests().at(0);
  CHECK(received.target == "/things?x=1");
  CHECK(received.field("host") == "127.0.0.1:" + std::to_string(stub.port()));
  CHECK(received.field("accept-encoding") == "identity");
  CHECK(received.field("x-request-id") == "abc");
}

TEST_CASE_METHOD(client_fixture, "bodies of every framing arrive whole", "[client]") {
  stub_upstream stub;
  const std::string large(200'000, 'y');
  const auto head = "HTTP/1.1 200 OK\r\n\r\n";
  stub.on("/sized", answer(large));
  stub.on("/chunked", tests::chunked_answer({"one", large, "two"}));
  stub.on("/open", script{}.send(head + large).close());
  stub.on("/old", script{}.send("HTTP/1.0 200 OK\r\n\r\nold").close());
  stub.on("/empty", answer("", 204));
  stub.on("/drip", script{}.drip("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 3));
  connect_to(stub);
  CHECK(fetch(get("/sized")).body.view() == large);
  CHECK(fetch(get("/chunked")).body.view() == "one" + large + "two");
  CHECK(fetch(get("/open")).body.view() == large);
  CHECK(fetch(get("/old")).body.view() == "old");
  CHECK(fetch(get("/empty")).status == 204);
  CHECK(fetch(get("/drip")).body.view() == "hello");
}

TEST_CASE_METHOD(client_fixture, "a large request body is sent whole", "[client]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  connect_to(stub);
  const std::string body(3'000'000, 'z');
  auto request = get();
  request.method = "POST";
  request.body = body;
  CHECK(fetch(request).error == error_token::none);
  CHECK(stub.requests().at(0).body == body);
}

TEST_CASE_METHOD(client_fixture, "an answer before the end of the request is taken", "[client]") {
  stub_upstream stub;
  gate told;
  stub.on_connect(script{}.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n").wait(told));
  connect_to(stub);
  const std::string body(20'000'000, 'z');
  auto request = get();
  request.method = "POST";
  request.body = body;
  CHECK(fetch(request).status == 413);
  CHECK(pool->counters().open == 0);  // half a request is still on its way
  told.open();
}

TEST_CASE_METHOD(client_fixture, "what an upstream does wrong has its error token", "[client]") {
  struct row {
    script steps;
    error_token error;
  };
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const auto wrong = GENERATE_COPY(values<row>({
      {script{}.close(), error_token::connection_terminated},
      {script{}.reset(), error_token::connection_terminated},
      {script{}.send(head).close(), error_token::http_response_incomplete},
      {script{}.send(head + "Content-Length: 9\r\n\r\nabc").close(),
       error_token::http_response_incomplete},
      {script{}.send(head + "Transfer-Encoding: chunked\r\n\r\n9\r\nabc").close(),
       error_token::http_response_incomplete},
      {script{}.send("SSH-2.0-nonsense\r\n"), error_token::http_protocol_error},
      {script{}.send(head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
       error_token::http_protocol_error},
      {script{}.send(head + "X: " + std::string(40'000, 'x')),
       error_token::http_response_header_section_size},
      {script{}.send(head + "Content-Length: 20000000\r\n\r\n"),
       error_token::http_response_body_size},
      {script{}.send(head + "Transfer-Encoding: chunked\r\n\r\nffffff\r\n"),
       error_token::http_response_body_size},
  }));
  stub_upstream stub;
  stub.always(wrong.steps);
  connect_to(stub);
  const auto result = fetch(get());
  CHECK(result.error == wrong.error);
  CHECK_FALSE(result.detail.empty());
  CHECK_FALSE(result.cancelled);
  CHECK(result.body.empty());
  CHECK(pool->counters().open == 0);
  CHECK(stub.requests().size() == 1);
}

TEST_CASE_METHOD(client_fixture, "a reset in the middle of a body is an incomplete answer",
                 "[client]") {
  stub_upstream stub;
  gate told;
  stub.always(script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").wait(told).reset());
  connect_to(stub);
  start(get());
  std::thread teller{[&] {
    stub.await_requests(1);
    told.open();
  }};
  run_until(1);
  teller.join();
  // The reset may overtake the bytes before it, and then nothing of the answer was seen.
  const auto error = sink->results[0].error;
  CHECK((error == error_token::http_response_incomplete ||
         error == error_token::connection_terminated));
}

TEST_CASE_METHOD(client_fixture, "nobody listening is connection_refused", "[client]") {
  tests::refusing_port nobody;
  connect_to(settings_for(nobody.number()));
  CHECK(fetch(get()).error == error_token::connection_refused);
}

TEST_CASE_METHOD(client_fixture, "a connection that is not accepted in time is connection_timeout",
                 "[client]") {
  tests::silent_port silent;
  auto settings = settings_for(silent.number());
  auto request = get();
  SECTION("by the connect timeout") { settings.connect_timeout = 30ms; }
  SECTION("by the deadline") { request.deadline = std::chrono::steady_clock::now() + 30ms; }
  connect_to(settings);
  CHECK(fetch(request).error == error_token::connection_timeout);
  CHECK(pool->counters().open == 0);
}

TEST_CASE_METHOD(client_fixture, "an upstream that says nothing is http_response_timeout",
                 "[client]") {
  stub_upstream stub;
  stub.always(GENERATE(values<script>(
      {script{}.hang(), script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab").hang()})));
  connect_to(stub);
  auto request = get();
  const auto before = std::chrono::steady_clock::now();
  request.deadline = before + 40ms;
  const auto result = fetch(request);
  CHECK(result.error == error_token::http_response_timeout);
  CHECK(std::chrono::steady_clock::now() - before < 2s);
  CHECK(stub.await_closed_by_peer(1));
}

TEST_CASE_METHOD(client_fixture, "a request that cannot be sent is proxy_internal_error",
                 "[client]") {
  stub_upstream stub;
  connect_to(stub);
  CHECK(fetch(get("/a\r\nX: y")).error == error_token::proxy_internal_error);
  CHECK(stub.connections() == 0);
}

TEST_CASE_METHOD(client_fixture, "calls over the connection limit are refused", "[client]") {
  stub_upstream stub;
  gate told;
  stub.always(script{}.wait(told).send(answer("ok")));
  auto settings = settings_for(stub.port());
  settings.max_connections = 2;
  connect_to(settings);
  start(get());
  start(get());
  start(get());
  run_until(1);
  CHECK(sink->results[0].error == error_token::connection_limit_reached);
  told.open();
  run_until(3);
  CHECK(sink->results[1].status == 200);
  CHECK(sink->results[2].status == 200);
}

TEST_CASE_METHOD(client_fixture, "cancelling closes the socket and tells the sink once",
                 "[client]") {
  stub_upstream stub;
  stub.always(script{}.hang());
  connect_to(stub);
  const auto call = start(get());
  std::thread canceller{[&] {
    stub.await_requests(1);
    call->cancel();
    call->cancel();
  }};
  run_until(1);
  canceller.join();
  CHECK(sink->results[0].cancelled);
  CHECK(sink->results[0].error != error_token::none);
  CHECK(stub.await_closed_by_peer(1));
  CHECK(pool->counters().open == 0);
  call->cancel();
  run_due();
  CHECK(sink->results.size() == 1);
  CHECK(loop.armed_timers() == 0);
}

TEST_CASE_METHOD(client_fixture, "a call can be cancelled while it connects", "[client]") {
  tests::silent_port silent;
  connect_to(settings_for(silent.number()));
  const auto call = start(get());
  call->cancel();
  CHECK(sink->results.empty());
  run_until(1);
  CHECK(sink->results[0].cancelled);
  CHECK(pool->counters().open == 0);
}

TEST_CASE_METHOD(client_fixture, "cancelling a call that has been answered does nothing",
                 "[client]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  connect_to(stub);
  const auto call = start(get());
  run_until(1);
  call->cancel();
  run_due();
  CHECK(sink->results.size() == 1);
  CHECK(pool->counters().idle == 1);
}

TEST_CASE_METHOD(client_fixture, "the end of a pool ends its calls and connections", "[client]") {
  stub_upstream stub;
  stub.next(answer("ok"));
  stub.always(script{}.hang());
  connect_to(stub);
  fetch(get());
  const auto one = start(get());
  const auto two = start(get());
  REQUIRE(pool->counters().open == 2);
  pool.reset();
  REQUIRE(sink->results.size() == 3);
  CHECK(sink->results[1].cancelled);
  CHECK(sink->results[2].cancelled);
  one->cancel();
  run_due();
  CHECK(sink->results.size() == 3);
  CHECK(loop.armed_timers() == 0);
}

TEST_CASE_METHOD(client_fixture, "a pool that is shut down refuses calls", "[client]") {
  stub_upstream stub;
  connect_to(stub).shutdown();
  CHECK(fetch(get()).cancelled);
  CHECK(stub.connections() == 0);
}

TEST_CASE_METHOD(client_fixture, "a sink may destroy the pool", "[client]") {
  class destroyer final : public fetch_sink {
   public:
    explicit destroyer(client_fixture& fixture) : fixture_(fixture) {}
    void on_fetched(fetch_result&&) override {
      fixture_.pool.reset();
      fixture_.loop.stop();
    }

   private:
    client_fixture& fixture_;
  };
  stub_upstream stub;
  stub.always(answer("ok"));
  connect_to(stub);
  sink->wanted = 2;  // leaves the loop to the destroyer
  pool->fetch(get(), std::make_shared<destroyer>(*this));
  start(get());
  loop.run();
  CHECK(pool == nullptr);
  CHECK(sink->results.size() == 1);
}

TEST_CASE_METHOD(client_fixture, "fetches leave no timer behind", "[client]") {
  stub_upstream stub;
  stub.always(answer("ok"));
  connect_to(stub);
  for (int i = 0; i < 50; ++i) fetch(get());
  CHECK(loop.armed_timers() == 1);  // of the idle connection
  pool.reset();
  CHECK(loop.armed_timers() == 0);
}

}  // namespace tributary::http::client
