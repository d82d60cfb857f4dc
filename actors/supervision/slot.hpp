// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/failure_log.hpp"
#include "actors/supervision/rules.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace tributary::actors::supervision {

/// What callers do with a message for a child that is not running.
enum class buffer_policy : std::uint8_t {
  fail_fast,  ///< answer `child_unavailable` at once
  drop,       ///< forget the message; for reports that nobody waits for
};

/// The place of a child: it outlives every incarnation. Callers, pools and names refer to it and
/// not to the actor. Written by the supervisor alone, read from any thread without messages.
class slot {
 public:
  explicit slot(buffer_policy buffer = buffer_policy::fail_fast) : buffer_(buffer) {}
  slot(const slot&) = delete;
  slot& operator=(const slot&) = delete;

  child_state state() const noexcept { return state_.load(std::memory_order_relaxed); }
  /// 1 for the first; 0 before it. Counts on when the supervisor was restarted itself.
  unsigned incarnation() const noexcept { return incarnation_.load(std::memory_order_relaxed); }
  std::uint64_t restarts() const noexcept { return incarnation() > 1 ? incarnation() - 1 : 0; }
  /// Incarnations that were killed and did not die.
  unsigned zombies() const noexcept { return zombies_.load(std::memory_order_relaxed); }
  buffer_policy buffer() const noexcept { return buffer_; }
  std::string path() const;
  const child_failures& failures() const noexcept { return failures_; }

  /// The running child, or a null handle. Locks; use `supervised_ref` on hot paths.
  caf::actor current() const;

  // For the supervisor.
  void set_path(std::string path);
  /// Counts an incarnation that is about to be made. @returns its number
  unsigned begin_incarnation() noexcept {
    return incarnation_.fetch_add(1, std::memory_order_relaxed) + 1;
  }
  void set_child(caf::actor child, unsigned incarnation);
  /// Callers see the child while it is running, and from no other state.
  void publish(child_state state);
  /// The supervisor is ending: marks the place as gone if `child` is still its incarnation. Any
  /// thread; a later supervisor may have put a new child here.
  void retire(const caf::actor& child);
  void add_failure(failure_record record) { failures_.add(std::move(record)); }
  void add_zombies(int change) noexcept {
    zombies_.fetch_add(static_cast<unsigned>(change), std::memory_order_relaxed);
  }

 private:
  friend class supervised_ref;

  /// Changes whenever the handle that callers see changes.
  std::atomic<std::uint64_t> version_{0};
  std::atomic<child_state> state_{child_state::pending};
  std::atomic<unsigned> incarnation_{0};
  std::atomic<unsigned> zombies_{0};
  const buffer_policy buffer_;
  mutable std::mutex mutex_;
  std::string path_;
  caf::actor child_;    ///< the incarnation, from spawn to its end
  caf::actor visible_;  ///< the actor while it is running, else null
  child_failures failures_;
};

using slot_ptr = std::shared_ptr<slot>;

/// Reference to a child that survives its restarts. One per sending actor, never shared between
/// threads: it keeps a copy of the handle and takes the slot's lock only after a change.
class supervised_ref {
 public:
  supervised_ref() = default;
  explicit supervised_ref(slot_ptr target) : slot_(std::move(target)) {}

  /// The running child, or nullptr: the caller then follows the slot's buffer policy; with
  /// fail_fast it answers `supervision_error::child_unavailable` at once. Valid until the next
  /// call.
  ///
  /// A child that died a moment ago may still be returned; a request to it is answered with
  /// `caf::sec::request_receiver_down`, which means the same.
  const caf::actor* get() {
    if (slot_ == nullptr) return nullptr;
    if (slot_->version_.load(std::memory_order_acquire) != seen_) refresh();
    return child_ ? &child_ : nullptr;
  }

  const slot_ptr& target() const noexcept { return slot_; }

 private:
  void refresh();

  slot_ptr slot_;
  std::uint64_t seen_ = 0;  ///< version 0 of a slot has no child: nothing to fetch
  caf::actor child_;
};

}  // namespace tributary::actors::supervision
