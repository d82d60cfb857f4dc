// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tributary::tests {

using http::server::make_response;
using http::server::method;
using http::server::request;
using http::server::responder;

namespace {

/// The owner of the requests that wait, on whatever thread: what a long poll waits for.
class waiting_room {
 public:
  void put(responder answer) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(answer));
  }

  void answer_all(std::string_view text) {
    std::vector<responder> answered;
    {
      const std::lock_guard lock(mutex_);
      answered.swap(waiting_);
    }
    for (auto& each : answered) std::move(each).respond(make_response(200, "text/plain", text));
  }

  responder take() {
    const std::lock_guard lock(mutex_);
    auto result = std::move(waiting_.back());
    waiting_.pop_back();
    return result;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

  std::atomic<int> gone{0};     ///< clients that left
  std::atomic<int> stopped{0};  ///< calls of the hook given to `park`

 private:
  mutable std::mutex mutex_;
  std::vector<responder> waiting_;
};

/// A server that begins at most one request at a time. `/park` waits, `/hold` is in work.
class parking {
 public:
  parking() : server(routes(), one_in_flight()) {}

  bool waiting(std::size_t count) {
    return eventually([&] { return room->size() == count; });
  }

  std::shared_ptr<waiting_room> room = std::make_shared<waiting_room>();
  std::shared_ptr<std::atomic<int>> served = std::make_shared<std::atomic<int>>(0);
  test_server server;

 private:
  static config::server_settings one_in_flight() {
    config::server_settings result;
    result.max_in_flight = 1;
    return result;
  }

  std::shared_ptr<http::server::router> routes() {
    auto result = std::make_shared<http::server::router>();
    result->add(method::get, "/park", [room = room](const request&, responder answer) {
      answer.on_disconnect([room] { ++room->gone; });
      answer.park([room] {
        ++room->stopped;
        room->answer_all("stopping");
      });
      room->put(std::move(answer));
    });
    result->add(method::get, "/hold",
                [room = room](const request&, responder answer) { room->put(std::move(answer)); });
    result->add(method::get, "/now", [served = served](const request& asked, responder answer) {
      ++*served;
      std::move(answer).respond(make_response(200, "text/plain", asked.query));
    });
    return result;
  }
};

std::string ask(const std::string& target, const std::string& name = "GET") {
  return name + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

}  // namespace

TEST_CASE("a parked request is none in flight, and its answer from another thread counts nothing") {
  parking p;
  raw_client poll(p.server.port());
  poll.send(ask("/park"));
  REQUIRE(p.waiting(1));
  CHECK(p.server.counters().in_flight == 0);
  raw_client other(p.server.port());
  for (const auto* target : {"/now?a", "/now?b"}) {
    other.send(ask(target));
    CHECK(status_of(other.read_answer()) == 200);
  }
  std::thread([&] { p.room->answer_all("it happened"); }).join();
  CHECK(body_of(poll.read_answer()) == "it happened");
  CHECK(p.server.counters().in_flight == 0);
  // The limit holds as before, for the connection that had waited too.
  poll.send(ask("/hold"));
  REQUIRE(p.waiting(1));
  CHECK(p.server.counters().in_flight == 1);
  other.send(ask("/now?c"));
  CHECK(status_of(other.read_answer()) == 503);
  p.room->answer_all("held");
  CHECK(body_of(poll.read_answer()) == "held");
  CHECK(p.server.counters().shed == 1);
  CHECK(p.room->gone == 0);
  CHECK(p.room->stopped == 0);
}

TEST_CASE("parked requests answer at once when the listener drains, and their connections close") {
  parking p;
  raw_client poll(p.server.port());
  raw_client other(p.server.port());
  poll.send(ask("/park") + ask("/now?behind"));
  REQUIRE(p.waiting(1));
  other.send(ask("/park"));
  REQUIRE(p.waiting(2));
  REQUIRE(eventually([&] { return *p.served == 1; }));
  std::promise<void> drained;
  p.server.listener().stop(std::chrono::seconds(30), [&] { drained.set_value(); });
  CHECK(body_of(poll.read_answer()) == "stopping");
  const auto last = poll.read_answer();
  CHECK(body_of(last) == "behind");
  CHECK(header_of(last, "Connection") == "close");
  CHECK(poll.read_to_end().empty());
  CHECK(poll.closed());
  const auto only = other.read_to_end();
  CHECK(body_of(only) == "stopping");
  CHECK(header_of(only, "Connection") == "close");
  CHECK(other.closed());
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(p.server.counters().open_connections == 0);
  CHECK(p.server.counters().in_flight == 0);
  CHECK(p.room->gone == 0);
}

TEST_CASE("a parked request that answers others with itself keeps no connection from draining") {
  parking p;
  std::array<raw_client, 2> idle{raw_client(p.server.port()), raw_client(p.server.port())};
  for (auto& each : idle) {
    each.send(ask("/now"));
    CHECK(status_of(each.read_answer()) == 200);
  }
  std::array<raw_client, 3> polls{raw_client(p.server.port()), raw_client(p.server.port()),
                                  raw_client(p.server.port())};
  for (auto& each : polls) each.send(ask("/park"));
  REQUIRE(p.waiting(3));
  std::promise<void> drained;
  p.server.listener().stop(std::chrono::seconds(30), [&] { drained.set_value(); });
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  for (auto& each : polls) CHECK(body_of(each.read_to_end()) == "stopping");
  for (auto& each : idle) CHECK(each.read_to_end().empty());
  CHECK(p.room->stopped == 1);
}

TEST_CASE("a request that is parked while the listener drains is told soon, not within the call") {
  parking p;
  raw_client poll(p.server.port());
  poll.send(ask("/hold"));
  REQUIRE(p.waiting(1));
  std::promise<void> drained;
  p.server.listener().stop(std::chrono::seconds(30), [&] { drained.set_value(); });
  p.server.run_on_loop();  // the listener has stopped and posted the drain
  p.server.run_on_loop();  // which has been done
  CHECK(p.server.counters().in_flight == 1);
  p.server.run_on_loop([&] {
    auto answer = p.room->take();
    answer.park([room = p.room] {
      ++room->stopped;
      room->answer_all("stopping");
    });
    CHECK(p.room->stopped == 0);
    CHECK(p.server.counters().in_flight == 0);
    p.room->put(std::move(answer));
  });
  const auto only = poll.read_to_end();
  CHECK(body_of(only) == "stopping");
  CHECK(header_of(only, "Connection") == "close");
  CHECK(p.room->stopped == 1);
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
}

TEST_CASE("a client that leaves while its request is parked is told of, and its drain is not") {
  for (const bool reset : {false, true}) {
    parking p;
    raw_client poll(p.server.port());
    poll.send(ask("/park"));
    REQUIRE(p.waiting(1));
    poll.close(reset);
    REQUIRE(eventually([&] { return p.room->gone == 1; }));
    p.room->answer_all("late");
    REQUIRE(eventually([&] { return p.server.observer.entries().size() == 1; }));
    CHECK(p.server.observer.entries().front().result.status == 499);
    CHECK(eventually([&] { return p.server.counters().open_connections == 0; }));
    std::promise<void> drained;
    p.server.listener().stop(std::chrono::seconds(30), [&] { drained.set_value(); });
    CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    CHECK(p.room->gone == 1);
    CHECK(p.room->stopped == 0);
    CHECK(p.server.counters().in_flight == 0);
  }
}

TEST_CASE("requests behind a parked one are begun, and answered after it") {
  parking p;
  raw_client poll(p.server.port());
  poll.send(ask("/park", "HEAD") + ask("/now?a") + ask("/now?b"));
  REQUIRE(p.waiting(1));
  REQUIRE(eventually([&] { return *p.served == 2; }));
  p.server.run_on_loop();
  CHECK(p.server.observer.entries().empty());
  CHECK(p.server.counters().in_flight == 0);
  p.room->answer_all("unseen");
  const auto head = poll.read_answer(true);
  CHECK(header_of(head, "Content-Length") == "6");
  CHECK(body_of(head).empty());
  CHECK(body_of(poll.read_answer()) == "a");
  CHECK(body_of(poll.read_answer()) == "b");
}

TEST_CASE(
    "a parked request that is dropped answers 500, and one that stays is cut off in the end") {
  parking p;
  raw_client dropped(p.server.port());
  dropped.send(ask("/park"));
  REQUIRE(p.waiting(1));
  { const auto last = p.room->take(); }
  CHECK(status_of(dropped.read_answer()) == 500);
  CHECK(p.server.counters().in_flight == 0);

  raw_client stays(p.server.port());
  stays.send(ask("/hold"));
  REQUIRE(p.waiting(1));
  p.server.run_on_loop([&] {
    auto answer = p.room->take();
    answer.on_disconnect([room = p.room] { ++room->gone; });
    answer.park([room = p.room] { ++room->stopped; });
    p.room->put(std::move(answer));
  });
  std::promise<void> drained;
  p.server.listener().stop(std::chrono::milliseconds(1), [&] { drained.set_value(); });
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(stays.read_to_end().empty());
  CHECK(p.room->stopped == 1);
  CHECK(p.room->gone == 1);
  p.room->answer_all("to nobody");
}

}  // namespace tributary::tests
