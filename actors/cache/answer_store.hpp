// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/cached_answer.hpp"
#include "actors/cache/purge_target.hpp"
#include "actors/cache/s3_fifo.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tributary::actors::cache {

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
  std::uint64_t removed = 0;  ///< by `remove`, `remove_prefix` and `clear`
};

/// Answers of one cache shard, in memory, under a cap in bytes that always holds. `s3_fifo` says
/// what has to go: answers that are asked for again stay, whatever passes by once. Look-up, store
/// and eviction are O(1); an entry is one allocation (links, key and pointer in one block) beside
/// the answer itself.
///
/// A value without locks or clock: belongs to one actor.
class answer_store {
 public:
  /// `seed` keys the hash table; take it from a random source, since clients choose the keys.
  explicit answer_store(store_limits limits, std::uint64_t seed = 0);
  ~answer_store();
  answer_store(const answer_store&) = delete;
  answer_store& operator=(const answer_store&) = delete;

  /// The answer under `key`, which counts as asked for; null when there is none or its time is
  /// over.
  cached_answer_ptr get(std::string_view key, steady_time now);

  /// Keeps `answer` (not null) under `key`. Whatever was there goes, also when the new one is
  /// refused: it is out of date. A new one takes over the standing of an old one.
  store_result put(std::string_view key, cached_answer_ptr answer, steady_time now);

  /// Removes `key` and its variants, which are the keys that begin with `key` and a colon. Scans
  /// the shard. Returns how many went.
  std::size_t remove(std::string_view key);

  /// Removes every key that begins with `prefix`; an empty one removes all. Scans the shard.
  std::size_t remove_prefix(std::string_view prefix);

  /// The same by key, prefix or tag.
  std::size_t remove(const purge_target& target);

  std::size_t clear() { return remove_prefix({}); }

  std::size_t size() const noexcept { return order_.size(); }    ///< entries
  std::size_t bytes() const noexcept { return order_.bytes(); }  ///< charged against `max_bytes`
  const store_counters& counters() const noexcept { return counters_; }

 private:
  struct node;

  static node* make_node(std::string_view key, std::uint64_t hash, cached_answer_ptr answer);
  static void destroy(node* entry) noexcept;
  static std::size_t charge_of(std::string_view key, const cached_answer& answer) noexcept;
  std::uint64_t hash_of(std::string_view key) const noexcept;
  node* find(std::string_view key, std::uint64_t hash) const noexcept;
  void link(node* entry);
  void unlink(node* entry) noexcept;
  void erase(node* entry) noexcept;
  void make_room(std::size_t charge);
  void grow();
  template <class Predicate>
  std::size_t remove_if(Predicate matches);

  store_limits limits_;
  std::uint64_t seed_;
  std::vector<node*> buckets_;  ///< a power of two of them; each a chain
  s3_fifo order_;
  store_counters counters_;
};

}  // namespace tributary::actors::cache
