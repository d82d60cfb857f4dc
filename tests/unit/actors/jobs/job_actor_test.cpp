// SPDX-License-Identifier: MIT
#include "actors/jobs/job_actor.hpp"

#include "actors/guards/upstream_call.hpp"
#include "actors/messages.hpp"
#include "jobs_fixture.hpp"

#include <catch2/catch.hpp>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors;
using namespace actors::jobs;

namespace {

config::vendor_settings vendor_of(config::vendor_kind kind) {
  config::vendor_settings result;
  result.kind = kind;
  result.upstream.path_prefix = "/base";
  return result;
}

/// One attempt of a job, with a guard and a store that keep what they get.
class attempt_on_stage : public jobs_fixture {
 public:
  explicit attempt_on_stage(config::vendor_settings vendor = vendor_of(config::vendor_kind::sync),
                            std::uint32_t round_attempts = 1)
      : jobs_fixture(std::move(vendor)) {
    state->public_url = "http://127.0.0.1:1";
    writer = collect(state->writer, writes);
    if (this->vendor().upstream != nullptr) {
      this->vendor().upstream->first_guards = {std::make_shared<supervision::slot>()};
      guard = collect(this->vendor().upstream->first_guards.front(), calls);
    }
    dispatcher = actors.sys.spawn<collector<attempt_ended>>(ends);
    attempt_kit kit;
    kit.job.id = job_number(9);
    kit.job.vendor = "sync";
    kit.job.payload = R"({"q":1})";
    kit.job.attempt = 4;
    kit.job.round = 2;
    kit.job.round_attempts = round_attempts;
    kit.job.max_attempts = 8;
    kit.job.webhook_token = "t0ken";
    kit.order = std::make_shared<attempt_order>(attempt_wanted{kit.job.id, 4}, dispatcher);
    kit.place = running_place{this->vendor()};
    target = actors.sys.spawn<job_actor>("/jobs/running/9", *state, this->vendor(), std::move(kit));
    actors.run();
  }
  ~attempt_on_stage() {
    actors.end(target);
    calls.clear();
    writes.clear();
    actors.run();
    for (const auto& each : {dispatcher, writer, guard}) {
      if (each) actors.end(each);
    }
  }

  void answer(int status, std::string_view body) {
    guards::call_result result;
    result.status = status;
    result.body = http::wire::shared_bytes{body};
    calls.back().call->finish(std::move(result));
    actors.run();
  }

  const pj::settle& settle() const { return std::get<pj::settle>(writes.back().call->what); }

  void settled(pj::settle_result what) {
    pj::written result = what;
    writes.back().call->answer(store_refusal::none, &result);
    actors.run();
  }

  std::vector<write_to_store> writes;
  std::vector<make_call> calls;
  std::vector<attempt_ended> ends;
  caf::actor writer, guard, dispatcher, target;
};

}  // namespace

TEST_CASE("An attempt calls its vendor with the job's key, and settles by the answer") {
  attempt_on_stage f;
  REQUIRE(f.calls.size() == 1);
  const auto& asked = f.calls[0].call->asked();
  CHECK(asked.method == "POST");
  CHECK(asked.target == "/base/jobs");
  const auto has = [&](std::string_view name, std::string_view value) {
    return std::any_of(asked.headers.begin(), asked.headers.end(), [&](const auto& each) {
      return each.first == name && each.second == value;
    });
  };
  CHECK(has("Idempotency-Key", "\"" + job_number(9).text() + "/2\""));
  CHECK(has("X-Attempt", "4"));
  CHECK(f.writes.empty());
  f.answer(200, R"({"ok":true})");
  REQUIRE(f.writes.size() == 1);
  CHECK(f.settle().attempt == 4);
  CHECK(std::get<pj::settle::complete>(f.settle().how).result == R"({"ok":true})");
  CHECK(f.ends.empty());
  f.settled({true, pj::job_state::complete, 3, {}});
  REQUIRE(f.ends.size() == 1);
  CHECK(f.ends[0].settled);
  CHECK_FALSE(f.ends[0].run_at);
  CHECK(f.vendor().running == 0);
  CHECK(f.state->running.size() == 0);
}

TEST_CASE("An attempt that runs can be seen") {
  attempt_on_stage f;
  const auto seen = f.state->running.find(job_number(9));
  REQUIRE(seen);
  CHECK(seen->attempt == 4);
  CHECK(seen->vendor == "sync");
  CHECK(seen->path == "/jobs/running/9");
  CHECK(f.vendor().running == 1);
}

TEST_CASE("A vendor of kind echo is answered within the process") {
  attempt_on_stage f{vendor_of(config::vendor_kind::echo)};
  CHECK(f.calls.empty());
  REQUIRE(f.writes.size() == 1);
  CHECK(std::get<pj::settle::complete>(f.settle().how).result == R"({"q":1})");
}

TEST_CASE("An attempt that is killed, or whose actor fails, is told as not settled") {
  attempt_on_stage f;
  f.actors.end(f.target);
  REQUIRE(f.ends.size() == 1);
  CHECK_FALSE(f.ends[0].settled);
  CHECK(f.ends[0].id == job_number(9));
  CHECK(f.ends[0].attempt == 4);
  CHECK(f.vendor().running == 0);
  CHECK(f.state->running.size() == 0);
  CHECK(f.calls[0].call->cancelled());
}

TEST_CASE("An attempt whose client cancels closes its call and settles as cancelled") {
  attempt_on_stage f;
  f.actors.tell(f.target, stop_attempt{stop_reason::cancelled});
  CHECK(f.calls[0].call->cancelled());
  REQUIRE(f.writes.size() == 1);
  CHECK(std::holds_alternative<pj::settle::cancel>(f.settle().how));
  CHECK(f.calls.size() == 1);
}

TEST_CASE("A vendor that wants to be told of a cancel is told") {
  auto vendor = vendor_of(config::vendor_kind::sync);
  vendor.cancel = true;
  attempt_on_stage f{vendor};
  f.actors.tell(f.target, stop_attempt{stop_reason::cancelled});
  REQUIRE(f.calls.size() == 2);
  CHECK(f.calls[1].call->asked().method == "DELETE");
  CHECK(f.calls[1].call->asked().target == "/base/jobs/" + job_number(9).text());
  f.answer(500, "");
  CHECK(f.writes.size() == 1);
}

TEST_CASE("An attempt that has lost its job ends without writing") {
  attempt_on_stage f;
  f.actors.tell(f.target, stop_attempt{stop_reason::lost});
  CHECK(f.calls[0].call->cancelled());
  CHECK(f.writes.empty());
  REQUIRE(f.ends.size() == 1);
  CHECK(f.ends[0].settled);
}

TEST_CASE("When the process stops an attempt gives its job back, and uses none") {
  attempt_on_stage f;
  f.actors.tell(f.target, stop_attempt{stop_reason::going_down});
  REQUIRE(f.writes.size() == 1);
  CHECK(std::get<pj::settle::release>(f.settle().how).delay == 0ms);
  CHECK_FALSE(f.settle().record);
}

TEST_CASE("What is on its way to the store is not changed by a cancel that comes then") {
  attempt_on_stage f;
  f.answer(200, "1");
  f.actors.tell(f.target, stop_attempt{stop_reason::cancelled});
  CHECK(f.writes.size() == 1);
  CHECK(std::holds_alternative<pj::settle::complete>(f.settle().how));
}

TEST_CASE("A store that is away is asked again to settle, as long as the lease lasts") {
  attempt_on_stage f;
  f.answer(200, "1");
  f.writes.back().call->answer(store_refusal::unavailable, nullptr);
  f.actors.run();
  CHECK(f.writes.size() == 1);
  f.actors.pass_time();
  REQUIRE(f.writes.size() == 2);
  CHECK(std::get<pj::settle::complete>(f.settle().how).result == "1");
  f.settled({true, pj::job_state::complete, 2, {}});
  CHECK(f.ends.size() == 1);
}

TEST_CASE("An attempt that comes too late counts as stale, and is no crash") {
  attempt_on_stage f;
  f.answer(200, "1");
  f.settled({false, pj::job_state::complete, 2, {}});
  REQUIRE(f.ends.size() == 1);
  CHECK(f.ends[0].settled);
  CHECK(f.state->metrics.stale_settles.value() == 1);
}

TEST_CASE("A job that is due again says when") {
  attempt_on_stage f;
  f.answer(503, "");
  CHECK(std::holds_alternative<pj::settle::retry>(f.settle().how));
  f.settled({true, pj::job_state::queued, 2, f.now + 2s});
  REQUIRE(f.ends.size() == 1);
  CHECK(f.ends[0].run_at == f.now + 2s);
}

TEST_CASE("A retry that the vendor's budget does not allow waits, and uses no attempt") {
  auto vendor = vendor_of(config::vendor_kind::sync);
  vendor.upstream.retry.budget_ratio = 0;
  vendor.upstream.retry.budget_min_per_second = 0;
  attempt_on_stage f{vendor, 2};
  CHECK(f.calls.empty());
  REQUIRE(f.writes.size() == 1);
  CHECK(std::holds_alternative<pj::settle::release>(f.settle().how));
}

TEST_CASE("Where nobody knows the outcome a vendor that can be asked is asked first") {
  auto vendor = vendor_of(config::vendor_kind::sync);
  vendor.on_unknown = config::on_unknown_outcome::lookup;
  attempt_on_stage f{vendor};
  f.calls.back().call->fail(http::wire::error_token::http_response_timeout, "", {});
  f.actors.run();
  CHECK(f.writes.empty());
  REQUIRE(f.calls.size() == 2);
  CHECK(f.calls[1].call->asked().method == "GET");
  CHECK(f.calls[1].call->asked().target == "/base/jobs/" + job_number(9).text());
  f.answer(200, R"({"status":"done","data":5})");
  REQUIRE(f.writes.size() == 1);
  CHECK(std::get<pj::settle::complete>(f.settle().how).result == "5");
}

TEST_CASE("An asynchronous vendor is told where its webhook is to go") {
  attempt_on_stage f{vendor_of(config::vendor_kind::async)};
  CHECK(f.calls[0].call->asked().body.find(
            R"("callback_url":"http://127.0.0.1:1/vendor-webhook/sync?token=t0ken")") !=
        std::string::npos);
  f.answer(202, R"({"status":"accepted","reference":"av-1"})");
  CHECK(std::get<pj::settle::await>(f.settle().how).reference == "av-1");
}

}  // namespace tributary::tests
