// SPDX-License-Identifier: MIT
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace tributary::tests {

namespace {

using jobs_settle = providers::jobs::settle;

/// A job whose first attempt has lost its lease, and whose second runs.
struct overtaken {
  explicit overtaken(store_fixture& f) : stale(f.running()) {
    f.pass(seconds{31});
    REQUIRE(f.reap().rescued.size() == 1);
    auto claimed = f.claim(1);
    REQUIRE(claimed.size() == 1);
    live = claimed[0];
    REQUIRE(live.attempt == 2);
  }

  job stale;
  job live;
};

/// Every way to end an attempt.
std::vector<jobs_settle> all_ways(const job& of) {
  const attempt_record record{of.attempt, {}, {}, attempt_outcome::failure, "stale", 500, "stale"};
  return {{of.id, of.attempt, jobs_settle::complete{"1"}, record},
          {of.id, of.attempt, jobs_settle::fail{{"STALE", ""}}, record},
          {of.id, of.attempt, jobs_settle::bury{{"STALE", ""}}, record},
          {of.id, of.attempt, jobs_settle::retry{seconds{1}, true}, record},
          {of.id, of.attempt, jobs_settle::await{"stale", seconds{1}}, record},
          {of.id, of.attempt, jobs_settle::release{}, {}},
          {of.id, of.attempt, jobs_settle::cancel{}, record}};
}

}  // namespace

TEST_CASE("a worker that lost its job changes nothing of the next attempt", "[jobs][store]") {
  store_fixture f;
  overtaken o{f};
  const auto before = f.get(o.live.id);
  const auto story = f.story(o.live.id);
  for (const auto& way : all_ways(o.stale)) {
    INFO("way " << way.how.index());
    const auto result = f.carry_out<settle_result>(way);
    CHECK_FALSE(result.settled);
    CHECK(result.state == job_state::processing);
    const auto after = f.get(o.live.id);
    CHECK(after.version == before.version);
    CHECK(after.attempt == 2);
    CHECK(after.lease_until == before.lease_until);
    CHECK(after.attempts == before.attempts);
  }
  CHECK(f.story(o.live.id) == story);
  CHECK(f.settle(o.live, jobs_settle::complete{"2"}).settled);
  CHECK(f.get(o.live.id).result == "2");
}

TEST_CASE("a worker that lost its job is told so by its heartbeat and keeps no lease",
          "[jobs][store]") {
  store_fixture f;
  overtaken o{f};
  const auto lease = f.get(o.live.id).lease_until;
  CHECK(f.renew(o.stale, hours{1}).lost == std::vector{o.stale.id});
  CHECK(f.get(o.live.id).lease_until == lease);
  CHECK(f.renew(o.live, hours{1}).lost.empty());
  CHECK(f.get(o.live.id).lease_until == f.now() + hours{1});
}

TEST_CASE("of a batch the attempts that are lost change nothing and the others are settled",
          "[jobs][store]") {
  store_fixture f;
  overtaken o{f};
  const auto other = f.running();
  const std::vector<write> batch{
      jobs_settle{o.stale.id, o.stale.attempt, jobs_settle::complete{"1"}, {}},
      jobs_settle{other.id, other.attempt, jobs_settle::complete{"3"}, {}},
      renew{{{o.stale.id, 1}, {o.live.id, 2}}, seconds{30}}};
  const auto results = f.writer().apply(batch);
  REQUIRE(results.size() == 3);
  CHECK_FALSE(std::get<settle_result>(results[0]).settled);
  CHECK(std::get<settle_result>(results[1]).settled);
  CHECK(std::get<renew_result>(results[2]).lost == std::vector{o.stale.id});
  CHECK(f.state(o.live.id) == job_state::processing);
  CHECK(f.state(other.id) == job_state::complete);
}

TEST_CASE("a job that ended is changed by nobody", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  REQUIRE(f.settle(value, jobs_settle::complete{"1"}).settled);
  const auto before = f.get(value.id);
  for (const auto& way : all_ways(value)) CHECK_FALSE(f.carry_out<settle_result>(way).settled);
  CHECK(f.renew(value).lost.size() == 1);
  CHECK(f.cancel(value.id).what == cancel_result::kind::ended);
  CHECK(f.take(f.webhook(value.id)).what == webhook_result::kind::late);
  f.pass(hours{1});
  const auto reaped = f.reap();
  CHECK(reaped.rescued.empty());
  const auto after = f.get(value.id);
  CHECK(after.version == before.version);
  CHECK(after.result == "1");
  CHECK(after.ended_at == before.ended_at);
}

TEST_CASE("the fence is the same in every spelling of a job's name", "[jobs][store]") {
  store_fixture f;
  auto value = f.running();
  auto text = value.id.text();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char each) { return static_cast<char>(std::toupper(each)); });
  value.id = *job_id::parse(text);
  CHECK(f.settle(value, jobs_settle::complete{"1"}).settled);
  CHECK_FALSE(f.settle(value, jobs_settle::complete{"2"}).settled);
}

TEST_CASE("an attempt of a job that nobody knows is lost", "[jobs][store]") {
  store_fixture f;
  job unknown;
  unknown.id = f.new_id();
  unknown.attempt = 1;
  CHECK_FALSE(f.settle(unknown, jobs_settle::complete{"1"}).settled);
  CHECK(f.renew(unknown).lost == std::vector{unknown.id});
  CHECK(f.cancel(unknown.id).what == cancel_result::kind::not_found);
}

TEST_CASE("a job that waits for another attempt is not the last one's any more", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  REQUIRE(f.settle(value, jobs_settle::retry{seconds{5}, false}).settled);
  for (const auto& way : all_ways(value)) CHECK_FALSE(f.carry_out<settle_result>(way).settled);
  CHECK(f.renew(value).lost.size() == 1);
  CHECK(f.state(value.id) == job_state::queued);
}

TEST_CASE("a worker that leaves does not give back a job that its vendor has", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r");
  CHECK_FALSE(f.settle(value, jobs_settle::release{}).settled);
  CHECK(f.state(value.id) == job_state::awaiting_vendor);
}

// -- races ----------------------------------------------------------------------------------------

TEST_CASE("whoever writes first of several that want to end a job ends it, and nobody else",
          "[jobs][store]") {
  const auto& engine = each_engine();
  const bool awaits = GENERATE(false, true);
  std::vector<int> order{0, 1, 2, 3};
  do {
    store_fixture f{engine};
    INFO("order " << order[0] << order[1] << order[2] << order[3] << ", awaits " << awaits);
    const auto value = awaits ? f.awaiting("r", seconds{10}) : f.running();
    f.pass(seconds{31});
    int ends = 0;
    for (const auto each : order) {
      switch (each) {
        case 0:
          ends += f.settle(value, jobs_settle::complete{"1"}).settled ? 1 : 0;
          break;
        case 1:
          ends += f.take(f.webhook(value.id)).what == webhook_result::kind::accepted ? 1 : 0;
          break;
        case 2:
          f.cancel(value.id);
          break;
        default:
          f.reap();
      }
    }
    const auto after = f.get(value.id);
    CHECK(ends <= 1);
    CHECK(has_ended(after.state));
    CHECK((ends == 1) == (after.state == job_state::complete));
    const auto events = f.reader().events(value.id, 0, 100);
    // A late webhook leaves an event with the state that stays; the end itself is told once.
    CHECK(std::count_if(events.begin(), events.end(), [](const auto& event) {
            return has_ended(event.state) && event.text != "late webhook";
          }) == 1);
    const auto counts = f.reader().counts();
    CHECK(counts.states[static_cast<std::size_t>(after.state)] == 1);
    CHECK(counts.accepted == 1);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace tributary::tests
