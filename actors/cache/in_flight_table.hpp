// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tributary::actors::cache {

/// What a caller is to do after it joined.
enum class join_role : std::uint8_t {
  lead,    ///< start the gather; its outcome ends with `finish`
  follow,  ///< wait for the outcome of the gather under way
  full,    ///< too many wait already: not joined
};

/// Names one waiter of one gather; what `leave` and `finish` want back.
struct waiter_ticket {
  std::uint64_t gather = 0;  ///< never 0 once joined
  std::uint64_t waiter = 0;
};

struct join_result {
  join_role role = join_role::full;
  waiter_ticket ticket;
};

struct leave_result {
  bool left = false;  ///< false: the gather had ended, or the waiter had left before
  bool last = false;  ///< nobody waits any more: cancel the gather
};

/// Who waits for which gather, so that identical concurrent misses share one (BEHAVIOUR 19). The
/// leader waits like any other and may leave; the gather goes on while anybody is left. Each waiter
/// watches its own deadline.
///
/// Gathers are numbered: the end of one that was given up never releases the waiters of a later one
/// on the same key. A value without locks: belongs to one actor. Joining and leaving are O(1) on
/// average, but for a binary search among the waiters of the key.
template <class Waiter>
class in_flight_table {
 public:
  /// At most `max_waiters` (at least one) wait for one gather, the leader among them.
  explicit in_flight_table(std::size_t max_waiters)
      : max_waiters_(std::max<std::size_t>(1, max_waiters)) {}

  /// Joins the gather of `key`, or starts one. `waiter` is moved from unless the role is `full`.
  join_result join(std::string_view key, Waiter&& waiter) {
    const auto at = gathers_.find(key);
    const bool leads = at == gathers_.end();
    if (!leads && at->second.waiting >= max_waiters_) return {};
    auto& gather = leads ? gathers_.try_emplace(std::string{key}).first->second : at->second;
    if (leads) gather.id = ++last_gather_;
    const auto number = ++gather.last_waiter;
    gather.places.push_back({number, std::move(waiter)});
    ++gather.waiting;
    ++waiting_;
    return {leads ? join_role::lead : join_role::follow, {gather.id, number}};
  }

  /// Ends gather number `gather` of `key` and hands out those who wait, in the order they came.
  /// Empty when that gather had been given up, whatever runs under the key by now.
  std::vector<Waiter> finish(std::string_view key, std::uint64_t gather) {
    std::vector<Waiter> result;
    const auto at = gathers_.find(key);
    if (at == gathers_.end() || at->second.id != gather) return result;
    result.reserve(at->second.waiting);
    for (auto& each : at->second.places) {
      if (each.waiter) result.push_back(std::move(*each.waiter));
    }
    waiting_ -= result.size();
    gathers_.erase(at);
    return result;
  }

  /// Takes one waiter out. With the last one the gather is forgotten; the next to join leads a
  /// new one.
  leave_result leave(std::string_view key, waiter_ticket ticket) {
    const auto at = gathers_.find(key);
    if (at == gathers_.end() || at->second.id != ticket.gather) return {};
    auto& gather = at->second;
    const auto found = std::ranges::lower_bound(gather.places, ticket.waiter, {}, &place::number);
    if (found == gather.places.end() || found->number != ticket.waiter || !found->waiter) return {};
    found->waiter.reset();
    --gather.waiting;
    --waiting_;
    if (gather.waiting == 0) {
      gathers_.erase(at);
      return {true, true};
    }
    compact(gather);
    return {true, false};
  }

  std::size_t gathers() const noexcept { return gathers_.size(); }  ///< keys under way
  std::size_t waiting() const noexcept { return waiting_; }         ///< of all keys

 private:
  struct place {
    std::uint64_t number = 0;
    std::optional<Waiter> waiter;  ///< empty: left
  };
  struct gather_entry {
    std::uint64_t id = 0;
    std::uint64_t last_waiter = 0;
    std::size_t waiting = 0;
    std::vector<place> places;  ///< by number, ascending
  };
  struct key_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const noexcept {
      return std::hash<std::string_view>{}(key);
    }
  };

  /// Drops the places of those who left once they outnumber the others, so that coming and going
  /// during one long gather needs bounded memory and constant time on average.
  static void compact(gather_entry& gather) {
    constexpr std::size_t few = 16;
    if (gather.places.size() < 2 * gather.waiting + few) return;
    std::erase_if(gather.places, [](const place& each) { return !each.waiter; });
  }

  std::size_t max_waiters_;
  std::uint64_t last_gather_ = 0;
  std::size_t waiting_ = 0;
  std::unordered_map<std::string, gather_entry, key_hash, std::equal_to<>> gathers_;
};

}  // namespace tributary::actors::cache
