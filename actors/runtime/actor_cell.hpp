// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary::actors::runtime {

/// What metrics show together, and for the life of the process: the actors that have one place in
/// the tree one after the other, or all members of a pool. Any thread.
struct actor_series {
  explicit actor_series(std::string text) : label(std::move(text)) {}

  const std::string label;  ///< the path; of a pool's members `/jobs/running/*`, of the root `/`
  std::atomic<std::uint64_t> restarts{0};  ///< incarnations begun after the first of each member
};

/// What anybody may know of one actor without asking it: written by the actor and its senders with
/// relaxed operations, read from any thread at any time. Counters are exact once the actor rests.
struct actor_cell {
  actor_cell(std::string actor_path, std::string actor_kind)
      : path(std::move(actor_path)), kind(std::move(actor_kind)) {}

  enum class life : std::uint8_t { starting, running, terminated };

  const std::string path;  ///< place in the tree: `/guards/customer/breaker`
  const std::string kind;  ///< what it is: `breaker`
  const std::chrono::system_clock::time_point started = std::chrono::system_clock::now();
  std::shared_ptr<actor_series> series;  ///< set by `actor_directory::add`, then never changed
  std::atomic<std::uint64_t> actor_id{0};
  std::atomic<std::uint32_t> incarnation{0};  ///< restarts before this one
  std::atomic<life> state{life::starting};

  // Senders and the actor write on cache lines of their own.
  alignas(64) std::atomic<std::uint64_t> enqueued{0};
  std::atomic<std::uint64_t> dead_letters{0};  ///< arrived after the end
  alignas(64) std::atomic<std::uint64_t> processed{0};
  std::atomic<std::uint64_t> unexpected{0};  ///< of a type that the actor does not know
  std::atomic<std::uint64_t> failures{0};    ///< exceptions that left a handler

  /// Messages that wait, or are being handled. Never negative, though momentarily inexact.
  std::uint64_t depth() const noexcept {
    if (state.load(std::memory_order_relaxed) == life::terminated) return 0;
    const auto out = processed.load(std::memory_order_relaxed);
    const auto in = enqueued.load(std::memory_order_relaxed);
    return in > out ? in - out : 0;
  }

  /// Text of the last failure; empty when there was none.
  std::string last_error() const;
  void set_last_error(std::string text);

 private:
  mutable std::mutex error_mutex_;
  std::string error_;
};

/// All living actors by path, and the series of all that have lived. Any thread.
class actor_directory {
 public:
  /// Adds an actor's cell. Cells of ended actors leave by `remove`.
  void add(std::shared_ptr<actor_cell> cell);
  void remove(const actor_cell& cell);

  /// Says that what is below `path` are members of a pool, which come and go: from now on they,
  /// and what is below each of them, share their series.
  void add_pool(std::string_view path);

  /// The series of an actor at `path`, made if it is new. It is kept for good: their number is
  /// bounded since members of pools share theirs.
  std::shared_ptr<actor_series> series_of(std::string_view path);

  /// All series, ordered by label, also those whose actors have ended.
  std::vector<std::shared_ptr<const actor_series>> all_series() const;

  /// The cells of all actors that have not ended, ordered by path.
  std::vector<std::shared_ptr<const actor_cell>> snapshot() const;

  std::size_t size() const;

 private:
  std::string label_of(std::string_view path) const;
  std::shared_ptr<actor_series> find_series(std::string_view path);

  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> pools_;  ///< labels of the actors above members of pools
  std::map<std::string, std::shared_ptr<actor_series>, std::less<>> series_;  ///< by label
  std::unordered_map<const actor_cell*, std::shared_ptr<actor_cell>> cells_;
};

}  // namespace tributary::actors::runtime
