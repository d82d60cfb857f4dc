// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/s3_fifo.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::actors::cache {

using steady_time = std::chrono::steady_clock::time_point;

/// Bounds of one shard.
struct store_limits {
  std::size_t max_bytes = 64 * 1024 * 1024;  ///< keys, answers and bookkeeping together
  std::size_t max_object = 1024 * 1024;      ///< bytes of one body
};

enum class store_result : std::uint8_t {
  stored,
  too_large,  ///< over `max_object`, or alone over `max_bytes`
  expired,    ///< its time was over before it came
};

/// What a shard has done so far; only ever grows.
struct store_counters {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;   ///< with those on an expired answer
  std::uint64_t stored = 0;   ///< with those that replaced another
  std::uint64_t evicted = 0;  ///< pushed out by newer ones before their time
  std::uint64_t expired = 0;  ///< found too old by a look-up
  std::uint64_t refused = 0;  ///< not stored
  std::uint64_t removed = 0;  ///< by `remove_if` and what is built on it
};

/// Hash of a key for tables whose keys clients choose; `seed` is secret.
std::uint64_t keyed_hash(std::string_view key, std::uint64_t seed) noexcept;

/// Answers of one cache shard, in memory, under a cap in bytes that always holds. `s3_fifo` says
/// what has to go: answers that are asked for again stay, whatever passes by once. Look-up, store
/// and eviction are O(1); an entry is one allocation (links, key and pointer in one block) beside
/// the answer itself.
///
/// An `Answer` is immutable and says by `expires_at` from when on it is a miss, by `body_size` how
/// large its body is, and by `footprint` what it costs on the heap, both in bytes. One that has a
/// mark `forgotten` has it set when it leaves the store, by whichever way.
///
/// A value without locks or clock: belongs to one actor.
template <class Answer>
class byte_store {
 public:
  using answer_ptr = std::shared_ptr<const Answer>;

  /// `seed` keys the hash table; take it from a random source, since clients choose the keys.
  explicit byte_store(store_limits limits, std::uint64_t seed = 0)
      : limits_(limits), seed_(seed), buckets_(first_buckets), order_(limits.max_bytes) {}
  ~byte_store() {
    order_.for_each([](s3_fifo_entry& entry) { destroy(static_cast<node*>(&entry)); });
  }
  byte_store(const byte_store&) = delete;
  byte_store& operator=(const byte_store&) = delete;

  /// The answer under `key`, which counts as asked for; null when there is none or its time is
  /// over.
  answer_ptr get(std::string_view key, steady_time now);

  /// An answer, and whether others may keep it beside the store: it is asked for again and again.
  struct loan {
    answer_ptr answer;
    bool lent = false;
  };

  /// As `get`, for somebody who would keep the answer as well. What was lent and then left the
  /// store is told by `take_withdrawn`.
  loan lend(std::string_view key, steady_time now);

  /// The hashes (`keyed_hash`) of the keys of what was lent and has left the store since this was
  /// asked last.
  std::vector<std::uint64_t> take_withdrawn() noexcept { return std::exchange(withdrawn_, {}); }

  /// Somebody to whom the answer under `key` is lent has given it `times` times, at least once.
  void note_hits(std::string_view key, std::uint64_t times) noexcept;

  /// Keeps `answer` (not null) under `key`. Whatever was there goes, also when the new one is
  /// refused: it is out of date. A new one takes over the standing of an old one.
  store_result put(std::string_view key, answer_ptr answer, steady_time now);

  /// Removes what `matches(key, answer)` is true for. Scans the shard. Returns how many went.
  template <class Predicate>
  std::size_t remove_if(Predicate matches);

  std::size_t clear() {
    return remove_if([](std::string_view, const Answer&) { return true; });
  }

  std::size_t size() const noexcept { return order_.size(); }    ///< entries
  std::size_t bytes() const noexcept { return order_.bytes(); }  ///< charged against `max_bytes`
  const store_counters& counters() const noexcept { return counters_; }

 private:
  static constexpr std::size_t first_buckets = 64;

  /// One entry; the key's bytes follow it in the same block.
  struct node : s3_fifo_entry {
    bool lent = false;
    node* chain = nullptr;  ///< next in the bucket
    std::size_t key_size = 0;
    answer_ptr answer;

    std::string_view key() const noexcept {
      return {reinterpret_cast<const char*>(this + 1), key_size};
    }
  };

  static node* make_node(std::string_view key, std::uint64_t hash, answer_ptr answer);
  static void destroy(node* entry) noexcept;
  void withdraw(node* entry);
  node* look_up(std::string_view key, steady_time now);
  static std::size_t charge_of(std::string_view key, const Answer& answer) noexcept {
    return sizeof(node) + sizeof(node*) + s3_fifo::ghost_share + key.size() + answer.footprint;
  }
  node* find(std::string_view key, std::uint64_t hash) const noexcept;
  void link(node* entry);
  void unlink(node* entry) noexcept;
  void erase(node* entry);
  void make_room(std::size_t charge);
  void grow();

  store_limits limits_;
  std::uint64_t seed_;
  std::vector<node*> buckets_;  ///< a power of two of them; each a chain
  s3_fifo order_;
  store_counters counters_;
  std::vector<std::uint64_t> withdrawn_;
};

template <class Answer>
auto byte_store<Answer>::get(std::string_view key, steady_time now) -> answer_ptr {
  const auto* entry = look_up(key, now);
  return entry == nullptr ? nullptr : entry->answer;
}

template <class Answer>
auto byte_store<Answer>::lend(std::string_view key, steady_time now) -> loan {
  auto* entry = look_up(key, now);
  if (entry == nullptr) return {};
  const bool again = s3_fifo::is_popular(*entry);
  entry->lent |= again;
  return {entry->answer, again};
}

template <class Answer>
void byte_store<Answer>::note_hits(std::string_view key, std::uint64_t times) noexcept {
  counters_.hits += times;
  auto* entry = find(key, keyed_hash(key, seed_));
  if (entry == nullptr) return;
  for (auto left = std::min<std::uint64_t>(times, s3_fifo::most_hits); left > 0; --left) {
    s3_fifo::touch(*entry);
  }
}

/// The entry of an answer that may be given; it then counts as asked for.
template <class Answer>
auto byte_store<Answer>::look_up(std::string_view key, steady_time now) -> node* {
  auto* entry = find(key, keyed_hash(key, seed_));
  if (entry != nullptr && now >= entry->answer->expires_at) {
    ++counters_.expired;
    order_.expire(*entry);
    unlink(entry);
    withdraw(entry);
    entry = nullptr;
  }
  if (entry == nullptr) {
    ++counters_.misses;
    return nullptr;
  }
  ++counters_.hits;
  s3_fifo::touch(*entry);
  return entry;
}

template <class Answer>
store_result byte_store<Answer>::put(std::string_view key, answer_ptr answer, steady_time now) {
  const auto hash = keyed_hash(key, seed_);
  auto* present = find(key, hash);
  const bool replaces = present != nullptr;
  const bool proven = replaces && present->proven;
  const auto hits = replaces ? present->hits : std::uint8_t{0};
  if (replaces) erase(present);
  const auto charge = charge_of(key, *answer);
  const bool expired = now >= answer->expires_at;
  if (expired || answer->body_size > limits_.max_object || charge > limits_.max_bytes) {
    ++counters_.refused;
    return expired ? store_result::expired : store_result::too_large;
  }
  make_room(charge);
  auto* entry = make_node(key, hash, std::move(answer));
  link(entry);
  if (replaces) {
    order_.insert_in_place_of(*entry, proven, hits);
  } else {
    order_.insert(*entry);
  }
  ++counters_.stored;
  return store_result::stored;
}

template <class Answer>
void byte_store<Answer>::make_room(std::size_t charge) {
  while (bytes() + charge > limits_.max_bytes) {
    ++counters_.evicted;
    auto* victim = static_cast<node*>(order_.evict());
    unlink(victim);
    withdraw(victim);
  }
}

template <class Answer>
template <class Predicate>
std::size_t byte_store<Answer>::remove_if(Predicate matches) {
  const auto before = size();
  order_.for_each([&](s3_fifo_entry& each) {
    auto* entry = static_cast<node*>(&each);
    if (matches(entry->key(), *entry->answer)) erase(entry);
  });
  counters_.removed += before - size();
  return before - size();
}

template <class Answer>
auto byte_store<Answer>::make_node(std::string_view key, std::uint64_t hash, answer_ptr answer)
    -> node* {
  auto* memory = ::operator new(sizeof(node) + key.size());
  auto* entry = new (memory) node;
  if (!key.empty()) std::memcpy(static_cast<char*>(memory) + sizeof(node), key.data(), key.size());
  entry->hash = hash;
  entry->charge = charge_of(key, *answer);
  entry->key_size = key.size();
  entry->answer = std::move(answer);
  return entry;
}

template <class Answer>
void byte_store<Answer>::destroy(node* entry) noexcept {
  if constexpr (requires { entry->answer->forgotten.set(); }) entry->answer->forgotten.set();
  entry->~node();
  ::operator delete(entry);
}

/// Destroys an entry that is out of its bucket and of the order.
template <class Answer>
void byte_store<Answer>::withdraw(node* entry) {
  if (entry->lent) withdrawn_.push_back(entry->hash);
  destroy(entry);
}

template <class Answer>
auto byte_store<Answer>::find(std::string_view key, std::uint64_t hash) const noexcept -> node* {
  auto* entry = buckets_[hash & (buckets_.size() - 1)];
  while (entry != nullptr && (entry->hash != hash || entry->key() != key)) entry = entry->chain;
  return entry;
}

template <class Answer>
void byte_store<Answer>::link(node* entry) {
  if (size() >= buckets_.size()) grow();
  auto& bucket = buckets_[entry->hash & (buckets_.size() - 1)];
  entry->chain = bucket;
  bucket = entry;
}

/// Out of its bucket; it may have left the order already.
template <class Answer>
void byte_store<Answer>::unlink(node* entry) noexcept {
  auto** link = &buckets_[entry->hash & (buckets_.size() - 1)];
  while (*link != entry) link = &(*link)->chain;
  *link = entry->chain;
}

template <class Answer>
void byte_store<Answer>::erase(node* entry) {
  order_.erase(*entry);
  unlink(entry);
  withdraw(entry);
}

template <class Answer>
void byte_store<Answer>::grow() {
  buckets_.assign(buckets_.size() * 2, nullptr);
  order_.for_each([&](s3_fifo_entry& each) {
    auto* entry = static_cast<node*>(&each);
    auto& bucket = buckets_[entry->hash & (buckets_.size() - 1)];
    entry->chain = bucket;
    bucket = entry;
  });
}

}  // namespace tributary::actors::cache
