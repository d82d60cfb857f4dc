// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace tributary::actors::guards {

/// Bounds the calls in flight to one upstream, and those that wait for a place. All counts are
/// exact under concurrency. While there is room it takes one atomic operation; a lock is taken only
/// where somebody waits. Any thread; permits may be released after the bulkhead itself is gone.
class bulkhead {
  struct state;

 public:
  using steady_time = std::chrono::steady_clock::time_point;

  /// The right to one call; gives its place back when it is destroyed.
  class permit {
   public:
    permit(permit&& other) noexcept = default;
    permit& operator=(permit&& other) noexcept {
      release();
      of_ = std::move(other.of_);
      return *this;
    }
    ~permit() { release(); }

    /// Gives the place back early, to who has waited with the earliest deadline; the second time
    /// does nothing.
    void release() noexcept;

   private:
    friend class bulkhead;
    explicit permit(std::shared_ptr<state> of) noexcept : of_(std::move(of)) {}
    std::shared_ptr<state> of_;
  };

  /// Called once with the place that was waited for, on the thread that gives it back and must not
  /// be kept long; or with nothing when the deadline has passed, on the thread of `expire`.
  using taker = std::function<void(std::optional<permit>)>;

  /// A place in the line.
  struct ticket {
    steady_time deadline;
    std::uint64_t number = 0;
    friend auto operator<=>(const ticket&, const ticket&) = default;
  };

  /// A place, or one in the line, or neither: the line is full.
  struct admission {
    std::optional<permit> place;
    std::optional<ticket> waits;
  };

  explicit bulkhead(std::size_t max_in_flight, std::size_t max_waiting = 0);

  /// Takes a place; nothing when all are taken.
  std::optional<permit> try_acquire() noexcept;

  /// Takes a place, or stands in line for one until `deadline`. The earliest deadline is served
  /// first: who has most time left can best wait. `taken` is called only for who stands in line,
  /// perhaps before this returns.
  admission ask(steady_time deadline, taker taken);

  /// Leaves the line. False when the taker was called already, or is about to be.
  bool leave(const ticket& place);

  /// Ends the wait of all whose deadline has passed.
  void expire(steady_time now);

  /// The earliest deadline in the line.
  std::optional<steady_time> next_deadline() const;

  /// One more would be refused, at this moment.
  bool full() const noexcept;

  std::size_t in_flight() const noexcept;
  std::size_t max_in_flight() const noexcept;

  /// Reads how many wait; may be called after the bulkhead is gone.
  std::function<double()> waiting() const;

 private:
  std::shared_ptr<state> state_;
};

}  // namespace tributary::actors::guards
