// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tributary::http::io {

using steady_time = std::chrono::steady_clock::time_point;

class timer_wheel;

/// One deadline that calls a function when it passes. Arming and disarming are O(1), allocate
/// nothing and need no system call, so that each request and each connection can afford one.
///
/// Belongs to the thread of the wheel it is armed on. Destroying an armed timer disarms it.
class timer {
 public:
  using callback = void (*)(void* context);

  timer(callback on_expiry, void* context) noexcept : on_expiry_(on_expiry), context_(context) {}
  ~timer() { cancel(); }
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// True from `arm` until expiry or `cancel`.
  bool armed() const noexcept { return wheel_ != nullptr; }

  /// When it will fire; meaningful only while armed.
  steady_time expiry() const noexcept { return expiry_; }

  /// Disarms; nothing happens when it was not armed.
  void cancel() noexcept;

 private:
  friend class timer_wheel;
  timer* next_ = nullptr;
  timer** link_ = nullptr;  ///< the pointer that points at us
  timer_wheel* wheel_ = nullptr;
  steady_time expiry_{};
  std::uint64_t tick_ = 0;
  std::uint16_t slot_ = 0;
  callback on_expiry_;
  void* context_;
};

/// Makes a timer callback out of a member function without parameters:
///
///     struct idle_watch {
///       void on_idle() { ++times; }
///       int times = 0;
///       timer idle{&call_member<&idle_watch::on_idle, idle_watch>, this};
///     };
template <auto Method, class Owner>
void call_member(void* context) {
  (static_cast<Owner*>(context)->*Method)();
}

/// Hierarchical timing wheel (Varghese and Lauck, 1987): four levels of 64 slots, one tick a
/// millisecond; deadlines beyond 4.6 hours wait in the last level and are cascaded again.
///
/// Pure: time is passed in, so tests drive it by hand. Not thread-safe. A timer never fires early
/// and at most one tick late relative to the time given to `advance`.
class timer_wheel {
 public:
  explicit timer_wheel(steady_time origin) noexcept;
  ~timer_wheel();
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  /// Arms `t` for `expiry`, moving it if it was armed. A time in the past fires at the next
  /// advance.
  void arm(timer& t, steady_time expiry) noexcept;

  /// Calls each timer whose time has come, in order of ticks. A callback may arm and cancel any
  /// timer.
  /// @returns how many fired
  std::size_t advance(steady_time now);

  /// A lower bound of the time at which `advance` has something to do; nullopt when empty. A bound
  /// that turns out early costs one empty `advance`.
  std::optional<steady_time> next_expiry() const noexcept;

  /// Timers that are armed. Any thread.
  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

 private:
  friend class timer;
  static constexpr unsigned level_bits = 6;
  static constexpr unsigned slots_per_level = 1U << level_bits;
  static constexpr unsigned levels = 4;

  std::uint64_t tick_of(steady_time t) const noexcept;
  void insert(timer& t) noexcept;
  void unlink(timer& t) noexcept;
  void cascade(unsigned level) noexcept;
  timer* take_slot(unsigned slot) noexcept;
  static void push(timer*& head, timer& t) noexcept;
  void count(std::ptrdiff_t change) noexcept {
    size_.store(size() + static_cast<std::size_t>(change), std::memory_order_relaxed);
  }

  steady_time origin_;
  std::uint64_t current_ = 0;         ///< the next tick to be processed
  std::atomic<std::size_t> size_{0};  ///< written by the owner alone, read from anywhere
  std::array<timer*, levels * slots_per_level> slots_{};
  std::array<std::uint64_t, levels> occupied_{};  ///< a bit per slot that is not empty
};

}  // namespace tributary::http::io
