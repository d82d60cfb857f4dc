// SPDX-License-Identifier: MIT
#include "actors/supervision/coordinated_shutdown.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <stdexcept>

namespace tributary::actors::supervision {

using namespace std::chrono_literals;

namespace {

/// A shutdown on a manual clock that writes down what happens.
struct shutdown_fixture {
  std::vector<std::string> words;
  std::multimap<milliseconds, std::function<void()>> timers;
  std::map<std::string, task_completion> open;
  milliseconds now{0};
  int exit_code = -1;
  coordinated_shutdown shutdown{shutdown_hooks{
      [this](milliseconds delay, std::function<void()> f) {
        timers.emplace(now + delay, std::move(f));
      },
      [this](shutdown_phase phase) { words.emplace_back(to_string(phase)); },
      [this](const task_outcome& o) {
        words.push_back(o.name + (o.error.empty() ? "" : ":" + o.error));
      },
      [this](int code) {
        words.emplace_back("done");
        exit_code = code;
      },
      [this](int) { words.emplace_back("immediate"); },
  }};

  /// A task that ends when the test says so.
  shutdown_task waiting(const std::string& name, milliseconds timeout = 5s, bool recover = true) {
    return {name, timeout, recover, [this, name](task_completion done) { open[name] = done; }};
  }

  shutdown_task immediate(const std::string& name) {
    return {name, 5s, true, [](const task_completion& done) { done({}); }};
  }

  void advance(milliseconds by) {
    now += by;
    while (!timers.empty() && timers.begin()->first <= now) {
      auto f = std::move(timers.begin()->second);
      timers.erase(timers.begin());
      f();
    }
  }

  std::string trace() {
    std::string result;
    for (const auto& word : words) result.append(result.empty() ? "" : " ").append(word);
    words.clear();
    return result;
  }
};

}  // namespace

TEST_CASE("a coordinated shutdown runs its phases in order", "[supervision][shutdown]") {
  shutdown_fixture f;
  f.shutdown.add(shutdown_phase::terminate_system, f.immediate("z"));
  f.shutdown.add(shutdown_phase::unbind, f.immediate("b"));
  f.shutdown.request();
  CHECK(f.trace() ==
        "unready unbind b drain stop_workers flush leave_cluster terminate_system z done");
  CHECK(f.exit_code == 0);
}

TEST_CASE("the tasks of one phase run in parallel and the next phase waits for all of them",
          "[supervision][shutdown]") {
  shutdown_fixture f;
  f.shutdown.add(shutdown_phase::drain, f.waiting("a"));
  f.shutdown.add(shutdown_phase::drain, f.waiting("b"));
  f.shutdown.request(3);
  CHECK(f.open.size() == 2);
  f.open["b"]({});
  CHECK(f.trace() == "unready unbind drain b");
  f.open["a"]({});
  CHECK(f.trace() == "a stop_workers flush leave_cluster terminate_system done");
  CHECK(f.exit_code == 3);
}

TEST_CASE("a task that does not end in its time is left behind", "[supervision][shutdown]") {
  shutdown_fixture f;
  f.shutdown.add(shutdown_phase::flush, f.waiting("slow", 200ms));
  f.shutdown.request();
  f.trace();
  f.advance(199ms);
  CHECK(f.trace().empty());
  f.advance(1ms);
  CHECK(f.trace() == "slow:timeout leave_cluster terminate_system done");
  f.open["slow"]({});  // too late: it counts once
  f.advance(1h);
  CHECK(f.trace().empty());
  CHECK(f.exit_code == 0);
  REQUIRE(f.shutdown.outcomes().size() == 1);
  CHECK(f.shutdown.outcomes().front().phase == shutdown_phase::flush);
}

TEST_CASE("a failed task without recover ends the shutdown with an exit code of not 0",
          "[supervision][shutdown]") {
  shutdown_fixture f;
  f.shutdown.add(shutdown_phase::drain, f.waiting("a", 5s, false));
  f.shutdown.add(shutdown_phase::drain, f.waiting("b"));
  f.shutdown.add(shutdown_phase::flush, f.immediate("never"));
  f.shutdown.request();
  f.open["a"]("broken");
  f.open["b"]({});
  CHECK(f.trace() == "unready unbind drain a:broken b done");
  CHECK(f.exit_code == 1);
}

TEST_CASE("a task that throws has failed and the shutdown goes on", "[supervision][shutdown]") {
  shutdown_fixture f;
  f.shutdown.add(shutdown_phase::unready,
                 {"t", 5s, true, [](const task_completion&) { throw std::runtime_error("oops"); }});
  f.shutdown.request();
  CHECK(f.trace() ==
        "unready t:oops unbind drain stop_workers flush leave_cluster terminate_system done");
}

TEST_CASE("a shutdown runs once and a second request exits at once", "[supervision][shutdown]") {
  shutdown_fixture f;
  f.shutdown.add(shutdown_phase::drain, f.waiting("a"));
  f.shutdown.request();
  CHECK(f.shutdown.requested());
  f.trace();
  f.shutdown.request();
  CHECK(f.trace() == "immediate");
  f.open["a"]({});
  CHECK(f.trace() == "a stop_workers flush leave_cluster terminate_system done");
}

TEST_CASE("a completion that outlives its shutdown has no effect", "[supervision][shutdown]") {
  task_completion late;
  {
    shutdown_fixture f;
    f.shutdown.add(shutdown_phase::drain, f.waiting("a"));
    f.shutdown.request();
    late = f.open["a"];
  }
  late({});
}

}  // namespace tributary::actors::supervision
