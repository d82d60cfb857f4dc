// SPDX-License-Identifier: MIT
#include "actors/aggregation/aggregator.hpp"

#include "actors/cache/shard_of.hpp"
#include "actors/cache/ttl.hpp"

#include <utility>

namespace tributary::actors::aggregation {

using guards::steady_time;

namespace {

/// Numbers of gathers that no cache waits for; those of the shards never have this bit.
constexpr std::uint64_t own_number = std::uint64_t{1} << 63;

}  // namespace

aggregator::aggregator(caf::actor_config& cfg, std::string path, aggregator_wiring wiring)
    : observed_actor(cfg, std::move(path), "aggregator"),
      wiring_(std::move(wiring)),
      timers_(*this) {}

aggregator::~aggregator() = default;

caf::behavior aggregator::make_behavior() {
  // clang-format off
  return {
      [this](start_gather& m) { start(m); },
      [this](join_gather& m) { join(m); },
      [this](call_answered& m) { on_answered(m); },
      [this](const caller_left& m) { on_left(m); },
      [this](const runtime::deadline_tick& m) { timers_.on_tick(m); },
  };
  // clang-format on
}

bool aggregator::cleanup(caf::error&& reason, caf::execution_unit* host) {
  // What still waits is dropped, which answers it; the calls under way must not outlive their
  // reason.
  for (auto& [id, g] : gathers_) cancel_calls(*g);
  gathers_.clear();
  return observed_actor::cleanup(std::move(reason), host);
}

// -- callers ------------------------------------------------------------------------------------

void aggregator::start(start_gather& message) {
  const auto id = message.ticket != 0 ? message.ticket : (own_number | ++sequence_);
  auto g = std::make_shared<gather>(id, *message.call, message.ticket, this, [](void* context) {
    auto* expired = static_cast<gather*>(context);
    expired->owner->on_deadline(*expired);
  });
  gathers_.emplace(id, g);
  timers_.arm(g->deadline_timer, g->deadline());
  wait_for(*g, std::move(message.call));
  if (g->abandoned()) {
    end(*g);
  } else {
    make_calls(g);
  }
}

void aggregator::join(join_gather& message) {
  const auto found = gathers_.find(message.ticket);
  if (found != gathers_.end()) {
    const auto g = found->second;
    wait_for(*g, std::move(message.call));
    // What is known already may be enough for it: the failure of a part, for a strict caller.
    g->answer_newest_if_settled(now());
    if (g->abandoned()) end(*g);
    return;
  }
  // The gather ended, or its callers all left, while the cache sent this: once the cache has heard
  // of that (again), it can tell what is right now.
  if (const auto* shard = cache_of(message.call->cache_key)) {
    runtime::tell(*shard, gather_ended{message.call->cache_key, message.ticket, nullptr, false});
    runtime::tell(*shard, look_up{std::move(message.call)});
  }
}

void aggregator::wait_for(gather& g, std::shared_ptr<aggregate_call> call) {
  call->gather_id.store(g.id());
  if (call->gone) return;
  if (call->deadline < g.parts_due()) {
    g.caller_timers.push_back(std::make_unique<caller_timer>(*this, g, call));
    auto& own = *g.caller_timers.back();
    timers_.arm(own.timer, call->deadline);
  }
  g.add(std::move(call));
}

void aggregator::on_left(const caller_left& message) {
  const auto found = gathers_.find(message.call->gather_id.load());
  if (found == gathers_.end()) return;
  const auto g = found->second;
  g->remove(*message.call);
  if (g->abandoned()) end(*g);
}

// -- progress -----------------------------------------------------------------------------------

void aggregator::progress(gather& g, steady_time at) {
  g.answer_settled(at, [&] { return time_to_live(g); });
  if (g.finished() || g.abandoned()) end(g);
}

void aggregator::end(gather& g) {
  const auto keep = gathers_.extract(g.id());
  if (keep.empty()) return;
  g.deadline_timer.cancel();
  g.caller_timers.clear();
  g.courses.clear();
  if (!g.finished()) cancel_calls(g);
  if (g.ticket() == 0) return;
  if (const auto* shard = cache_of(g.key())) {
    runtime::tell(*shard, gather_ended{g.key(), g.ticket(), g.storable(), g.uncacheable()});
  }
}

void aggregator::cancel_calls(gather& g) {
  for (auto& weak : g.calls) {
    if (const auto call = weak.lock()) call->cancel();
  }
}

std::optional<std::chrono::milliseconds> aggregator::time_to_live(const gather& g) {
  const auto life = g.freshness();
  if (!life) return std::nullopt;
  return cache::jittered(*life, g.plan().settings.cache->jitter, cache::key_jitter(g.key()));
}

const caf::actor* aggregator::cache_of(std::string_view key) {
  if (wiring_.caches.empty()) return nullptr;
  return wiring_.caches[cache::shard_of(key, wiring_.caches.size())].get();
}

// -- deadlines ----------------------------------------------------------------------------------

void aggregator::on_deadline(gather& g) {
  const auto hold = gathers_.at(g.id());
  cancel_calls(g);
  const auto at = now();
  use_constants(g, at);
  g.expire(at);
  progress(g, at);
}

void caller_timer::fired(void* self) {
  auto* t = static_cast<caller_timer*>(self);
  t->owner.on_caller_deadline(*t);
}

void aggregator::on_caller_deadline(caller_timer& t) {
  const auto hold = gathers_.at(t.parent.id());
  hold->answer_now(*t.call, now());
  if (hold->abandoned()) end(*hold);
}

}  // namespace tributary::actors::aggregation
