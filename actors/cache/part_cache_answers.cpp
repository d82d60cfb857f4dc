// SPDX-License-Identifier: MIT
#include "actors/cache/part_cache_shard.hpp"
#include "actors/cache/response_fields.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/json_check.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

/// What comes of the calls that a shard makes, and who gets it.
namespace tributary::actors::cache {

using guards::call_result;
using http::wire::error_token;
using http::wire::same_without_case;
using std::chrono::milliseconds;

namespace {

bool carries(const call_headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& field) { return same_without_case(field.first, name); });
}

milliseconds longest_fallback(const config::part_settings& settings) {
  milliseconds longest{0};
  for (const auto& entry : settings.fallback) {
    if (entry.kind == config::fallback_kind::stale) longest = std::max(longest, entry.max_stale);
  }
  return longest;
}

part_freshness judge(const part_fetch& fetch, const part_answer& answer, steady_time at,
                     const config::upstream_settings& upstream) {
  const auto& settings = fetch.settings();
  part_request_facts asked;
  asked.method = fetch.asked.method;
  asked.has_authorization = carries(fetch.asked.headers, "authorization");
  asked.has_cookie = carries(fetch.asked.headers, "cookie");
  part_answer_facts facts;
  facts.status = answer.status;
  facts.header_block = answer.header_block;
  facts.asked = fetch.began;
  facts.received = at;
  facts.received_at = std::chrono::system_clock::now();
  auto known = judge_freshness(*settings.cache, asked, facts, longest_fallback(settings));
  if (known.storable && varies_by_call(known.vary, upstream.deadline_header)) known = {};
  return known;
}

/// An answer that an aggregate can be made of.
bool is_usable(const call_result& result) {
  return result.error == error_token::none && result.status >= 200 && result.status <= 299 &&
         http::wire::check_json(result.body);
}

}  // namespace

void part_cache_shard::on_answered(call_answered& message) {
  const auto fetch = std::static_pointer_cast<part_fetch>(std::move(message.context));
  if (!close_fetch(*fetch)) return;  // nobody waits for it any more
  auto& result = message.result;
  part_answer answer;
  if (result.error == error_token::none && result.status == 304 && fetch->known) {
    answer.status = fetch->known->status;
    answer.header_block = refreshed_header(fetch->known->header_block, result.header_block);
    answer.body = fetch->known->body;
    result.from_cache = true;
  } else if (is_usable(result)) {
    answer.status = result.status;
    answer.header_block = std::move(result.header_block);
    answer.body = std::move(result.body);
  } else {
    failed(fetch, std::move(result));
    return publish();
  }
  fetched(*fetch, std::move(answer), std::move(result));
  publish();
}

/// Keeps what may be kept, and ends the wait of all.
void part_cache_shard::fetched(part_fetch& fetch, part_answer answer, call_result&& result) {
  const auto at = result.ended;
  answer.freshness = judge(fetch, answer, at, settings_.upstreams[fetch.upstream()]->settings);
  answer.received = at;
  result.status = answer.status;
  result.header_block = answer.header_block;
  result.body = answer.body;
  const auto& known = answer.freshness;
  const bool storable = known.storable;
  if (result.from_cache) {
    result.age =
        storable ? std::chrono::floor<std::chrono::seconds>(known.age) : std::chrono::seconds{0};
  }
  if (!storable) {
    if (fetch.keep) store_.put(fetch.key, note_uncacheable(at + uncacheable_for), at);
    return give_to_one(fetch, std::move(result));
  }
  result.fresh_for = std::chrono::floor<std::chrono::seconds>(known.fresh_until - at);
  answer.selected = select_headers(known.vary, fetch.asked.headers);
  const auto shared = share(std::move(answer));
  if (fetch.keep && store_.put(fetch.key, shared, at) == store_result::too_large) {
    store_.put(fetch.key, note_uncacheable(at + uncacheable_for), at);
  }
  if (shared->freshness.always_validated) return give_to_one(fetch, std::move(result));
  auto& counted = metrics(fetch.upstream());
  for (auto& waiter : fetch.waiters) {
    if (waiter->call == nullptr) continue;
    auto call = std::move(waiter->call);
    if (answers(*shared, call->asked().headers)) {
      (result.from_cache ? counted.revalidated : counted.miss).add();
      call->finish(call_result{result});
    } else {
      pass_on(std::move(call), fetch.upstream(), at);
    }
  }
}

/// The answer may not be shared: it is for the first who asked just that; the others ask
/// themselves.
void part_cache_shard::give_to_one(part_fetch& fetch, call_result&& result) {
  const auto at = result.ended;
  auto& counted = metrics(fetch.upstream());
  std::shared_ptr<guards::upstream_call> first;
  for (auto& waiter : fetch.waiters) {
    if (waiter->call == nullptr) continue;
    auto call = std::move(waiter->call);
    if (first == nullptr && call->asked().headers == fetch.asked.headers) {
      first = std::move(call);
    } else {
      pass_on(std::move(call), fetch.upstream(), at);
    }
  }
  if (first == nullptr) return;
  (result.from_cache ? counted.revalidated : counted.miss).add();
  first->finish(std::move(result));
}

/// Everybody hears of the failure once, but for those to whom it says nothing: who still has time
/// when that of the call was over, and who asked with other credentials than were refused.
void part_cache_shard::failed(const fetch_ptr& fetch, call_result&& result) {
  const auto at = result.ended;
  const auto due = fetch->asked.deadline;
  const auto least = fetch->asked.min_attempt;
  const bool out_of_time = is_timeout(result.error) && at + least >= due;
  const bool may_be_personal = result.status >= 400 && result.status <= 499;
  auto waiters = std::exchange(fetch->waiters, {});
  fetch->waiting = 0;
  for (auto& waiter : waiters) {
    if (waiter->call == nullptr) continue;
    const auto& asked = waiter->call->asked();
    if (out_of_time && asked.deadline > std::max(due, at + least)) {
      fetch->waiters.push_back(std::move(waiter));
    } else if (may_be_personal && asked.headers != fetch->asked.headers) {
      pass_on(std::move(waiter->call), fetch->upstream(), at);
    } else {
      metrics(fetch->upstream()).miss.add();
      std::move(waiter->call)->finish(call_result{result});
    }
  }
  if (!fetch->waiters.empty()) fetch_again(fetch, at);
}

/// One more call for those who have more time than the first that asked.
void part_cache_shard::fetch_again(const fetch_ptr& fetch, steady_time at) {
  // After a purge somebody else may have come first.
  fetch->keep = fetches_.emplace(fetch->key, fetch).second;
  if (!fetch->keep) purged_.push_back(fetch);
  const auto longest = std::max_element(
      fetch->waiters.begin(), fetch->waiters.end(), [](const auto& a, const auto& b) {
        return a->call->asked().deadline < b->call->asked().deadline;
      });
  fetch->asked = (*longest)->call->asked();
  fetch->asked.retry = true;
  fetch->background = false;
  fetch->waiting = fetch->waiters.size();
  for (auto& waiter : fetch->waiters) watch_deadline(*waiter);
  send(fetch, at);
}

}  // namespace tributary::actors::cache
