// SPDX-License-Identifier: MIT
#include "actors/store/invalidation.hpp"

#include "actors/runtime/worker.hpp"
#include "actors/store/purge_notice.hpp"
#include "actors/store/subscription.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <utility>

namespace tributary::actors::store {

using cache::purge_scope;
using cache::purge_target;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds tick{100};
constexpr milliseconds retry_after{200};
/// Of one step; the command timeout is the shorter one.
constexpr milliseconds step_limit{1'000};

void note(config::log_level level, telemetry::events::event event, std::string_view text,
          const purge_target& target) {
  telemetry::log().write(level, event, text,
                         {{"scope", to_string(target.scope)}, {"target", target.text}});
}

}  // namespace

invalidation::invalidation(caf::actor_config& cfg, std::string path, invalidation_wiring wiring)
    : observed_actor(cfg, std::move(path), "invalidation"), wiring_(std::move(wiring)) {}

caf::behavior invalidation::make_behavior() {
  // An earlier incarnation may have died with a notice in its mailbox.
  if (!wiring_.redis.empty()) forget_everything();
  if (!wiring_.redis.empty()) wake();
  // clang-format off
  return {
      [this](purge_all& m) { on_purge_all(m); },
      [this](const redis_answered& m) { on_answered(m); },
      [this](const subscription_message& m) { on_message(m); },
      [this](const subscription_state& m) { on_state(m); },
      [this](const invalidation_tick&) { on_tick(); },
  };
  // clang-format on
}

bool invalidation::cleanup(caf::error&& reason, caf::execution_unit* host) {
  waiters_.clear();
  return observed_actor::cleanup(std::move(reason), host);
}

// -- here ---------------------------------------------------------------------------------------

/// A shard that is down starts empty: there is nothing to forget.
void invalidation::purge_here(const purge_target& target, const std::shared_ptr<void>& told) {
  for (auto& shard : wiring_.caches) {
    if (const auto* to = shard.get()) runtime::tell(*to, purge{target, told});
  }
}

void invalidation::forget_everything() { purge_here({purge_scope::prefix, {}}, nullptr); }

void invalidation::on_purge_all(purge_all& message) {
  purge_here(message.target, message.done);
  wiring_.counters->local.fetch_add(1, std::memory_order_relaxed);
  if (wiring_.redis.empty()) return;
  if (const auto oldest = wiring_.backlog->add(std::move(message.target))) {
    waiters_.erase(oldest->id);
    wiring_.counters->undelivered.fetch_add(1, std::memory_order_relaxed);
    note(config::log_level::error, telemetry::events::cache_purge_lost,
         "too many purges wait for Redis: this one is given up", oldest->target);
  }
  waiters_[wiring_.backlog->last_id()] = {std::move(message.done), clock().now() + patience};
  publish();
  wake();
  deliver();
}

// -- from other instances -----------------------------------------------------------------------

void invalidation::on_message(const subscription_message& message) {
  const auto notice = parse_purge_notice(message.text);
  if (!notice || notice->from == wiring_.instance) return;
  purge_here(notice->target, nullptr);
  wiring_.counters->foreign.fetch_add(1, std::memory_order_relaxed);
  note(config::log_level::debug, telemetry::events::cache_purged,
       "another instance purged the cache", notice->target);
}

void invalidation::on_state(const subscription_state& message) {
  // Noticed by a tick already, or not even known to have been lost.
  if (std::exchange(subscribed_, message.subscribed) == message.subscribed) return;
  if (message.subscribed) {
    subscribed_once_ = true;
    forget_everything();
    retry_at_ = {};
    deliver();
  }
  wiring_.counters->subscribed.store(message.subscribed);
}

// -- in Redis -----------------------------------------------------------------------------------

void invalidation::deliver() {
  auto& backlog = *wiring_.backlog;
  if (delivery_ || backlog.empty() || clock().now() < retry_at_) return;
  delivering_ = backlog.front().id;
  const auto& target = backlog.front().target;
  delivery_.emplace(target, channels::invalidate, to_text({wiring_.instance, target}),
                    wiring_.reserved);
  send_step();
}

void invalidation::send_step() {
  const auto* worker = runtime::worker::current();
  const auto index = worker == nullptr ? 0 : worker->index();
  const auto* to = index < wiring_.redis.size() ? wiring_.redis[index].get() : nullptr;
  if (to == nullptr) return step_failed();
  runtime::tell(*to, redis_request{std::make_shared<redis_call>(
                         redis_batch{delivery_->commands(), clock().now() + step_limit},
                         caf::actor_cast<caf::actor>(this), nullptr, ++step_)});
}

void invalidation::on_answered(const redis_answered& message) {
  if (!delivery_ || message.tag != step_) return;
  switch (delivery_->take(message.results)) {
    case purge_delivery::state::going:
      return send_step();
    case purge_delivery::state::done:
      return delivered();
    case purge_delivery::state::failed:
      return step_failed();
  }
}

void invalidation::step_failed() {
  delivery_.reset();
  retry_at_ = clock().now() + retry_after;
  wake();
  auto& oldest = wiring_.backlog->front();
  if (oldest.id != delivering_ || oldest.late) return;
  oldest.late = true;
  note(config::log_level::warning, telemetry::events::cache_purge_waiting,
       "Redis cannot be told of a purge: it is kept until that works", oldest.target);
}

void invalidation::delivered() {
  delivery_.reset();
  auto& backlog = *wiring_.backlog;
  if (backlog.front().id == delivering_ && backlog.front().late) {
    note(config::log_level::info, telemetry::events::cache_purge_delivered,
         "Redis was told of a purge that had waited", backlog.front().target);
  }
  backlog.remove(delivering_);
  waiters_.erase(delivering_);
  wiring_.counters->redis.fetch_add(1, std::memory_order_relaxed);
  publish();
  deliver();
}

void invalidation::publish() {
  wiring_.counters->waiting.store(wiring_.backlog->size(), std::memory_order_relaxed);
}

// -- time ---------------------------------------------------------------------------------------

void invalidation::wake() {
  if (std::exchange(ticking_, true)) return;
  delayed_send(this, tick, invalidation_tick{});
}

void invalidation::on_tick() {
  ticking_ = false;
  const auto now = clock().now();
  std::erase_if(waiters_, [&](const auto& each) { return each.second.until <= now; });
  // Nobody could be told of a subscription that began before this actor was up.
  const auto& link = wiring_.subscription;
  const auto unnoticed = link != nullptr && !subscribed_once_;
  if (unnoticed && link->connected.load()) on_state({true});
  deliver();
  if (!wiring_.backlog->empty() || (unnoticed && !subscribed_once_)) wake();
}

}  // namespace tributary::actors::store
