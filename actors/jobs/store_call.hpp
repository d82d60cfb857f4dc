// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_store.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace tributary::actors::jobs {

namespace pj = providers::jobs;

/// Why the store has not done what it was asked for.
enum class store_refusal : std::uint8_t {
  none,
  unavailable,  ///< it is away, or nobody knows whether it is done
  overloaded,   ///< too many wait for it already
};

/// How many calls wait for one of the store's actors: the bound of its queue. Any thread.
class store_load {
 public:
  explicit store_load(std::size_t most) noexcept : most_(most) {}

  /// A place in the queue; gives it back when it is destroyed.
  class place {
   public:
    place() noexcept = default;
    place(place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    place& operator=(place&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    ~place() {
      if (of_ != nullptr) of_->waiting_.fetch_sub(1, std::memory_order_relaxed);
    }
    explicit operator bool() const noexcept { return of_ != nullptr; }

   private:
    friend class store_load;
    explicit place(store_load* of) noexcept : of_(of) {}
    store_load* of_ = nullptr;
  };

  /// An empty place where the queue is full. The load outlives all places.
  place enter() noexcept {
    if (waiting_.fetch_add(1, std::memory_order_relaxed) < most_) return place{this};
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }

  std::size_t waiting() const noexcept { return waiting_.load(std::memory_order_relaxed); }

 private:
  std::size_t most_;
  std::atomic<std::size_t> waiting_{0};
};

/// One write on its way to the store, with the duty to tell what came of it. Whoever has it calls
/// `answer` once; when the last reference goes without that (the store's actor crashed, say), the
/// derived class tells whoever waits that the store is unavailable.
class write_call {
 public:
  explicit write_call(pj::write wanted) : what(std::move(wanted)) {}
  write_call(const write_call&) = delete;
  write_call& operator=(const write_call&) = delete;
  virtual ~write_call() = default;

  /// On the store's thread; must not block. `result` is null unless it is done and durable.
  virtual void answer(store_refusal refusal, pj::written* result) = 0;

  const pj::write what;
  store_load::place place;  ///< given back with the call
};

/// What is to be read.
struct find_job {
  pj::job_id id;
};
struct find_events {
  pj::job_id id;
  std::uint64_t after = 0;
  std::size_t limit = 0;
};
struct count_jobs {};
using read = std::variant<find_job, pj::list_filter, find_events, count_jobs>;
using read_result = std::variant<std::optional<pj::job>, std::vector<pj::job_summary>,
                                 std::vector<pj::job_event>, pj::job_counts>;

/// The same for one read.
class read_call {
 public:
  explicit read_call(read wanted) : what(std::move(wanted)) {}
  read_call(const read_call&) = delete;
  read_call& operator=(const read_call&) = delete;
  virtual ~read_call() = default;

  virtual void answer(store_refusal refusal, read_result* result) = 0;

  const read what;
  store_load::place place;
};

}  // namespace tributary::actors::jobs
