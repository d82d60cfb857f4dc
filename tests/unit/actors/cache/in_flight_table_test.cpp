// SPDX-License-Identifier: MIT
#include "actors/cache/in_flight_table.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>

using namespace tributary::actors::cache;

namespace {

using table = in_flight_table<int>;

}  // namespace

TEST_CASE("the first caller leads and the others follow", "[in_flight]") {
  table waiters{10};
  const auto first = waiters.join("k", 1);
  CHECK(first.role == join_role::lead);
  CHECK(first.ticket.gather != 0);
  const auto second = waiters.join("k", 2);
  CHECK(second.role == join_role::follow);
  CHECK(second.ticket.gather == first.ticket.gather);
  const auto other = waiters.join("other", 3);
  CHECK(other.role == join_role::lead);
  CHECK(other.ticket.gather != first.ticket.gather);
  CHECK(waiters.gathers() == 2);
  CHECK(waiters.waiting() == 3);
  CHECK(waiters.finish("k", first.ticket.gather) == std::vector<int>{1, 2});
  CHECK(waiters.waiting() == 1);
  CHECK(waiters.finish("k", first.ticket.gather).empty());
  CHECK(waiters.join("k", 4).role == join_role::lead);
}

TEST_CASE("of 1,000 callers of a cold key one leads and all are answered", "[in_flight]") {
  table waiters{10'000};
  int leaders = 0;
  std::uint64_t gather = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto joined = waiters.join("cold", int{i});
    if (joined.role == join_role::lead) ++leaders;
    gather = joined.ticket.gather;
  }
  CHECK(leaders == 1);
  const auto released = waiters.finish("cold", gather);
  REQUIRE(released.size() == 1000);
  CHECK(std::ranges::is_sorted(released));
}

TEST_CASE("no more than the permitted number wait for one gather", "[in_flight]") {
  in_flight_table<std::unique_ptr<int>> waiters{2};
  CHECK(waiters.join("k", std::make_unique<int>(1)).role == join_role::lead);
  const auto second = waiters.join("k", std::make_unique<int>(2));
  auto third = std::make_unique<int>(3);
  CHECK(waiters.join("k", std::move(third)).role == join_role::full);
  CHECK(third != nullptr);
  CHECK(waiters.leave("k", second.ticket).left);
  CHECK(waiters.join("k", std::move(third)).role == join_role::follow);
  CHECK(waiters.join("other", std::make_unique<int>(4)).role == join_role::lead);
  CHECK(table{0}.join("k", 1).role == join_role::lead);
}

TEST_CASE("the gather goes on without its leader and ends with its last waiter", "[in_flight]") {
  table waiters{10};
  const auto leader = waiters.join("k", 1);
  const auto follower = waiters.join("k", 2);
  const auto first = waiters.leave("k", leader.ticket);
  CHECK(first.left);
  CHECK_FALSE(first.last);
  CHECK_FALSE(waiters.leave("k", leader.ticket).left);
  CHECK(waiters.join("k", 3).role == join_role::follow);
  CHECK(waiters.leave("k", follower.ticket).left);
  CHECK(waiters.finish("k", leader.ticket.gather) == std::vector<int>{3});

  const auto alone = waiters.join("k", 4);
  const auto last = waiters.leave("k", alone.ticket);
  CHECK(last.left);
  CHECK(last.last);
  CHECK(waiters.gathers() == 0);
  CHECK(waiters.waiting() == 0);
}

TEST_CASE("the end of an older gather leaves a newer one alone", "[in_flight]") {
  table waiters{10};
  const auto old = waiters.join("k", 1);
  REQUIRE(waiters.leave("k", old.ticket).last);
  const auto fresh = waiters.join("k", 2);
  CHECK(fresh.role == join_role::lead);
  CHECK(waiters.finish("k", old.ticket.gather).empty());
  CHECK_FALSE(waiters.leave("k", old.ticket).left);
  CHECK(waiters.finish("k", fresh.ticket.gather) == std::vector<int>{2});
}

TEST_CASE("leaving by a ticket of nobody changes nothing", "[in_flight]") {
  table waiters{10};
  CHECK_FALSE(waiters.leave("k", {}).left);
  const auto joined = waiters.join("k", 1);
  CHECK_FALSE(waiters.leave("k", {joined.ticket.gather, 99}).left);
  CHECK_FALSE(waiters.leave("k", {joined.ticket.gather, 0}).left);
  CHECK_FALSE(waiters.leave("x", joined.ticket).left);
  CHECK(waiters.waiting() == 1);
}

TEST_CASE("random joining, leaving and finishing agrees with a plain model", "[in_flight]") {
  std::mt19937_64 random{17};
  table waiters{40};
  struct gather {
    std::uint64_t id = 0;
    std::map<std::uint64_t, int> waiting;
  };
  std::map<std::string, gather> model;
  for (int step = 0; step < 100'000; ++step) {
    const std::string key(1, static_cast<char>('a' + random() % 5));
    const auto at = model.find(key);
    const auto choice = random() % 100;
    if (choice < 55) {
      const auto joined = waiters.join(key, int{step});
      const bool full = at != model.end() && at->second.waiting.size() >= 40;
      REQUIRE(joined.role == (at == model.end() ? join_role::lead
                              : full            ? join_role::full
                                                : join_role::follow));
      if (full) continue;
      if (at != model.end()) REQUIRE(at->second.id == joined.ticket.gather);
      model[key].id = joined.ticket.gather;
      REQUIRE(model[key].waiting.emplace(joined.ticket.waiter, step).second);
    } else if (choice < 99 && at != model.end()) {
      auto who = at->second.waiting.begin();
      std::advance(who, static_cast<std::ptrdiff_t>(random() % at->second.waiting.size()));
      const auto gone = waiters.leave(key, {at->second.id, who->first});
      at->second.waiting.erase(who);
      REQUIRE(gone.left);
      REQUIRE(gone.last == at->second.waiting.empty());
      if (gone.last) model.erase(at);
    } else if (at != model.end()) {
      std::vector<int> expected;
      for (const auto& [number, waiter] : at->second.waiting) expected.push_back(waiter);
      REQUIRE(waiters.finish(key, at->second.id) == expected);
      model.erase(at);
    }
    std::size_t sum = 0;
    for (const auto& [name, each] : model) sum += each.waiting.size();
    REQUIRE(waiters.waiting() == sum);
    REQUIRE(waiters.gathers() == model.size());
  }
}
