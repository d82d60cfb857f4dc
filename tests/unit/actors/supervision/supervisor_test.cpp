// SPDX-License-Identifier: MIT
#include "actors/supervision/supervisor.hpp"

#include "actors/runtime/runtime_config.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

namespace tributary::actors::supervision {

using namespace std::chrono_literals;
namespace rt = actors::runtime;

namespace {

using journal = std::shared_ptr<std::vector<std::string>>;

/// Writes its life down. "boom" throws, "quit" ends normally, "who" answers the incarnation.
class probe : public rt::observed_actor {
 public:
  probe(caf::actor_config& cfg, const child_context& context, journal log, bool stubborn = false)
      : observed_actor(cfg, context.path, "probe"),
        log_(std::move(log)),
        incarnation_(context.incarnation) {
    if (stubborn) set_exit_handler([](caf::exit_msg&) {});
  }

  caf::behavior make_behavior() override {
    log_->push_back(std::string{"+"}.append(path()));
    return {
        [this](const std::string& word) -> caf::result<unsigned> {
          if (word == "boom") throw std::runtime_error("boom");
          if (word == "quit") quit();
          return incarnation_;
        },
    };
  }

  void on_exit() override { log_->push_back(std::string{"-"}.append(path())); }

 private:
  journal log_;
  unsigned incarnation_;
};

struct test_scheduler_config : rt::runtime_config {
  test_scheduler_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// Supervisors with CAF's test scheduler: nothing runs and no time passes by itself.
struct supervisor_fixture {
  test_scheduler_config cfg;
  caf::actor_system sys{cfg};
  caf::scheduler::test_coordinator& sched =
      dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  journal log = std::make_shared<std::vector<std::string>>();
  std::shared_ptr<node_records> records = std::make_shared<node_records>();
  caf::actor root;
  caf::error root_reason;
  bool root_ended = false;

  ~supervisor_fixture() {
    if (root) request_stop(root);
    root = nullptr;
    for (int i = 0; i < 100 && cfg.directory->size() > 0; ++i) advance(1s);
    caf::logger::set_current_actor_system(nullptr);
  }

  child_spec child(const std::string& id, slot_ptr place = {}) {
    return leaf_child(
        id, [log = log](const child_context& c) { return c.parent.spawn<probe>(c, log); },
        std::move(place));
  }

  child_spec stubborn(const std::string& id, slot_ptr place = {}) {
    auto result = child(id, std::move(place));
    result.factory = [log = log](const child_context& c) {
      return c.parent.spawn<probe>(c, log, true);
    };
    return result;
  }

  supervisor_spec spec(std::vector<child_spec> children, strategy s = strategy::one_for_one) const {
    supervisor_spec result;
    result.rules.strategy = s;
    result.children = std::move(children);
    result.jitter = [] { return 0.0; };
    result.records = records;
    return result;
  }

  void start(supervisor_spec s) {
    root = sys.spawn<supervisor>("/", std::move(s));
    root->attach_functor([this](const caf::error& why) {
      root_reason = why;
      root_ended = true;
    });
    sched.run();
  }

  void advance(caf::timespan by) {
    sched.advance_time(by);
    sched.run();
  }

  void say(const slot_ptr& place, const std::string& word) {
    caf::anon_send(place->current(), word);
    sched.run();
  }

  std::string trace() {
    std::string result;
    for (const auto& word : *log) result.append(result.empty() ? "" : " ").append(word);
    log->clear();
    return result;
  }

  std::size_t living(const std::string& kind) const {
    const auto cells = cfg.directory->snapshot();
    return static_cast<std::size_t>(std::count_if(
        cells.begin(), cells.end(), [&](const auto& cell) { return cell->kind == kind; }));
  }
};

slot_ptr make_slot() { return std::make_shared<slot>(); }

/// Serves numbers from a child behind a reference, as every caller of a supervised actor does.
class caller : public rt::observed_actor {
 public:
  caller(caf::actor_config& cfg, slot_ptr target)
      : observed_actor(cfg, "/test/caller", "caller"), ref_(std::move(target)) {}

  caf::behavior make_behavior() override {
    return {
        [this](caf::get_atom) -> caf::result<caf::message> {
          const auto* target = ref_.get();
          if (target == nullptr) return make_error(supervision_error::child_unavailable);
          return delegate(*target, std::string{"who"});
        },
    };
  }

 private:
  supervised_ref ref_;
};

}  // namespace

TEST_CASE("a supervisor starts its children in order and stops them in reverse",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  f.start(f.spec({f.child("a"), f.child("b"), f.child("c")}));
  CHECK(f.trace() == "+/a +/b +/c");
  request_stop(f.root);
  f.sched.run();
  CHECK(f.trace() == "-/c -/b -/a");
  CHECK(f.root_ended);
  CHECK(f.root_reason == caf::exit_reason::user_shutdown);
}

TEST_CASE("a child that throws is restarted after its delay, with a record of the failure",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  f.start(f.spec({f.child("a", place)}));
  CHECK(place->path() == "/a");
  f.advance(1s);
  f.trace();
  f.say(place, "boom");
  CHECK(f.trace() == "-/a");
  CHECK(place->state() == child_state::backoff);
  f.advance(99ms);
  CHECK(f.trace().empty());
  f.advance(1ms);
  CHECK(f.trace() == "+/a");
  CHECK(place->state() == child_state::running);
  CHECK(place->incarnation() == 2);
  CHECK(place->restarts() == 1);
  const auto records = place->failures().snapshot();
  REQUIRE(records.size() == 1);
  CHECK(records[0].path == "/a");
  CHECK(records[0].incarnation == 1);
  CHECK(records[0].lifetime == 1s);
  CHECK(records[0].delay == 100ms);
  CHECK(records[0].decision == directive::restart);
  CHECK(records[0].cause.find("boom") != std::string::npos);
  CHECK(records[0].processed == 2);  // CAF's readiness question, and the word
  CHECK(f.records->failures.total() == 1);
  CHECK(f.records->restarts == 1);
  const auto cells = f.cfg.directory->snapshot();
  REQUIRE(cells.size() == 2);
  CHECK(cells[1]->path == "/a");
  CHECK(cells[1]->incarnation == 1);
  REQUIRE(f.records->snapshot().size() == 1);
  CHECK(f.records->snapshot()[0]->path() == "/a");
}

TEST_CASE("a killed child does not kill its supervisor", "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  f.start(f.spec({f.child("a", place), f.child("b")}));
  caf::anon_send_exit(place->current(), caf::exit_reason::kill);
  f.sched.run();
  CHECK_FALSE(f.root_ended);
  f.advance(100ms);
  CHECK(place->incarnation() == 2);
  CHECK(f.living("probe") == 2);
}

TEST_CASE("a supervisor killed by kill leaves no children", "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto nested = supervisor_child(
      "inner", f.spec({f.child("x", place), f.stubborn("y")}, strategy::rest_for_one));
  const auto inner = nested.place;
  f.start(f.spec({f.child("a"), std::move(nested), f.stubborn("b")}));
  CHECK(f.living("probe") == 4);
  CHECK(f.living("supervisor") == 2);
  caf::anon_send_exit(f.root, caf::exit_reason::kill);
  f.sched.run();
  CHECK(f.root_ended);
  CHECK(f.living("probe") == 0);
  CHECK(f.living("supervisor") == 0);
  CHECK(place->current() == nullptr);
  CHECK(place->state() == child_state::gone);
  CHECK(inner->current() == nullptr);
}

TEST_CASE("a supervisor whose last handle goes leaves no children either",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  f.start(f.spec({f.child("a")}));
  f.advance(10s);  // its timers hold handles until they fire
  f.root = nullptr;
  f.sched.run();
  CHECK(f.root_ended);
  CHECK(f.living("probe") == 0);
}

TEST_CASE("a request during backoff fails at once with child_unavailable",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  f.start(f.spec({f.child("a", place)}));
  const auto c = f.sys.spawn<caller>(place);
  const auto request = [&] {
    caf::scoped_actor self{f.sys};
    std::string answer = "none";
    auto handle = self->request(c, 9s, caf::get_atom_v);
    f.sched.run();
    handle.receive([&](unsigned incarnation) { answer = std::to_string(incarnation); },
                   [&](caf::error& e) { answer = describe(e); });
    return answer;
  };
  CHECK(request() == "1");
  f.say(place, "boom");
  CHECK(place->state() == child_state::backoff);
  CHECK(request() == "child_unavailable");
  f.advance(100ms);
  CHECK(request() == "2");
  caf::anon_send_exit(c, caf::exit_reason::user_shutdown);
  f.sched.run();
}

TEST_CASE("a registered name points at the new incarnation", "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto spec = f.child("a", place);
  spec.registered_name = "limiter";
  f.start(f.spec({std::move(spec)}));
  const auto registered = [&] { return f.sys.registry().get(caf::atom("limiter")); };
  const auto first = caf::actor_cast<caf::actor>(registered());
  CHECK(first == place->current());
  f.say(place, "boom");
  CHECK(registered() == nullptr);
  f.advance(100ms);
  const auto second = caf::actor_cast<caf::actor>(registered());
  CHECK(second == place->current());
  CHECK(second != first);
  caf::anon_send_exit(f.root, caf::exit_reason::kill);
  f.sched.run();
  CHECK(registered() == nullptr);
}

TEST_CASE("an escalation through two levels keeps the original cause",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto inner = f.spec({f.child("x", place)});
  inner.rules.intensity = 1;
  auto outer = f.spec({supervisor_child("inner", std::move(inner))});
  outer.rules.intensity = 0;
  f.start(std::move(outer));
  f.say(place, "boom");
  f.advance(100ms);
  CHECK_FALSE(f.root_ended);
  f.say(place, "boom");
  REQUIRE(f.root_ended);
  const auto top = as_escalation(f.root_reason);
  REQUIRE(top.has_value());
  CHECK(top->child == "/inner");
  const auto below = as_escalation(top->last_error);
  REQUIRE(below.has_value());
  CHECK(below->child == "/inner/x");
  CHECK(below->count == 2);
  CHECK(f.records->escalations == 2);
  CHECK(describe(root_cause(f.root_reason)).find("boom") != std::string::npos);
}

TEST_CASE("a sleeping child is killed after its own time, on the supervisor's clock",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  auto slow = f.stubborn("b");
  slow.rules.shutdown = shutdown_rule::within(700ms);
  f.start(f.spec({f.child("a"), std::move(slow), f.child("c")}));
  f.trace();
  request_stop(f.root);
  f.sched.run();
  CHECK(f.trace() == "-/c");
  f.advance(699ms);
  CHECK(f.trace().empty());
  f.advance(1ms);
  CHECK(f.trace() == "-/b -/a");
  CHECK(f.root_ended);
}

TEST_CASE("a child that does not come to its kill is a zombie, replaced and noticed at its end",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto b = f.child("b", place);
  b.rules.shutdown = shutdown_rule::kill();
  const auto first = make_slot();
  f.start(f.spec({f.child("a", first), std::move(b)}, strategy::one_for_all));
  const auto stuck = caf::actor_cast<caf::abstract_actor*>(place->current());
  const auto run_others = [&] {
    f.sched.run_jobs_filtered(
        [&](caf::resumable* job) { return dynamic_cast<caf::abstract_actor*>(job) != stuck; });
  };
  caf::anon_send(first->current(), std::string{"boom"});
  run_others();
  CHECK(place->state() == child_state::stopping);
  f.sched.advance_time(2s);
  run_others();
  CHECK(place->zombies() == 1);
  f.sched.advance_time(100ms);
  run_others();
  CHECK(place->state() == child_state::running);
  CHECK(place->incarnation() == 2);
  f.sched.run();  // now it comes to its kill
  CHECK(place->zombies() == 0);
  CHECK(place->state() == child_state::running);
}

TEST_CASE("a factory that throws is a failed start", "[supervision][supervisor]") {
  supervisor_fixture f;
  int attempts = 0;
  const auto place = make_slot();
  auto spec = f.child("a", place);
  spec.factory = [&attempts, make = spec.factory](const child_context& c) {
    if (++attempts < 3) throw std::runtime_error("no such file");
    return make(c);
  };
  f.start(f.spec({std::move(spec)}));
  CHECK(place->state() == child_state::backoff);
  CHECK(place->failures().snapshot()[0].cause.find("no such file") != std::string::npos);
  f.advance(100ms);
  f.advance(200ms);
  CHECK(place->state() == child_state::running);
  CHECK(attempts == 3);
}

TEST_CASE("a child may report its readiness itself, and is killed when it does not in time",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto spec = f.child("a", place);
  spec.readiness = readiness::reported;
  caf::actor latest;
  spec.factory = [&, make = spec.factory](const child_context& c) { return latest = make(c); };
  f.start(f.spec({std::move(spec), f.child("b")}, strategy::rest_for_one));
  CHECK(f.trace() == "+/a");
  CHECK(place->state() == child_state::starting);
  CHECK(place->current() == nullptr);
  f.advance(5s);
  CHECK(f.trace() == "-/a");
  CHECK(place->failures().snapshot()[0].cause == "start_timeout");
  f.advance(100ms);
  CHECK(f.trace() == "+/a");
  caf::send_as(latest, f.root, child_ready{});
  f.sched.run();
  CHECK(f.trace() == "+/b");
  CHECK(place->state() == child_state::running);
  CHECK(place->current() == latest);
  latest = nullptr;
}

TEST_CASE("a group restart starts all children anew", "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  f.start(f.spec({f.child("a"), f.child("b", place), f.child("c")}, strategy::one_for_all));
  f.trace();
  f.say(place, "boom");
  CHECK(f.trace() == "-/b -/c -/a");
  f.advance(100ms);
  CHECK(f.trace() == "+/a +/b +/c");
}

TEST_CASE("a pool answers with its new child and forgets it when it has ended",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  auto one = f.child("");
  one.rules.restart = restart_kind::temporary;
  auto spec = f.spec({std::move(one)}, strategy::simple_one_for_one);
  spec.rules.max_children = 2;
  f.start(std::move(spec));
  caf::scoped_actor self{f.sys};
  const auto add = [&]() -> caf::actor {
    caf::actor result;
    auto handle = self->request(f.root, 9s, add_child{});
    f.sched.run();
    handle.receive([&](caf::actor& child) { result = child; }, [](caf::error&) {});
    return result;
  };
  const auto first = add();
  const auto second = add();
  CHECK(first != nullptr);
  CHECK(second != nullptr);
  CHECK(add() == nullptr);
  CHECK(f.trace() == "+/1 +/2");
  caf::anon_send(first, std::string{"quit"});
  f.sched.run();
  CHECK(f.trace() == "-/1");
  CHECK(add() != nullptr);
  request_stop(f.root);
  f.sched.run();
  CHECK(f.living("probe") == 0);
  CHECK(f.root_ended);
}

TEST_CASE("incarnations and restarts count on when the supervisor above is restarted itself",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto inner = f.spec({f.child("x", place)});
  inner.rules.intensity = 1;
  f.start(f.spec({supervisor_child("inner", std::move(inner))}));
  const auto restarts = [&](std::string_view path) {
    return f.cfg.directory->series_of(path)->restarts.load();
  };
  f.say(place, "boom");
  f.advance(1s);
  CHECK(place->incarnation() == 2);
  CHECK(restarts("/inner/x") == 1);
  CHECK(restarts("/inner") == 0);
  f.say(place, "boom");  // one too many: the supervisor gives up
  f.advance(1s);
  CHECK(f.records->escalations == 1);
  CHECK(place->incarnation() == 3);
  CHECK(place->restarts() == 2);
  CHECK(restarts("/inner/x") == 2);
  CHECK(restarts("/inner") == 1);
  CHECK(f.records->restarts == 3);
  f.say(place, "boom");
  CHECK(place->failures().snapshot().back().incarnation == 3);
  f.advance(1s);
  CHECK(restarts("/inner/x") == 3);
}

TEST_CASE("a failed start counts as an incarnation", "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto broken = f.child("x", place);
  auto attempts = std::make_shared<unsigned>(0);
  broken.factory = [attempts, make = broken.factory](const child_context& c) {
    if (++*attempts == 1) throw std::runtime_error("not yet");
    CHECK(c.incarnation == *attempts);
    return make(c);
  };
  f.start(f.spec({std::move(broken)}));
  f.advance(1s);
  CHECK(place->state() == child_state::running);
  CHECK(place->incarnation() == 2);
  CHECK(f.cfg.directory->series_of("/x")->restarts == 1);
}

TEST_CASE("the members of a pool share one series, which outlives them",
          "[supervision][supervisor]") {
  supervisor_fixture f;
  auto one = f.child("");
  one.rules.restart = restart_kind::transient;
  one.rules.counted = false;
  const auto running = make_slot();
  auto pool = supervisor_child("running", f.spec({std::move(one)}, strategy::simple_one_for_one));
  pool.place = running;
  f.start(f.spec({std::move(pool)}));
  caf::scoped_actor self{f.sys};
  for (int i = 0; i < 20; ++i) {
    const auto place = running->current();
    REQUIRE(place);
    auto handle = self->request(place, 9s, add_child{});
    f.sched.run();
    caf::actor child;
    handle.receive([&](caf::actor& made) { child = made; }, [](caf::error&) {});
    REQUIRE(child);
    caf::anon_send(child, std::string{i % 2 == 0 ? "boom" : "quit"});
    f.advance(1s);
  }
  CHECK(f.living("probe") == 10);
  std::vector<std::string> labels;
  for (const auto& series : f.cfg.directory->all_series()) labels.push_back(series->label);
  CHECK(labels == std::vector<std::string>{"/", "/running", "/running/*"});
  CHECK(f.cfg.directory->series_of("/running/1")->restarts == 10);
}

TEST_CASE("the shutdown task of a tree ends with the tree", "[supervision][supervisor]") {
  supervisor_fixture f;
  f.start(f.spec({f.child("a"), f.stubborn("b")}));
  int failures = 0;
  watch_root(f.root, [&](const caf::error&) { ++failures; });
  const auto task = stop_tree_task(f.root, 20s);
  std::vector<std::string> outcomes;
  const auto note = [&](const std::string& error) { outcomes.push_back(error); };
  task.run(note);
  f.sched.run();
  CHECK(outcomes.empty());
  f.advance(5s);
  CHECK(outcomes == std::vector<std::string>{""});
  f.root = nullptr;
  f.advance(10s);
  task.run(note);  // again, when there is nothing left
  f.sched.run();
  CHECK(outcomes.size() == 2);
  CHECK(failures == 0);
}

TEST_CASE("the failure of a root is told to whom it concerns", "[supervision][supervisor]") {
  supervisor_fixture f;
  const auto place = make_slot();
  auto spec = f.spec({f.child("a", place)});
  spec.rules.intensity = 0;
  f.start(std::move(spec));
  std::string why;
  watch_root(f.root, [&](const caf::error& reason) { why = describe(root_cause(reason)); });
  f.say(place, "boom");
  CHECK(why.find("boom") != std::string::npos);
}

TEST_CASE("a supervisor refuses a specification that cannot work", "[supervision][supervisor]") {
  supervisor_fixture f;
  auto nameless = f.child("a");
  nameless.factory = nullptr;
  CHECK(validate(f.spec({nameless})).errors.size() == 1);
  auto long_name = f.child("a");
  long_name.registered_name = "much_too_long";
  CHECK(validate(f.spec({long_name})).errors.size() == 1);
  auto named = f.child("a");
  named.registered_name = "pool";
  CHECK(validate(f.spec({named}, strategy::simple_one_for_one)).errors.size() == 1);
}

}  // namespace tributary::actors::supervision
