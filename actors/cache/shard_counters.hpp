// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

namespace tributary::actors::cache {

/// What a shard shows to the outside: written by its actor, read from any thread.
struct shard_counters {
  std::atomic<std::uint64_t> entries{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> hits{0};
  std::atomic<std::uint64_t> misses{0};
  std::atomic<std::uint64_t> stored{0};
  std::atomic<std::uint64_t> evicted{0};
  std::atomic<std::uint64_t> expired{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> collapsed{0};  ///< callers that shared the gather of another
  std::atomic<std::uint64_t> gathering{0};  ///< keys that are being gathered
  std::atomic<std::uint64_t> asking{0};     ///< callers that wait for what Redis has

  /// Takes over what a store counts; the rest is its actor's.
  template <class Store>
  void show(const Store& store) noexcept {
    const auto set = [](std::atomic<std::uint64_t>& to, std::uint64_t value) {
      to.store(value, std::memory_order_relaxed);
    };
    const auto& counted = store.counters();
    set(entries, store.size());
    set(bytes, store.bytes());
    set(hits, counted.hits);
    set(misses, counted.misses);
    set(stored, counted.stored);
    set(evicted, counted.evicted);
    set(expired, counted.expired);
    set(refused, counted.refused);
  }
};

}  // namespace tributary::actors::cache
