// SPDX-License-Identifier: MIT
#include "actors/cache/answer_store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace tributary::actors::cache {

using namespace std::chrono_literals;
using http::wire::byte_slice;
using http::wire::shared_bytes;

namespace {

const auto answers_begin = steady_time{} + 1h;

cached_answer_ptr answer(std::string body = "{}", std::chrono::nanoseconds ttl = 60s,
                         steady_time stored_at = answers_begin) {
  cached_answer result;
  result.body = {byte_slice{shared_bytes{body}}};
  result.etag = "\"0123456789abcdef0123456789abcdef\"";
  result.aggregate_status = "customer;status=200;dur=3";
  result.stored_at = stored_at;
  result.expires_at = stored_at + ttl;
  return share(std::move(result));
}

/// Bytes that an answer with this key costs a store.
std::size_t charge(std::string_view key, const cached_answer_ptr& what) {
  answer_store probe{{}};
  probe.put(key, what, answers_begin);
  return probe.bytes();
}

std::string numbered(std::size_t number) { return std::string{"k"}.append(std::to_string(number)); }

}  // namespace

TEST_CASE("a shared answer knows its size and its footprint", "[answer_store]") {
  cached_answer two;
  two.body = {byte_slice{shared_bytes{"{\"a\":"}}, byte_slice{shared_bytes{"1}"}}, byte_slice{}};
  const auto shared = share(std::move(two));
  CHECK(shared->body_size == 7);
  CHECK(shared->footprint > sizeof(cached_answer) + 7 + 2 * shared_bytes::padding);
}

TEST_CASE("a stored answer is found again, the same object", "[answer_store]") {
  answer_store store{{}};
  const auto stored = answer("{\"x\":1}");
  CHECK(store.put("customer:c1", stored, answers_begin) == store_result::stored);
  CHECK(store.get("customer:c1", answers_begin) == stored);
  CHECK(store.get("customer:c2", answers_begin) == nullptr);
  CHECK(store.get("customer:c", answers_begin) == nullptr);
  CHECK(store.counters().hits == 1);
  CHECK(store.counters().misses == 2);
}

TEST_CASE("an answer whose time is over is a miss and leaves the store", "[answer_store]") {
  answer_store store{{}};
  store.put("k", answer("{}", 60s), answers_begin);
  CHECK(store.get("k", answers_begin + 60s - 1ns) != nullptr);
  CHECK(store.get("k", answers_begin + 60s) == nullptr);
  CHECK(store.size() == 0);
  CHECK(store.bytes() == 0);
  CHECK(store.counters().expired == 1);
  CHECK(store.put("k", answer("{}", 60s), answers_begin + 60s) == store_result::expired);
  CHECK(store.size() == 0);
}

TEST_CASE("an answer outlives the store that gave it out", "[answer_store]") {
  cached_answer_ptr held;
  {
    answer_store store{{}};
    store.put("k", answer("kept"), answers_begin);
    held = store.get("k", answers_begin);
  }
  CHECK(held->body[0].view() == "kept");
}

TEST_CASE("what nobody asks for makes room, and the cap always holds", "[answer_store]") {
  const auto one = answer("1234567890");
  const auto cost = charge("a", one);
  answer_store store{{3 * cost, 1000}};
  for (const auto* key : {"a", "b", "c"}) store.put(key, one, answers_begin);
  CHECK(store.bytes() == 3 * cost);
  for (int i = 0; i < 2; ++i) CHECK(store.get("a", answers_begin) != nullptr);
  store.put("d", one, answers_begin);
  CHECK(store.get("b", answers_begin) == nullptr);
  store.put("e", one, answers_begin);
  CHECK(store.get("c", answers_begin) == nullptr);
  for (const auto* key : {"a", "d", "e"}) CHECK(store.get(key, answers_begin) != nullptr);
  CHECK(store.counters().evicted == 2);

  const auto big = answer(std::string(100, 'x'));
  CHECK(charge("f", big) < 2 * cost);
  store.put("f", big, answers_begin);
  CHECK(store.size() == 2);
  CHECK(store.get("a", answers_begin) != nullptr);
  CHECK(store.bytes() <= 3 * cost);
}

TEST_CASE("an answer is lent when it is asked for the second time, and is known when it goes",
          "[answer_store]") {
  const auto cost = charge("k0", answer());
  struct row {
    std::string how;
    std::function<void(answer_store&)> end;
    bool goes;
  };
  const std::vector<row> rows{
      {"purged", [](auto& store) { store.remove("k0"); }, true},
      {"its neighbour purged", [](auto& store) { store.remove("k1"); }, false},
      {"renewed", [](auto& store) { store.put("k0", answer(), answers_begin); }, true},
      {"its time over", [](auto& store) { store.get("k0", answers_begin + 60s); }, true},
      {"pushed out",
       [](auto& store) {
         for (int round = 0; round < 4; ++round) {
           for (std::size_t i = 2; i < 12; ++i) {
             store.put(numbered(i), answer(), answers_begin);
             store.get(numbered(i), answers_begin);
             store.get(numbered(i), answers_begin);
           }
         }
       },
       true},
      {"all forgotten", [](auto& store) { store.clear(); }, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.how);
    answer_store store{{4 * cost, 1000}, 5};
    const auto kept = answer();
    const auto never_lent = answer();
    store.put("k0", kept, answers_begin);
    store.put("k1", never_lent, answers_begin);
    store.lend("k1", answers_begin);
    CHECK_FALSE(store.lend("k0", answers_begin).lent);
    const auto again = store.lend("k0", answers_begin);
    CHECK(again.lent);
    CHECK(again.answer == kept);
    row.end(store);
    CHECK(kept->forgotten.is_set() == row.goes);
    const auto told = store.take_withdrawn();
    CHECK(std::ranges::count(told, keyed_hash("k0", 5)) == (row.goes ? 1 : 0));
    CHECK(std::ranges::count(told, keyed_hash("k1", 5)) == 0);
    CHECK(store.take_withdrawn().empty());
  }
}

TEST_CASE("an answer is marked when the store that had it ends", "[answer_store]") {
  const auto kept = answer();
  {
    answer_store store{{}};
    store.put("k", kept, answers_begin);
    CHECK_FALSE(kept->forgotten.is_set());
  }
  CHECK(kept->forgotten.is_set());
}

TEST_CASE("hits that others gave keep an answer from being pushed out", "[answer_store]") {
  const auto cost = charge("k00", answer());
  for (const auto told : {true, false}) {
    CAPTURE(told);
    answer_store store{{10 * cost, 1000}, 5};
    store.put("hot", answer(), answers_begin);
    store.lend("hot", answers_begin);
    store.lend("hot", answers_begin);
    const auto pass_by = [&](std::size_t from, std::size_t to, int times) {
      for (auto i = from; i < to; ++i) {
        if (told) store.note_hits("hot", 256);
        store.put(numbered(i), answer(), answers_begin);
        for (int asked = 0; asked < times; ++asked) store.get(numbered(i), answers_begin);
      }
    };
    pass_by(10, 30, 0);
    REQUIRE(store.size() < 20);
    pass_by(30, 90, 2);
    CHECK((store.get("hot", answers_begin) != nullptr) == told);
    if (told) CHECK(store.counters().hits == 2 + 60 * 2 + 80 * 256 + 1);
  }
}

TEST_CASE("a hot set survives a scan of ten times the capacity", "[answer_store]") {
  const auto one = answer("1234567890");
  const auto cost = charge("k1234", one);
  constexpr std::size_t capacity = 1000;
  for (const bool warm_cache : {false, true}) {
    answer_store store{{capacity * cost, 1000}, 5};
    if (warm_cache) {
      for (std::size_t i = 5000; i < 5000 + capacity; ++i) {
        store.put(numbered(i), one, answers_begin);
      }
    }
    constexpr std::size_t hot = capacity / 2;
    for (std::size_t i = 1000; i < 1000 + hot; ++i) {
      store.put(numbered(i), one, answers_begin);
      for (int times = 0; times < 2; ++times) store.get(numbered(i), answers_begin);
    }
    for (std::size_t i = 10'000; i < 10'000 + 10 * capacity; ++i) {
      const auto key = numbered(i);
      if (store.get(key, answers_begin) == nullptr) store.put(key, one, answers_begin);
      REQUIRE(store.bytes() <= capacity * cost);
    }
    std::size_t kept = 0;
    for (std::size_t i = 1000; i < 1000 + hot; ++i) {
      kept += store.get(numbered(i), answers_begin) ? 1 : 0;
    }
    CHECK(kept == hot);
  }
}

TEST_CASE("an answer that is renewed keeps the standing of the old one", "[answer_store]") {
  const auto one = answer("1234567890");
  const auto cost = charge("k1234", one);
  answer_store store{{100 * cost, 1000}, 5};
  auto time = answers_begin;
  const auto scan = [&](std::size_t from) {
    const auto fresh = answer("1234567890", 60s, time);
    for (std::size_t i = from; i < from + 300; ++i) store.put(numbered(i), fresh, time);
  };
  store.put("hot-1", one, answers_begin);
  store.put("hot-2", one, answers_begin);
  for (int i = 0; i < 2; ++i) store.get("hot-1", answers_begin);
  for (int i = 0; i < 2; ++i) store.get("hot-2", answers_begin);
  scan(1000);
  time += 30s;
  store.put("hot-1", answer("renewed in time", 60s, time), time);
  scan(2000);
  CHECK(store.get("hot-1", time) != nullptr);
  time += 30s;
  CHECK(store.get("hot-2", time) == nullptr);  // its time is over
  store.put("hot-2", answer("renewed later", 60s, time), time);
  scan(3000);
  CHECK(store.get("hot-1", time) != nullptr);
  CHECK(store.get("hot-2", time) != nullptr);
}

TEST_CASE("an answer that is too large is refused and the old one goes", "[answer_store]") {
  answer_store store{{100'000, 50}};
  CHECK(store.put("k", answer(std::string(50, 'x')), answers_begin) == store_result::stored);
  CHECK(store.put("k", answer(std::string(51, 'x')), answers_begin) == store_result::too_large);
  CHECK(store.get("k", answers_begin) == nullptr);
  CHECK(store.bytes() == 0);
  answer_store tiny{{100, 1000}};
  CHECK(tiny.put("k", answer(), answers_begin) == store_result::too_large);
  answer_store none{{0, 0}};
  CHECK(none.put("k", answer(""), answers_begin) == store_result::too_large);
}

TEST_CASE("storing again replaces and charges once", "[answer_store]") {
  answer_store store{{}};
  store.put("k", answer("first"), answers_begin);
  const auto second = answer("second, longer");
  store.put("k", second, answers_begin);
  CHECK(store.size() == 1);
  CHECK(store.bytes() == charge("k", second));
  CHECK(store.get("k", answers_begin) == second);
}

TEST_CASE("removing a key removes its variants and no neighbour", "[answer_store]") {
  answer_store store{{}};
  const std::vector<std::string> keys = {
      "customer:c1", "customer:c1:customer:", "customer:c1:all:x", "customer:c10",
      "customer:c",  "x:customer:c1"};
  for (const auto& key : keys) store.put(key, answer(), answers_begin);
  CHECK(store.remove("customer:c1") == 3);
  CHECK(store.remove("customer:c1") == 0);
  CHECK(store.get("customer:c10", answers_begin) != nullptr);
  CHECK(store.get("customer:c", answers_begin) != nullptr);
  CHECK(store.get("x:customer:c1", answers_begin) != nullptr);
  CHECK(store.remove_prefix("customer:") == 2);
  CHECK(store.size() == 1);
  CHECK(store.clear() == 1);
  CHECK(store.bytes() == 0);
  CHECK(store.counters().removed == 6);
}

TEST_CASE("keys may be empty, long or hold any byte", "[answer_store]") {
  answer_store store{{}, 42};
  const std::vector<std::string> keys = {"", std::string(1, '\0'), std::string(2, '\0'),
                                         std::string(5000, 'k'), "\xff\xfe"};
  for (const auto& key : keys) store.put(key, answer(), answers_begin);
  CHECK(store.size() == keys.size());
  for (const auto& key : keys) CHECK(store.get(key, answers_begin) != nullptr);
}

namespace {

/// Random operations on a store and on a plain map, which never evicts.
class random_run {
 public:
  explicit random_run(std::size_t cap) : cap_(cap), store_{{cap, 800}, 7} {}

  void step() {
    time_ += std::chrono::milliseconds{random_() % 50};
    const auto key = numbered(random_() % 20) + (random_() % 3 == 0 ? ":v" : "");
    switch (random_() % 16) {
      case 0:
        forget(store_.remove(key), [&](auto& each) { return each == key || each == key + ":v"; });
        break;
      case 1:
        forget(store_.remove_prefix("k1"), [](auto& each) { return each.starts_with("k1"); });
        break;
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
        put(key);
        break;
      default:
        look_up(key);
    }
    REQUIRE(store_.bytes() <= cap_);
    REQUIRE(store_.size() <= model_.size());
  }

  /// Looks up each key: what is there must be all that is charged.
  void audit() {
    std::size_t bytes = 0;
    std::size_t found = 0;
    const auto known = model_;
    for (const auto& [key, answer] : known) {
      if (!look_up(key)) continue;
      bytes += charge(key, answer);
      ++found;
    }
    REQUIRE(store_.bytes() == bytes);
    REQUIRE(store_.size() == found);
  }

  const answer_store& store() const { return store_; }
  void clear() { store_.clear(); }

 private:
  template <class Predicate>
  void forget(std::size_t removed, Predicate matches) {
    const auto gone = std::erase_if(model_, [&](auto& each) { return matches(each.first); });
    REQUIRE(removed <= gone);
    if (store_.counters().evicted == 0) REQUIRE(removed == gone);
  }

  void put(const std::string& key) {
    const auto fresh = answer(std::string(random_() % 900, 'x'),
                              std::chrono::milliseconds{random_() % 3000}, time_);
    const bool kept = fresh->body_size <= 800 && fresh->expires_at > time_;
    REQUIRE((store_.put(key, fresh, time_) == store_result::stored) == kept);
    model_.erase(key);
    if (kept) model_.emplace(key, fresh);
  }

  bool look_up(const std::string& key) {
    const auto found = store_.get(key, time_);
    const auto known = model_.find(key);
    const bool there = known != model_.end() && known->second->expires_at > time_;
    if (found != nullptr) {
      REQUIRE(there);
      REQUIRE(found == known->second);
    } else if (known != model_.end()) {
      if (there) REQUIRE(store_.counters().evicted > 0);
      model_.erase(known);
    }
    return found != nullptr;
  }

  std::mt19937_64 random_{2024};
  std::size_t cap_;
  answer_store store_;
  std::map<std::string, cached_answer_ptr> model_;
  steady_time time_ = answers_begin;
};

}  // namespace

TEST_CASE("random operations agree with a plain map and the bytes come back", "[answer_store]") {
  for (const std::size_t cap : {12'000, 1'000'000}) {
    random_run run{cap};
    for (int step = 0; step < 20'000; ++step) {
      run.step();
      if (step % 40 == 0) run.audit();
    }
    CHECK((run.store().counters().evicted > 0) == (cap < 1'000'000));
    CHECK(run.store().counters().expired > 0);
    run.clear();
    CHECK(run.store().bytes() == 0);
    CHECK(run.store().size() == 0);
  }
}

TEST_CASE("the table grows with its entries", "[answer_store]") {
  answer_store store{{}};
  const auto shared = answer();
  for (std::size_t i = 0; i < 5000; ++i) store.put(numbered(i), shared, answers_begin);
  CHECK(store.size() == 5000);
  for (std::size_t i = 0; i < 5000; ++i) REQUIRE(store.get(numbered(i), answers_begin) == shared);
}

}  // namespace tributary::actors::cache
