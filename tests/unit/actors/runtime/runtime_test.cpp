// SPDX-License-Identifier: MIT
#include "actors/runtime/runtime.hpp"

#include "actors/runtime/observed_actor.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>

namespace tributary::actors::runtime {

namespace rt = actors::runtime;
using namespace std::chrono_literals;

namespace {

const tributary::config::runtime_settings two_workers{2, 64};

/// Goes as an argument to each function that is spawned: without one CAF 0.17 binds a reference to
/// null, which the sanitizer of undefined behaviour reports.
struct nothing {};

/// Answers numbers, throws on negative ones, holds back on zero.
class echo : public rt::observed_actor {
 public:
  explicit echo(caf::actor_config& cfg) : observed_actor(cfg, "/test/echo", "echo") {}
  caf::behavior make_behavior() override {
    return {
        [](int n) {
          if (n < 0) throw std::invalid_argument("negative");
          return n;
        },
    };
  }
};

/// Asks a partner `count` timed questions, several under way at once, then reports.
class asker : public rt::observed_actor {
 public:
  asker(caf::actor_config& cfg, caf::actor partner, int count, std::promise<int>& outcome)
      : observed_actor(cfg, "/test/asker", "asker"),
        partner_(std::move(partner)),
        left_(count),
        done_(outcome) {}
  caf::behavior make_behavior() override {
    for (int i = 0; i < 16; ++i) ask();
    return {[](caf::unit_t) {}};
  }

 private:
  void ask() {
    if (left_ == 0) return;
    --left_;
    request(partner_, caf::duration{3600s}, left_)
        .then([this](int) { next(); }, [this](caf::error&) { ++errors_, next(); });
  }
  void next() {
    ask();
    if (left_ == 0 && ++finished_ == 16) {
      done_.set_value(errors_);
      quit();
    }
  }
  caf::actor partner_;
  int left_;
  int finished_ = 0;
  int errors_ = 0;
  std::promise<int>& done_;
};

}  // namespace

TEST_CASE("actors answer on the runtime's threads", "[runtime]") {
  rt::runtime runtime{two_workers};
  caf::scoped_actor self{runtime.system()};
  auto e = runtime.system().spawn<echo>();
  int answer = 0;
  self->request(e, 10s, 42).receive([&](int n) { answer = n; }, [](caf::error&) {});
  CHECK(answer == 42);
  caf::anon_send_exit(e, caf::exit_reason::user_shutdown);
}

TEST_CASE("timed requests leave no timer behind once they are answered", "[runtime]") {
  rt::runtime runtime{two_workers};
  auto e = runtime.system().spawn<echo>();
  std::promise<int> done;
  runtime.system().spawn<asker>(e, 20'000, done);
  CHECK(done.get_future().get() == 0);
  caf::anon_send_exit(e, caf::exit_reason::user_shutdown);
  runtime.system().await_all_actors_done();
  CHECK(runtime.clock_entries() == 0);
}

TEST_CASE("a request that nobody answers ends with a timeout", "[runtime]") {
  rt::runtime runtime{two_workers};
  caf::scoped_actor self{runtime.system()};
  auto silent = runtime.system().spawn(
      [](caf::event_based_actor* s, nothing) -> caf::behavior {
        return {[s](int) { static_cast<void>(s->make_response_promise()); }};
      },
      nothing{});
  auto e = runtime.system().spawn(
      [silent](caf::event_based_actor* s, nothing) -> caf::behavior {
        return {[s, silent](int n) {
          auto promise = s->make_response_promise<int>();
          s->request(silent, caf::duration{5ms}, n)
              .then([promise](int) mutable { promise.deliver(0); },
                    [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
          return promise;
        }};
      },
      nothing{});
  caf::error failure;
  self->request(e, 10s, 1).receive([](int) {}, [&](caf::error& why) { failure = why; });
  CHECK(failure == caf::sec::request_timeout);
  caf::anon_send_exit(silent, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(e, caf::exit_reason::user_shutdown);
}

TEST_CASE("delayed messages arrive", "[runtime]") {
  rt::runtime runtime{two_workers};
  caf::scoped_actor self{runtime.system()};
  self->delayed_send(caf::actor_cast<caf::actor>(self.ptr()), 2ms, 7);
  int got = 0;
  self->receive([&](int n) { got = n; }, caf::after(10s) >> [] {});
  CHECK(got == 7);
}

TEST_CASE("the cell of an actor counts its messages and failures and is read from outside",
          "[runtime]") {
  rt::runtime runtime{two_workers};
  caf::scoped_actor self{runtime.system()};
  auto e = runtime.system().spawn<echo>();
  const auto cells = runtime.directory().snapshot();
  REQUIRE(cells.size() == 1);
  const auto cell = cells.front();
  CHECK(cell->path == "/test/echo");
  for (int i = 0; i < 3; ++i) {
    self->request(e, 10s, i).receive([](int) {}, [](caf::error&) {});
  }
  self->request(e, 10s, std::string{"what?"}).receive([] {}, [](caf::error&) {});
  // An answer leaves before its message is counted. Both happen in one step of a loop, so that the
  // actor rests when each loop has come to a later one.
  runtime.on_each_loop([](std::size_t) {});
  CHECK(cell->processed == 4);
  CHECK(cell->enqueued == 4);
  CHECK(cell->unexpected == 1);
  CHECK(cell->depth() == 0);
  caf::error failure;
  self->request(e, 10s, -1).receive([](int) {}, [&](caf::error& why) { failure = why; });
  CHECK(failure);
  self->wait_for(e);
  CHECK(cell->failures == 1);
  CHECK(cell->last_error() == "negative");
  CHECK(cell->state == rt::actor_cell::life::terminated);
  CHECK(runtime.directory().size() == 0);
}

TEST_CASE("each loop runs steps on its own thread", "[runtime]") {
  rt::runtime runtime{two_workers};
  std::vector<std::thread::id> ids;
  runtime.on_each_loop([&](std::size_t) { ids.push_back(std::this_thread::get_id()); });
  REQUIRE(ids.size() == 2);
  CHECK(ids[0] != ids[1]);
  CHECK(ids[0] != std::this_thread::get_id());
}

TEST_CASE("messages from many threads all arrive", "[runtime]") {
  rt::runtime runtime{two_workers};
  std::atomic<int> sum{0};
  auto counter = runtime.system().spawn(
      [&sum](caf::event_based_actor*, nothing) -> caf::behavior {
        return {[&sum](int n) { sum += n; }};
      },
      nothing{});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([counter] {
      for (int i = 0; i < 10'000; ++i) rt::tell(counter, 1);
    });
  }
  for (auto& t : threads) t.join();
  caf::anon_send_exit(counter, caf::exit_reason::user_shutdown);
  runtime.system().await_all_actors_done();
  CHECK(sum == 40'000);
}

}  // namespace tributary::actors::runtime
