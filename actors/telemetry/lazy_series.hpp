// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace tributary::actors::telemetry {

/// A fixed number of places whose contents are made when first asked for. A look-up of what exists
/// takes no lock; when two threads make the same place at once, one result is kept. Any thread.
template <typename Value, std::size_t Size>
class lazy_series {
 public:
  lazy_series() = default;
  ~lazy_series() {
    for (auto& slot : slots_) delete slot.load(std::memory_order_relaxed);
  }
  lazy_series(const lazy_series&) = delete;
  lazy_series& operator=(const lazy_series&) = delete;

  /// The value at `index` (below Size), else that of `make()`, which returns a unique_ptr<Value>.
  template <typename Make>
  Value& get(std::size_t index, Make&& make) {
    if (auto* value = slots_[index].load(std::memory_order_acquire)) return *value;
    return keep(slots_[index], make());
  }

 private:
  static Value& keep(std::atomic<Value*>& slot, std::unique_ptr<Value> made) {
    Value* first = nullptr;
    if (!slot.compare_exchange_strong(first, made.get(), std::memory_order_acq_rel)) return *first;
    return *made.release();
  }

  std::array<std::atomic<Value*>, Size> slots_{};
};

}  // namespace tributary::actors::telemetry
