// SPDX-License-Identifier: MIT
#include "actors/cache/cache_shard.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::cache {

namespace {

/// Tickets: 8 bits of shard, 16 of incarnation, 39 of sequence; the highest bit stays free for the
/// aggregators' own numbers. An entry of an earlier incarnation can so never be taken for a new
/// one.
constexpr std::uint64_t make_ticket(std::uint64_t shard, std::uint64_t salt, std::uint64_t n) {
  return (shard & 0xff) << 55 | (salt & 0xffff) << 39 | (n & ((std::uint64_t{1} << 39) - 1));
}

}  // namespace

cache_shard::cache_shard(caf::actor_config& cfg, std::string path, shard_settings settings)
    : observed_actor(cfg, std::move(path), "cache_shard"),
      settings_(std::move(settings)),
      store_(settings_.limits, settings_.seed),
      incarnation_salt_(id()) {
  set_down_handler([this](const caf::down_msg& down) { on_aggregator_down(down.source); });
}

caf::behavior cache_shard::make_behavior() {
  return {
      [this](look_up& m) { on_look_up(m); },
      [this](gather_ended& m) { on_gather_ended(m); },
      [this](const purge& m) { on_purge(m); },
  };
}

void cache_shard::on_look_up(look_up& message) {
  auto& call = *message.call;
  if (auto found = store_.get(call.cache_key, clock().now())) {
    publish();
    aggregation::aggregate_reply reply;
    reply.complete = std::move(found);
    reply.cache = {.used = true, .hit = true};
    call.answer(std::move(reply));
    return;
  }
  auto [place, first] = gatherings_.try_emplace(call.cache_key);
  auto& shared = place->second;
  if (first) {
    shared = {call.aggregator, make_ticket(settings_.index, incarnation_salt_, ++sequence_), 1};
    watch(shared.aggregator);
    runtime::tell(shared.aggregator, start_gather{std::move(message.call), shared.ticket});
  } else if (shared.callers < settings_.max_waiters) {
    ++shared.callers;
    settings_.counters->collapsed.fetch_add(1, std::memory_order_relaxed);
    runtime::tell(shared.aggregator, join_gather{std::move(message.call), shared.ticket});
  } else {
    aggregation::aggregate_reply reply;
    reply.judged = aggregation::refuse(*call.plan, 503, "OVERLOADED",
                                       "too many callers wait for this answer", call.request_id);
    reply.cache.used = true;
    call.answer(std::move(reply));
  }
  publish();
}

void cache_shard::on_gather_ended(gather_ended& message) {
  const auto found = gatherings_.find(message.key);
  // A gather that was given up before tells nothing about the one that runs now.
  const auto known = found != gatherings_.end() && found->second.ticket == message.ticket;
  if (known) gatherings_.erase(found);
  if (message.answer != nullptr) store_.put(message.key, std::move(message.answer), clock().now());
  publish();
}

void cache_shard::watch(const caf::actor& aggregator) {
  const auto who = aggregator.address();
  if (std::find(watched_.begin(), watched_.end(), who) != watched_.end()) return;
  watched_.push_back(who);
  monitor(aggregator);
}

void cache_shard::on_aggregator_down(const caf::actor_addr& who) {
  // Its gathers ended with it, and nobody will say so: later callers would wait at a dead actor.
  std::erase(watched_, who);
  std::erase_if(gatherings_,
                [&](const auto& each) { return each.second.aggregator.address() == who; });
  publish();
}

void cache_shard::on_purge(const purge& message) {
  if (message.prefix) {
    store_.remove_prefix(message.text);
  } else {
    store_.remove(message.text);
  }
  publish();
}

void cache_shard::publish() {
  auto& out = *settings_.counters;
  const auto& counted = store_.counters();
  const auto set = [](std::atomic<std::uint64_t>& to, std::uint64_t value) {
    to.store(value, std::memory_order_relaxed);
  };
  set(out.entries, store_.size());
  set(out.bytes, store_.bytes());
  set(out.hits, counted.hits);
  set(out.misses, counted.misses);
  set(out.stored, counted.stored);
  set(out.evicted, counted.evicted);
  set(out.expired, counted.expired);
  set(out.refused, counted.refused);
  set(out.gathering, gatherings_.size());
}

}  // namespace tributary::actors::cache
