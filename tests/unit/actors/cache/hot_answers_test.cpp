// SPDX-License-Identifier: MIT
#include "actors/cache/hot_answers.hpp"

#include "actors/cache/answer_store.hpp"
#include "actors/cache/worker_answers.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

namespace tributary::actors::cache {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t one_set = 8 * hot_answers::place_share;
const auto beginning = steady_time{} + 1h;
const answer_keeper first_shard{0, 1};

cached_answer_ptr answer_for(std::chrono::nanoseconds ttl = 60s) {
  cached_answer result;
  result.stored_at = beginning;
  result.expires_at = beginning + ttl;
  return share(std::move(result));
}

}  // namespace

TEST_CASE("a worker gives what was lent to it until its time is over", "[hot_answers]") {
  hot_answers hot{one_set, 7};
  CHECK(hot.find("k", beginning) == nullptr);
  const auto kept = answer_for(60s);
  hot.keep("k", kept, first_shard, beginning);
  const auto found = hot.find("k", beginning + 60s - 1ns);
  REQUIRE(found != nullptr);
  CHECK(found->answer == kept);
  CHECK(found->keeper == first_shard);
  CHECK(hot.find("k2", beginning) == nullptr);
  CHECK(hot.find("k", beginning + 60s) == nullptr);
  CHECK(hot.size() == 0);
}

TEST_CASE("a worker gives nothing that the shard has let go of", "[hot_answers]") {
  hot_answers hot{one_set};
  const auto gone = answer_for();
  SECTION("after it came") {
    hot.keep("k", gone, first_shard, beginning);
    gone->forgotten.set();
  }
  SECTION("while it was on its way") {
    gone->forgotten.set();
    hot.keep("k", gone, first_shard, beginning);
    CHECK(hot.size() == 0);
  }
  CHECK(hot.find("k", beginning) == nullptr);
}

TEST_CASE("a newer answer takes the place of the one before, never the other way round",
          "[hot_answers]") {
  hot_answers hot{one_set};
  const auto old = answer_for();
  const auto newer = answer_for();
  hot.keep("k", old, first_shard, beginning);
  old->forgotten.set();
  hot.keep("k", newer, first_shard, beginning);
  hot.keep("k", old, first_shard, beginning);
  CHECK(hot.size() == 1);
  CHECK(hot.find("k", beginning)->answer == newer);
}

TEST_CASE("an answer that a later incarnation has lent is known as that one's", "[hot_answers]") {
  hot_answers hot{one_set};
  const auto kept = answer_for();
  hot.keep("k", kept, first_shard, beginning);
  hot.keep("k", kept, {0, 2}, beginning);
  CHECK(hot.find("k", beginning)->keeper == answer_keeper{0, 2});
}

TEST_CASE("what was let go of is given back when the worker is told", "[hot_answers]") {
  constexpr std::uint64_t seed = 99;
  hot_answers hot{4 * one_set, seed};
  answer_store store{{}, seed};
  const auto lent = answer_for();
  store.put("k", lent, beginning);
  store.lend("k", beginning);
  REQUIRE(store.lend("k", beginning).lent);
  hot.keep("k", lent, first_shard, beginning);
  hot.keep("other", answer_for(), first_shard, beginning);
  REQUIRE(lent.use_count() == 3);
  store.remove("k");
  CHECK(lent->forgotten.is_set());
  hot.forget(store.take_withdrawn());
  CHECK(lent.use_count() == 1);
  CHECK(hot.find("other", beginning) != nullptr);
  CHECK(store.take_withdrawn().empty());
}

TEST_CASE("telling a worker of a key does not take its newer answer away", "[hot_answers]") {
  hot_answers hot{one_set, 3};
  const auto newer = answer_for();
  hot.keep("k", newer, first_shard, beginning);
  const std::vector<std::uint64_t> hashes{keyed_hash("k", 3)};
  hot.forget(hashes);
  CHECK(hot.find("k", beginning) != nullptr);
}

TEST_CASE("the table stays within its bytes, and what is asked for most stays", "[hot_answers]") {
  constexpr std::size_t limit = 16 * one_set;
  hot_answers hot{limit, 5};
  const auto favourite = answer_for();
  hot.keep("favourite", favourite, first_shard, beginning);
  for (int i = 0; i < 5'000; ++i) {
    const auto key = std::string(static_cast<std::size_t>(i) % 200, 'x') + std::to_string(i);
    hot.keep(key, answer_for(), first_shard, beginning);
    hot.find(key, beginning);
    for (int asked = 0; asked < 3; ++asked) REQUIRE(hot.find("favourite", beginning) != nullptr);
    REQUIRE(hot.bytes() <= limit);
  }
  CHECK(hot.size() > 64);
}

TEST_CASE("what was hot once gives way to what is hot now", "[hot_answers]") {
  hot_answers hot{one_set};
  for (int i = 0; i < 8; ++i) {
    const auto key = "old" + std::to_string(i);
    hot.keep(key, answer_for(), first_shard, beginning);
    for (int asked = 0; asked < 1'000; ++asked) hot.find(key, beginning);
  }
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 8; ++i) {
      const auto key = "new" + std::to_string(i);
      hot.keep(key, answer_for(), first_shard, beginning);
      for (int asked = 0; asked < 300; ++asked) hot.find(key, beginning);
    }
  }
  int left = 0;
  for (int i = 0; i < 8; ++i) {
    left += hot.find("old" + std::to_string(i), beginning) != nullptr ? 1 : 0;
  }
  CHECK(left <= 1);
}

TEST_CASE("without room, or under a very long key, nothing is kept", "[hot_answers]") {
  hot_answers none{one_set - 1};
  none.keep("k", answer_for(), first_shard, beginning);
  CHECK(none.find("k", beginning) == nullptr);
  CHECK(none.bytes() == 0);
  hot_answers some{one_set};
  const std::string longest(hot_answers::longest_key, 'k');
  some.keep(longest, answer_for(), first_shard, beginning);
  some.keep(longest + 'k', answer_for(), first_shard, beginning);
  CHECK(some.find(longest, beginning) != nullptr);
  CHECK(some.find(longest + 'k', beginning) == nullptr);
}

TEST_CASE("hits are told in heaps, and the first after a while at once", "[hot_answers]") {
  hot_answers hot{one_set};
  hot.keep("k", answer_for(), first_shard, beginning);
  const auto entry = hot.find("k", beginning);
  std::uint64_t told = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto now = entry->count_hit(beginning);
    CHECK((now == 0 || now == 256));
    told += now;
  }
  CHECK(told == 768);
  CHECK(entry->count_hit(beginning + 1s) == 233);
  CHECK(entry->count_hit(beginning + 1s) == 0);
  CHECK(entry->count_hit(beginning + 2s) == 2);
}

TEST_CASE("other threads leave answers for a worker, which has them soon", "[hot_answers]") {
  http::io::event_loop loop;
  const auto worker = std::make_shared<worker_answers>(loop, one_set, 3);
  const auto kept = [] {
    cached_answer result;
    result.expires_at = std::chrono::steady_clock::now() + 1h;
    return share(std::move(result));
  }();
  std::thread{[&] { worker->keep("k", kept, first_shard); }}.join();
  CHECK(worker->answers().size() == 0);
  loop.context().poll();
  CHECK(worker->answers().size() == 1);
  kept->forgotten.set();
  worker->forget(std::make_shared<const std::vector<std::uint64_t>>(1, keyed_hash("k", 3)));
  loop.context().restart();
  loop.context().poll();
  CHECK(worker->answers().size() == 0);
}

}  // namespace tributary::actors::cache
