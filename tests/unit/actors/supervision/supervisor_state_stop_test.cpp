// SPDX-License-Identifier: MIT
#include "actors/supervision/supervisor_state.hpp"

#include "state_driver.hpp"

namespace tributary::actors::supervision {

using namespace tests;
using namespace std::chrono_literals;

TEST_CASE("children stop from right to left, one by one", "[supervision]") {
  auto d = started(rules_with(strategy::one_for_one), state_driver::children("abc"));
  d.stubborn = {1};
  d.stop();
  CHECK(d.trace() == "-c -b");
  d.fail(1, "user_shutdown", exit_class::shutdown);
  CHECK(d.trace() == "-a done");
}

TEST_CASE("a sleeping child is killed after its own shutdown time", "[supervision]") {
  auto children = state_driver::children("abc");
  children[1].shutdown = shutdown_rule::within(700ms);
  children[0].shutdown = shutdown_rule::kill();
  auto d = started(rules_with(strategy::one_for_one), children);
  d.stubborn = {1, 2};
  d.stop();
  CHECK(d.trace() == "-c");
  d.advance(4999ms);
  CHECK(d.trace().empty());
  d.advance(1ms);
  CHECK(d.trace() == "!c -b");
  d.advance(699ms);
  CHECK(d.trace().empty());
  d.advance(1ms);
  CHECK(d.trace() == "!b !a done");
}

TEST_CASE("a child that survives its kill becomes a zombie and is abandoned after 2 s",
          "[supervision]") {
  auto d = started(rules_with(strategy::one_for_one), state_driver::children("ab"));
  d.immortal = {1};
  d.stop();
  d.advance(5s);
  CHECK(d.trace() == "-b !b");
  d.advance(1999ms);
  CHECK(d.trace().empty());
  d.advance(1ms);
  CHECK(d.trace() == "z:b -a done");
  CHECK(d.state.state(1) == child_state::zombie);
  d.fail(1, "kill");
  CHECK(d.state.state(1) == child_state::gone);
  CHECK(d.outcomes.size() == 1);
}

TEST_CASE("a supervisor waits for a child that is a supervisor as long as it takes",
          "[supervision]") {
  auto children = state_driver::children("a");
  children[0].type = child_type::supervisor;
  auto d = started(rules_with(strategy::one_for_one), children);
  d.stubborn = {0};
  d.stop();
  d.advance(24h);
  CHECK(d.trace() == "-a");
  d.fail(0, "user_shutdown", exit_class::shutdown);
  CHECK(d.trace() == "done");
}

TEST_CASE("without keep_order all children stop at once, each with its own time", "[supervision]") {
  auto rules = rules_with(strategy::one_for_one);
  rules.keep_order = false;
  auto d = started(rules, state_driver::children("abc"));
  d.stubborn = {0, 1, 2};
  d.stop();
  CHECK(d.trace() == "-c -b -a");
  d.advance(5s);
  CHECK(d.trace() == "!c !b !a done");
}

TEST_CASE("a zombie is replaced, unless its rules say to wait for its end", "[supervision]") {
  for (const bool block : {false, true}) {
    CAPTURE(block);
    auto children = state_driver::children("ab");
    children[1].block_on_zombie = block;
    auto d = started(rules_with(strategy::one_for_all), children);
    d.immortal = {1};
    d.fail(0);
    d.advance(5s);
    CHECK(d.trace() == "-b !b");
    d.advance(2s);
    CHECK(d.trace() == "z:b");
    d.advance(1min);
    CHECK(d.trace() == (block ? "" : "+a +b"));
    if (block) {
      d.fail(1, "kill");
      d.advance(100ms);
      CHECK(d.trace() == "+a +b");
    }
  }
}

TEST_CASE("a pool adds children at run time and uses the places of ended ones again",
          "[supervision]") {
  auto d = started(rules_with(strategy::simple_one_for_one),
                   {state_driver::child("", restart_kind::temporary)});
  for (int i = 0; i < 10'000; ++i) {
    const auto c = d.add();
    CHECK(c == 0);
    d.fail(c, "", exit_class::normal);
  }
  CHECK(d.state.table_size() == 1);
  CHECK(d.state.free_places() == 1);
}

TEST_CASE("a pool has a bound and refuses when it stops", "[supervision]") {
  auto rules = rules_with(strategy::simple_one_for_one);
  rules.max_children = 2;
  auto d = started(rules, state_driver::children("t"));
  d.add();
  d.add();
  CHECK_FALSE(d.state.add(d.now).has_value());
  d.stop();
  CHECK_FALSE(d.state.add(d.now).has_value());
  auto fixed = started(rules_with(strategy::one_for_one), state_driver::children("a"));
  CHECK_FALSE(fixed.state.add(fixed.now).has_value());
}

TEST_CASE("a pool stops in parallel with one common timer", "[supervision]") {
  auto d = started(rules_with(strategy::simple_one_for_one), state_driver::children("t"));
  for (int i = 0; i < 4; ++i) d.add();
  d.trace();
  d.stubborn = {1, 2};
  d.immortal = {2};
  d.stop();
  CHECK(d.trace() == "-0 -1 -2 -3");
  d.advance(5s);
  CHECK(d.trace() == "!1 !2");
  d.advance(2s);
  CHECK(d.trace() == "z:2 done");
}

TEST_CASE("a pool restarts its children each by itself", "[supervision]") {
  auto d = started(rules_with(strategy::simple_one_for_one), state_driver::children("t"));
  d.add();
  d.add();
  d.trace();
  d.fail(1);
  d.advance(100ms);
  CHECK(d.trace() == "+1");
}

TEST_CASE("an empty pool and a supervisor that never started stop at once", "[supervision]") {
  auto pool = started(rules_with(strategy::simple_one_for_one), state_driver::children("t"));
  pool.stop();
  CHECK(pool.trace() == "done");
  state_driver d{rules_with(strategy::one_for_one), state_driver::children("ab")};
  d.stop();
  CHECK(d.trace() == "done");
}

}  // namespace tributary::actors::supervision
