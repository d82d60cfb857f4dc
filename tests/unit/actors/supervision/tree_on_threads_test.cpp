// SPDX-License-Identifier: MIT
#include "actors/runtime/runtime.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <future>

namespace tributary::actors::supervision {

using namespace std::chrono_literals;
namespace rt = actors::runtime;

namespace {

const tributary::config::runtime_settings two_workers{2, 64};

/// Ends as soon as it has started, until its last incarnation.
class mortal : public rt::observed_actor {
 public:
  mortal(caf::actor_config& cfg, const child_context& context, unsigned last,
         std::shared_ptr<std::promise<void>> reached)
      : observed_actor(cfg, context.path, "mortal"),
        final_(context.incarnation == last),
        by_kill_(context.incarnation % 2 == 0),
        reached_(std::move(reached)) {}

  caf::behavior make_behavior() override {
    send(this, caf::ok_atom_v);
    return {[this](caf::ok_atom) {
      if (final_) {
        reached_->set_value();
      } else if (by_kill_) {
        quit(caf::exit_reason::kill);
      } else {
        throw std::runtime_error("as expected");
      }
    }};
  }

 private:
  bool final_;
  bool by_kill_;
  std::shared_ptr<std::promise<void>> reached_;
};

child_spec mortal_child(std::string id, unsigned last,
                        const std::shared_ptr<std::promise<void>>& reached) {
  auto result = leaf_child(std::move(id), [=](const child_context& c) {
    return c.parent.spawn<mortal>(c, last, reached);
  });
  result.rules.counted = false;
  result.rules.backoff = {1ms, 1.0, 1ms, 0.0, 1ms};
  return result;
}

/// Root over two groups of two children that each die 20 times.
struct tree {
  rt::runtime runtime{two_workers};
  std::vector<std::future<void>> reached;
  std::shared_ptr<node_records> records = std::make_shared<node_records>();
  std::promise<caf::error> ended;
  caf::actor root;

  explicit tree(unsigned last) {
    supervisor_spec spec;
    spec.rules.strategy = strategy::rest_for_one;
    for (const char* group : {"left", "right"}) {
      supervisor_spec inner;
      inner.records = records;
      for (const char* child : {"x", "y"}) {
        auto promise = std::make_shared<std::promise<void>>();
        reached.push_back(promise->get_future());
        inner.children.push_back(mortal_child(child, last, promise));
      }
      spec.children.push_back(supervisor_child(group, std::move(inner)));
    }
    root = runtime.system().spawn<supervisor>("/", std::move(spec));
    root->attach_functor([this](const caf::error& why) { ended.set_value(why); });
  }
};

}  // namespace

TEST_CASE("a tree on the runtime's threads restarts its children and stops in order",
          "[supervision][runtime]") {
  tree t{21};
  for (auto& f : t.reached) REQUIRE(f.wait_for(30s) == std::future_status::ready);
  CHECK(t.records->failures.total() == 80);
  CHECK(t.records->restarts == 80);
  CHECK(t.records->snapshot().size() == 4);
  request_stop(t.root);
  auto end = t.ended.get_future();
  REQUIRE(end.wait_for(30s) == std::future_status::ready);
  CHECK(end.get() == caf::exit_reason::user_shutdown);
  t.root = nullptr;
  t.runtime.system().await_all_actors_done();
  CHECK(t.runtime.directory().size() == 0);
}

TEST_CASE("killing the root on the runtime's threads leaves no actor behind",
          "[supervision][runtime]") {
  tree t{1000};  // in the middle of restarts
  caf::anon_send_exit(t.root, caf::exit_reason::kill);
  auto end = t.ended.get_future();
  REQUIRE(end.wait_for(30s) == std::future_status::ready);
  t.root = nullptr;
  t.runtime.system().await_all_actors_done();
  CHECK(t.runtime.directory().size() == 0);
}

}  // namespace tributary::actors::supervision
