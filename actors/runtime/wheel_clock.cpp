// SPDX-License-Identifier: MIT
#include "actors/runtime/wheel_clock.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/group.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>

#include <map>
#include <mutex>
#include <tuple>
#include <utility>

namespace tributary::actors::runtime {

namespace io = http::io;
using time_point = caf::actor_clock::time_point;

namespace {

enum class entry_kind : std::uint8_t { ordinary, multi, request, message, group_message };

/// Orders entries by actor, so that all of one actor's lie side by side.
struct entry_key {
  caf::actor_id actor = 0;
  entry_kind kind = entry_kind::ordinary;
  std::uint64_t detail = 0;
  auto operator<=>(const entry_key&) const = default;
};

struct entry {
  io::timer timer{&on_expiry, this};
  entry_key key;
  caf::weak_actor_ptr target;  ///< of a timeout
  caf::atom_value type{};
  std::uint64_t id = 0;
  caf::message_id mid;
  caf::strong_actor_ptr receiver;  ///< of a scheduled message; sender of a group message
  caf::mailbox_element_ptr content;
  caf::group group;
  caf::message group_content;
  std::vector<entry*>* expired = nullptr;  ///< where to go when the time has come

  static void on_expiry(void* self) {
    auto* e = static_cast<entry*>(self);
    e->expired->push_back(e);
  }

  void deliver() {
    switch (key.kind) {
      case entry_kind::ordinary:
      case entry_kind::multi:
        if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(target)) {
          ptr->get()->eq_impl(caf::make_message_id(), ptr, nullptr, caf::timeout_msg{type, id});
        }
        break;
      case entry_kind::request:
        if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(target)) {
          ptr->get()->eq_impl(mid, ptr, nullptr, caf::make_error(caf::sec::request_timeout));
        }
        break;
      case entry_kind::message:
        receiver->enqueue(std::move(content), nullptr);
        break;
      case entry_kind::group_message:
        if (auto* dest = group.get()) {
          dest->enqueue(receiver, caf::make_message_id(), std::move(group_content), nullptr);
        }
        break;
    }
  }
};

}  // namespace

/// Entries of some of the actors, woken by one worker's loop.
class wheel_clock::shard : public std::enable_shared_from_this<wheel_clock::shard> {
 public:
  explicit shard(io::event_loop& loop) : loop_(loop), wheel_(std::chrono::steady_clock::now()) {}

  void add(time_point t, std::unique_ptr<entry> e, bool unique_detail) {
    auto wake = false;
    {
      const std::lock_guard lock{mutex_};
      if (unique_detail) e->key.detail = ++sequence_;
      e->expired = &expired_;
      auto& place = entries_[e->key];
      place = std::move(e);  // an ordinary timeout replaces the one before it
      wheel_.arm(place->timer, t);
      wake = t < pulse_at_;
      if (wake) pulse_at_ = t;
    }
    if (wake) wake_loop();
  }

  void remove(const entry_key& key) {
    std::unique_ptr<entry> dead;  // destroyed after unlocking: it may drop a reference to an actor
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    dead = std::move(found->second);
    dead->timer.cancel();
    entries_.erase(found);
  }

  void remove_all_of(caf::actor_id actor) {
    std::vector<std::unique_ptr<entry>> dead;
    const std::lock_guard lock{mutex_};
    const auto first = entries_.lower_bound({actor, entry_kind::ordinary, 0});
    auto last = first;
    for (; last != entries_.end() && last->first.actor == actor; ++last) {
      last->second->timer.cancel();
      dead.push_back(std::move(last->second));
    }
    entries_.erase(first, last);
  }

  void clear() {
    std::map<entry_key, std::unique_ptr<entry>> dead;
    const std::lock_guard lock{mutex_};
    for (auto& [key, e] : entries_) e->timer.cancel();
    dead.swap(entries_);
  }

  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return entries_.size();
  }

 private:
  /// The pulse belongs to the loop, so only its thread may set it.
  void wake_loop() {
    if (io::event_loop::current() == &loop_) {
      set_pulse();
    } else {
      loop_.post([self = shared_from_this()] { self->set_pulse(); });
    }
  }

  void set_pulse() {
    time_point at;
    {
      const std::lock_guard lock{mutex_};
      at = pulse_at_;
    }
    if (at != time_point::max()) loop_.arm_at(pulse_, at);
  }

  void on_pulse() {
    std::vector<std::unique_ptr<entry>> due;
    {
      const std::lock_guard lock{mutex_};
      expired_.clear();
      wheel_.advance(std::chrono::steady_clock::now());
      for (auto* e : expired_) {
        const auto found = entries_.find(e->key);
        due.push_back(std::move(found->second));
        entries_.erase(found);
      }
      pulse_at_ = wheel_.next_expiry().value_or(time_point::max());
    }
    // Without the lock: an enqueue may come back to this clock.
    for (auto& e : due) e->deliver();
    set_pulse();
  }

  io::event_loop& loop_;
  mutable std::mutex mutex_;
  io::timer_wheel wheel_;
  std::map<entry_key, std::unique_ptr<entry>> entries_;
  std::vector<entry*> expired_;
  std::uint64_t sequence_ = 0;
  time_point pulse_at_ = time_point::max();
  io::timer pulse_{&io::call_member<&shard::on_pulse, shard>, this};
};

wheel_clock::wheel_clock(const std::vector<io::event_loop*>& loops) {
  for (auto* loop : loops) shards_.push_back(std::make_shared<shard>(*loop));
}

wheel_clock::~wheel_clock() = default;

wheel_clock::shard& wheel_clock::shard_of(const caf::abstract_actor* self) const {
  return *shards_[self->id() % shards_.size()];
}

void wheel_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                                       caf::atom_value type, std::uint64_t id) {
  auto e = std::make_unique<entry>();
  e->key = {self->id(), entry_kind::ordinary, static_cast<std::uint64_t>(type)};
  e->target = self->ctrl();
  e->type = type;
  e->id = id;
  shard_of(self).add(t, std::move(e), false);
}

void wheel_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                    std::uint64_t id) {
  auto e = std::make_unique<entry>();
  e->key = {self->id(), entry_kind::multi, 0};
  e->target = self->ctrl();
  e->type = type;
  e->id = id;
  shard_of(self).add(t, std::move(e), true);
}

void wheel_clock::set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) {
  auto e = std::make_unique<entry>();
  e->key = {self->id(), entry_kind::request, id.integer_value()};
  e->target = self->ctrl();
  e->mid = id;
  shard_of(self).add(t, std::move(e), false);
}

void wheel_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  shard_of(self).remove({self->id(), entry_kind::ordinary, static_cast<std::uint64_t>(type)});
}

void wheel_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  shard_of(self).remove({self->id(), entry_kind::request, id.integer_value()});
}

void wheel_clock::cancel_timeouts(caf::abstract_actor* self) {
  shard_of(self).remove_all_of(self->id());
}

void wheel_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                   caf::mailbox_element_ptr content) {
  auto& home = shard_of(receiver->get());
  auto e = std::make_unique<entry>();
  e->key = {receiver->id(), entry_kind::message, 0};
  e->receiver = std::move(receiver);
  e->content = std::move(content);
  home.add(t, std::move(e), true);
}

void wheel_clock::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                                   caf::message content) {
  auto e = std::make_unique<entry>();
  e->key = {0, entry_kind::group_message, 0};
  e->group = std::move(target);
  e->receiver = std::move(sender);
  e->group_content = std::move(content);
  shards_.front()->add(t, std::move(e), true);
}

void wheel_clock::cancel_all() {
  for (auto& s : shards_) s->clear();
}

std::size_t wheel_clock::size() const {
  std::size_t total = 0;
  for (const auto& s : shards_) total += s->size();
  return total;
}

}  // namespace tributary::actors::runtime
