// SPDX-License-Identifier: MIT
#include "actors/supervision/slot.hpp"

#include <utility>

namespace tributary::actors::supervision {

std::string slot::path() const {
  const std::lock_guard lock{mutex_};
  return path_;
}

caf::actor slot::current() const {
  const std::lock_guard lock{mutex_};
  return visible_;
}

void slot::set_path(std::string path) {
  const std::lock_guard lock{mutex_};
  path_ = std::move(path);
}

void slot::set_child(caf::actor child, unsigned incarnation) {
  {
    const std::lock_guard lock{mutex_};
    std::swap(child_, child);
    incarnation_.store(incarnation, std::memory_order_relaxed);
  }
  // The old handle goes here, unlocked: it may be the last, and end an actor.
}

void slot::publish(child_state state) {
  caf::actor old_visible;
  caf::actor old_child;
  const std::lock_guard lock{mutex_};
  state_.store(state, std::memory_order_relaxed);
  old_visible = std::exchange(visible_, state == child_state::running ? child_ : caf::actor{});
  if (state >= child_state::backoff) old_child = std::exchange(child_, caf::actor{});
  if (old_visible != visible_) version_.fetch_add(1, std::memory_order_release);
}

void slot::retire(const caf::actor& child) {
  caf::actor old_visible;
  caf::actor old_child;
  const std::lock_guard lock{mutex_};
  if (child_ != child) return;
  state_.store(child_state::gone, std::memory_order_relaxed);
  old_child = std::exchange(child_, caf::actor{});
  old_visible = std::exchange(visible_, caf::actor{});
  version_.fetch_add(1, std::memory_order_release);
}

void supervised_ref::refresh() {
  caf::actor fresh;
  {
    const std::lock_guard lock{slot_->mutex_};
    seen_ = slot_->version_.load(std::memory_order_relaxed);
    fresh = slot_->visible_;
  }
  std::swap(child_, fresh);
}

}  // namespace tributary::actors::supervision
