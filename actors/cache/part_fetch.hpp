// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/plan.hpp"
#include "actors/cache/part_store.hpp"
#include "actors/guards/upstream_call.hpp"
#include "http/io/timer_wheel.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::cache {

class part_cache_shard;
struct part_fetch;

/// A caller that waits for a fetch. Its timer runs only when it is in a greater hurry than that.
struct part_waiter {
  part_waiter(part_cache_shard& shard, part_fetch& f, std::uint64_t n,
              std::shared_ptr<guards::upstream_call> c)
      : number(n), call(std::move(c)), timer(&due, this), owner(shard), fetch(f) {}

  /// Timer callback; defined with the shard.
  static void due(void* self);

  const std::uint64_t number;
  std::shared_ptr<guards::upstream_call> call;  ///< null once it has left
  http::io::timer timer;
  part_cache_shard& owner;
  part_fetch& fetch;
};

/// A call to an upstream that a shard makes for all who ask for the same key. Notes of the shard,
/// who alone touches it.
struct part_fetch : std::enable_shared_from_this<part_fetch> {
  const config::part_settings& settings() const noexcept { return plan->parts[part].settings; }
  std::size_t upstream() const noexcept { return plan->parts[part].upstream; }

  /// The waiter of that number, which has not left; null when there is none. Numbers ascend.
  part_waiter* find(std::uint64_t number) const noexcept {
    const auto place =
        std::lower_bound(waiters.begin(), waiters.end(), number,
                         [](const auto& each, std::uint64_t n) { return each->number < n; });
    const bool there = place != waiters.end() && (*place)->number == number && (*place)->call;
    return there ? place->get() : nullptr;
  }

  std::string key;
  std::shared_ptr<const aggregation::endpoint_plan> plan;
  std::size_t part = 0;
  guards::call_request asked;  ///< without what makes it conditional
  steady_time began;
  bool background = false;  ///< made for its own sake: goes on when nobody waits
  bool keep = true;         ///< false once its key was purged
  part_answer_ptr known;    ///< to be confirmed; null: the call is not conditional
  std::weak_ptr<guards::upstream_call> call;
  std::vector<std::unique_ptr<part_waiter>> waiters;  ///< with those that have left
  std::size_t waiting = 0;
};

}  // namespace tributary::actors::cache
