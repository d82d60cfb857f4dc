// SPDX-License-Identifier: MIT
#include "actors/aggregation/gather.hpp"

#include "actors/aggregation/attempts.hpp"
#include "actors/aggregation/caller_timer.hpp"
#include "actors/cache/cache_key.hpp"
#include "actors/cache/entity_tag.hpp"
#include "actors/guards/deadline.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::aggregation {

namespace {

std::chrono::milliseconds whole_ms(std::chrono::nanoseconds d) {
  return std::chrono::floor<std::chrono::milliseconds>(d);
}

}  // namespace

gather::gather(std::uint64_t id, const aggregate_call& first, std::uint64_t ticket,
               aggregator* aggregator, http::io::timer::callback on_deadline)
    : deadline_timer(on_deadline, this),
      owner(aggregator),
      id_(id),
      ticket_(ticket),
      plan_(first.plan),
      values_(first.values),
      key_(first.cache_key),
      request_id_(first.request_id),
      asked_(first.values.asked()),
      started_(first.received),
      last_arrival_(first.received),
      outcomes_(first.plan->parts.size()),
      ttl_(first.plan->settings.cache ? first.plan->settings.cache->ttl
                                      : std::chrono::milliseconds{0}) {
  calls.resize(outcomes_.size());
}

gather::~gather() = default;

gather::steady_time gather::deadline() const noexcept { return started_ + plan_->settings.timeout; }

std::chrono::milliseconds gather::elapsed(steady_time now) const noexcept {
  return whole_ms(now - started_);
}

gather::steady_time gather::parts_due() const noexcept {
  return guards::gather_deadline(started_, plan_->settings.timeout, plan_->settings.merge_reserve);
}

gather::steady_time gather::part_deadline(std::size_t part) const noexcept {
  return guards::part_deadline(started_, parts_due(), plan_->parts[part].settings.timeout);
}

void gather::add(call_ptr call) {
  waiters_.push_back({std::move(call), !waiters_.empty()});
  ++waiting_;
}

bool gather::remove(const aggregate_call& call) {
  const auto found = std::find_if(waiters_.begin(), waiters_.end(),
                                  [&](const waiter& w) { return w.call.get() == &call; });
  if (found == waiters_.end()) return false;
  found->call.reset();
  --waiting_;
  return true;
}

bool gather::record(std::size_t part, part_outcome outcome, steady_time now) {
  const auto bit = std::uint64_t{1} << part;
  if ((arrived_ & bit) != 0) return false;
  arrived_ |= bit;
  last_arrival_ = now;
  outcomes_[part] = std::move(outcome);
  return true;
}

void gather::note_freshness(const cache::freshness& part) { ttl_.add(part); }

std::optional<std::chrono::milliseconds> gather::freshness() const noexcept {
  return key_.empty() ? std::nullopt : ttl_.result();
}

void gather::expire(steady_time now) {
  outcomes_ = outcomes_at(now);
  if (arrived_ != asked_) last_arrival_ = now;
  arrived_ = asked_;
}

std::vector<part_outcome> gather::outcomes_at(steady_time now) const {
  auto result = outcomes_;
  for (std::size_t i = 0; i < result.size(); ++i) {
    // A part not heard of keeps its default, a time-out; how long was waited is known only now.
    if ((arrived_ & (std::uint64_t{1} << i)) == 0) result[i].duration = elapsed(now);
  }
  return result;
}

void gather::answer_settled(steady_time now, const ttl_source& ttl) {
  if (waiting_ == 0) return;
  if (finished() && complete_ == nullptr) complete(now, ttl);
  for (auto& w : waiters_) {
    if (w.call == nullptr) continue;
    const answer_request asked{asked_, w.call->handling, w.call->request_id};
    if (finished()) {
      answer(w, outcomes_, now);
    } else if (settled(*plan_, asked, outcomes_, arrived_)) {
      answer(w, without_pending(), now);
    }
  }
}

void gather::answer_newest_if_settled(steady_time now) {
  if (arrived_ == 0 || waiters_.empty() || waiters_.back().call == nullptr) return;
  auto& newest = waiters_.back();
  const answer_request asked{asked_, newest.call->handling, newest.call->request_id};
  if (settled(*plan_, asked, outcomes_, arrived_)) answer(newest, without_pending(), now);
}

std::vector<part_outcome> gather::without_pending() const {
  auto result = outcomes_;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i].cancelled = (arrived_ & (std::uint64_t{1} << i)) == 0;
  }
  return result;
}

void gather::answer_now(const aggregate_call& call, steady_time now) {
  const auto outcomes = outcomes_at(now);
  for (auto& w : waiters_) {
    if (w.call.get() == &call) answer(w, outcomes, now);
  }
}

std::vector<std::pair<std::size_t, http::wire::error_token>> gather::missing_of(
    const std::vector<part_outcome>& outcomes) const {
  std::vector<std::pair<std::size_t, http::wire::error_token>> result;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if ((asked_ >> i & 1) != 0 && !outcomes[i].there()) result.emplace_back(i, outcomes[i].error);
  }
  return result;
}

std::uint64_t gather::degraded() const noexcept {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    if (outcomes_[i].degraded()) result |= std::uint64_t{1} << i;
  }
  return result;
}

void gather::complete(steady_time now, const ttl_source& ttl) {
  auto judged = judge(*plan_, {asked_, strictness::unsaid, request_id_}, outcomes_);
  if (judged.kind != answer_kind::complete) return;
  cache::cached_answer answer;
  answer.etag = cache::strong_etag(judged.body);
  answer.body = std::move(judged.body);
  answer.aggregate_status = std::move(judged.aggregate_status);
  answer.stored_at = now;
  answer.expires_at = now;
  if (const auto life = judged.cacheable ? ttl() : std::nullopt) {
    storable_ = ticket_ != 0;  // else there is no shard to keep it
    answer.expires_at = now + *life;
    answer.tags = cache::cache_tags(*plan_, values_);
  }
  complete_ = cache::share(std::move(answer));
}

void gather::answer(waiter& to, const std::vector<part_outcome>& outcomes, steady_time now) {
  const auto call = std::exchange(to.call, nullptr);
  --waiting_;
  aggregate_reply reply;
  reply.cache = {!key_.empty(), false, storable_, to.collapsed};
  reply.upstream_wait = (finished() ? last_arrival_ : now) - started_;
  reply.complete = complete_;
  reply.degraded = degraded();
  if (complete_ == nullptr) {
    reply.judged = judge(*plan_, {asked_, call->handling, call->request_id}, outcomes);
    if (reply.judged.kind == answer_kind::partial) reply.missing = missing_of(outcomes);
  }
  call->answer(std::move(reply));
}

std::shared_ptr<const cache::cached_answer> gather::storable() const {
  return storable_ ? complete_ : nullptr;
}

}  // namespace tributary::actors::aggregation
