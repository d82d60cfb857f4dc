// SPDX-License-Identifier: MIT
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace tributary::tests {

namespace {

using jobs_settle = providers::jobs::settle;

std::set<job_id> names_of(const std::vector<reap_result::item>& all) {
  std::set<job_id> result;
  for (const auto& each : all) result.insert(each.id);
  return result;
}

new_job expiring(store_fixture& f, milliseconds in) {
  auto result = f.wish();
  result.expires_at = f.now() + in;
  return result;
}

}  // namespace

// -- cancel ---------------------------------------------------------------------------------------

TEST_CASE("a job that waits is cancelled at once, and no attempt starts after", "[jobs][store]") {
  store_fixture f;
  const auto id = f.accept();
  const auto result = f.cancel(id);
  CHECK(result.what == cancel_result::kind::cancelled);
  CHECK(result.state == job_state::cancelled);
  CHECK(result.version == 2);
  CHECK(result.vendor == "v");
  CHECK(f.claim(1).empty());
  CHECK(f.story(id) == "pending cancelled");
  CHECK(f.cancel(id).what == cancel_result::kind::cancelled);
  CHECK(f.story(id) == "pending cancelled");
}

TEST_CASE("a job that runs or is awaited is asked to be cancelled, once", "[jobs][store]") {
  store_fixture f;
  const auto awaits = GENERATE(false, true);
  const auto value = awaits ? f.awaiting("r") : f.running();
  const auto version = f.get(value.id).version;
  const auto result = f.cancel(value.id);
  CHECK(result.what == cancel_result::kind::requested);
  CHECK(result.attempt == 1);
  CHECK(result.version == version + 1);
  CHECK(f.get(value.id).cancel_requested);
  CHECK(f.cancel(value.id).version == version + 1);
  CHECK(f.settle(value, jobs_settle::cancel{}).state == job_state::cancelled);
  CHECK(f.cancel(value.id).what == cancel_result::kind::cancelled);
}

TEST_CASE("what completes before its cancel is carried out is complete", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  f.cancel(value.id);
  CHECK(f.settle(value, jobs_settle::complete{"1"}).state == job_state::complete);
  CHECK(f.cancel(value.id).what == cancel_result::kind::ended);
  CHECK(f.cancel(value.id).state == job_state::complete);
}

TEST_CASE("no attempt follows one whose job is no longer wanted", "[jobs][store]") {
  store_fixture f;
  const auto way = GENERATE(0, 1, 2, 3);
  auto value = f.running();
  f.cancel(value.id);
  switch (way) {
    case 0:
      CHECK(f.settle(value, jobs_settle::retry{}).state == job_state::cancelled);
      break;
    case 1:
      CHECK(f.settle(value, jobs_settle::release{}).state == job_state::cancelled);
      break;
    case 2:
      CHECK(f.settle(value, jobs_settle::await{"r", minutes{1}}).state == job_state::cancelled);
      break;
    default:
      f.pass(seconds{31});
      CHECK(f.reap().rescued.at(0).state == job_state::cancelled);
  }
  CHECK(f.state(value.id) == job_state::cancelled);
  CHECK(f.claim(1).empty());
}

TEST_CASE("a vendor's answer that came before its call ended wins over a cancel", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  f.take(f.webhook("r", "[1]"));
  f.cancel(value.id);
  CHECK(f.settle(value, jobs_settle::await{"r", minutes{1}}).state == job_state::complete);
}

TEST_CASE("a cancel that nobody carries out is asked for again", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r");
  f.cancel(value.id);
  CHECK(f.reap().to_cancel.empty());
  f.pass(seconds{10});
  CHECK(names_of(f.reap().to_cancel) == std::set{value.id});
  CHECK(f.settle(value, jobs_settle::cancel{}).settled);
  CHECK(f.reap().to_cancel.empty());
}

// -- leases ---------------------------------------------------------------------------------------

TEST_CASE("an attempt whose lease has run out is due again, as crashed", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  f.pass(seconds{30});
  CHECK(f.reap().rescued.empty());
  f.pass(milliseconds{1});
  const auto reaped = f.reap();
  REQUIRE(reaped.rescued.size() == 1);
  CHECK(reaped.rescued[0].id == value.id);
  CHECK(reaped.rescued[0].vendor == "v");
  CHECK(reaped.rescued[0].state == job_state::queued);
  const auto rescued = f.get(value.id);
  CHECK(reaped.rescued[0].version == rescued.version);
  CHECK(rescued.crashes == 1);
  CHECK(rescued.run_at == f.now());
  REQUIRE(rescued.attempts.size() == 1);
  CHECK(rescued.attempts[0].outcome == attempt_outcome::crashed);
  CHECK(rescued.attempts[0].duration == seconds{30} + milliseconds{1});
  CHECK(f.reap().rescued.empty());
  CHECK(f.claim(1).at(0).attempt == 2);
}

TEST_CASE("a job that crashes its process three times is dead", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.max_attempts = 25;
  const auto id = f.accept(wanted);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(f.claim(1).size() == 1);
    f.restart();
    CHECK(f.reap_all_leases().rescued.at(0).state == job_state::queued);
  }
  REQUIRE(f.claim(1).size() == 1);
  f.restart();
  CHECK(f.reap_all_leases().rescued.at(0).state == job_state::dead);
  CHECK(f.get(id).error->code == "CRASHED");
  CHECK(f.claim(1).empty());
}

TEST_CASE("after a restart all that ran is due at once, however much, and nothing else",
          "[jobs][store]") {
  store_fixture f;
  std::set<job_id> running;
  for (int i = 0; i < 5; ++i) running.insert(f.running().id);
  const auto awaited = f.awaiting("r");
  auto later = f.wish();
  later.run_at = f.now() + hours{1};
  f.accept(later);
  f.restart();
  const auto result = f.carry_out<reap_result>(reap{2, hours{168}, true});
  CHECK(names_of(result.rescued) == running);
  CHECK_FALSE(result.more);
  CHECK(f.state(awaited.id) == job_state::awaiting_vendor);
  CHECK(f.claim(9).size() == 5);
  CHECK(f.take(f.webhook("r")).what == webhook_result::kind::accepted);
}

// -- expiry ---------------------------------------------------------------------------------------

TEST_CASE("a job that was not started in time never starts", "[jobs][store]") {
  store_fixture f;
  const auto late = f.accept(expiring(f, seconds{5}));
  const auto good = f.accept(expiring(f, seconds{6}));
  f.pass(seconds{5});
  const auto claimed = f.claim(9);
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0].id == good);
  const auto reaped = f.reap();
  REQUIRE(reaped.expired.size() == 1);
  CHECK(reaped.expired[0].id == late);
  CHECK(reaped.expired[0].state == job_state::expired);
  CHECK(f.story(late) == "pending expired");
  CHECK(f.reap().expired.empty());
}

TEST_CASE("what has expired does not look like work that is due", "[jobs][store]") {
  store_fixture f;
  f.accept(expiring(f, seconds{5}));
  f.pass(seconds{5});
  claim asked;
  asked.vendor = "v";
  CHECK_FALSE(f.carry_out<claim_result>(asked).next_due);
}

TEST_CASE("what expires while it runs or is awaited is to be cancelled, and told once",
          "[jobs][store]") {
  store_fixture f;
  const auto runs = f.running(expiring(f, seconds{5}));
  const auto waits = f.running(expiring(f, seconds{5}));
  REQUIRE(f.settle(waits, jobs_settle::await{"r", minutes{1}}).settled);
  CHECK(f.reap().to_cancel.empty());
  f.pass(seconds{5});
  const auto reaped = f.reap();
  CHECK(names_of(reaped.to_cancel) == std::set{runs.id, waits.id});
  CHECK(reaped.expired.empty());
  CHECK(f.get(runs.id).cancel_requested);
  CHECK(f.renew(runs).cancel_requested.size() == 1);
  CHECK(f.reap().to_cancel.empty());
}

// -- deadlines and pages --------------------------------------------------------------------------

TEST_CASE("a vendor that does not call back in time is to be asked", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r", minutes{1});
  f.pass(minutes{1} - milliseconds{1});
  CHECK(f.reap().overdue.empty());
  f.pass(milliseconds{1});
  const auto reaped = f.reap();
  REQUIRE(reaped.overdue.size() == 1);
  CHECK(reaped.overdue[0].id == value.id);
  CHECK(reaped.overdue[0].vendor == "v");
  CHECK(f.settle(value, jobs_settle::retry{}).settled);
  CHECK(f.reap().overdue.empty());
}

TEST_CASE("a vendor that is still at it has its deadline moved, and keeps its name for the job",
          "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r", minutes{1});
  f.pass(minutes{1});
  auto reaped = f.reap();
  REQUIRE(reaped.overdue.size() == 1);
  CHECK(reaped.overdue[0].attempt == value.attempt);
  CHECK(reaped.overdue[0].round_attempts == 1);
  CHECK(reaped.overdue[0].max_attempts == value.max_attempts);
  CHECK_FALSE(reaped.overdue[0].waited_before);
  CHECK(f.settle(value, jobs_settle::await{{}, minutes{2}}).settled);
  CHECK(f.get(value.id).reference == "r");
  CHECK(f.reap().overdue.empty());
  f.pass(minutes{2});
  reaped = f.reap();
  REQUIRE(reaped.overdue.size() == 1);
  CHECK(reaped.overdue[0].waited_before);
}

TEST_CASE("a page of what nobody acts on does not hide what comes after it", "[jobs][store]") {
  store_fixture f;
  std::set<job_id> all;
  for (int i = 0; i < 7; ++i) all.insert(f.awaiting({}, minutes{1}).id);
  for (int i = 0; i < 4; ++i) {
    const auto value = f.awaiting({}, minutes{1});
    f.cancel(value.id);
  }
  f.pass(minutes{1});
  for (int round = 0; round < 2; ++round) {
    std::set<job_id> seen;
    std::size_t told = 0;
    std::size_t unwanted = 0;
    bool more = true;
    for (int page = 0; more && page < 20; ++page) {
      const auto reaped = f.reap(3);
      for (const auto& each : reaped.overdue) seen.insert(each.id);
      told += reaped.overdue.size();
      unwanted += reaped.to_cancel.size();
      more = reaped.more;
    }
    CHECK_FALSE(more);
    CHECK(seen == all);
    CHECK(told >= all.size());
    CHECK(unwanted >= 4);
  }
}

TEST_CASE("all that is to be rescued is reached page by page", "[jobs][store]") {
  store_fixture f;
  std::set<job_id> all;
  for (int i = 0; i < 10; ++i) all.insert(f.running().id);
  f.pass(minutes{1});
  std::set<job_id> seen;
  auto reaped = f.reap(4);
  CHECK(reaped.rescued.size() == 4);
  while (true) {
    seen.merge(names_of(reaped.rescued));
    if (!reaped.more) break;
    reaped = f.reap(4);
  }
  CHECK(seen == all);
}

// -- deletion -------------------------------------------------------------------------------------

TEST_CASE("what ended long ago is deleted with all that belongs to it, and counted",
          "[jobs][store]") {
  store_fixture f;
  const auto old = f.running();
  REQUIRE(f.settle(old, jobs_settle::complete{"1"}, attempt_record{}).settled);
  const auto dead = f.running();
  REQUIRE(f.settle(dead, jobs_settle::bury{{"X", ""}}).settled);
  const auto open = f.accept();
  f.pass(hours{1});
  CHECK(f.reap(100, hours{1}).purged == 0);
  f.pass(milliseconds{1});
  auto reaped = f.reap(1, hours{1});
  CHECK(reaped.purged == 1);
  CHECK(reaped.more);
  reaped = f.reap(1, hours{1});
  CHECK(reaped.purged == 1);
  CHECK(f.reap(1, hours{1}).purged == 0);
  CHECK_FALSE(f.reader().find(old.id));
  CHECK_FALSE(f.reader().find(dead.id));
  CHECK(f.reader().events(old.id, 0, 10).empty());
  CHECK(f.state(open) == job_state::queued);
  const auto counts = f.reader().counts();
  CHECK(counts.accepted == 3);
  CHECK(counts.purged == 2);
  CHECK(counts.states == std::array<std::uint64_t, job_states>{1});
  // Whoever takes the row next has none of its past.
  f.cancel(open);
  f.pass(hours{1} + milliseconds{1});
  CHECK(f.reap(100, hours{1}).purged == 1);
  const auto next = f.running();
  CHECK(f.story(next.id) == "pending processing");
  CHECK(f.get(next.id).attempts.empty());
}

TEST_CASE("a clock that is set back ends nothing twice and loses nothing", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  const auto waiting = f.accept();
  f.pass(-hours{1});
  CHECK(f.reap().rescued.empty());
  CHECK(f.renew(value).lost.empty());
  attempt_record record;
  CHECK(f.settle(value, jobs_settle::retry{seconds{1}, false}, record).settled);
  CHECK_FALSE(f.settle(value, jobs_settle::complete{"1"}).settled);
  f.pass(seconds{1});
  CHECK(f.claim(9).at(0).attempt == 2);
  f.pass(hours{1});
  CHECK(f.claim(9).at(0).id == waiting);
  const auto events = f.reader().events(value.id, 0, 10);
  for (std::size_t i = 0; i < events.size(); ++i) CHECK(events[i].number == i + 1);
}

}  // namespace tributary::tests
