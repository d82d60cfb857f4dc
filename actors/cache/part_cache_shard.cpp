// SPDX-License-Identifier: MIT
#include "actors/cache/part_cache_shard.hpp"

#include "actors/runtime/worker.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/wire/characters.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

/// The shard: what it answers by itself, who waits, and for how long. What comes of the calls it
/// makes is in part_cache_answers.cpp.
namespace tributary::actors::cache {

using guards::call_request;
using guards::call_result;
using guards::upstream_call;
using http::wire::error_token;

namespace {

/// Tells a shard that a caller which waits there has gone.
class leaving final : public http::client::fetch_handle {
 public:
  leaving(caf::actor shard, std::weak_ptr<part_fetch> fetch, std::uint64_t number)
      : shard_(std::move(shard)), fetch_(std::move(fetch)), number_(number) {}
  void cancel() override { runtime::tell(shard_, part_caller_left{fetch_, number_}); }

 private:
  caf::actor shard_;
  std::weak_ptr<part_fetch> fetch_;
  std::uint64_t number_;
};

/// Whether answers to this call can serve others: it asks for the whole of it, unconditionally.
bool is_plain_get(const call_request& asked) {
  constexpr std::array<std::string_view, 6> special{
      "if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"};
  if (asked.method != "GET" || asked.at_most_once) return false;
  return std::none_of(asked.headers.begin(), asked.headers.end(), [&](const auto& field) {
    return std::any_of(special.begin(), special.end(),
                       [&](auto name) { return http::wire::same_without_case(field.first, name); });
  });
}

}  // namespace

part_cache_shard::part_cache_shard(caf::actor_config& cfg, std::string path,
                                   part_shard_settings settings)
    : observed_actor(cfg, std::move(path), "part_cache_shard"),
      settings_(std::move(settings)),
      store_(settings_.limits, settings_.seed),
      timers_(*this) {}

part_cache_shard::~part_cache_shard() = default;

caf::behavior part_cache_shard::make_behavior() {
  publish();
  return {
      [this](look_up_part& m) { on_look_up(m); },
      [this](find_stale& m) { on_find_stale(m); },
      [this](call_answered& m) { on_answered(m); },
      [this](const part_caller_left& m) { on_caller_left(m); },
      [this](const purge& m) { on_purge(m); },
      [this](const runtime::deadline_tick& m) { timers_.on_tick(m); },
  };
}

bool part_cache_shard::cleanup(caf::error&& reason, caf::execution_unit* host) {
  // Who still waits is dropped, which answers it; the calls must not outlive their reason.
  const auto end = [](part_fetch& fetch) {
    if (const auto call = fetch.call.lock()) call->cancel();
    fetch.waiters.clear();
  };
  for (auto& [key, fetch] : fetches_) end(*fetch);
  for (auto& fetch : purged_) end(*fetch);
  fetches_.clear();
  purged_.clear();
  return observed_actor::cleanup(std::move(reason), host);
}

telemetry::part_cache_metrics& part_cache_shard::metrics(std::size_t upstream) {
  return settings_.upstreams[upstream]->metrics.part_cache;
}

// -- callers ------------------------------------------------------------------------------------

void part_cache_shard::on_look_up(look_up_part& message) {
  auto& call = *message.call;
  if (call.cancelled()) return;
  const auto at = message.at;
  const auto upstream = message.plan->parts[message.part].upstream;
  if (!is_plain_get(call.asked())) return pass_on(std::move(message.call), upstream, at);
  auto found = store_.get(message.key, at);
  if (found && found->is_note()) return pass_on(std::move(message.call), upstream, at);
  if (found && !answers(*found, call.asked().headers)) found = nullptr;
  const auto under_way = fetches_.find(message.key);
  if (found && at < found->freshness.revalidate_until) {
    serve(call, *found, at, upstream);
    if (at >= found->freshness.fresh_until && under_way == fetches_.end()) {
      const auto fetch = open_fetch(message, std::move(found));
      fetch->background = true;
      const auto limit =
          std::min<steady_time::duration>(fetch->asked.deadline - at, background_limit);
      fetch->asked.deadline = at + limit;
      fetch->asked.retry = false;
      send(fetch, at);
    }
  } else if (under_way == fetches_.end()) {
    const auto fetch = open_fetch(message, std::move(found));
    wait(*fetch, std::move(message.call));
    send(fetch, at);
  } else if (found && found->freshness.always_validated) {
    // What is under way confirms it for its own caller alone: waiting for that gains nothing.
    pass_on(std::move(message.call), upstream, at);
  } else if (under_way->second->waiting < settings_.max_waiters) {
    settings_.counters->collapsed.fetch_add(1, std::memory_order_relaxed);
    wait(*under_way->second, std::move(message.call));
  } else {
    pass_on(std::move(message.call), upstream, at);
  }
  publish();
}

void part_cache_shard::serve(upstream_call& call, const part_answer& stored, steady_time at,
                             std::size_t upstream) {
  const auto& known = stored.freshness;
  call_result result;
  result.status = stored.status;
  result.header_block = stored.header_block;
  result.body = stored.body;
  result.ended = at;
  result.from_cache = true;
  result.stale = at >= known.fresh_until;
  result.age = age_at(stored, at);
  if (!result.stale) {
    result.fresh_for = std::chrono::floor<std::chrono::seconds>(known.fresh_until - at);
  }
  (result.stale ? metrics(upstream).stale : metrics(upstream).hit).add();
  call.finish(std::move(result));
}

void part_cache_shard::on_find_stale(find_stale& message) {
  const auto at = message.at;
  const auto found = store_.get(message.key, at);
  const auto usable = [&] {
    if (!found || found->is_note()) return false;
    if (!answers(*found, message.call->asked().headers)) return false;
    const auto& known = found->freshness;
    if (at < known.fresh_until) return true;
    if (!message.max_stale) return at < known.error_until;
    return at < std::min(known.fallback_until, known.fresh_until + *message.max_stale);
  };
  if (usable()) {
    serve(*message.call, *found, at, message.upstream);
  } else {
    message.call->fail(error_token::destination_unavailable, "no_stale", at);
  }
  publish();
}

void part_cache_shard::pass_on(std::shared_ptr<upstream_call> call, std::size_t upstream,
                               steady_time at) {
  metrics(upstream).pass.add();
  to_guards(std::move(call), upstream, at);
}

void part_cache_shard::to_guards(std::shared_ptr<upstream_call> call, std::size_t upstream,
                                 steady_time at) {
  auto& guard = settings_.guards[runtime::worker::current()->index()][upstream];
  if (const auto* to = guard.get()) {
    runtime::tell(*to, make_call{std::move(call), at});
  } else {
    call->fail(error_token::destination_unavailable, "restarting", at);
  }
}

// -- calls under way ----------------------------------------------------------------------------

part_cache_shard::fetch_ptr part_cache_shard::open_fetch(look_up_part& message,
                                                         part_answer_ptr known) {
  auto fetch = std::make_shared<part_fetch>();
  fetch->key = std::move(message.key);
  fetch->plan = std::move(message.plan);
  fetch->part = message.part;
  fetch->asked = message.call->asked();
  fetch->known = std::move(known);
  fetches_.emplace(fetch->key, fetch);
  return fetch;
}

void part_cache_shard::send(const fetch_ptr& fetch, steady_time at) {
  fetch->began = at;
  auto asked = fetch->asked;
  if (const auto* known = fetch->known ? &fetch->known->freshness : nullptr) {
    if (!known->etag.empty()) asked.headers.emplace_back("If-None-Match", known->etag);
    if (!known->last_modified.empty()) {
      asked.headers.emplace_back("If-Modified-Since", known->last_modified);
    }
  }
  auto call = std::make_shared<upstream_call>(handle(), fetch, 0, std::move(asked), at);
  fetch->call = call;
  to_guards(std::move(call), fetch->upstream(), at);
}

void part_cache_shard::wait(part_fetch& fetch, std::shared_ptr<upstream_call> call) {
  const auto number = ++sequence_;
  auto& waiter = *fetch.waiters.emplace_back(
      std::make_unique<part_waiter>(*this, fetch, number, std::move(call)));
  ++fetch.waiting;
  watch_deadline(waiter);
  waiter.call->started(std::make_shared<leaving>(handle(), fetch.weak_from_this(), number));
}

void part_cache_shard::watch_deadline(part_waiter& waiter) {
  const auto own = waiter.call->asked().deadline;
  if (own < waiter.fetch.asked.deadline) timers_.arm(waiter.timer, own);
}

/// The caller is gone or answered for another reason than the end of the fetch.
void part_cache_shard::leave(part_waiter& waiter) {
  auto& fetch = waiter.fetch;
  waiter.timer.cancel();
  waiter.call.reset();
  metrics(fetch.upstream()).miss.add();
  if (--fetch.waiting != 0 || fetch.background) return;
  if (const auto call = fetch.call.lock()) call->cancel();
  close_fetch(fetch);
}

/// False when it had been closed before. The fetch lives on in the hands of who calls.
bool part_cache_shard::close_fetch(const part_fetch& fetch) {
  const auto found = fetches_.find(fetch.key);
  if (found != fetches_.end() && found->second.get() == &fetch) {
    fetches_.erase(found);
    return true;
  }
  return std::erase_if(purged_, [&](const auto& each) { return each.get() == &fetch; }) != 0;
}

void part_cache_shard::on_caller_left(const part_caller_left& message) {
  const auto fetch = message.fetch.lock();
  if (fetch == nullptr) return;
  if (auto* waiter = fetch->find(message.number)) leave(*waiter);
  publish();
}

void part_waiter::due(void* self) {
  auto* waiter = static_cast<part_waiter*>(self);
  waiter->owner.on_waiter_due(*waiter);
}

void part_cache_shard::on_waiter_due(part_waiter& waiter) {
  const auto hold = waiter.fetch.shared_from_this();
  waiter.call->fail(error_token::http_response_timeout, {}, now());
  leave(waiter);
  publish();
}

void part_cache_shard::on_purge(const purge& message) {
  store_.remove(message.target);
  // What is under way was asked for before: it is not kept, and serves nobody who comes later.
  for (auto each = fetches_.begin(); each != fetches_.end();) {
    if (concerned(message.target, each->first)) {
      each->second->keep = false;
      purged_.push_back(std::move(each->second));
      each = fetches_.erase(each);
    } else {
      ++each;
    }
  }
  publish();
}

// -- deadlines, as of the aggregator --------------------------------------------------------------

void part_cache_shard::publish() {
  auto& out = *settings_.counters;
  out.show(store_);
  out.gathering.store(fetches_.size() + purged_.size(), std::memory_order_relaxed);
}

}  // namespace tributary::actors::cache
