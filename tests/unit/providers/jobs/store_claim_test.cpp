// SPDX-License-Identifier: MIT
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

namespace tributary::tests {

namespace {

using jobs_settle = providers::jobs::settle;

std::vector<job_id> ids_of(const std::vector<job>& all) {
  std::vector<job_id> result;
  for (const auto& each : all) result.push_back(each.id);
  return result;
}

/// How many there are of each priority, the highest first.
std::array<std::size_t, job_priorities> shares_of(const std::vector<job>& all) {
  std::array<std::size_t, job_priorities> result{};
  for (const auto& each : all) ++result[static_cast<std::size_t>(each.priority)];
  return result;
}

void accept_of_each_priority(store_fixture& f, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t p = job_priorities; p-- > 0;) {
      auto wanted = f.wish();
      wanted.priority = static_cast<job_priority>(p);
      f.accept(wanted);
    }
  }
}

claim claim_with(std::size_t most, std::array<std::size_t, job_priorities> share) {
  claim result;
  result.vendor = "v";
  result.most = most;
  result.share = share;
  result.lease = seconds{30};
  return result;
}

}  // namespace

TEST_CASE("a claim makes an attempt, with a lease and a holder", "[jobs][store]") {
  store_fixture f;
  const auto id = f.accept();
  f.pass(seconds{2});
  const auto claimed = f.claim(5);
  REQUIRE(claimed.size() == 1);
  const auto& value = claimed[0];
  CHECK(value.id == id);
  CHECK(value.attempt == 1);
  CHECK(value.round_attempts == 1);
  CHECK(value.state == job_state::processing);
  CHECK(value.lease_until == f.now() + seconds{30});
  CHECK(value.holder == "here");
  CHECK(value.version == 2);
  const auto stored = f.get(id);
  CHECK(stored.state == job_state::processing);
  CHECK(stored.updated_at == f.now());
  CHECK(stored.version == 2);
  CHECK(f.claim(5).empty());
}

TEST_CASE("due jobs of one priority are claimed in the order of their times", "[jobs][store]") {
  store_fixture f;
  auto later = f.wish();
  later.run_at = f.now() + seconds{2};
  auto sooner = f.wish();
  sooner.run_at = f.now() + seconds{1};
  f.accept(later);
  f.accept(sooner);
  const auto first = f.accept();
  const auto second = f.accept();
  CHECK(ids_of(f.claim(9)) == std::vector{first, second});
  f.pass(seconds{2});
  CHECK(ids_of(f.claim(9)) == std::vector{sooner.id, later.id});
}

TEST_CASE("a job is due exactly from its time on, and the next one's time is told",
          "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.run_at = f.now() + seconds{10};
  f.accept(wanted);
  auto bulk = f.wish();
  bulk.priority = job_priority::bulk;
  bulk.run_at = f.now() + seconds{5};
  f.accept(bulk);
  f.accept(f.wish("other"));
  auto result = f.carry_out<claim_result>(claim_with(1, {}));
  CHECK(result.jobs.empty());
  CHECK(result.next_due == f.now() + seconds{5});
  CHECK(result.now == f.now());
  f.pass(seconds{10} - milliseconds{1});
  result = f.carry_out<claim_result>(claim_with(9, {}));
  CHECK(ids_of(result.jobs) == std::vector{bulk.id});
  CHECK(result.next_due == f.now() + milliseconds{1});
  f.pass(milliseconds{1});
  result = f.carry_out<claim_result>(claim_with(9, {}));
  CHECK(ids_of(result.jobs) == std::vector{wanted.id});
  CHECK_FALSE(result.next_due);
}

TEST_CASE("what is left over when a claim is full is due in the past", "[jobs][store]") {
  store_fixture f;
  f.accept();
  f.accept();
  const auto at = f.now();
  f.pass(seconds{1});
  CHECK(f.carry_out<claim_result>(claim_with(1, {})).next_due == at);
}

TEST_CASE("priorities get their shares, and what one leaves goes to the others", "[jobs][store]") {
  store_fixture f;
  accept_of_each_priority(f, 20);
  using counts = std::array<std::size_t, job_priorities>;
  CHECK(shares_of(f.carry_out<claim_result>(claim_with(15, {8, 4, 2, 1})).jobs) ==
        counts{8, 4, 2, 1});
  CHECK(shares_of(f.carry_out<claim_result>(claim_with(15, {8, 4, 2, 1})).jobs) ==
        counts{8, 4, 2, 1});
  // Four of the highest are left: the rest of its share goes to the next one.
  CHECK(shares_of(f.carry_out<claim_result>(claim_with(15, {8, 4, 2, 1})).jobs) ==
        counts{4, 8, 2, 1});
  CHECK(shares_of(f.carry_out<claim_result>(claim_with(2, {0, 0, 1, 1})).jobs) ==
        counts{0, 0, 1, 1});
  CHECK(shares_of(f.carry_out<claim_result>(claim_with(1'000, {})).jobs) == counts{0, 4, 13, 16});
}

TEST_CASE("a job is claimed once, whoever claims", "[jobs][store]") {
  store_fixture f;
  for (int i = 0; i < 100; ++i) f.accept();
  std::set<job_id> seen;
  std::size_t claimed = 0;
  for (int round = 0; round < 10; ++round) {
    std::vector<write> batch(8, claim_with(3, {1, 1, 1, 1}));
    for (const auto& result : f.writer().apply(batch)) {
      for (const auto& each : std::get<claim_result>(result).jobs) {
        seen.insert(each.id);
        ++claimed;
      }
    }
  }
  CHECK(claimed == 100);
  CHECK(seen.size() == 100);
}

TEST_CASE("jobs of other vendors are not claimed", "[jobs][store]") {
  store_fixture f;
  f.accept(f.wish("a"));
  CHECK(f.claim(9, "b").empty());
  CHECK(f.claim(9, "").empty());
  CHECK(f.claim(9, "a").size() == 1);
}

// -- how attempts end -----------------------------------------------------------------------------

TEST_CASE("an attempt that is to be repeated waits for its time", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  attempt_record record{0, f.now(), milliseconds{40}, attempt_outcome::retry, "timeout", 0, "slow"};
  f.pass(seconds{1});
  const auto result = f.settle(value, jobs_settle::retry{seconds{5}, false}, record);
  CHECK(result.settled);
  CHECK(result.state == job_state::queued);
  CHECK(result.run_at == f.now() + seconds{5});
  CHECK(f.claim(1).empty());
  f.pass(seconds{5});
  const auto again = f.claim(1);
  REQUIRE(again.size() == 1);
  CHECK(again[0].attempt == 2);
  record.attempt = 1;
  CHECK(again[0].attempts == std::vector{record});
  CHECK(f.get(value.id).attempts == std::vector{record});
}

TEST_CASE("the last attempt of a round is not repeated", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.max_attempts = 2;
  auto value = f.running(wanted);
  REQUIRE(f.settle(value, jobs_settle::retry{}).state == job_state::queued);
  value = f.claim(1).at(0);
  attempt_record record;
  record.outcome = attempt_outcome::retry;
  record.message = "came too late";
  const auto result = f.settle(value, jobs_settle::retry{}, record);
  CHECK(result.settled);
  CHECK(result.state == job_state::dead);
  const auto dead = f.get(value.id);
  CHECK(dead.ended_at == f.now());
  REQUIRE(dead.error);
  CHECK(dead.error->code == "ATTEMPTS_EXHAUSTED");
  CHECK(dead.error->message.find("came too late") != std::string::npos);
  CHECK(f.claim(1).empty());
}

TEST_CASE("an attempt that is given back is not counted in its round", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.max_attempts = 1;
  auto value = f.running(wanted);
  for (std::uint32_t i = 1; i < 6; ++i) {
    const auto result = f.settle(value, jobs_settle::release{});
    CHECK(result.settled);
    CHECK(result.state == job_state::queued);
    value = f.claim(1).at(0);
    CHECK(value.attempt == i + 1);
    CHECK(value.round_attempts == 1);
  }
  CHECK(f.get(value.id).attempts.empty());
  CHECK(f.settle(value, jobs_settle::retry{}).state == job_state::dead);
}

TEST_CASE("the third crash of a round is the last", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.max_attempts = 25;
  auto value = f.running(wanted);
  CHECK(f.settle(value, jobs_settle::retry{{}, true}).state == job_state::queued);
  value = f.claim(1).at(0);
  CHECK(f.settle(value, jobs_settle::retry{{}, false}).state == job_state::queued);
  value = f.claim(1).at(0);
  CHECK(f.settle(value, jobs_settle::retry{{}, true}).state == job_state::queued);
  value = f.claim(1).at(0);
  CHECK(f.settle(value, jobs_settle::retry{{}, true}).state == job_state::dead);
  CHECK(f.get(value.id).error->code == "CRASHED");
}

TEST_CASE("an end is told with all that belongs to it", "[jobs][store]") {
  store_fixture f;
  f.pass(seconds{1});
  auto value = f.running();
  f.pass(seconds{1});
  auto result = f.settle(value, jobs_settle::complete{"[1]"});
  CHECK(result.state == job_state::complete);
  CHECK(result.version == 3);
  auto ended = f.get(value.id);
  CHECK(ended.result == "[1]");
  CHECK(ended.processed_at == f.now());
  CHECK(ended.ended_at == f.now());
  CHECK(ended.version == 3);
  CHECK_FALSE(ended.lease_until);
  CHECK(f.story(value.id) == "pending processing complete");

  value = f.running();
  CHECK(f.settle(value, jobs_settle::fail{{"VENDOR_REFUSED", "no"}}).state == job_state::failed);
  ended = f.get(value.id);
  CHECK(ended.error == job_error{"VENDOR_REFUSED", "no"});
  CHECK(ended.result.empty());
  CHECK_FALSE(ended.processed_at);

  value = f.running();
  CHECK(f.settle(value, jobs_settle::bury{{"OUTCOME_UNKNOWN", "?"}}).state == job_state::dead);
  CHECK(f.get(value.id).error == job_error{"OUTCOME_UNKNOWN", "?"});

  value = f.running();
  CHECK(f.settle(value, jobs_settle::cancel{}).state == job_state::cancelled);
  CHECK_FALSE(f.get(value.id).error);
}

TEST_CASE("the newest fifty attempts are remembered", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.max_attempts = 200;
  auto value = f.running(wanted);
  for (int i = 0; i < 60; ++i) {
    attempt_record record;
    record.outcome = attempt_outcome::retry;
    record.failure = std::to_string(i);
    REQUIRE(f.settle(value, jobs_settle::retry{}, record).settled);
    value = f.claim(1).at(0);
  }
  const auto kept = f.get(value.id).attempts;
  REQUIRE(kept.size() == attempts_kept);
  CHECK(kept.front().attempt == 11);
  CHECK(kept.back().attempt == 60);
  CHECK(kept.back().failure == "59");
}

TEST_CASE("a heartbeat moves the lease and tells what is no longer wanted", "[jobs][store]") {
  store_fixture f;
  const auto kept = f.running();
  const auto unwanted = f.running();
  f.cancel(unwanted.id);
  f.pass(seconds{20});
  const auto version = f.get(kept.id).version;
  const auto result = f.carry_out<renew_result>(
      renew{{{kept.id, kept.attempt}, {unwanted.id, unwanted.attempt}}, seconds{30}});
  CHECK(result.lost.empty());
  CHECK(result.cancel_requested == std::vector{unwanted.id});
  CHECK(f.get(kept.id).lease_until == f.now() + seconds{30});
  CHECK(f.get(kept.id).version == version);
  f.pass(seconds{30});
  CHECK(f.reap().rescued.empty());
  f.pass(milliseconds{1});
  CHECK(f.reap().rescued.size() == 2);
}

}  // namespace tributary::tests
