// SPDX-License-Identifier: MIT
#include "http/io/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace tributary::http::io {

namespace {

constexpr auto tick_length = std::chrono::milliseconds{1};

}  // namespace

void timer::cancel() noexcept {
  if (wheel_ != nullptr) wheel_->unlink(*this);
}

timer_wheel::timer_wheel(steady_time origin) noexcept : origin_(origin) {}

timer_wheel::~timer_wheel() {
  for (unsigned slot = 0; slot < slots_.size(); ++slot) {
    while (slots_[slot] != nullptr) unlink(*slots_[slot]);
  }
}

std::uint64_t timer_wheel::tick_of(steady_time t) const noexcept {
  if (t <= origin_) return 0;
  // Rounded up: a timer must not fire before its time.
  const auto ticks = std::chrono::ceil<std::chrono::milliseconds>(t - origin_) / tick_length;
  return static_cast<std::uint64_t>(ticks);
}

void timer_wheel::arm(timer& t, steady_time expiry) noexcept {
  t.cancel();
  t.expiry_ = expiry;
  t.tick_ = std::max(tick_of(expiry), current_);
  t.wheel_ = this;
  insert(t);
  count(+1);
}

void timer_wheel::insert(timer& t) noexcept {
  const auto distance = t.tick_ - current_;
  unsigned level = 0;
  while (level + 1 < levels && distance >= (std::uint64_t{1} << (level_bits * (level + 1)))) {
    ++level;
  }
  // What lies beyond the last level's reach waits in its farthest slot and is looked at again
  // there.
  const auto reach = (std::uint64_t{1} << (level_bits * levels)) - 1;
  const auto tick = current_ + std::min(distance, reach);
  const auto index = (tick >> (level_bits * level)) & (slots_per_level - 1);
  t.slot_ = static_cast<std::uint16_t>(level * slots_per_level + index);
  push(slots_[t.slot_], t);
  occupied_[level] |= std::uint64_t{1} << index;
}

void timer_wheel::push(timer*& head, timer& t) noexcept {
  t.next_ = head;
  t.link_ = &head;
  if (head != nullptr) head->link_ = &t.next_;
  head = &t;
}

void timer_wheel::unlink(timer& t) noexcept {
  *t.link_ = t.next_;
  if (t.next_ != nullptr) t.next_->link_ = t.link_;
  t.next_ = nullptr;
  t.link_ = nullptr;
  t.wheel_ = nullptr;
  count(-1);
  if (slots_[t.slot_] == nullptr) {
    occupied_[t.slot_ / slots_per_level] &= ~(std::uint64_t{1} << (t.slot_ % slots_per_level));
  }
}

timer* timer_wheel::take_slot(unsigned slot) noexcept {
  occupied_[slot / slots_per_level] &= ~(std::uint64_t{1} << (slot % slots_per_level));
  return std::exchange(slots_[slot], nullptr);
}

void timer_wheel::cascade(unsigned level) noexcept {
  const auto index = (current_ >> (level_bits * level)) & (slots_per_level - 1);
  auto* t = take_slot(static_cast<unsigned>(level * slots_per_level + index));
  while (t != nullptr) {
    auto* next = t->next_;
    insert(*t);
    t = next;
  }
  if (index == 0 && level + 1 < levels) cascade(level + 1);
}

std::size_t timer_wheel::advance(steady_time now) {
  if (now < origin_) return 0;
  // Rounded down: a tick is due when all of it lies in the past.
  const auto target = static_cast<std::uint64_t>((now - origin_) / tick_length);
  std::size_t fired = 0;
  while (current_ <= target) {
    if (size() == 0) {
      current_ = target + 1;
      break;
    }
    const auto index = current_ & (slots_per_level - 1);
    if (index == 0) cascade(1);
    // Timers armed by a callback for "now" belong to the next tick: otherwise a callback that
    // always re-arms itself would never let go of the thread.
    ++current_;
    auto* head = take_slot(static_cast<unsigned>(index));
    if (head != nullptr) head->link_ = &head;
    while (head != nullptr) {
      auto& t = *head;
      // The list hangs on `head` now, so a callback can still cancel its siblings.
      *t.link_ = t.next_;
      if (t.next_ != nullptr) t.next_->link_ = t.link_;
      t.next_ = nullptr;
      t.link_ = nullptr;
      t.wheel_ = nullptr;
      count(-1);
      ++fired;
      t.on_expiry_(t.context_);
    }
    if (index == slots_per_level - 1 || current_ > target) continue;
    // Skip the empty ticks of this turn of the lowest level in one step.
    const auto rest = occupied_[0] >> (index + 1);
    const auto skip = rest == 0 ? slots_per_level - 1 - index
                                : static_cast<std::uint64_t>(std::countr_zero(rest));
    current_ = std::min(current_ + skip, target + 1);
  }
  return fired;
}

std::optional<steady_time> timer_wheel::next_expiry() const noexcept {
  if (size() == 0) return std::nullopt;
  auto best = ~std::uint64_t{0};
  for (unsigned level = 0; level < levels; ++level) {
    if (occupied_[level] == 0) continue;
    const auto shift = level_bits * level;
    const auto position = current_ >> shift;
    const auto index = static_cast<int>(position & (slots_per_level - 1));
    // Slots of a higher level are emptied when its tick begins; the current one is emptied already
    // unless the lower levels stand at zero, so a hit at distance 0 is a full turn away there.
    const auto rotated = std::rotr(occupied_[level], index);
    auto distance = static_cast<std::uint64_t>(std::countr_zero(rotated));
    if (level > 0 && distance == 0 && (current_ & ((std::uint64_t{1} << shift) - 1)) != 0) {
      const auto others = rotated & ~std::uint64_t{1};
      distance =
          others == 0 ? slots_per_level : static_cast<std::uint64_t>(std::countr_zero(others));
    }
    best = std::min(best, std::max((position + distance) << shift, current_));
  }
  return origin_ + best * tick_length;
}

}  // namespace tributary::http::io
