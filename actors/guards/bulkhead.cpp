// SPDX-License-Identifier: MIT
#include "actors/guards/bulkhead.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

namespace tributary::actors::guards {

/// Who stands in line counts itself before it looks for a place a last time, and who gives a place
/// back looks at that count afterwards. Both in one order for all threads, so that one of them sees
/// the other: no place stays free while somebody waits.
struct bulkhead::state {
  state(std::size_t places, std::size_t line) : max(places), max_waiting(line) {}

  bool take() noexcept {
    auto taken = in_flight.load();
    // Adding first and taking back later would refuse others for a moment although there is room.
    while (taken < max) {
      if (in_flight.compare_exchange_weak(taken, taken + 1)) return true;
    }
    return false;
  }

  /// The first in line, which has got a place; nothing without both.
  taker take_for_next() {
    const std::lock_guard lock{mutex};
    if (line.empty() || !take()) return {};
    auto result = std::move(line.begin()->second);
    line.erase(line.begin());
    waiting.fetch_sub(1);
    return result;
  }

  const std::size_t max;
  const std::size_t max_waiting;
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::size_t> waiting{0};  ///< in the line, or about to be
  mutable std::mutex mutex;             ///< guards the rest
  std::map<ticket, taker> line;
  std::uint64_t sequence = 0;
};

void bulkhead::permit::release() noexcept {
  auto of = std::move(of_);
  if (of == nullptr) return;
  of->in_flight.fetch_sub(1);
  while (of->waiting.load() != 0) {
    const auto next = of->take_for_next();
    if (!next) return;
    next(permit{of});
  }
}

bulkhead::bulkhead(std::size_t max_in_flight, std::size_t max_waiting)
    : state_(std::make_shared<state>(max_in_flight, max_waiting)) {}

std::optional<bulkhead::permit> bulkhead::try_acquire() noexcept {
  if (!state_->take()) return std::nullopt;
  return permit{state_};
}

bulkhead::admission bulkhead::ask(steady_time deadline, taker taken) {
  const std::lock_guard lock{state_->mutex};
  state_->waiting.fetch_add(1);
  if (state_->take()) {
    state_->waiting.fetch_sub(1);
    return {permit{state_}, std::nullopt};
  }
  if (state_->line.size() >= state_->max_waiting) {
    state_->waiting.fetch_sub(1);
    return {};
  }
  const ticket place{deadline, ++state_->sequence};
  state_->line.emplace(place, std::move(taken));
  return {std::nullopt, place};
}

bool bulkhead::leave(const ticket& place) {
  decltype(state_->line)::node_type left;  // destroyed without the lock: it may give a place back
  const std::lock_guard lock{state_->mutex};
  left = state_->line.extract(place);
  if (left.empty()) return false;
  state_->waiting.fetch_sub(1);
  return true;
}

void bulkhead::expire(steady_time now) {
  std::vector<taker> late;
  {
    const std::lock_guard lock{state_->mutex};
    auto& line = state_->line;
    while (!line.empty() && line.begin()->first.deadline <= now) {
      late.push_back(std::move(line.begin()->second));
      line.erase(line.begin());
      state_->waiting.fetch_sub(1);
    }
  }
  for (const auto& each : late) each(std::nullopt);
}

std::optional<bulkhead::steady_time> bulkhead::next_deadline() const {
  const std::lock_guard lock{state_->mutex};
  if (state_->line.empty()) return std::nullopt;
  return state_->line.begin()->first.deadline;
}

bool bulkhead::full() const noexcept {
  return state_->in_flight.load() >= state_->max && state_->waiting.load() >= state_->max_waiting;
}

std::size_t bulkhead::in_flight() const noexcept { return state_->in_flight.load(); }

std::size_t bulkhead::max_in_flight() const noexcept { return state_->max; }

std::function<double()> bulkhead::waiting() const {
  return [of = state_] { return static_cast<double>(of->waiting.load()); };
}

}  // namespace tributary::actors::guards
