// SPDX-License-Identifier: MIT
#include "actors/supervision/slot.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

namespace tributary::actors::supervision {

namespace {

struct slot_fixture {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  } cfg;
  caf::actor_system sys{cfg};

  void run() { dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler()).run(); }
  caf::actor spawn() {
    // Without the argument CAF 0.17 binds a reference to null, which is undefined behaviour.
    auto result = sys.spawn(
        [](caf::event_based_actor*, char) -> caf::behavior { return {[](int n) { return n; }}; },
        '\0');
    run();
    return result;
  }
  void end(const caf::actor& a) {
    caf::anon_send_exit(a, caf::exit_reason::kill);
    run();
  }
  ~slot_fixture() { caf::logger::set_current_actor_system(nullptr); }
};

}  // namespace

TEST_CASE("a reference finds the child while it is running and in no other state",
          "[supervision][slot]") {
  slot_fixture f;
  const auto place = std::make_shared<slot>();
  supervised_ref ref{place};
  CHECK(ref.get() == nullptr);
  const auto first = f.spawn();
  place->set_child(first, 1);
  place->publish(child_state::starting);
  CHECK(ref.get() == nullptr);
  place->publish(child_state::running);
  REQUIRE(ref.get() != nullptr);
  CHECK(*ref.get() == first);
  for (const auto state : {child_state::stopping, child_state::backoff, child_state::disabled,
                           child_state::zombie, child_state::gone}) {
    place->publish(child_state::running);
    place->publish(state);
    CAPTURE(to_string(state));
    CHECK(place->state() == state);
    CHECK(ref.get() == nullptr);
  }
  const auto second = f.spawn();
  place->set_child(second, 2);
  place->publish(child_state::running);
  CHECK(*ref.get() == second);
  CHECK(place->restarts() == 1);
  place->publish(child_state::gone);
  f.end(first);
  f.end(second);
}

TEST_CASE("an empty reference has no child", "[supervision][slot]") {
  supervised_ref ref;
  CHECK(ref.get() == nullptr);
}

TEST_CASE("a reference lets go of the old incarnation at its next use", "[supervision][slot]") {
  slot_fixture f;
  const auto place = std::make_shared<slot>();
  supervised_ref ref{place};
  caf::actor child = f.spawn();
  place->set_child(child, 1);
  place->publish(child_state::running);
  CHECK(ref.get() != nullptr);
  place->publish(child_state::backoff);
  CHECK(ref.get() == nullptr);
  const auto* control = caf::actor_cast<caf::strong_actor_ptr>(child).get();
  CHECK(control->strong_refs == 1);  // ours alone
  f.end(child);
}

TEST_CASE("a place is retired with its own incarnation alone", "[supervision][slot]") {
  slot_fixture f;
  slot place;
  const auto first = f.spawn();
  const auto second = f.spawn();
  place.set_child(second, 2);
  place.publish(child_state::running);
  place.retire(first);
  CHECK(place.current() == second);
  place.retire(second);
  CHECK(place.current() == nullptr);
  CHECK(place.state() == child_state::gone);
  f.end(first);
  f.end(second);
}

TEST_CASE("references of several threads follow a slot that changes", "[supervision][slot]") {
  slot_fixture f;
  const auto place = std::make_shared<slot>();
  const auto a = f.spawn();
  const auto b = f.spawn();
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      supervised_ref ref{place};
      while (!stop.load()) {
        if (const auto* child = ref.get()) {
          if (*child != a && *child != b) ++wrong;
        }
      }
    });
  }
  for (unsigned i = 1; i < 20'000; ++i) {
    place->set_child(i % 2 == 0 ? a : b, i);
    place->publish(child_state::running);
    place->publish(child_state::backoff);
  }
  place->set_child(a, 7);
  place->publish(child_state::running);
  stop = true;
  for (auto& t : readers) t.join();
  CHECK(wrong == 0);
  supervised_ref last{place};
  CHECK(*last.get() == a);
  place->publish(child_state::gone);
  f.end(a);
  f.end(b);
}

}  // namespace tributary::actors::supervision
