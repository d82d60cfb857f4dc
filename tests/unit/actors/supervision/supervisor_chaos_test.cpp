// SPDX-License-Identifier: MIT
#include "state_driver.hpp"

#include <random>

namespace tributary::actors::supervision {

using namespace tests;
using namespace std::chrono_literals;

namespace {

/// A driver whose children misbehave at random, the same way for the same seed.
struct chaos {
  std::mt19937 random;
  state_driver driver;

  chaos(unsigned seed, supervisor_rules rules)
      : random(seed), driver(rules, make_children(random, rules.strategy)) {}

  static std::vector<child_rules> make_children(std::mt19937& random, strategy s) {
    auto result = state_driver::children(s == strategy::simple_one_for_one ? "t" : "abcdef");
    for (auto& c : result) {
      c.restart = static_cast<restart_kind>(random() % 3);
      c.counted = random() % 4 != 0;
      c.block_on_zombie = random() % 4 == 0;
      if (random() % 4 == 0) c.start_timeout = 0ms;
      if (random() % 4 == 0) c.shutdown = shutdown_rule::kill();
    }
    return result;
  }

  std::size_t pick(std::size_t n) { return random() % n; }

  void misbehave() {
    const auto c = pick(6);
    switch (pick(8)) {
      case 0:
        driver.unready.insert(c);
        break;
      case 1:
        driver.stubborn.insert(c);
        break;
      case 2:
        driver.immortal.insert(c);
        break;
      case 3:
        calm();
        break;
      case 4:
        driver.try_add();
        break;
      case 5:
        driver.advance(milliseconds{pick(3000)});
        break;
      default:
        end_one(c);
        break;
    }
  }

  void end_one(child_index c) {
    if (c < driver.state.table_size() && driver.runs.contains(c)) {
      driver.fail(c, "chaos", static_cast<exit_class>(pick(3)));
    }
  }

  /// From now on everybody does as told; who was immortal has died by now.
  void calm() {
    driver.unready.clear();
    driver.stubborn.clear();
    driver.immortal.clear();
  }

  void bury_zombies() {
    for (child_index c = 0; c < driver.state.table_size(); ++c) {
      if (driver.state.state(c) == child_state::zombie) driver.fail(c, "kill");
    }
  }

  bool settled() const {
    if (driver.done()) return true;
    if (driver.state.busy()) return false;
    for (child_index c = 0; c < driver.state.table_size(); ++c) {
      if (driver.state.state(c) != child_state::running &&
          driver.state.state(c) != child_state::gone) {
        return false;
      }
    }
    return true;
  }
};

}  // namespace

TEST_CASE("whatever its children do, a supervisor comes to rest, stops, and finishes once",
          "[supervision]") {
  for (const auto s : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one,
                       strategy::simple_one_for_one}) {
    for (unsigned seed = 0; seed < 500; ++seed) {
      CAPTURE(to_string(s), seed);
      supervisor_rules rules;
      rules.strategy = s;
      rules.intensity = 20;
      rules.keep_order = seed % 5 != 0;
      chaos c{seed, rules};
      c.driver.start();
      for (int i = 0; i < 60; ++i) c.misbehave();
      c.calm();
      c.driver.advance(1min);
      c.bury_zombies();
      c.driver.advance(10min);
      REQUIRE(c.settled());
      c.driver.stop();
      c.driver.advance(10min);
      REQUIRE(c.driver.outcomes.size() == 1);
      REQUIRE(c.driver.timers.empty());
    }
  }
}

}  // namespace tributary::actors::supervision
