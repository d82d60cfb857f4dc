// SPDX-License-Identifier: MIT
#include "actors/jobs/dispatcher.hpp"

#include "actors/guards/upstream_resources.hpp"
#include "actors/supervision/messages.hpp"
#include "jobs_fixture.hpp"

#include <catch2/catch.hpp>

#include <memory>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors::jobs;

namespace {

/// The pool as a dispatcher sees it: makes children, or refuses.
class scripted_pool final : public actors::runtime::observed_actor {
 public:
  scripted_pool(caf::actor_config& cfg, bool& refuses)
      : observed_actor(cfg, "/test/pool", "pool"), refuses_(refuses) {}
  caf::behavior make_behavior() override {
    return {[this](actors::supervision::add_child& m) -> caf::result<caf::actor> {
      if (refuses_) return caf::make_error(caf::sec::runtime_error);
      const std::string place = "/test/pool/" + m.id;
      return m.factory({*this, place, 1, caf::actor_addr{}});
    }};
  }

 private:
  bool& refuses_;
};

class dispatcher_fixture : public jobs_fixture {
 public:
  explicit dispatcher_fixture(config::vendor_settings vendor = {})
      : jobs_fixture(std::move(vendor)) {
    writer = collect(state->writer, writes);
    pool = actors.sys.spawn<scripted_pool>(pool_refuses);
    state->pool->set_child(pool, 1);
    state->pool->publish(tributary::actors::supervision::child_state::running);
    target = actors.sys.spawn<dispatcher>(
        "/test/dispatcher", *state, this->vendor(),
        [this](const tributary::actors::supervision::child_context& context, attempt_kit kit) {
          begun.push_back(std::make_unique<attempt_kit>(std::move(kit)));
          return context.parent.spawn<collector<stop_attempt>>(stops);
        });
    actors.run();
  }
  ~dispatcher_fixture() {
    actors.end(target);
    begun.clear();
    writes.clear();
    actors.run();
    actors.end(pool);
    actors.end(writer);
  }

  std::size_t claims() const { return count<pj::claim>(); }
  std::size_t settles() const { return count<pj::settle>(); }
  const pj::settle& last_settle() const { return std::get<pj::settle>(writes.back().call->what); }
  const pj::claim& last_claim() const { return std::get<pj::claim>(writes.back().call->what); }

  /// The store's answer to the last claim.
  void claimed(std::vector<pj::job> jobs, std::optional<pj::instant> next = std::nullopt) {
    pj::written result = pj::claim_result{std::move(jobs), next, now};
    const auto call = writes.back().call;
    call->answer(store_refusal::none, &result);
    actors.run();
  }

  pj::job job(std::uint8_t number) const {
    pj::job result;
    result.id = job_number(number);
    result.vendor = "sync";
    result.attempt = 1;
    result.round_attempts = 1;
    result.max_attempts = 8;
    return result;
  }

  std::vector<write_to_store> writes;
  std::vector<std::unique_ptr<attempt_kit>> begun;
  std::vector<stop_attempt> stops;
  bool pool_refuses = false;
  caf::actor writer, pool, target;

 private:
  template <class What>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(writes.begin(), writes.end(), [](const auto& w) {
      return std::holds_alternative<What>(w.call->what);
    }));
  }
};

config::vendor_settings limited_vendor() {
  config::vendor_settings result;
  result.upstream.rate_limit = config::rate_limit_settings{};
  result.upstream.rate_limit->rate = 2;
  result.upstream.rate_limit->burst = 2;
  return result;
}

}  // namespace

TEST_CASE("A dispatcher asks at its start for what an earlier life has left") {
  dispatcher_fixture f;
  REQUIRE(f.claims() == 1);
  CHECK(f.last_claim().vendor == "sync");
  CHECK(f.last_claim().lease == f.state->settings.lease);
  CHECK(f.last_claim().holder == f.state->instance);
}

TEST_CASE("With nothing due nothing is claimed until work arrives") {
  dispatcher_fixture f;
  f.claimed({});
  CHECK(f.claims() == 1);
  f.actors.tell(f.target, work_arrived{f.now});
  CHECK(f.claims() == 2);
}

TEST_CASE("What arrives while a claim is under way is claimed after it") {
  dispatcher_fixture f;
  f.actors.tell(f.target, work_arrived{f.now});
  CHECK(f.claims() == 1);
  f.claimed({f.job(1)}, f.now);
  CHECK(f.claims() == 2);
  CHECK(f.begun.size() == 1);
}

TEST_CASE("A job that is due later is claimed when its time has come") {
  dispatcher_fixture f;
  f.claimed({}, f.now + 5s);
  CHECK(f.claims() == 1);
  f.now += 5s;
  f.actors.pass_time();
  CHECK(f.claims() == 2);
}

TEST_CASE("No more is claimed than the vendor's concurrency allows") {
  config::vendor_settings vendor;
  vendor.concurrency = 2;
  dispatcher_fixture f{vendor};
  CHECK(f.last_claim().most == 2);
  f.claimed({f.job(1), f.job(2)}, f.now);
  CHECK(f.claims() == 1);
  CHECK(f.vendor().running == 2);
  CHECK(f.vendor().wait().why == vendor_wait::reason::concurrency);
  auto first = std::move(f.begun.front());
  first->place = {};
  first->order->answer({first->job.id, 1, true, std::nullopt});
  f.actors.run();
  CHECK(f.claims() == 2);
  CHECK(f.last_claim().most == 1);
}

TEST_CASE("A vendor whose rate is used up costs no write, and is claimed for when it has room") {
  dispatcher_fixture f{limited_vendor()};
  CHECK(f.last_claim().most == 2);
  const auto start = f.actors.sys.clock().now();
  f.claimed({}, std::nullopt);
  {
    auto& guards = *f.vendor().upstream;
    const std::lock_guard lock{guards.mutex};
    while (guards.limiter->decide(start).allowed) continue;
  }
  f.actors.tell(f.target, work_arrived{f.now});
  CHECK(f.claims() == 1);
  CHECK(f.vendor().wait().why == vendor_wait::reason::rate_limit);
  CHECK(f.vendor().wait().until);
}

TEST_CASE("An attempt that ends without having settled is settled as crashed, and tried again") {
  dispatcher_fixture f;
  f.claimed({f.job(1)});
  REQUIRE(f.begun.size() == 1);
  f.begun.clear();  // its actor has ended, and its duty with it
  f.actors.run();
  REQUIRE(f.settles() == 1);
  const auto& what = f.last_settle();
  CHECK(what.id == job_number(1));
  CHECK(what.attempt == 1);
  REQUIRE(std::holds_alternative<pj::settle::retry>(what.how));
  CHECK(std::get<pj::settle::retry>(what.how).crashed);
  REQUIRE(what.record);
  CHECK(what.record->outcome == pj::attempt_outcome::crashed);
  CHECK(f.vendor().running == 0);
}

TEST_CASE("The third crash of a round is a job's end") {
  dispatcher_fixture f;
  auto poison = f.job(1);
  poison.crashes = 2;
  poison.attempt = 3;
  poison.round_attempts = 3;
  f.claimed({poison});
  f.begun.clear();
  f.actors.run();
  REQUIRE(f.settles() == 1);
  CHECK(std::get<pj::settle::bury>(f.last_settle().how).error.code == "CRASHED");
}

TEST_CASE("A crash of the last attempt allowed is a job's end") {
  dispatcher_fixture f;
  auto last = f.job(1);
  last.max_attempts = 1;
  f.claimed({last});
  f.begun.clear();
  f.actors.run();
  REQUIRE(f.settles() == 1);
  CHECK(std::get<pj::settle::bury>(f.last_settle().how).error.code == "ATTEMPTS_EXHAUSTED");
}

TEST_CASE("A job that the pool refuses is due again, and no attempt is used") {
  dispatcher_fixture f;
  f.pool_refuses = true;
  f.claimed({f.job(1)});
  REQUIRE(f.settles() == 1);
  CHECK(std::holds_alternative<pj::settle::release>(f.last_settle().how));
  CHECK(f.vendor().running == 0);
}

TEST_CASE("While the process stops nothing is claimed") {
  dispatcher_fixture f;
  f.claimed({});
  f.state->draining = true;
  f.actors.tell(f.target, work_arrived{f.now});
  CHECK(f.claims() == 1);
}

TEST_CASE("A claim that the store did not answer is made again after a moment") {
  dispatcher_fixture f;
  f.writes.clear();  // drops the call
  f.actors.run();
  CHECK(f.claims() == 0);
  f.actors.pass_time();
  CHECK(f.claims() == 1);
}

TEST_CASE("A job that is due again is claimed at its time without being told of") {
  dispatcher_fixture f;
  f.claimed({f.job(1)});
  auto first = std::move(f.begun.front());
  first->place = {};
  first->order->answer({first->job.id, 1, true, f.now + 3s});
  f.actors.run();
  CHECK(f.claims() == 1);
  f.now += 3s;
  f.actors.pass_time();
  CHECK(f.claims() == 2);
}

}  // namespace tributary::tests
