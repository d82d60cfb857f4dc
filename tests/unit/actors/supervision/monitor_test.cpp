// SPDX-License-Identifier: MIT
#include "actors/runtime/runtime_config.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch.hpp>

#include <malloc.h>

namespace tributary::actors::supervision {

namespace rt = actors::runtime;

namespace {

struct monitor_config : rt::runtime_config {
  monitor_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// Lives long and is watched by many; shows how many attachables it holds.
class watched : public rt::observed_actor {
 public:
  watched(caf::actor_config& cfg, std::size_t& attached)
      : observed_actor(cfg, "/test/watched", "watched"), attached_(attached) {}
  caf::behavior make_behavior() override {
    return {[this](caf::get_atom) {
      attached_ = 0;
      for (auto* a = attachables_head_.get(); a != nullptr; a = a->next.get()) ++attached_;
    }};
  }

 private:
  std::size_t& attached_;
};

/// Lives for one message, and watches somebody meanwhile.
class watcher : public rt::observed_actor {
 public:
  watcher(caf::actor_config& cfg, caf::actor whom)
      : observed_actor(cfg, "/test/watcher", "watcher"), whom_(std::move(whom)) {}
  caf::behavior make_behavior() override {
    monitor<caf::message_priority::high>(whom_);
    return {[this](caf::ok_atom) {
      demonitor(whom_);  // the attachable would stay with the other one (actor-framework#2348)
      quit();
    }};
  }

 private:
  caf::actor whom_;
};

std::size_t bytes_in_use() { return mallinfo2().uordblks; }

}  // namespace

TEST_CASE("10,000 monitors added and removed leave memory flat", "[supervision]") {
  monitor_config cfg;
  caf::actor_system sys{cfg};
  auto& sched = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  std::size_t attached = 0;
  const auto target = sys.spawn<watched>(attached);
  const auto watch = [&](int times) {
    for (int i = 0; i < times; ++i) {
      caf::anon_send(sys.spawn<watcher>(target), caf::ok_atom_v);
      sched.run();
    }
    caf::anon_send(target, caf::get_atom_v);
    sched.run();
  };
  watch(100);  // what the first ones allocate for good
  const auto before = bytes_in_use();
  const auto attached_before = attached;
  watch(10'000);
  CHECK(attached == attached_before);
  const auto after = bytes_in_use();  // always 0 under the address sanitizer
  CHECK((after <= before || after - before < 64 * 1024));
  caf::anon_send_exit(target, caf::exit_reason::kill);
  sched.run();
  caf::logger::set_current_actor_system(nullptr);
}

TEST_CASE("10,000 children that come and go in a pool leave memory flat", "[supervision]") {
  monitor_config cfg;
  caf::actor_system sys{cfg};
  auto& sched = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  supervisor_spec spec;
  spec.rules.strategy = strategy::simple_one_for_one;
  std::size_t unused = 0;
  spec.children.push_back(
      leaf_child("", [&](const child_context& c) { return c.parent.spawn<watched>(unused); }));
  spec.children.front().rules.restart = restart_kind::temporary;
  spec.children.front().rules.start_timeout = milliseconds{0};  // no timer for each
  spec.records = std::make_shared<node_records>();
  const auto records = spec.records;
  const auto pool = sys.spawn<supervisor>("/pool", std::move(spec));
  caf::scoped_actor self{sys};
  const auto churn = [&](int times) {
    for (int i = 0; i < times; ++i) {
      caf::actor child;
      auto answer = self->request(pool, caf::infinite, add_child{});
      sched.run();
      answer.receive([&](caf::actor& c) { child = c; }, [](caf::error&) {});
      caf::anon_send_exit(child, caf::exit_reason::user_shutdown);
      child = nullptr;
      sched.run();
    }
  };
  churn(200);
  const auto before = bytes_in_use();
  churn(10'000);
  const auto after = bytes_in_use();
  CHECK((after <= before || after - before < 64 * 1024));
  CHECK(records->snapshot().empty());
  CHECK(cfg.directory->size() == 1);
  request_stop(pool);
  sched.run();
  caf::logger::set_current_actor_system(nullptr);
}

}  // namespace tributary::actors::supervision
