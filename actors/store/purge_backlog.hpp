// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/purge_target.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace tributary::actors::store {

/// What invalidation shows to the outside: written by its actor, read from any thread.
struct purge_counters {
  std::atomic<std::uint64_t> local{0};        ///< that this instance was asked for
  std::atomic<std::uint64_t> foreign{0};      ///< that other instances told of
  std::atomic<std::uint64_t> redis{0};        ///< carried out in Redis, and published
  std::atomic<std::uint64_t> undelivered{0};  ///< given up, because too many waited for Redis
  std::atomic<std::uint64_t> waiting{0};      ///< for Redis, now
  std::atomic<bool> subscribed{false};  ///< hears of others; what was kept before is forgotten
};

/// Purges that wait for Redis, oldest first. Survives the actor; touched by its running incarnation
/// alone.
class purge_backlog {
 public:
  static constexpr std::size_t limit = 1'000;

  struct entry {
    std::uint64_t id = 0;
    cache::purge_target target;
    bool late = false;  ///< has failed once
  };

  /// Adds one, with the next id, as the newest.
  /// @returns the oldest, which had to give way, when there were too many
  std::optional<entry> add(cache::purge_target target) {
    waiting_.push_back({++last_, std::move(target), false});
    if (waiting_.size() <= limit) return std::nullopt;
    auto oldest = std::move(waiting_.front());
    waiting_.pop_front();
    return oldest;
  }

  /// Takes the oldest out if it is still this one.
  void remove(std::uint64_t id) {
    if (!waiting_.empty() && waiting_.front().id == id) waiting_.pop_front();
  }

  bool empty() const noexcept { return waiting_.empty(); }
  std::size_t size() const noexcept { return waiting_.size(); }
  entry& front() noexcept { return waiting_.front(); }
  std::uint64_t last_id() const noexcept { return last_; }

 private:
  std::deque<entry> waiting_;
  std::uint64_t last_ = 0;
};

}  // namespace tributary::actors::store
