// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/cached_answer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::cache {

/// The incarnation of a shard that gave an answer.
struct answer_keeper {
  std::size_t shard = 0;
  unsigned incarnation = 0;  ///< see `supervision::slot`

  bool operator==(const answer_keeper&) const = default;
};

/// An answer of a shard as one worker keeps it, too.
struct hot_answer {
  std::string key;
  cached_answer_ptr answer;
  answer_keeper keeper;
  std::uint64_t untold = 0;  ///< hits since the shard was told of them
  steady_time told_at{};

  /// Counts a hit. @returns how many are to be told to the shard now; mostly 0
  std::uint64_t count_hit(steady_time now) noexcept;
};
using hot_answer_ptr = std::shared_ptr<hot_answer>;

/// What one worker may answer by itself, without asking the shard: answers that the shard has lent.
/// It never gives one of which the shard has let go, nor one whose time is over, so a look-up needs
/// no lock and no message to be right; `forget` only gives their memory back.
///
/// Of a fixed size: sets of eight places, picked by the hash of the key. In a full set what was
/// asked for least makes room. So keys that somebody chose to have one hash cost what a miss costs,
/// no more.
///
/// A value without locks or clock: belongs to one worker.
class hot_answers {
 public:
  /// Bytes that a place may cost: the entry, its key and the place itself. The answer is the
  /// shard's and counted there.
  static constexpr std::size_t place_share = 512;
  static constexpr std::size_t longest_key = 256;

  /// @param max_bytes of all places; for fewer than eight of them nothing is kept
  /// @param seed that of the shards (see `keyed_hash`)
  explicit hot_answers(std::size_t max_bytes, std::uint64_t seed = 0);

  /// The answer under `key`, which counts as asked for; null when there is none to be given.
  hot_answer_ptr find(std::string_view key, steady_time now);

  /// Keeps an answer that was lent, in place of another one under its key.
  void keep(std::string_view key, const cached_answer_ptr& answer, answer_keeper keeper,
            steady_time now);

  /// Gives back what must not be given any more of that which has one of these hashes.
  void forget(std::span<const std::uint64_t> hashes) noexcept;

  std::size_t size() const noexcept;   ///< entries. Looks at all places
  std::size_t bytes() const noexcept;  ///< that they cost, with the places. Looks at all places

 private:
  static constexpr std::size_t ways = 8;

  struct place {
    std::uint64_t hash = 0;
    hot_answer_ptr entry;  ///< null: free
    std::uint8_t asked = 0;
  };

  std::span<place> set_of(std::uint64_t hash) noexcept;
  static place& least_of(std::span<place> set) noexcept;

  std::size_t sets_;  ///< a power of two, or none
  std::uint64_t seed_;
  std::vector<place> places_;  ///< made with the first entry
};

}  // namespace tributary::actors::cache
