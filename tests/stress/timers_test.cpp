// SPDX-License-Identifier: MIT
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/runtime.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <future>

namespace tributary::tests {

namespace {

namespace rt = actors::runtime;

class echo final : public rt::observed_actor {
 public:
  explicit echo(caf::actor_config& cfg) : observed_actor(cfg, "/stress/echo", "echo") {}
  caf::behavior make_behavior() override {
    return {[](int n) { return n; }};
  }
};

/// Asks `count` questions with a time limit of an hour each, 64 at a time, then reports the errors.
class asker final : public rt::observed_actor {
 public:
  static constexpr int at_a_time = 64;

  asker(caf::actor_config& cfg, caf::actor partner, int count, std::promise<int>& outcome)
      : observed_actor(cfg, "/stress/asker", "asker"),
        partner_(std::move(partner)),
        left_(count),
        open_(count),
        outcome_(outcome) {}

  caf::behavior make_behavior() override {
    for (int i = 0; i < at_a_time; ++i) ask();
    return {[](caf::unit_t) {}};
  }

 private:
  void ask() {
    if (left_ == 0) return;
    --left_;
    request(partner_, caf::duration{std::chrono::seconds{3600}}, left_)
        .then([this](int) { ended(); }, [this](caf::error&) { ++errors_, ended(); });
  }
  void ended() {
    ask();
    if (--open_ > 0) return;
    outcome_.set_value(errors_);
    quit();
  }

  caf::actor partner_;
  int left_;
  int open_;
  int errors_ = 0;
  std::promise<int>& outcome_;
};

}  // namespace

TEST_CASE("a million timed requests leave no timer behind", "[timers]") {
  rt::runtime runtime{config::runtime_settings{2, 64}};
  const auto partner = runtime.system().spawn<echo>();
  std::promise<int> outcome;
  runtime.system().spawn<asker>(partner, 1'000'000, outcome);
  CHECK(outcome.get_future().get() == 0);
  caf::anon_send_exit(partner, caf::exit_reason::user_shutdown);
  runtime.system().await_all_actors_done();
  CHECK(runtime.clock_entries() == 0);
}

}  // namespace tributary::tests
