// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace tributary::actors::guards {

/// Bounds the calls in flight to one upstream. The count is exact under concurrency, and a permit
/// may be released on any thread, also after the bulkhead itself is gone.
class bulkhead {
 public:
  /// The right to one call; gives its place back when it is destroyed.
  class permit {
   public:
    permit(permit&& other) noexcept = default;
    permit& operator=(permit&& other) noexcept {
      release();
      in_flight_ = std::move(other.in_flight_);
      return *this;
    }
    ~permit() { release(); }

    /// Gives the place back early; the second time does nothing.
    void release() noexcept {
      if (const auto counter = std::move(in_flight_)) {
        counter->fetch_sub(1, std::memory_order_release);
      }
    }

   private:
    friend class bulkhead;
    explicit permit(std::shared_ptr<std::atomic<std::size_t>> in_flight) noexcept
        : in_flight_(std::move(in_flight)) {}
    std::shared_ptr<std::atomic<std::size_t>> in_flight_;
  };

  explicit bulkhead(std::size_t max_in_flight)
      : max_(max_in_flight), in_flight_(std::make_shared<std::atomic<std::size_t>>(0)) {}

  /// Takes a place; nothing when all are taken. Any thread.
  std::optional<permit> try_acquire() noexcept {
    auto taken = in_flight_->load(std::memory_order_relaxed);
    // Adding first and taking back later would refuse others for a moment although there is room.
    while (taken < max_) {
      if (in_flight_->compare_exchange_weak(taken, taken + 1, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
        return permit{in_flight_};
      }
    }
    return std::nullopt;
  }

  /// Calls in flight. Any thread.
  std::size_t in_flight() const noexcept { return in_flight_->load(std::memory_order_acquire); }

  std::size_t max_in_flight() const noexcept { return max_; }

 private:
  std::size_t max_;
  std::shared_ptr<std::atomic<std::size_t>> in_flight_;
};

}  // namespace tributary::actors::guards
