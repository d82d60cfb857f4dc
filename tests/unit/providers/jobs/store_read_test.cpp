// SPDX-License-Identifier: MIT
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

namespace tributary::tests {

namespace {

using jobs_settle = providers::jobs::settle;

list_filter by_status(std::vector<std::string> statuses, std::string vendor = {}) {
  list_filter result;
  result.statuses = std::move(statuses);
  result.vendor = std::move(vendor);
  return result;
}

/// All pages of a list.
std::vector<job_id> walk(store_fixture& f, list_filter filter) {
  std::vector<job_id> result;
  for (;;) {
    const auto page = f.list(filter);
    CHECK(page.size() <= filter.limit);
    result.insert(result.end(), page.begin(), page.end());
    if (page.size() < filter.limit) return result;
    filter.before = page.back();
  }
}

}  // namespace

TEST_CASE("a list has the newest first, and says what a line needs", "[jobs][store]") {
  store_fixture f;
  const auto first = f.accept();
  f.pass(seconds{1});
  auto wanted = f.wish("other");
  wanted.priority = job_priority::bulk;
  wanted.run_at = f.now() + seconds{9};
  const auto second = f.accept(wanted);
  const auto all = f.reader().list({});
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == second);
  CHECK(all[0].vendor == "other");
  CHECK(all[0].priority == job_priority::bulk);
  CHECK(all[0].state == job_state::queued);
  CHECK(all[0].run_at == f.now() + seconds{9});
  CHECK(all[0].created_at == f.now());
  CHECK(all[0].updated_at == f.now());
  CHECK(all[1].id == first);
  CHECK(all[1].created_at == f.now() - seconds{1});
}

TEST_CASE("a list is narrowed by status as clients see it, and by vendor", "[jobs][store]") {
  store_fixture f;
  const auto runs = f.running();
  const auto awaits = f.awaiting("r");
  const auto complete = f.running();
  REQUIRE(f.settle(complete, jobs_settle::complete{"1"}).settled);
  const auto cancelled = f.accept();
  f.cancel(cancelled);
  const auto pending = f.accept();
  const auto foreign = f.accept(f.wish("other"));
  auto later = f.wish();
  later.run_at = f.now() + seconds{5};
  const auto scheduled = f.accept(later);

  CHECK(f.list(by_status({"scheduled"})) == std::vector{scheduled});
  CHECK(f.list(by_status({"pending"})) == std::vector{foreign, pending});
  CHECK(f.list(by_status({"pending"}, "v")) == std::vector{pending});
  CHECK(f.list(by_status({"scheduled", "pending"})) == std::vector{scheduled, foreign, pending});
  CHECK(f.list(by_status({"processing"})) == std::vector{runs.id});
  CHECK(f.list(by_status({"awaiting_vendor"})) == std::vector{awaits.id});
  CHECK(f.list(by_status({"complete", "cancelled"})) == std::vector{cancelled, complete.id});
  CHECK(f.list(by_status({"dead"})).empty());
  CHECK(f.list(by_status({}, "other")) == std::vector{foreign});
  CHECK(f.list(by_status({}, "nobody")).empty());
  CHECK(f.list(by_status({}, "v")).size() == 6);
  f.pass(seconds{5});
  CHECK(f.list(by_status({"scheduled"})).empty());
  CHECK(f.list(by_status({"pending"}, "v")) == std::vector{scheduled, pending});
}

TEST_CASE("a list is narrowed by the time of acceptance", "[jobs][store]") {
  store_fixture f;
  const auto begin = f.now();
  std::vector<job_id> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(f.accept());
    f.pass(seconds{1});
  }
  const auto status = GENERATE(std::vector<std::string>{}, std::vector<std::string>{"pending"});
  auto filter = by_status(status);
  filter.created_after = begin;
  filter.created_before = begin + seconds{3};
  CHECK(f.list(filter) == std::vector{ids[2], ids[1]});
}

TEST_CASE("a walk through the pages meets each job once, while others come", "[jobs][store]") {
  store_fixture f;
  std::vector<job_id> ids;
  for (int i = 0; i < 25; ++i) ids.push_back(f.accept(f.wish(i % 3 == 0 ? "a" : "b")));
  std::reverse(ids.begin(), ids.end());
  list_filter filter;
  filter.limit = GENERATE(1U, 4U, 5U, 25U, 50U);
  CHECK(walk(f, filter) == ids);
  filter.statuses = {"pending", "scheduled", "complete"};
  CHECK(walk(f, filter) == ids);
  auto half = f.list(filter);
  f.accept(f.wish("a"));
  filter.before = half.back();
  const auto rest = walk(f, filter);
  half.insert(half.end(), rest.begin(), rest.end());
  CHECK(half == ids);
}

TEST_CASE("events are numbered within their job and told from any number on", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.run_at = f.now() + seconds{3};
  const auto id = f.accept(wanted);
  f.accept();
  f.pass(seconds{3});
  const auto claimed = f.claim(9);
  const auto& value = *std::find_if(claimed.begin(), claimed.end(),
                                    [&](const auto& each) { return each.id == id; });
  attempt_record record;
  record.failure = "timeout";
  REQUIRE(f.settle(value, jobs_settle::retry{seconds{9}, false}, record).settled);
  const auto all = f.reader().events(id, 0, 10);
  REQUIRE(all.size() == 3);
  CHECK(all[0].number == 1);
  CHECK(all[0].what == job_event::kind::state);
  CHECK(all[0].state == job_state::queued);
  CHECK(all[0].run_at == f.now());
  CHECK(all[0].attempt == 0);
  CHECK(all[0].at == f.now() - seconds{3});
  CHECK(all[1].state == job_state::processing);
  CHECK(all[1].attempt == 1);
  CHECK(all[2].state == job_state::queued);
  CHECK(all[2].run_at == f.now() + seconds{9});
  CHECK(all[2].text == "timeout");
  CHECK(f.story(id) == "scheduled processing scheduled");
  const auto some = f.reader().events(id, 1, 1);
  REQUIRE(some.size() == 1);
  CHECK(some[0].number == 2);
  CHECK(f.reader().events(id, 3, 10).empty());
  CHECK(f.reader().events(id, ~std::uint64_t{0}, 10).empty());
  CHECK(f.reader().events(f.new_id(), 0, 10).empty());
}

TEST_CASE("what was accepted is what is there and what was deleted", "[jobs][store]") {
  store_fixture f;
  for (int i = 0; i < 3; ++i) f.accept();
  auto later = f.wish("other");
  later.run_at = f.now() + hours{1};
  f.accept(later);
  REQUIRE(f.settle(f.claim(1).at(0), jobs_settle::complete{"1"}).settled);
  f.claim(1);
  const auto restart = GENERATE(false, true);
  if (restart) f.restart();
  const auto counts = f.reader().counts();
  CHECK(counts.accepted == 4);
  CHECK(counts.purged == 0);
  CHECK(counts.states == std::array<std::uint64_t, job_states>{2, 1, 0, 1});
  CHECK(counts.scheduled == 1);
  f.accept();
  CHECK(f.reader().counts().accepted == 5);
}

TEST_CASE("a reader sees what was written when the write has returned", "[jobs][store]") {
  store_fixture f;
  const auto other = f.store().open_reader();
  for (int i = 0; i < 20; ++i) {
    const auto id = f.accept();
    CHECK(other->find(id));
    CHECK(f.reader().find(id));
  }
}

}  // namespace tributary::tests
