// SPDX-License-Identifier: MIT
#include "actors/cache/answer_store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <list>
#include <random>
#include <string>

using namespace std::chrono_literals;
using namespace tributary::actors::cache;
using tributary::http::wire::byte_slice;
using tributary::http::wire::shared_bytes;

namespace {

const auto now = steady_time{} + 1h;

cached_answer_ptr answer(std::string body = "{}", std::chrono::nanoseconds ttl = 60s,
                         steady_time stored_at = now) {
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
  probe.put(key, what, now);
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
  CHECK(store.put("customer:c1", stored, now) == store_result::stored);
  CHECK(store.get("customer:c1", now) == stored);
  CHECK(store.get("customer:c2", now) == nullptr);
  CHECK(store.get("customer:c", now) == nullptr);
  CHECK(store.counters().hits == 1);
  CHECK(store.counters().misses == 2);
}

TEST_CASE("an answer whose time is over is a miss and leaves the store", "[answer_store]") {
  answer_store store{{}};
  store.put("k", answer("{}", 60s), now);
  CHECK(store.get("k", now + 60s - 1ns) != nullptr);
  CHECK(store.get("k", now + 60s) == nullptr);
  CHECK(store.size() == 0);
  CHECK(store.bytes() == 0);
  CHECK(store.counters().expired == 1);
  CHECK(store.put("k", answer("{}", 60s), now + 60s) == store_result::expired);
  CHECK(store.size() == 0);
}

TEST_CASE("an answer outlives the store that gave it out", "[answer_store]") {
  cached_answer_ptr held;
  {
    answer_store store{{}};
    store.put("k", answer("kept"), now);
    held = store.get("k", now);
  }
  CHECK(held->body[0].view() == "kept");
}

TEST_CASE("the least recently used answers make room", "[answer_store]") {
  const auto one = answer("1234567890");
  const auto cost = charge("a", one);
  answer_store store{{3 * cost, 1000}};
  for (const auto* key : {"a", "b", "c"}) store.put(key, one, now);
  CHECK(store.bytes() == 3 * cost);
  CHECK(store.get("a", now) != nullptr);
  store.put("d", one, now);
  CHECK(store.get("b", now) == nullptr);
  store.put("e", one, now);
  CHECK(store.get("c", now) == nullptr);
  for (const auto* key : {"a", "d", "e"}) CHECK(store.get(key, now) != nullptr);
  CHECK(store.counters().evicted == 2);

  const auto big = answer(std::string(100, 'x'));
  CHECK(charge("f", big) < 2 * cost);
  store.put("f", big, now);
  CHECK(store.size() == 2);
  CHECK(store.get("e", now) != nullptr);
  CHECK(store.bytes() <= 3 * cost);
}

TEST_CASE("an answer that is too large is refused and the old one goes", "[answer_store]") {
  answer_store store{{100'000, 50}};
  CHECK(store.put("k", answer(std::string(50, 'x')), now) == store_result::stored);
  CHECK(store.put("k", answer(std::string(51, 'x')), now) == store_result::too_large);
  CHECK(store.get("k", now) == nullptr);
  CHECK(store.bytes() == 0);
  answer_store tiny{{100, 1000}};
  CHECK(tiny.put("k", answer(), now) == store_result::too_large);
  answer_store none{{0, 0}};
  CHECK(none.put("k", answer(""), now) == store_result::too_large);
}

TEST_CASE("storing again replaces and charges once", "[answer_store]") {
  answer_store store{{}};
  store.put("k", answer("first"), now);
  const auto second = answer("second, longer");
  store.put("k", second, now);
  CHECK(store.size() == 1);
  CHECK(store.bytes() == charge("k", second));
  CHECK(store.get("k", now) == second);
}

TEST_CASE("removing a key removes its variants and no neighbour", "[answer_store]") {
  answer_store store{{}};
  const std::vector<std::string> keys = {
      "customer:c1", "customer:c1:customer:", "customer:c1:all:x", "customer:c10",
      "customer:c",  "x:customer:c1"};
  for (const auto& key : keys) store.put(key, answer(), now);
  CHECK(store.remove("customer:c1") == 3);
  CHECK(store.remove("customer:c1") == 0);
  CHECK(store.get("customer:c10", now) != nullptr);
  CHECK(store.get("customer:c", now) != nullptr);
  CHECK(store.get("x:customer:c1", now) != nullptr);
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
  for (const auto& key : keys) store.put(key, answer(), now);
  CHECK(store.size() == keys.size());
  for (const auto& key : keys) CHECK(store.get(key, now) != nullptr);
}

TEST_CASE("random operations agree with a plain list and the bytes come back", "[answer_store]") {
  struct entry {
    std::string key;
    cached_answer_ptr answer;
  };
  std::mt19937_64 random{2024};
  constexpr std::size_t cap = 12'000;
  answer_store store{{cap, 800}, 7};
  std::list<entry> model;  // newest first
  auto time = now;
  const auto find = [&](const std::string& key) {
    return std::find_if(model.begin(), model.end(), [&](auto& each) { return each.key == key; });
  };
  const auto bytes = [&] {
    std::size_t sum = 0;
    for (const auto& each : model) sum += charge(each.key, each.answer);
    return sum;
  };
  for (int step = 0; step < 20'000; ++step) {
    time += std::chrono::milliseconds{random() % 50};
    const auto key = numbered(random() % 20) + (random() % 3 == 0 ? ":v" : "");
    const auto at = find(key);
    switch (random() % 16) {
      case 0: {
        const auto before = model.size();
        model.remove_if([&](auto& each) { return each.key == key || each.key == key + ":v"; });
        REQUIRE(store.remove(key) == before - model.size());
        break;
      }
      case 1: {
        const auto before = model.size();
        model.remove_if([](auto& each) { return each.key.starts_with("k1"); });
        REQUIRE(store.remove_prefix("k1") == before - model.size());
        break;
      }
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7: {
        const auto fresh = answer(std::string(random() % 900, 'x'),
                                  std::chrono::milliseconds{random() % 3000}, time);
        if (at != model.end()) model.erase(at);
        const auto result = store.put(key, fresh, time);
        const bool kept = fresh->body_size <= 800 && fresh->expires_at > time;
        REQUIRE((result == store_result::stored) == kept);
        if (kept) model.push_front({key, fresh});
        while (bytes() > cap) model.pop_back();
        break;
      }
      default: {
        const auto found = store.get(key, time);
        if (at == model.end() || at->answer->expires_at <= time) {
          REQUIRE(found == nullptr);
          if (at != model.end()) model.erase(at);
        } else {
          REQUIRE(found == at->answer);
          model.splice(model.begin(), model, at);
        }
      }
    }
    REQUIRE(store.size() == model.size());
    if (step % 10 == 0) REQUIRE(store.bytes() == bytes());
    REQUIRE(store.bytes() <= cap);
  }
  CHECK(store.counters().evicted > 0);
  CHECK(store.counters().expired > 0);
  store.clear();
  CHECK(store.bytes() == 0);
  CHECK(store.size() == 0);
}

TEST_CASE("the table grows with its entries", "[answer_store]") {
  answer_store store{{}};
  const auto shared = answer();
  for (std::size_t i = 0; i < 5000; ++i) store.put(numbered(i), shared, now);
  CHECK(store.size() == 5000);
  for (std::size_t i = 0; i < 5000; ++i) REQUIRE(store.get(numbered(i), now) == shared);
}
