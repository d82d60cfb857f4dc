// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tributary::tests {

using http::server::make_response;
using http::server::method;
using http::server::request;
using http::server::responder;

namespace {

/// Keeps responders by path, so that a test decides when and in which order they answer.
class parked {
 public:
  void put(const request& asked, responder answer) {
    const std::lock_guard lock(mutex_);
    waiting_[std::string(asked.path)] = std::move(answer);
  }
  bool has(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return waiting_.count(path) != 0;
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  responder take(const std::string& path) {
    const std::lock_guard lock(mutex_);
    auto found = std::move(waiting_.at(path));
    waiting_.erase(path);
    return found;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, responder> waiting_;
};

struct session_scene {
  std::shared_ptr<parked> held = std::make_shared<parked>();
  std::shared_ptr<std::atomic<int>> gone = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<http::server::router> routes = std::make_shared<http::server::router>();

  session_scene() {
    routes->add(method::get, "/now", [](const request& asked, responder answer) {
      std::move(answer).respond(make_response(200, "text/plain", asked.query));
    });
    routes->add(method::post, "/now", [](const request& asked, responder answer) {
      std::move(answer).respond(make_response(201, "text/plain", asked.body));
    });
    routes->add(method::get, "/drop", [](const request&, responder) {});
    routes->add(method::get, "/throw",
                [](const request&, responder) { throw std::runtime_error("a defect"); });
    routes->add(method::get, "/fragments", [](const request&, responder answer) {
      auto made = make_response(200, "text/plain", "");
      for (int i = 0; i < 300; ++i) {
        made.body.emplace_back(http::wire::shared_bytes{std::to_string(i) + ","});
      }
      std::move(answer).respond(std::move(made));
    });
    routes->add(method::get, "/large", [](const request&, responder answer) {
      std::move(answer).respond(make_response(200, "text/plain", std::string(4 << 20, 'x')));
    });
    routes->add(method::get, "/empty/{status}", [](const request& asked, responder answer) {
      auto made =
          make_response(std::stoi(std::string(asked.path_value("status"))), "text/plain", "no");
      made.add_header("ETag", "\"a\"\r\nX-Evil: 1");
      std::move(answer).respond(std::move(made));
    });
    routes->add(method::get, "/bye", [](const request&, responder answer) {
      auto made = make_response(200, "text/plain", "bye");
      made.close = true;
      std::move(answer).respond(std::move(made));
    });
    routes->add(method::get, "/park/{name}",
                [held = held, gone = gone](const request& asked, responder answer) {
                  answer.on_disconnect([gone] { ++*gone; });
                  held->put(asked, std::move(answer));
                });
    http::server::route_options large;
    large.large_answers = true;
    routes->add(
        method::get, "/any-size/{name}",
        [held = held, gone = gone](const request& asked, responder answer) {
          answer.on_disconnect([gone] { ++*gone; });
          held->put(asked, std::move(answer));
        },
        large);
    http::server::route_options always;
    always.never_shed = true;
    routes->add(
        method::get, "/health",
        [](const request&, responder answer) {
          std::move(answer).respond(make_response(200, "text/plain", "ok"));
        },
        always);
  }

  responder take_when_there(const std::string& path) {
    if (!eventually([&] { return held->has(path); })) throw std::runtime_error("never begun");
    return held->take(path);
  }
};

std::string get_request(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

}  // namespace

TEST_CASE("a connection serves one request after the other") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  for (int i = 0; i < 100; ++i) {
    client.send(get_request("/now?" + std::to_string(i)));
    const auto answer = client.read_answer();
    REQUIRE(status_of(answer) == 200);
    REQUIRE(body_of(answer) == std::to_string(i));
    REQUIRE(header_of(answer, "Connection").empty());
    REQUIRE(header_of(answer, "Date").size() == 29);
  }
  CHECK(server.counters().accepted == 1);
  CHECK(eventually([&] { return server.observer.entries().size() == 100; }));
}

TEST_CASE("pipelined requests are answered in their order, whatever the order of their answers") {
  session_scene s;
  test_server server(s.routes, {}, 2);
  raw_client client(server.port());
  client.send(get_request("/park/a") + get_request("/park/b") + get_request("/now?c") +
              get_request("/park/d"));
  REQUIRE(eventually([&] { return s.held->size() == 3; }));
  for (const auto* name : {"d", "b", "a"}) {
    s.held->take("/park/" + std::string(name)).respond(make_response(200, "text/plain", name));
  }
  for (const auto* name : {"a", "b", "c", "d"}) CHECK(body_of(client.read_answer()) == name);
}

TEST_CASE("no more requests of a connection are begun than the pipeline is deep") {
  session_scene s;
  config::server_settings settings;
  settings.pipeline_depth = 3;
  test_server server(s.routes, settings);
  raw_client client(server.port());
  for (int i = 0; i < 10; ++i) client.send(get_request("/park/" + std::to_string(i)));
  REQUIRE(eventually([&] { return s.held->size() == 3; }));
  server.run_on_loop();
  CHECK(server.counters().in_flight == 3);
  for (int i = 0; i < 10; ++i) {
    const auto path = "/park/" + std::to_string(i);
    REQUIRE(eventually([&] { return s.held->has(path); }));
    CHECK(s.held->size() <= 3);
    s.held->take(path).respond(make_response(200, "text/plain", std::to_string(i)));
    CHECK(body_of(client.read_answer()) == std::to_string(i));
  }
}

TEST_CASE("behind a request whose answer may be large no other of its connection is begun") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  std::string asked = get_request("/park/first");
  for (int i = 0; i < 4; ++i) asked += get_request("/any-size/" + std::to_string(i));
  client.send(asked + get_request("/now?last"));
  s.take_when_there("/park/first").respond(make_response(200, "text/plain", "first"));
  CHECK(body_of(client.read_answer()) == "first");
  for (int i = 0; i < 4; ++i) {
    auto answer = s.take_when_there("/any-size/" + std::to_string(i));
    server.run_on_loop();
    CHECK(s.held->size() == 0);
    std::move(answer).respond(make_response(200, "text/plain", std::to_string(i)));
    CHECK(body_of(client.read_answer()) == std::to_string(i));
  }
  CHECK(body_of(client.read_answer()) == "last");
}

TEST_CASE("while a large answer is not read no further request of its connection is begun") {
  constexpr std::size_t large = 32 << 20;  // more than the kernel takes
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  client.send(get_request("/any-size/a") + get_request("/park/b") + get_request("/park/c"));
  s.take_when_there("/any-size/a")
      .respond(make_response(200, "text/plain", std::string(large, 'x')));
  server.run_on_loop();
  CHECK(s.held->size() == 0);
  CHECK(body_of(client.read_answer()).size() == large);
  REQUIRE(eventually([&] { return s.held->size() == 2; }));
  for (const auto* name : {"b", "c"}) {
    s.take_when_there("/park/" + std::string(name)).respond(make_response(200, "", name));
    CHECK(body_of(client.read_answer()) == name);
  }
}

TEST_CASE("the time of a request that waited for its client to read begins when it is begun") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  client.send(get_request("/any-size/a") + get_request("/any-size/b"));
  auto first = s.take_when_there("/any-size/a");
  const auto answered_at = std::chrono::steady_clock::now();
  std::move(first).respond(make_response(200, "", "a"));
  const auto second = s.take_when_there("/any-size/b");
  CHECK(second.get_request().received >= answered_at);
}

TEST_CASE("a client that leaves is told to the request in work, and the one behind is not begun") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  client.send(get_request("/any-size/a") + get_request("/any-size/b"));
  {
    const auto first = s.take_when_there("/any-size/a");
    client.close(true);
    REQUIRE(eventually([&] { return *s.gone == 1; }));
  }
  REQUIRE(eventually([&] { return server.observer.entries().size() == 2; }));
  for (const auto& entry : server.observer.entries()) CHECK(entry.result.client_gone);
  CHECK(s.held->size() == 0);
  CHECK(server.counters().in_flight == 0);
}

TEST_CASE("thousands of requests sent at once are all answered") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  std::thread sender([&] {
    for (int i = 0; i < 5000; ++i) client.send(get_request("/now?" + std::to_string(i)));
  });
  for (int i = 0; i < 5000; ++i) REQUIRE(body_of(client.read_answer()) == std::to_string(i));
  sender.join();
}

TEST_CASE("a responder that is dropped answers 500, as does a handler that throws") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  for (const auto* path : {"/drop", "/throw"}) {
    client.send(get_request(path));
    const auto answer = client.read_answer();
    CHECK(status_of(answer) == 500);
    CHECK(body_of(answer).find("INTERNAL_ERROR") != std::string::npos);
  }
  client.send(get_request("/park/x"));
  REQUIRE(eventually([&] { return s.held->has("/park/x"); }));
  std::thread([dropped = s.held->take("/park/x")] {}).join();
  CHECK(status_of(client.read_answer()) == 500);
  CHECK(server.counters().in_flight == 0);
}

TEST_CASE("the client's leaving is told at once") {
  for (const bool reset : {false, true}) {
    session_scene s;
    test_server server(s.routes);
    raw_client client(server.port());
    client.send(get_request("/park/x"));
    REQUIRE(eventually([&] { return s.held->has("/park/x"); }));
    const auto left_at = std::chrono::steady_clock::now();
    client.close(reset);
    REQUIRE(eventually([&] { return *s.gone == 1; }));
    // 50 ms are promised; a loaded machine that runs sanitizers is given more.
    CHECK(std::chrono::steady_clock::now() - left_at < std::chrono::milliseconds(500));
    s.held->take("/park/x").respond(make_response(200, "text/plain", "late"));
    REQUIRE(eventually([&] { return server.observer.entries().size() == 1; }));
    const auto entry = server.observer.entries().front();
    CHECK(entry.result.status == 499);
    CHECK(entry.result.client_gone);
    CHECK(eventually([&] { return server.counters().open_connections == 0; }));
  }
}

TEST_CASE("an end of input that came with the request is noticed") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  // Both are there before the loop looks, so that no event of its own tells of the end.
  std::promise<void> sent;
  server.run_on_loop([&] {
    client.send(get_request("/park/x"));
    client.finish_sending();
  });
  REQUIRE(eventually([&] { return *s.gone == 1; }));
  s.held->take("/park/x").respond(make_response(200, "text/plain", "still read"));
  CHECK(body_of(client.read_to_end()) == "still read");
  CHECK(client.closed());
}

TEST_CASE("a half-closed client reads its answers before the server closes") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  client.send(get_request("/now?a") + get_request("/now?b"));
  client.finish_sending();
  CHECK(body_of(client.read_answer()) == "a");
  CHECK(body_of(client.read_answer()) == "b");
  CHECK(client.read_to_end().empty());
  CHECK(client.closed());
}

TEST_CASE("a half-closed client whose request is given up gets no answer") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  client.send(get_request("/now?a") + get_request("/park/x"));
  CHECK(body_of(client.read_answer()) == "a");
  client.finish_sending();
  REQUIRE(eventually([&] { return *s.gone == 1; }));
  { const auto given_up = s.held->take("/park/x"); }
  CHECK(client.read_to_end().empty());
  CHECK(client.closed());
}

TEST_CASE("an answer may come from any thread") {
  session_scene s;
  test_server server(s.routes, {}, 2);
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      raw_client client(server.port());
      for (int i = 0; i < 50; ++i) {
        const auto name = std::to_string(c) + "-" + std::to_string(i);
        client.send(get_request("/park/" + name));
        if (!eventually([&] { return s.held->has("/park/" + name); })) return;
        s.held->take("/park/" + name).respond(make_response(200, "text/plain", name));
        if (body_of(client.read_answer()) == name) ++good;
      }
    });
  }
  for (auto& thread : clients) thread.join();
  CHECK(good == 400);
  CHECK(server.counters().in_flight == 0);
}

TEST_CASE("bodies of many fragments and of many megabytes arrive whole") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  std::string expected;
  for (int i = 0; i < 300; ++i) expected += std::to_string(i) + ",";
  client.send(get_request("/fragments") + get_request("/large") + get_request("/now?end"));
  CHECK(body_of(client.read_answer()) == expected);
  CHECK(body_of(client.read_answer()) == std::string(4 << 20, 'x'));
  CHECK(body_of(client.read_answer()) == "end");
}

TEST_CASE("a large request body is taken in any pieces") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  const std::string body(1024 * 1024, 'b');
  client.send("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + body);
  CHECK(body_of(client.read_answer()) == body);
  client.send(get_request("/now?next"));
  CHECK(body_of(client.read_answer()) == "next");
}

TEST_CASE("HEAD has GET's header fields and no body") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  client.send("HEAD /now?abc HTTP/1.1\r\nHost: a\r\n\r\n" + get_request("/now?next"));
  const auto head = client.read_answer(true);
  CHECK(status_of(head) == 200);
  CHECK(header_of(head, "Content-Length") == "3");
  CHECK(body_of(client.read_answer()) == "next");
}

TEST_CASE("204 and 304 have neither body nor length, and a value cannot add fields") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  for (const auto* status : {"204", "304"}) {
    client.send(get_request("/empty/" + std::string(status)) + get_request("/now?next"));
    const auto answer = client.read_answer();
    CHECK(std::to_string(status_of(answer)) == status);
    CHECK(header_of(answer, "Content-Length").empty());
    CHECK(header_of(answer, "X-Evil").empty());
    CHECK(header_of(answer, "ETag") == "\"a\"  X-Evil: 1");
    CHECK(body_of(client.read_answer()) == "next");
  }
}

TEST_CASE("connections persist as the client's version and Connection field say") {
  struct row {
    const char* request;
    const char* answered;
    bool persists;
  };
  const row rows[] = {
      {"GET /now HTTP/1.1\r\nHost: a\r\n\r\n", "", true},
      {"GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close", false},
      {"GET /now HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", "close", false},
      {"GET /now HTTP/1.0\r\n\r\n", "close", false},
      {"GET /now HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "keep-alive", true},
      {"GET /bye HTTP/1.1\r\nHost: a\r\n\r\n", "close", false},
  };
  session_scene s;
  test_server server(s.routes);
  for (const auto& row : rows) {
    CAPTURE(row.request);
    raw_client client(server.port());
    client.send(row.request);
    const auto answer = client.read_answer();
    CHECK(status_of(answer) == 200);
    CHECK(header_of(answer, "Connection") == row.answered);
    if (row.persists) {
      client.send(get_request("/now?again"));
      CHECK(body_of(client.read_answer()) == "again");
    } else {
      CHECK(client.read_to_end().empty());
      CHECK(client.closed());
    }
  }
}

TEST_CASE("a client that waits for leave to send its body is given it") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  client.send("POST /now HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read_answer(true) == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  CHECK(body_of(client.read_answer()) == "ok");

  client.send(
      "POST /now HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");
  CHECK(status_of(client.read_answer()) == 413);
}

TEST_CASE("a sane request id is taken over, and any other replaced") {
  session_scene s;
  test_server server(s.routes);
  raw_client client(server.port());
  const std::string longest(128, 'x');
  for (const auto& id : {std::string("abc-1.2_Z"), longest}) {
    client.send(get_request("/now", "X-Request-Id: " + id + "\r\n"));
    CHECK(header_of(client.read_answer(), "X-Request-Id") == id);
  }
  std::set<std::string> made;
  for (const auto& id : {std::string("a b"), longest + "x", std::string("\"a\""), std::string()}) {
    client.send(get_request("/now", "X-Request-Id: " + id + "\r\n"));
    made.insert(header_of(client.read_answer(), "X-Request-Id"));
  }
  CHECK(made.size() == 4);
  CHECK(made.begin()->size() == 32);
}

TEST_CASE("requests above the limit are shed, but not those for health") {
  session_scene s;
  config::server_settings settings;
  settings.max_in_flight = 1;
  test_server server(s.routes, settings);
  raw_client first(server.port());
  first.send(get_request("/park/x"));
  REQUIRE(eventually([&] { return s.held->has("/park/x"); }));
  raw_client second(server.port());
  second.send(get_request("/now"));
  const auto shed = second.read_answer();
  CHECK(status_of(shed) == 503);
  CHECK(header_of(shed, "Retry-After") == "1");
  CHECK(body_of(shed).find("OVERLOADED") != std::string::npos);
  second.send(get_request("/health"));
  CHECK(status_of(second.read_answer()) == 200);
  s.held->take("/park/x").respond(make_response(200, "", ""));
  CHECK(status_of(first.read_answer()) == 200);
  second.send(get_request("/now"));
  CHECK(status_of(second.read_answer()) == 200);
  CHECK(server.counters().shed == 1);
}

TEST_CASE("connections above the limit are closed at once") {
  session_scene s;
  config::server_settings settings;
  settings.max_connections = 1;
  test_server server(s.routes, settings);
  raw_client first(server.port());
  first.send(get_request("/now"));
  CHECK(status_of(first.read_answer()) == 200);
  raw_client second(server.port());
  CHECK(second.read_to_end().empty());
  CHECK(second.closed());
  CHECK(server.counters().refused_connections == 1);
}

TEST_CASE("connections are dealt out to the loops in turn") {
  auto routes = std::make_shared<http::server::router>();
  std::mutex mutex;
  std::map<std::thread::id, int> served;
  routes->add(method::get, "/", [&](const request&, responder answer) {
    {
      const std::lock_guard lock(mutex);
      ++served[std::this_thread::get_id()];
    }
    std::move(answer).respond(make_response(200, "", ""));
  });
  test_server server(routes, {}, 2);
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<raw_client>(server.port()));
    clients.back()->send(get_request("/"));
    CHECK(status_of(clients.back()->read_answer()) == 200);
  }
  const std::lock_guard lock(mutex);
  REQUIRE(served.size() == 2);
  for (const auto& [thread, count] : served) CHECK(count == 4);
}

TEST_CASE("stopping closes idle connections and lets busy ones finish") {
  session_scene s;
  test_server server(s.routes, {}, 2);
  raw_client idle(server.port());
  idle.send(get_request("/now"));
  CHECK(status_of(idle.read_answer()) == 200);
  raw_client busy(server.port());
  busy.send(get_request("/park/x"));
  REQUIRE(eventually([&] { return s.held->has("/park/x"); }));

  std::promise<void> drained;
  server.listener().stop(std::chrono::seconds(30), [&] { drained.set_value(); });
  CHECK(idle.read_to_end().empty());
  CHECK(idle.closed());
  s.held->take("/park/x").respond(make_response(200, "text/plain", "last"));
  const auto answer = busy.read_answer();
  CHECK(body_of(answer) == "last");
  CHECK(header_of(answer, "Connection") == "close");
  busy.close();
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(server.counters().open_connections == 0);
  CHECK_THROWS(raw_client(server.port()));
}

TEST_CASE("stopping cuts off what does not finish in time") {
  session_scene s;
  test_server server(s.routes);
  raw_client busy(server.port());
  busy.send(get_request("/park/x"));
  REQUIRE(eventually([&] { return s.held->has("/park/x"); }));
  std::promise<void> drained;
  server.listener().stop(std::chrono::milliseconds(1), [&] { drained.set_value(); });
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(busy.read_to_end().empty());
  CHECK(*s.gone == 1);
  s.held->take("/park/x").respond(make_response(200, "", ""));
  CHECK(eventually([&] { return server.counters().in_flight == 0; }));
}

TEST_CASE("a server that is torn down with requests in work leaks nothing") {
  session_scene s;
  auto server = std::make_unique<test_server>(s.routes);
  raw_client client(server->port());
  client.send(get_request("/park/x") + get_request("/now") + "GET /par");
  REQUIRE(eventually([&] { return s.held->has("/park/x"); }));
  s.held->take("/park/x");  // the answer is posted to a loop that may have stopped by then
  server.reset();
}

}  // namespace tributary::tests
