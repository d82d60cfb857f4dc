// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// Where the numbers of the metrics lie. Every number has one cell per shard; a thread adds to the
/// cell of its own shard, so that two threads never write to the same cache line.
namespace tributary::actors::telemetry::shards {

using cell = std::atomic<std::uint64_t>;

inline constexpr std::uint32_t count = 16;

/// Cells from a number's cell in one shard to that in the next: a page, so that the numbers which
/// one thread writes lie close together and far from those of other threads.
inline constexpr std::size_t stride = 512;

/// Gives the calling thread a shard. Threads beyond `count` share one, which stays exact.
std::uint32_t assign() noexcept;

inline thread_local constinit std::uint32_t of_this_thread = count;

/// The cell of the calling thread's shard.
inline cell& mine(cell* first) noexcept {
  const auto shard = of_this_thread;
  return first[(shard < count ? shard : assign()) * stride];
}

/// The number: the sum over all shards. Exact once the writers rest.
inline std::uint64_t sum(const cell* first) noexcept {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i != count; ++i) {
    total += first[i * stride].load(std::memory_order_relaxed);
  }
  return total;
}

}  // namespace tributary::actors::telemetry::shards
