// SPDX-License-Identifier: MIT
#include "actors/supervision/supervisor_state.hpp"

#include "state_driver.hpp"

namespace tributary::actors::supervision {

using namespace tests;
using namespace std::chrono_literals;

TEST_CASE("children start from left to right, each when the one before is ready", "[supervision]") {
  state_driver d{rules_with(strategy::one_for_one), state_driver::children("abc")};
  d.unready = {1};
  d.start();
  CHECK(d.trace() == "+a +b");
  d.ready(1);
  CHECK(d.trace() == "+c ready");
}

TEST_CASE("a child with start timeout 0 is ready when it is spawned", "[supervision]") {
  auto children = state_driver::children("ab");
  children[0].start_timeout = 0ms;
  state_driver d{rules_with(strategy::one_for_one), children};
  d.unready = {0};
  d.start();
  CHECK(d.trace() == "+a +b ready");
  CHECK(d.state.state(0) == child_state::running);
}

TEST_CASE("a specification with errors cannot become a supervisor", "[supervision]") {
  CHECK_THROWS_AS(state_driver(rules_with(strategy::one_for_one), state_driver::children("aa")),
                  std::invalid_argument);
}

TEST_CASE("intensity n allows exactly n restarts in a period, and n + 1 escalates",
          "[supervision]") {
  for (std::size_t n = 0; n < 6; ++n) {
    CAPTURE(n);
    auto d = started(rules_with(strategy::one_for_one, n), state_driver::children("a"));
    for (std::size_t i = 0; i < n; ++i) {
      d.fail(0);
      CHECK_FALSE(d.done());
      d.advance(5s);
    }
    CHECK_FALSE(d.done());
    d.fail(0);
    REQUIRE(d.done());
    CHECK(d.outcomes.front().escalated);
    CHECK(d.outcomes.front().count == n + 1);
  }
}

TEST_CASE("restarts older than the period no longer count towards an escalation", "[supervision]") {
  auto d = started(rules_with(strategy::one_for_one, 2), state_driver::children("a"));
  for (int i = 0; i < 20; ++i) {
    d.fail(0);
    REQUIRE_FALSE(d.done());
    d.advance(15s + 1ms);
  }
  d.advance(30s);
  d.fail(0);
  d.advance(5s);
  d.fail(0);
  d.advance(5s);
  CHECK_FALSE(d.done());
  d.fail(0);
  CHECK(d.done());
}

TEST_CASE("instant failures escalate with the sixth at 3.1 s", "[supervision]") {
  auto d = started(rules_with(strategy::one_for_one), state_driver::children("a"));
  const auto begin = d.now;
  while (!d.done()) {
    d.fail(0);
    if (!d.done()) d.advance(d.last_record().delay);
  }
  CHECK(d.now - begin == 3100ms);
  CHECK(d.records.size() == 6);
}

TEST_CASE("a child that fails by a start timeout of 5 s escalates, one of 6 s never does",
          "[supervision]") {
  for (const auto& [timeout, escalates] : {std::pair{5000ms, true}, std::pair{6000ms, false}}) {
    auto children = state_driver::children("a");
    children[0].start_timeout = timeout;
    state_driver d{rules_with(strategy::one_for_one), children};
    d.unready = {0};
    d.start();
    d.advance(10min);
    CHECK(d.done() == escalates);
  }
}

TEST_CASE("a child that is not counted is retried for ever at the cap of its delay",
          "[supervision]") {
  auto children = state_driver::children("a");
  children[0].counted = false;
  children[0].backoff.max = 30s;
  auto d = started(rules_with(strategy::one_for_one), children);
  for (int i = 0; i < 100; ++i) {
    d.fail(0);
    d.advance(d.last_record().delay);
  }
  CHECK_FALSE(d.done());
  CHECK(d.last_record().delay == 30s);
}

TEST_CASE("a transient child comes back after an abnormal exit alone", "[supervision]") {
  struct row {
    restart_kind kind;
    exit_class how;
    bool restarted;
  };
  for (const auto& r : {row{restart_kind::permanent, exit_class::normal, true},
                        row{restart_kind::permanent, exit_class::shutdown, true},
                        row{restart_kind::permanent, exit_class::abnormal, true},
                        row{restart_kind::transient, exit_class::normal, false},
                        row{restart_kind::transient, exit_class::shutdown, false},
                        row{restart_kind::transient, exit_class::abnormal, true},
                        row{restart_kind::temporary, exit_class::normal, false},
                        row{restart_kind::temporary, exit_class::shutdown, false},
                        row{restart_kind::temporary, exit_class::abnormal, false}}) {
    CAPTURE(to_string(r.kind), to_string(r.how));
    auto d = started(rules_with(strategy::one_for_one), {state_driver::child("a", r.kind)});
    d.fail(0, "x", r.how);
    CHECK((d.state.state(0) == child_state::gone) != r.restarted);
    d.advance(1s);
    CHECK(d.trace() == (r.restarted ? "+a" : ""));
  }
}

TEST_CASE("one_for_one restarts the failed child alone, after its delay", "[supervision]") {
  auto d = started(rules_with(strategy::one_for_one), state_driver::children("abc"));
  d.fail(1);
  CHECK(d.state.state(1) == child_state::backoff);
  d.advance(99ms);
  CHECK(d.trace().empty());
  d.advance(1ms);
  CHECK(d.trace() == "+b");
  CHECK(d.state.state(1) == child_state::running);
}

TEST_CASE("under one_for_one a failed start does not keep later children waiting",
          "[supervision]") {
  state_driver d{rules_with(strategy::one_for_one), state_driver::children("ab")};
  d.unready = {0};
  d.start();
  CHECK(d.trace() == "+a");
  d.unready = {};
  d.advance(5s);
  CHECK(d.trace() == "!a +b ready");
  d.advance(100ms);
  CHECK(d.trace() == "+a");
}

TEST_CASE("one_for_all stops the others right to left, starts all left to right, counts once",
          "[supervision]") {
  auto d = started(rules_with(strategy::one_for_all, 1), state_driver::children("abcd"));
  d.fail(1);
  CHECK(d.trace() == "-d -c -a");
  d.advance(100ms);
  CHECK(d.trace() == "+a +b +c +d");
  CHECK_FALSE(d.done());
  d.fail(3);
  CHECK(d.trace() == "-c -b -a escalated");
}

TEST_CASE("rest_for_one with five children, failing at each index", "[supervision]") {
  const char* stops[] = {"-e -d -c -b", "-e -d -c", "-e -d", "-e", ""};
  const char* starts[] = {"+a +b +c +d +e", "+b +c +d +e", "+c +d +e", "+d +e", "+e"};
  for (child_index i = 0; i < 5; ++i) {
    CAPTURE(i);
    auto d = started(rules_with(strategy::rest_for_one, 1), state_driver::children("abcde"));
    d.fail(i);
    CHECK(d.trace() == stops[i]);
    d.advance(100ms);
    CHECK(d.trace() == starts[i]);
    CHECK_FALSE(d.done());
    for (child_index c = 0; c < 5; ++c) CHECK(d.state.state(c) == child_state::running);
  }
}

TEST_CASE("a group restart drops temporary children and keeps forgotten ones away",
          "[supervision]") {
  auto children = state_driver::children("abcd");
  children[1].restart = restart_kind::temporary;
  children[3].restart = restart_kind::transient;
  auto d = started(rules_with(strategy::one_for_all), children);
  d.fail(3, "done", exit_class::normal);
  d.fail(0);
  CHECK(d.trace() == "-c -b");
  d.advance(100ms);
  CHECK(d.trace() == "+a +c");
  CHECK(d.state.state(1) == child_state::gone);
  CHECK(d.state.state(3) == child_state::gone);
}

TEST_CASE("a group waits for the largest delay of its members", "[supervision]") {
  auto children = state_driver::children("ab");
  children[1].backoff.min = 700ms;
  auto d = started(rules_with(strategy::one_for_all), children);
  d.fail(0);
  CHECK(d.last_record().delay == 700ms);
  CHECK(d.last_record().decision == directive::group_restart);
  d.trace();
  d.advance(699ms);
  CHECK(d.trace().empty());
  d.advance(1ms);
  CHECK(d.trace() == "+a +b");
}

TEST_CASE("the backoff curve of a failing child is 100, 200, 400 … 5000 ms, then starts again",
          "[supervision]") {
  for (const double unit : {-1.0, 0.0, 1.0}) {
    CAPTURE(unit);
    auto children = state_driver::children("a");
    children[0].counted = false;
    state_driver d{rules_with(strategy::one_for_one), children, unit};
    d.start();
    for (const auto base : {100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
      d.fail(0);
      CHECK(d.last_record().delay.count() == base + static_cast<int>(base * 0.2 * unit));
      d.advance(d.last_record().delay);
    }
    d.advance(2550ms);
    d.fail(0);
    CHECK(d.last_record().delay.count() == 100 + 20 * static_cast<int>(unit));
  }
}

TEST_CASE("a child that is not ready in time is killed, counted and started again",
          "[supervision]") {
  state_driver d{rules_with(strategy::one_for_one), state_driver::children("a")};
  d.unready = {0};
  d.start();
  d.advance(4999ms);
  CHECK(d.trace() == "+a");
  d.advance(1ms);
  CHECK(d.trace() == "!a ready");
  CHECK(d.last_record().cause == "start_timeout");
  CHECK(d.last_record().lifetime == 0ms);
  d.unready = {};
  d.advance(100ms);
  CHECK(d.trace() == "+a");
  CHECK(d.state.state(0) == child_state::running);
  d.advance(1h);  // the timers of the first attempt have no effect
  CHECK(d.trace().empty());
}

TEST_CASE("a temporary child that is not ready in time is killed and forgotten", "[supervision]") {
  state_driver d{rules_with(strategy::one_for_all),
                 {state_driver::child("a", restart_kind::temporary), state_driver::child("b")}};
  d.unready = {0};
  d.start();
  d.advance(5s);
  CHECK(d.trace() == "+a !a +b ready");
  CHECK(d.state.state(0) == child_state::gone);
  CHECK(d.last_record().decision == directive::forget);
}

TEST_CASE("an escalation stops all children right to left and keeps the cause", "[supervision]") {
  auto d = started(rules_with(strategy::one_for_one, 1), state_driver::children("abc"));
  d.fail(2, "first");
  d.advance(100ms);
  d.trace();
  d.fail(1, "disk on fire");
  CHECK(d.trace() == "-c -a escalated");
  const auto& outcome = d.outcomes.front();
  CHECK(outcome.escalated);
  CHECK(outcome.child == 1);
  CHECK(outcome.count == 2);
  CHECK(outcome.cause == "disk on fire");
  CHECK(d.last_record().decision == directive::escalate);
}

TEST_CASE("a failure of a child that a group restart is about to stop is absorbed",
          "[supervision]") {
  auto d = started(rules_with(strategy::one_for_all, 1), state_driver::children("abc"));
  d.stubborn = {2};
  d.fail(0);
  CHECK(d.trace() == "-c");
  d.fail(1);  // not asked yet
  CHECK(d.last_record().decision == directive::absorbed);
  CHECK(d.trace().empty());
  d.fail(2);  // being stopped
  d.advance(100ms);
  CHECK(d.trace() == "+a +b +c");
  CHECK_FALSE(d.done());  // counted once
}

TEST_CASE("a failure outside of the group that is being restarted is treated next",
          "[supervision]") {
  auto d = started(rules_with(strategy::rest_for_one), state_driver::children("abcd"));
  d.stubborn = {3};
  d.fail(2);
  CHECK(d.trace() == "-d");
  d.fail(0);
  CHECK(d.last_record().decision == directive::queued);
  CHECK(d.state.busy());
  d.fail(3, "user_shutdown", exit_class::shutdown);
  d.stubborn = {};
  d.advance(100ms);
  CHECK(d.trace() == "+c +d -d -c -b");
  d.advance(100ms);
  CHECK(d.trace() == "+a +b +c +d");
  CHECK_FALSE(d.state.busy());
}

TEST_CASE("a child that fails again while its group starts is restarted with the group",
          "[supervision]") {
  auto d = started(rules_with(strategy::one_for_all), state_driver::children("abc"));
  d.unready = {2};
  d.fail(0);
  d.advance(100ms);
  CHECK(d.trace() == "-c -b +a +b +c");
  d.fail(0);  // c is still starting: queued
  CHECK(d.last_record().decision == directive::queued);
  d.unready = {};
  d.ready(2);
  CHECK(d.trace() == "-c -b");
  d.advance(200ms);
  CHECK(d.trace() == "+a +b +c");
}

TEST_CASE("a failed start in a group restart begins it anew with what is queued", "[supervision]") {
  auto d = started(rules_with(strategy::rest_for_one), state_driver::children("abc"));
  d.unready = {2};
  d.fail(2);
  d.advance(100ms);
  d.fail(1);
  CHECK(d.trace() == "+c");
  d.fail(2);
  d.unready = {};
  d.advance(200ms);
  CHECK(d.trace() == "+b +c");
  CHECK_FALSE(d.state.busy());
}

TEST_CASE("failures queued behind a group restart are counted when they happen", "[supervision]") {
  auto d = started(rules_with(strategy::rest_for_one, 1), state_driver::children("abc"));
  d.stubborn = {2};
  d.fail(1);
  d.fail(0, "second");
  CHECK_FALSE(d.done());
  CHECK(d.state.stopping());
  d.advance(5s);
  CHECK(d.trace() == "-c !c escalated");
  CHECK(d.outcomes.front().cause == "second");
}

TEST_CASE("a supervisor stops itself when significant children have ended", "[supervision]") {
  for (const bool any : {true, false}) {
    CAPTURE(any);
    auto rules = rules_with(strategy::one_for_one);
    rules.auto_shutdown = any ? auto_shutdown::any_significant : auto_shutdown::all_significant;
    auto children = state_driver::children("abc");
    for (auto& c : {&children[0], &children[1]}) {
      c->restart = restart_kind::transient;
      c->significant = true;
    }
    auto d = started(rules, children);
    d.fail(0, "boom");  // restarted, so nothing ends
    d.advance(100ms);
    CHECK(d.trace() == "+a");
    d.fail(0, "", exit_class::normal);
    CHECK(d.trace() == (any ? "-c -b done" : ""));
    if (!any) {
      d.fail(1, "", exit_class::shutdown);
      CHECK(d.trace() == "-c done");
    }
    CHECK_FALSE(d.outcomes.front().escalated);
  }
}

TEST_CASE("stopping ends waits for a restart and answers of earlier incarnations are ignored",
          "[supervision]") {
  auto d = started(rules_with(strategy::one_for_one), state_driver::children("ab"));
  const auto old_run = d.runs[0];
  d.fail(0);
  d.state.down(0, old_run, exit_class::abnormal, "again", d.now);
  d.state.ready(0, old_run, d.now);
  CHECK(d.state.state(0) == child_state::backoff);
  d.stop();
  CHECK(d.trace() == "-b done");
  d.advance(1h);
  CHECK(d.trace().empty());
}

}  // namespace tributary::actors::supervision
