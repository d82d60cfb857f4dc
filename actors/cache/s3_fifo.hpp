// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tributary::actors::cache {

/// What an entry of a cache carries for `s3_fifo`; the owner's node derives from it and sets the
/// first two members before `insert`. They must not change while the entry is inside.
struct s3_fifo_entry {
  std::uint64_t hash = 0;  ///< of the key; well mixed, and keyed where clients choose the keys
  std::size_t charge = 0;  ///< bytes
  s3_fifo_entry* newer = nullptr;
  s3_fifo_entry* older = nullptr;
  std::uint8_t hits = 0;  ///< 0 to 3, since the entry came or was last spared
  bool proven = false;    ///< in the main queue
};

/// Hashes of what was let go of late: a set of fixed size whose members lapse when as many as its
/// limit have come after them. Kept as 32-bit marks in buckets of four, so it may mistake a hash
/// for another (once in about 2^32 / limit look-ups) and forgets some early; neither does harm.
class ghost_hashes {
 public:
  /// Remembers a hash. `limit` is how many are to be remembered now; memory is 8 to 16 bytes for
  /// each of the highest limit so far, at least 512 together, and never shrinks.
  void add(std::uint64_t hash, std::size_t limit);

  /// True when the hash was remembered; it then is no more.
  bool take(std::uint64_t hash, std::size_t limit) noexcept;

  std::size_t memory() const noexcept { return slots_.size() * sizeof(slot); }

 private:
  struct slot {
    std::uint32_t mark = 0;  ///< 0: empty
    std::uint32_t number = 0;
  };
  static constexpr std::size_t ways = 4;

  static std::uint32_t mark_of(std::uint64_t hash) noexcept;
  slot* bucket_of(std::uint32_t mark) noexcept;
  void place(slot what) noexcept;
  void grow();

  std::vector<slot> slots_;  ///< a power of two of them, or none
  std::uint32_t number_ = 0;
};

/// Decides what leaves a cache with a cap in bytes: S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi, "FIFO
/// Queues are All You Need for Cache Eviction", SOSP 2023). What is asked for once, such as a scan
/// over all keys, never displaces more than the small queue, a tenth of the cap:
///
///     new -> small queue -> asked for twice meanwhile -> main queue -> out
///                        -> else out, and its hash is remembered
///     new, but remembered -----------------------------> main queue
///
/// Knows entries but does not own them, and finds none: the hash table and the memory are the
/// owner's, who evicts as long as the next entry does not fit. All calls are O(1), `evict` on
/// average. A value without locks or clock.
class s3_fifo {
 public:
  /// Bytes of memory for remembered hashes, of which there are as many as entries inside. An owner
  /// that adds this to the charge of each entry has them in its cap.
  static constexpr std::size_t ghost_share = 16;

  /// Hits of one entry that are counted; more make no difference.
  static constexpr std::uint8_t most_hits = 3;

  /// @param capacity the cap in bytes, of which a tenth is the small queue
  explicit s3_fifo(std::size_t capacity) noexcept : small_limit_(capacity / 10) {}

  /// Takes in an entry that is not inside. The caller has made room.
  void insert(s3_fifo_entry& entry);

  /// Inserts the new version of an entry that `erase` has just removed. It joins the queue in which
  /// that one was (`proven`) and keeps its hits.
  void insert_in_place_of(s3_fifo_entry& entry, bool proven, std::uint8_t hits) noexcept;

  /// An entry was asked for.
  static void touch(s3_fifo_entry& entry) noexcept {
    if (entry.hits < most_hits) ++entry.hits;
  }

  /// Asked for at least twice since it came, and so no passer-by.
  static bool is_popular(const s3_fifo_entry& entry) noexcept {
    return entry.proven || entry.hits >= proving_hits;
  }

  /// Takes out an entry that is removed for another reason than room.
  void erase(s3_fifo_entry& entry) noexcept;

  /// Takes out an entry whose time to live is over. If it had proven itself, its hash is
  /// remembered, so that its successor goes there at once.
  void expire(s3_fifo_entry& entry);

  /// Takes out the entry that is worth least and returns it; null when there is none. In the main
  /// queue an entry that was asked for is spared, once for each of up to three times. At most 64
  /// entries a call are spared, so that a cache in which everything is hot does not stall.
  s3_fifo_entry* evict();

  std::size_t size() const noexcept { return size_; }
  std::size_t bytes() const noexcept { return small_.bytes + main_.bytes; }
  std::size_t small_bytes() const noexcept { return small_.bytes; }
  std::size_t ghost_memory() const noexcept { return ghost_.memory(); }

  /// Calls `f(entry)` for each entry, which `f` may erase and free.
  template <class Function>
  void for_each(Function f) const {
    for (const auto* each : {&main_, &small_}) {
      for (auto* entry = each->oldest; entry != nullptr;) {
        auto* next = entry->newer;
        f(*entry);
        entry = next;
      }
    }
  }

 private:
  struct queue {
    s3_fifo_entry* newest = nullptr;
    s3_fifo_entry* oldest = nullptr;
    std::size_t bytes = 0;
  };
  static constexpr std::uint8_t proving_hits = 2;
  static constexpr int most_spared = 64;

  static void push(queue& to, s3_fifo_entry& entry) noexcept;
  static void unlink(queue& from, s3_fifo_entry& entry) noexcept;
  s3_fifo_entry* evict_small();
  s3_fifo_entry* evict_main() noexcept;

  std::size_t small_limit_;
  queue small_;
  queue main_;
  std::size_t size_ = 0;
  ghost_hashes ghost_;
};

}  // namespace tributary::actors::cache
