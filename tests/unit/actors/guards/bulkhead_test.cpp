// SPDX-License-Identifier: MIT
#include "actors/guards/bulkhead.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace tributary::actors::guards {

TEST_CASE("a bulkhead grants as many permits as it has places", "[bulkhead]") {
  bulkhead guard{2};
  auto first = guard.try_acquire();
  auto second = guard.try_acquire();
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK_FALSE(guard.try_acquire().has_value());
  CHECK(guard.in_flight() == 2);
  first.reset();
  CHECK(guard.in_flight() == 1);
  CHECK(guard.try_acquire().has_value());
  CHECK(guard.in_flight() == 1);
}

TEST_CASE("a bulkhead without places refuses everything", "[bulkhead]") {
  CHECK_FALSE(bulkhead{0}.try_acquire().has_value());
}

TEST_CASE("a permit gives its place back exactly once", "[bulkhead]") {
  bulkhead guard{4};
  auto permit = guard.try_acquire();
  auto moved = std::move(*permit);
  permit.reset();
  CHECK(guard.in_flight() == 1);
  moved.release();
  moved.release();
  CHECK(guard.in_flight() == 0);

  auto a = guard.try_acquire();
  auto b = guard.try_acquire();
  *a = std::move(*b);
  CHECK(guard.in_flight() == 1);
}

TEST_CASE("a permit may outlive its bulkhead", "[bulkhead]") {
  std::optional<bulkhead::permit> permit;
  {
    bulkhead guard{1};
    permit = guard.try_acquire();
  }
  permit.reset();
}

TEST_CASE("the count is exact when threads take and release permits", "[bulkhead]") {
  constexpr std::size_t places = 3;
  bulkhead guard{places};
  std::atomic<std::size_t> inside{0};
  std::atomic<bool> overrun{false};
  std::atomic<std::size_t> granted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 20'000; ++call) {
        auto permit = guard.try_acquire();
        if (!permit) continue;
        granted.fetch_add(1);
        if (inside.fetch_add(1) + 1 > places) overrun = true;
        inside.fetch_sub(1);
      }
    });
  }
  for (auto& each : threads) each.join();
  CHECK_FALSE(overrun);
  CHECK(granted > 0);
  CHECK(guard.in_flight() == 0);
}

namespace {

using namespace std::chrono_literals;

/// A bulkhead whose places are taken, and a record of who gets one afterwards.
struct line_fixture {
  explicit line_fixture(std::size_t places = 1, std::size_t line = 3) : guard{places, line} {
    for (std::size_t i = 0; i < places; ++i) inside.push_back(*guard.try_acquire());
  }
  ~line_fixture() {
    while (!inside.empty()) give_back();
  }

  void give_back() {
    auto place = std::move(inside.front());
    inside.pop_front();
    place.release();
  }

  bulkhead::admission ask(const std::string& name, std::chrono::milliseconds deadline) {
    return guard.ask(bulkhead::steady_time{} + deadline, [this, name](auto place) {
      told += place ? " +" + name : " -" + name;
      if (place) inside.push_back(std::move(*place));
    });
  }

  bulkhead guard;
  std::deque<bulkhead::permit> inside;
  std::string told;
};

}  // namespace

TEST_CASE_METHOD(line_fixture, "while there is room nobody stands in line", "[bulkhead][queue]") {
  give_back();
  CHECK(ask("a", 10ms).place.has_value());
  CHECK(told.empty());
}

TEST_CASE_METHOD(line_fixture, "a place goes to the earliest deadline, then to who came first",
                 "[bulkhead][queue]") {
  CHECK(ask("late", 30ms).waits);
  CHECK(ask("early", 10ms).waits);
  CHECK(ask("also early", 10ms).waits);
  CHECK(guard.waiting()() == 3);
  CHECK(guard.next_deadline() == bulkhead::steady_time{} + 10ms);
  give_back();
  CHECK(told == " +early");
  CHECK(guard.in_flight() == 1);
  give_back();
  give_back();
  give_back();
  CHECK(told == " +early +also early +late");
  CHECK(guard.in_flight() == 0);
  CHECK(guard.waiting()() == 0);
}

TEST_CASE_METHOD(line_fixture, "a full line refuses", "[bulkhead][queue]") {
  for (const auto* name : {"a", "b", "c"}) {
    CHECK_FALSE(guard.full());
    ask(name, 10ms);
  }
  CHECK(guard.full());
  const auto refused = ask("d", 1ms);
  CHECK_FALSE(refused.place);
  CHECK_FALSE(refused.waits);
  CHECK(guard.waiting()() == 3);
}

TEST_CASE_METHOD(line_fixture, "who leaves the line gives its place to others",
                 "[bulkhead][queue]") {
  const auto first = ask("a", 10ms);
  ask("b", 20ms);
  ask("c", 30ms);
  CHECK(guard.leave(*first.waits));
  CHECK_FALSE(guard.leave(*first.waits));
  CHECK(ask("d", 15ms).waits);
  give_back();
  CHECK(told == " +d");
  CHECK(guard.in_flight() == 1);
}

TEST_CASE_METHOD(line_fixture, "who has waited until the deadline is told", "[bulkhead][queue]") {
  ask("a", 10ms);
  ask("b", 20ms);
  guard.expire(bulkhead::steady_time{} + 9ms);
  CHECK(told.empty());
  guard.expire(bulkhead::steady_time{} + 10ms);
  CHECK(told == " -a");
  CHECK(guard.next_deadline() == bulkhead::steady_time{} + 20ms);
  CHECK(guard.waiting()() == 1);
}

TEST_CASE("no place stays free while threads wait for one", "[bulkhead][queue]") {
  constexpr std::size_t places = 2;
  constexpr int rounds = 3000;
  constexpr std::size_t threads = 4;
  bulkhead guard{places, 1000};
  std::atomic<std::size_t> inside{0};
  std::atomic<bool> overrun{false};
  std::atomic<std::size_t> served{0};
  const auto use = [&](bulkhead::permit place) {
    if (inside.fetch_add(1) >= places) overrun = true;
    inside.fetch_sub(1);
    served.fetch_add(1);
    place.release();
  };
  std::vector<std::thread> users;
  for (std::size_t i = 0; i < threads; ++i) {
    users.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        auto admitted =
            guard.ask(bulkhead::steady_time::max(), [&](auto place) { use(std::move(*place)); });
        if (admitted.place) use(std::move(*admitted.place));
      }
    });
  }
  for (auto& each : users) each.join();
  CHECK_FALSE(overrun);
  CHECK(served == rounds * threads);  // nobody is left waiting
  CHECK(guard.in_flight() == 0);
  CHECK(guard.waiting()() == 0);
}

}  // namespace tributary::actors::guards
