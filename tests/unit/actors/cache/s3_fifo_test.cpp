// SPDX-License-Identifier: MIT
#include "actors/cache/s3_fifo.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tributary::actors::cache {

namespace {

std::uint64_t mixed(std::uint64_t key) {
  key = (key + 1) * 0x9e3779b97f4a7c15u;
  key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9u;
  key = (key ^ (key >> 27)) * 0x94d049bb133111ebu;
  return key ^ (key >> 31);
}

/// A cache of numbers that counts its misses.
class number_cache {
 public:
  explicit number_cache(std::size_t capacity) : capacity_(capacity), order_(capacity) {}

  /// True at a hit; a miss is filled.
  bool ask(std::uint64_t key, std::size_t charge = 1) {
    if (const auto found = entries_.find(key); found != entries_.end()) {
      s3_fifo::touch(*found->second);
      return true;
    }
    while (order_.bytes() + charge > capacity_) {
      auto* victim = static_cast<entry*>(order_.evict());
      REQUIRE(victim != nullptr);
      entries_.erase(victim->key);
    }
    auto& fresh = entries_[key] = std::make_unique<entry>();
    fresh->key = key;
    fresh->hash = mixed(key);
    fresh->charge = charge;
    order_.insert(*fresh);
    return false;
  }

  void expire(std::uint64_t key) {
    order_.expire(*entries_.at(key));
    entries_.erase(key);
  }
  void erase(std::uint64_t key) {
    order_.erase(*entries_.at(key));
    entries_.erase(key);
  }
  bool holds(std::uint64_t key) const { return entries_.contains(key); }
  bool proven(std::uint64_t key) const { return entries_.at(key)->proven; }
  const s3_fifo& order() const { return order_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct entry : s3_fifo_entry {
    std::uint64_t key = 0;
  };
  std::size_t capacity_;
  s3_fifo order_;
  std::map<std::uint64_t, std::unique_ptr<entry>> entries_;
};

}  // namespace

TEST_CASE("an entry moves to the main queue when asked for twice", "[s3_fifo]") {
  for (const int times : {0, 1, 2, 3, 9}) {
    INFO(times << " times");
    number_cache cache{100};
    cache.ask(1);
    for (int i = 0; i < times; ++i) cache.ask(1);
    for (std::uint64_t i = 1000; i < 1100; ++i) cache.ask(i);
    CHECK(cache.holds(1) == (times >= 2));
    if (times >= 2) CHECK(cache.proven(1));
  }
}

TEST_CASE("what comes again soon after it left goes to the main queue at once", "[s3_fifo]") {
  number_cache cache{100};
  for (std::uint64_t i = 0; i < 110; ++i) cache.ask(i);
  REQUIRE_FALSE(cache.holds(3));
  cache.ask(3);
  CHECK(cache.proven(3));
  cache.ask(1'000'000);
  CHECK_FALSE(cache.proven(1'000'000));
}

TEST_CASE("what comes again long after is new", "[s3_fifo]") {
  number_cache cache{100};
  for (std::uint64_t i = 0; i < 1000; ++i) cache.ask(i);
  cache.ask(3);
  CHECK_FALSE(cache.proven(3));
}

TEST_CASE("an entry of the main queue is spared as often as it was asked for", "[s3_fifo]") {
  number_cache cache{10};
  const auto prove = [&](std::uint64_t key) {
    cache.ask(key);
    for (int i = 0; i < 2; ++i) cache.ask(key);
  };
  for (std::uint64_t key = 0; key < 10; ++key) prove(key);
  prove(10);  // all move on; the first of them has to go
  CHECK_FALSE(cache.holds(0));
  for (int i = 0; i < 3; ++i) cache.ask(1);
  cache.ask(2);
  std::map<std::uint64_t, std::uint64_t> left_at;
  for (std::uint64_t fresh = 100; fresh < 140; ++fresh) {
    prove(fresh);
    for (const std::uint64_t key : {1, 2, 3}) {
      if (!cache.holds(key)) left_at.emplace(key, fresh);
    }
  }
  CHECK(left_at.size() == 3);
  CHECK(left_at[3] < left_at[2]);
  CHECK(left_at[2] < left_at[1]);
}

TEST_CASE("an entry whose time is over leaves its standing to its successor", "[s3_fifo]") {
  number_cache cache{100};
  for (const std::uint64_t key : {1, 2}) cache.ask(key);
  for (int i = 0; i < 2; ++i) cache.ask(1);
  cache.expire(1);
  cache.expire(2);
  cache.ask(1);
  cache.ask(2);
  CHECK(cache.proven(1));
  CHECK_FALSE(cache.proven(2));
  cache.erase(1);
  cache.ask(1);
  CHECK_FALSE(cache.proven(1));
}

TEST_CASE("a cache in which everything is hot lets go all the same", "[s3_fifo]") {
  number_cache cache{10'000};
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    for (int i = 0; i < 5; ++i) cache.ask(key);
  }
  cache.ask(20'000);  // moves them on
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    for (int i = 0; i < 5 && cache.holds(key); ++i) cache.ask(key);
  }
  for (std::uint64_t key = 30'000; key < 32'000; ++key) cache.ask(key);
  CHECK(cache.size() == 10'000);
}

TEST_CASE("entries of any size stay under the cap and none is lost", "[s3_fifo]") {
  std::mt19937_64 random{7};
  number_cache cache{5000};
  for (int step = 0; step < 100'000; ++step) {
    const auto key = random() % 400;
    if (random() % 50 == 0 && cache.holds(key)) {
      random() % 2 == 0 ? cache.erase(key) : cache.expire(key);
    } else {
      cache.ask(key, 1 + mixed(key) % 300);
    }
    REQUIRE(cache.order().bytes() <= 5000);
    REQUIRE(cache.order().size() == cache.size());
  }
  std::size_t seen = 0;
  cache.order().for_each([&](auto&) { ++seen; });
  CHECK(seen == cache.size());
}

TEST_CASE("remembered hashes take no more memory than is charged for them", "[s3_fifo]") {
  number_cache cache{10'000};
  for (std::uint64_t key = 0; key < 200'000; ++key) cache.ask(key);
  CHECK(cache.order().ghost_memory() > 0);
  CHECK(cache.order().ghost_memory() <= s3_fifo::ghost_share * 10'000);
}

TEST_CASE("hashes are remembered for as long as the limit says", "[s3_fifo]") {
  ghost_hashes ghost;
  CHECK_FALSE(ghost.take(1, 10));
  ghost.add(mixed(1), 0);
  CHECK_FALSE(ghost.take(mixed(1), 10));
  for (std::uint64_t i = 0; i < 1000; ++i) ghost.add(mixed(i), 1000);
  CHECK_FALSE(ghost.take(mixed(5000), 1000));
  CHECK_FALSE(ghost.take(mixed(10), 500));
  std::size_t found = 0;
  for (std::uint64_t i = 500; i < 1000; ++i) found += ghost.take(mixed(i), 500) ? 1 : 0;
  CHECK(found > 450);  // the fullest buckets forget early
  CHECK_FALSE(ghost.take(mixed(999), 500));
}

TEST_CASE("hits of a skewed load with scans are well above those of a plain queue", "[s3_fifo]") {
  std::mt19937_64 random{3};
  std::uniform_real_distribution<double> share{0, 1};
  constexpr std::size_t capacity = 500;
  number_cache cache{capacity};
  std::vector<std::uint64_t> queue;  // first in, first out
  std::size_t next = 0;
  std::size_t hits = 0;
  std::size_t plain_hits = 0;
  std::uint64_t scanned = 1'000'000;
  for (int step = 0; step < 60'000; ++step) {
    // A quarter of all requests are for keys that never come again.
    const auto key = step % 4 == 0
                         ? ++scanned
                         : static_cast<std::uint64_t>(std::exp(share(random) * std::log(20'000.0)));
    hits += cache.ask(key) ? 1 : 0;
    if (std::find(queue.begin(), queue.end(), key) != queue.end()) {
      ++plain_hits;
    } else if (queue.size() < capacity) {
      queue.push_back(key);
    } else {
      queue[next++ % capacity] = key;
    }
  }
  INFO(hits << " and " << plain_hits);
  CHECK(static_cast<double>(hits) > 1.1 * static_cast<double>(plain_hits));
}

}  // namespace tributary::actors::cache
