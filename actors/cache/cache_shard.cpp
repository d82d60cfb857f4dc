// SPDX-License-Identifier: MIT
#include "actors/cache/cache_shard.hpp"

#include "actors/cache/cache_key.hpp"
#include "actors/cache/redis_tier.hpp"
#include "actors/runtime/worker.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tributary::actors::cache {

namespace {

/// Tickets: 8 bits of shard, 16 of incarnation, 39 of sequence; the highest bit stays free for the
/// aggregators' own numbers. An entry of an earlier incarnation can so never be taken for a new
/// one.
constexpr std::uint64_t make_ticket(std::uint64_t shard, std::uint64_t salt, std::uint64_t n) {
  return (shard & 0xff) << 55 | (salt & 0xffff) << 39 | (n & ((std::uint64_t{1} << 39) - 1));
}

/// How long it is remembered that the answer of a key must not be kept, and of how many keys at a
/// time: callers of such a key do not wait for each other, as sharing would gain nothing.
constexpr std::chrono::seconds private_for{1};
constexpr std::size_t most_private = 4096;

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
      [this](redis_answered& m) { on_redis_answered(m); },
      [this](const purge& m) { on_purge(m); },
      [this](const hot_hits& m) { on_hot_hits(m); },
  };
}

bool cache_shard::cleanup(caf::error&& reason, caf::execution_unit* host) {
  // Whoever waits for Redis here is dropped, which answers it; Redis may hold this actor longer.
  questions_.clear();
  // What its mailbox holds may be a purge, whose sender then takes everything for forgotten.
  store_.clear();
  tell_withdrawn();
  return observed_actor::cleanup(std::move(reason), host);
}

std::uint64_t cache_shard::next_ticket() noexcept {
  return make_ticket(settings_.index, incarnation_salt_, ++sequence_);
}

// -- callers ------------------------------------------------------------------------------------

void cache_shard::on_look_up(look_up& message) {
  serve(std::move(message.call));
  publish();
}

void cache_shard::serve(call_ptr call) {
  if (auto found = store_.lend(call->cache_key, clock().now()); found.answer != nullptr) {
    return answer_hit(*call, std::move(found.answer), {.lent = found.lent});
  }
  if (is_private(call->cache_key)) {
    // What is for one caller alone is not waited for by the others.
    const auto to = call->aggregator;
    return runtime::tell(to, start_gather{std::move(call), 0});
  }
  if (gatherings_.contains(call->cache_key) || !ask_redis(call)) gather(std::move(call));
}

bool cache_shard::is_private(const std::string& key) {
  if (private_.empty()) return false;
  const auto found = private_.find(key);
  if (found == private_.end()) return false;
  if (clock().now() < found->second) return true;
  private_.erase(found);
  return false;
}

void cache_shard::note_private(const std::string& key) {
  const auto now = clock().now();
  if (private_.size() >= most_private) {
    std::erase_if(private_, [&](const auto& each) { return each.second <= now; });
    if (private_.size() >= most_private) return;  // these callers share a gather once more
  }
  private_.insert_or_assign(key, now + private_for);
}

void cache_shard::gather(call_ptr call) {
  auto [place, first] = gatherings_.try_emplace(call->cache_key);
  auto& shared = place->second;
  if (first) {
    shared.aggregator = call->aggregator;
    shared.ticket = next_ticket();
    shared.callers = 1;
    shared.redis =
        call->plan->settings.cache->redis && !is_reserved(call->cache_key, settings_.reserved);
    shared.tags = cache_tags(*call->plan, call->values);
    if (shared.redis) shared.mark = parts_mark(*call->plan, call->values.asked());
    watch(shared.aggregator);
    runtime::tell(shared.aggregator, start_gather{std::move(call), shared.ticket});
  } else if (shared.callers < settings_.max_waiters) {
    ++shared.callers;
    settings_.counters->collapsed.fetch_add(1, std::memory_order_relaxed);
    runtime::tell(shared.aggregator, join_gather{std::move(call), shared.ticket});
  } else {
    refuse(*call);
  }
}

void cache_shard::answer_hit(aggregation::aggregate_call& call, cached_answer_ptr found,
                             aggregation::cache_verdict verdict) {
  aggregation::aggregate_reply reply;
  reply.complete = std::move(found);
  reply.cache = verdict;
  reply.cache.used = reply.cache.hit = true;
  call.answer(std::move(reply));
}

void cache_shard::refuse(aggregation::aggregate_call& call) {
  aggregation::aggregate_reply reply;
  reply.judged = aggregation::refuse(*call.plan, "OVERLOADED",
                                     "too many callers wait for this answer", call.request_id);
  reply.cache.used = true;
  call.answer(std::move(reply));
}

void cache_shard::on_gather_ended(gather_ended& message) {
  const auto found = gatherings_.find(message.key);
  // A gather that was given up before tells nothing about the one that runs now; and one whose key
  // was purged meanwhile may have begun before what it gathered changed.
  if (found == gatherings_.end() || found->second.ticket != message.ticket) return;
  const auto redis = found->second.redis;
  const auto mark = std::move(found->second.mark);
  gatherings_.erase(found);
  if (message.uncacheable) note_private(message.key);
  if (message.answer != nullptr) {
    if (redis) keep_in_redis(message.key, *message.answer, mark);
    store_.put(message.key, std::move(message.answer), clock().now());
  }
  publish();
}

// -- the second tier ----------------------------------------------------------------------------

/// That of this worker: its connection is at hand.
const caf::actor* cache_shard::redis() {
  const auto* worker = runtime::worker::current();
  if (worker == nullptr || worker->index() >= settings_.redis.size()) return nullptr;
  return settings_.redis[worker->index()].get();
}

/// Takes the call over, or leaves it where Redis cannot or shall not be asked.
bool cache_shard::ask_redis(call_ptr& call) {
  if (settings_.redis.empty() || !call->plan->settings.cache->redis ||
      is_reserved(call->cache_key, settings_.reserved)) {
    return false;
  }
  const auto waiting = questions_.find(call->cache_key);
  if (waiting != questions_.end()) {
    auto& callers = waiting->second.callers;
    if (callers.size() >= settings_.max_waiters) {
      refuse(*call);
    } else {
      callers.push_back(std::move(call));
      ++asking_;
    }
    return true;
  }
  const auto* to = redis();
  if (to == nullptr) return false;
  const auto deadline = std::min(call->deadline, clock().now() + settings_.redis_timeout);
  auto key = std::make_shared<std::string>(call->cache_key);
  const auto marked = !parts_mark(*call->plan, call->values.asked()).empty();
  const auto ticket = next_ticket();
  auto asked = std::make_shared<store::redis_call>(
      store::redis_batch{look_up_commands(*key, marked), deadline},
      caf::actor_cast<caf::actor>(this), key, ticket);
  auto& made = questions_[*key];
  made.ticket = ticket;
  made.callers.push_back(std::move(call));
  ++asking_;
  runtime::tell(*to, redis_request{std::move(asked)});
  return true;
}

void cache_shard::on_redis_answered(redis_answered& message) {
  const auto& key = *std::static_pointer_cast<std::string>(message.context);
  const auto found = questions_.find(key);
  if (found == questions_.end() || found->second.ticket != message.tag) return;
  auto callers = std::move(found->second.callers);
  questions_.erase(found);
  asking_ -= callers.size();
  const auto now = clock().now();
  const auto answer = read_answer(message.results, *callers.front(), now);
  if (answer != nullptr) store_.put(key, answer, now);
  for (auto& call : callers) {
    if (call->gone) continue;  // nobody is there any more: it ends here
    if (answer != nullptr) {
      answer_hit(*call, answer, {.redis = true});
    } else {
      gather(std::move(call));
    }
  }
  publish();
}

/// Nobody waits for it: an answer that does not get there is gathered again by whoever needs it.
void cache_shard::keep_in_redis(const std::string& key, const cached_answer& answer,
                                std::string_view mark) {
  const auto now = clock().now();
  const auto* to = redis();
  if (to == nullptr || answer.expires_at <= now) return;
  if (answer.body_size > settings_.limits.max_object) return;
  runtime::tell(*to, redis_request{std::make_shared<store::redis_call>(store::redis_batch{
                         keep_commands(key, answer, now, mark), now + settings_.redis_timeout})});
}

// -- what is forgotten --------------------------------------------------------------------------

void cache_shard::on_purge(const purge& message) {
  const auto& target = message.target;
  store_.remove(target);
  // Those who wait for a gather get its answer, which nobody after them does.
  std::erase_if(gatherings_,
                [&](const auto& each) { return matches(target, each.first, each.second.tags); });
  // What Redis is about to say may be what was to be forgotten: it is not listened to.
  calls waiting;
  for (auto each = questions_.begin(); each != questions_.end();) {
    auto& callers = each->second.callers;
    const auto& first = *callers.front();
    if (!matches(target, each->first, cache_tags(*first.plan, first.values))) {
      ++each;
      continue;
    }
    asking_ -= callers.size();
    std::move(callers.begin(), callers.end(), std::back_inserter(waiting));
    each = questions_.erase(each);
  }
  for (auto& call : waiting) {
    if (!call->gone) gather(std::move(call));
  }
  publish();
}

// -- what workers give by themselves -------------------------------------------------------------

void cache_shard::on_hot_hits(const hot_hits& message) {
  store_.note_hits(message.key, message.times);
  publish();
}

/// The answers' marks are set already: nobody has to wait for this.
void cache_shard::tell_withdrawn() {
  auto hashes = store_.take_withdrawn();
  if (hashes.empty()) return;
  const auto shared = std::make_shared<const std::vector<std::uint64_t>>(std::move(hashes));
  for (const auto& each : settings_.workers) each->forget(shared);
}

// -- aggregators --------------------------------------------------------------------------------

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

void cache_shard::publish() {
  tell_withdrawn();
  auto& out = *settings_.counters;
  out.show(store_);
  out.gathering.store(gatherings_.size(), std::memory_order_relaxed);
  out.asking.store(asking_, std::memory_order_relaxed);
}

}  // namespace tributary::actors::cache
