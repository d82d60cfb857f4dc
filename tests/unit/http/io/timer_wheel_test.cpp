// SPDX-License-Identifier: MIT
#include "http/io/timer_wheel.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <random>
#include <vector>

namespace tributary::http::io {

using namespace std::chrono_literals;

namespace {

struct counted {
  int fired = 0;
  timer t{[](void* self) { ++static_cast<counted*>(self)->fired; }, this};
};

/// The example of `call_member` in the header.
struct idle_watch {
  void on_idle() { ++times; }
  int times = 0;
  timer idle{&call_member<&idle_watch::on_idle, idle_watch>, this};
};

const auto origin = steady_time{} + 1h;

}  // namespace

TEST_CASE("a timer calls a member function of its owner", "[timer_wheel]") {
  timer_wheel wheel{origin};
  idle_watch watch;
  wheel.arm(watch.idle, origin + 5ms);
  wheel.advance(origin + 5ms);
  CHECK(watch.times == 1);
}

TEST_CASE("a timer fires once its time has come and not before", "[timer_wheel]") {
  timer_wheel wheel{origin};
  counted c;
  wheel.arm(c.t, origin + 10ms);
  CHECK(wheel.advance(origin + 9ms) == 0);
  CHECK(c.fired == 0);
  CHECK(wheel.advance(origin + 10ms) == 1);
  CHECK(c.fired == 1);
  CHECK_FALSE(c.t.armed());
  CHECK(wheel.advance(origin + 1h) == 0);
}

TEST_CASE("a cancelled timer never fires and leaves the wheel empty", "[timer_wheel]") {
  timer_wheel wheel{origin};
  counted c;
  wheel.arm(c.t, origin + 3s);
  CHECK(wheel.size() == 1);
  c.t.cancel();
  CHECK(wheel.size() == 0);
  CHECK_FALSE(wheel.next_expiry().has_value());
  wheel.advance(origin + 1h);
  CHECK(c.fired == 0);
}

TEST_CASE("destroying an armed timer disarms it", "[timer_wheel]") {
  timer_wheel wheel{origin};
  {
    counted c;
    wheel.arm(c.t, origin + 5ms);
  }
  CHECK(wheel.size() == 0);
  CHECK(wheel.advance(origin + 10ms) == 0);
}

TEST_CASE("arming again moves a timer", "[timer_wheel]") {
  timer_wheel wheel{origin};
  counted c;
  wheel.arm(c.t, origin + 5ms);
  wheel.arm(c.t, origin + 500ms);
  CHECK(wheel.size() == 1);
  wheel.advance(origin + 499ms);
  CHECK(c.fired == 0);
  wheel.advance(origin + 500ms);
  CHECK(c.fired == 1);
}

TEST_CASE("a time in the past fires at the next advance", "[timer_wheel]") {
  timer_wheel wheel{origin};
  wheel.advance(origin + 1s);
  counted c;
  wheel.arm(c.t, origin + 10ms);
  wheel.advance(origin + 1001ms);
  CHECK(c.fired == 1);
}

TEST_CASE("a callback may cancel its siblings and arm itself again", "[timer_wheel]") {
  struct pair {
    timer_wheel& wheel;
    int fired = 0;
    timer a{[](void* p) { static_cast<pair*>(p)->on_fire(); }, this};
    timer b{[](void* p) { static_cast<pair*>(p)->on_fire(); }, this};
    void on_fire() {
      ++fired;
      a.cancel();
      b.cancel();
      wheel.arm(a, origin + 20ms);
    }
  };
  timer_wheel wheel{origin};
  pair p{wheel};
  wheel.arm(p.a, origin + 10ms);
  wheel.arm(p.b, origin + 10ms);
  wheel.advance(origin + 15ms);
  CHECK(p.fired == 1);
  wheel.advance(origin + 20ms);
  CHECK(p.fired == 2);
}

TEST_CASE("a callback that always re-arms itself for now cannot hold the thread", "[timer_wheel]") {
  struct greedy {
    timer_wheel& wheel;
    int fired = 0;
    timer t{[](void* p) { static_cast<greedy*>(p)->on_fire(); }, this};
    void on_fire() {
      ++fired;
      wheel.arm(t, origin);
    }
  };
  timer_wheel wheel{origin};
  greedy g{wheel};
  wheel.arm(g.t, origin + 1ms);
  wheel.advance(origin + 1ms);
  CHECK(g.fired == 1);
}

TEST_CASE("timers fire exactly like a sorted list over random loads", "[timer_wheel]") {
  std::mt19937_64 random{20240607};
  for (int round = 0; round < 20; ++round) {
    timer_wheel wheel{origin};
    std::deque<counted> timers(500);
    std::vector<std::chrono::milliseconds> due(timers.size());
    std::vector<bool> cancelled(timers.size(), false);
    // Spread over all four levels and beyond the last.
    const std::int64_t spans[] = {60, 4'000, 260'000, 17'000'000, 40'000'000};
    for (std::size_t i = 0; i < timers.size(); ++i) {
      due[i] = std::chrono::milliseconds{random() % spans[random() % 5]};
      wheel.arm(timers[i].t, origin + due[i]);
    }
    auto now = 0ms;
    while (wheel.size() > 0) {
      const auto next = wheel.next_expiry();
      REQUIRE(next.has_value());
      for (std::size_t i = 0; i < timers.size(); ++i) {
        if (!timers[i].t.armed() || *next <= std::max(origin + due[i], origin + now + 1ms)) {
          continue;
        }
        FAIL("timer " << i << " due at " << due[i].count() << " ms lies before the bound");
      }
      if (random() % 8 == 0) {
        const auto victim = random() % timers.size();
        if (timers[victim].t.armed()) cancelled[victim] = true;
        timers[victim].t.cancel();
      }
      const auto to_next = std::chrono::ceil<std::chrono::milliseconds>(*next - origin) - now;
      now +=
          std::max(1ms, random() % 2 == 0 ? to_next : std::chrono::milliseconds{random() % 5000});
      wheel.advance(origin + now);
      for (std::size_t i = 0; i < timers.size(); ++i) {
        // Millions of comparisons: a macro for each would take minutes under a sanitizer.
        if (timers[i].fired == (due[i] <= now && !cancelled[i] ? 1 : 0)) continue;
        FAIL("timer " << i << " due at " << due[i].count() << " ms, now " << now.count() << " ms");
      }
    }
  }
}

}  // namespace tributary::http::io
