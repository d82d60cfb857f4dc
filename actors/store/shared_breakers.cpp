// SPDX-License-Identifier: MIT
#include "actors/store/shared_breakers.hpp"

#include "actors/guards/breaker_report.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/store/subscription.hpp"
#include "actors/store/system_time.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace tributary::actors::store {

using guards::breaker_record;
using guards::breaker_state;
using redis::reply_kind;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr auto read_interval = 1s;
constexpr milliseconds kept = 60s;

/// How far ahead of this one another clock may be for its news to be believed. What comes from
/// further ahead would stay the newest for ever.
constexpr std::int64_t most_ahead_ms = 5'000;

/// Tags of batches.
constexpr std::uint64_t write_tag = 0;
constexpr std::uint64_t read_tag = 1;

/// The two clocks at one moment.
struct present {
  steady_time steady = std::chrono::steady_clock::now();
  std::int64_t system = system_ms();

  /// A day at most to either side, so that no nonsense overflows.
  steady_time steady_of(std::int64_t ms) const {
    constexpr std::int64_t day = 24 * 3600 * 1000;
    return steady + milliseconds{std::clamp(ms, system - day, system + day) - system};
  }
};

}  // namespace

std::string breaker_key(std::string_view name) {
  return std::string{"circuit_breaker:"}.append(name);
}

milliseconds breaker_ttl(const breaker_record& record, std::int64_t now_ms) {
  if (record.state == breaker_state::closed) {
    return kept - milliseconds{std::clamp<std::int64_t>(now_ms - record.since, 0, kept.count())};
  }
  return kept + milliseconds{std::max<std::int64_t>(0, record.retry_at.value_or(now_ms) - now_ms)};
}

shared_breakers::shared_breakers(caf::actor_config& cfg, std::string path,
                                 shared_breakers_wiring wiring)
    : observed_actor(cfg, std::move(path), "shared-breakers"), wiring_(std::move(wiring)) {}

caf::behavior shared_breakers::make_behavior() {
  on_tick();
  return {
      [this](sharing_tick) { on_tick(); },
      [this](const breaker_changed& m) { on_changed(m); },
      [this](const subscription_message& m) { on_message(m); },
      [this](const subscription_state& m) {
        if (m.subscribed) read_all();
      },
      [this](const redis_answered& m) {
        if (m.tag == read_tag) on_answer(m);
      },
  };
}

void shared_breakers::on_tick() {
  read_all();
  delayed_send(this, read_interval, sharing_tick{});
}

void shared_breakers::on_changed(const breaker_changed& message) {
  for (const auto& each : wiring_.breakers) {
    if (each.upstream != message.upstream) continue;
    const auto record = [&] {
      const std::lock_guard lock{each.upstream->mutex};
      return each.upstream->record;
    }();
    if (record != breaker_record{}) write(each, record, true);
  }
}

void shared_breakers::on_message(const subscription_message& message) {
  const auto news = guards::read_message(message.text);
  if (!news || news->from == wiring_.instance) return;
  for (const auto& each : wiring_.breakers) {
    if (each.name == news->upstream) follow(each, news->record);
  }
}

/// One batch: who listens, then all records, then how long Redis keeps each.
void shared_breakers::read_all() {
  redis_batch batch;
  batch.commands.push_back({"PUBSUB", "NUMSUB", channels::breaker});
  if (!wiring_.breakers.empty()) {
    redis_command get{"MGET"};
    for (const auto& each : wiring_.breakers) get.push_back(breaker_key(each.name));
    batch.commands.push_back(std::move(get));
  }
  for (const auto& each : wiring_.breakers) {
    batch.commands.push_back({"PTTL", breaker_key(each.name)});
  }
  send(std::move(batch), read_tag);
}

void shared_breakers::on_answer(const redis_answered& message) {
  for (const auto& each : message.results) {
    if (each.why != redis::failure::none) return;
  }
  const auto& results = message.results;
  on_instances(results[0].reply);
  if (wiring_.breakers.empty() || results[1].reply.items.size() != wiring_.breakers.size()) return;
  for (std::size_t i = 0; i < wiring_.breakers.size(); ++i) {
    on_record(wiring_.breakers[i], results[1].reply.items[i], results[i + 2].reply);
  }
}

void shared_breakers::on_instances(const redis::reply& answer) {
  if (answer.items.size() != 2 || answer.items[1].kind != reply_kind::integer) return;
  const auto count = std::clamp<std::int64_t>(answer.items[1].integer, 1, 100'000);
  wiring_.redis->instances.store(static_cast<unsigned>(count), std::memory_order_relaxed);
}

void shared_breakers::on_record(const shared_breaker& of, const redis::reply& text,
                                const redis::reply& ttl) {
  auto theirs = text.kind == reply_kind::text ? guards::read_record(text.text) : std::nullopt;
  if (theirs && theirs->state == breaker_state::closed && ttl.integer > 0) {
    theirs->since = system_ms() - (kept.count() - std::min(ttl.integer, kept.count()));
  }
  const auto mine = [&] {
    const std::lock_guard lock{of.upstream->mutex};
    return of.upstream->record;
  }();
  switch (guards::compare(mine, theirs ? &*theirs : nullptr)) {
    case guards::sharing_step::nothing:
      break;
    case guards::sharing_step::follow:
      follow(of, *theirs);
      break;
    case guards::sharing_step::write:
      write(of, mine, false);
      break;
  }
}

void shared_breakers::follow(const shared_breaker& of, breaker_record theirs) {
  const present now;
  if (theirs.decided_at() > now.system + most_ahead_ms) return;
  auto& upstream = *of.upstream;
  if (theirs.retry_at) {
    const auto most = milliseconds{upstream.settings.breaker.open_max}.count();
    theirs.retry_at = std::min(*theirs.retry_at, now.system + most);
  }
  const std::lock_guard lock{upstream.mutex};
  if (guards::compare(upstream.record, &theirs) != guards::sharing_step::follow) return;
  guards::breaker_news news{theirs.state, now.steady_of(theirs.since), {}, theirs.failures};
  if (theirs.retry_at) news.retry_at = now.steady_of(*theirs.retry_at);
  if (!upstream.breaker.follow(news, now.steady)) return;
  upstream.record = theirs;
  guards::report_breaker(upstream, now.steady, guards::found_by::another_instance);
}

void shared_breakers::write(const shared_breaker& of, const breaker_record& mine, bool publish) {
  const auto key = breaker_key(of.name);
  const auto ttl = breaker_ttl(mine, system_ms());
  redis_batch batch;
  if (ttl > 0ms) {
    batch.commands.push_back(
        {"SET", key, guards::write_record(mine), "PX", std::to_string(ttl.count())});
  } else {
    batch.commands.push_back({"DEL", key});
  }
  if (publish) {
    batch.commands.push_back(
        {"PUBLISH", channels::breaker, guards::write_message({of.name, wiring_.instance, mine})});
  }
  send(std::move(batch), write_tag);
}

/// What could not be written is noticed by the next reading.
void shared_breakers::send(redis_batch batch, std::uint64_t tag) {
  const auto* worker = runtime::worker::current();
  auto& place = wiring_.redis_actors[worker == nullptr ? 0 : worker->index()];
  const auto* actor = place.get();
  if (actor == nullptr) return;
  batch.deadline = clock().now() + wiring_.redis->settings.command_timeout;
  runtime::tell(*actor, redis_request{std::make_shared<redis_call>(
                            std::move(batch), caf::actor_cast<caf::actor>(this), nullptr, tag)});
}

}  // namespace tributary::actors::store
