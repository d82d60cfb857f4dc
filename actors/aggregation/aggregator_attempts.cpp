// SPDX-License-Identifier: MIT
#include "actors/aggregation/aggregator.hpp"
#include "actors/aggregation/part_key.hpp"
#include "actors/aggregation/request.hpp"
#include "actors/cache/shard_of.hpp"
#include "actors/cache/ttl.hpp"
#include "actors/telemetry/server_metrics.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

/// The way of one part: its first call, and what follows when that brings nothing usable.
namespace tributary::actors::aggregation {

using guards::call_result;
using guards::steady_time;
using http::wire::error_token;

namespace {

part_outcome to_outcome(call_result&& result, const config::part_settings& part) {
  const auto took = std::chrono::floor<std::chrono::milliseconds>(result.duration);
  auto outcome = result.error != error_token::none ? failed(result.error, result.detail, took)
                 : is_unsolicited(result.status, part.headers)
                     ? failed(error_token::http_protocol_error, "unsolicited_status", took)
                     : received(result.status, std::move(result.body), took);
  if (result.status != 0) outcome.status = result.status;
  outcome.retry_after = result.retry_after;
  if (result.from_cache) outcome.source = result.stale ? part_source::stale : part_source::cache;
  outcome.age = result.age;
  return outcome;
}

cache::freshness freshness_of(const call_result& result, std::string_view deadline_header) {
  if (result.fresh_for) return {true, result.fresh_for};
  return cache::freshness_of(result.header_block, std::chrono::system_clock::now(),
                             deadline_header);
}

}  // namespace

// -- calls --------------------------------------------------------------------------------------

void aggregator::make_calls(const gather_ptr& g) {
  const auto at = now();
  g->held = g->values().asked();
  for (std::size_t part = 0; part < g->plan().parts.size(); ++part) {
    if (!stands_or_falls_by(*g, part)) continue;
    auto& upstream = *wiring_.resources[g->plan().parts[part].upstream];
    if (upstream.places.full()) {
      settle(*g, part, failed(error_token::connection_limit_reached, "bulkhead_full", {}), at);
      return progress(*g, at);
    }
    if (upstream.refuses(at)) {
      g->held &= ~(std::uint64_t{1} << part);
      call_primary(g, part, false, at);
      if (g->has(part)) progress(*g, at);
      return;
    }
  }
  make_held_calls(g, at);
}

/// Whether the part is asked for, and a refusal of its upstream is the end of the request. Such a
/// part is asked first where its upstream is likely to refuse: the others then need not be called.
bool aggregator::stands_or_falls_by(const gather& g, std::size_t part) const {
  const auto& plan = g.plan().parts[part];
  return (g.values().asked() >> part & 1) != 0 && plan.settings.required && !plan.settings.cache &&
         plan.fallbacks.empty() && !g.plan().settings.client_lenient;
}

void aggregator::make_held_calls(const gather_ptr& g, steady_time at) {
  const auto held = std::exchange(g->held, 0);
  for (std::size_t part = 0; part < g->plan().parts.size(); ++part) {
    if ((held >> part & 1) != 0) call_primary(g, part, false, at);
  }
  // A part may have failed before it was even sent.
  if (g->any_arrived()) progress(*g, at);
}

void aggregator::call_primary(const gather_ptr& g, std::size_t part, bool retry, steady_time at) {
  const auto& plan = g->plan().parts[part];
  auto call = make_call_of(g, part, plan.path, retry, at);
  if (call == nullptr) return;
  if (plan.settings.cache && !wiring_.part_caches.empty()) {
    auto key = part_cache_key(*g, part, call->asked());
    auto& shard = wiring_.part_caches[cache::shard_of(key, wiring_.part_caches.size())];
    if (const auto* to = shard.get()) {
      runtime::tell(*to, look_up_part{std::move(call), g->shared_plan(), part, std::move(key), at});
      return;
    }
  }
  pass_to_guards(plan.upstream, std::move(call), at);
}

void aggregator::call_fallback(const gather_ptr& g, std::size_t part, std::size_t entry,
                               steady_time at) {
  const auto& fallback = g->plan().parts[part].fallbacks[entry];
  auto call = make_call_of(g, part, fallback.path, false, at);
  if (call != nullptr) pass_to_guards(fallback.upstream, std::move(call), at);
}

void aggregator::look_up_stale(const gather_ptr& g, std::size_t part, std::size_t entry,
                               steady_time at) {
  const auto& plan = g->plan().parts[part];
  auto call = make_call_of(g, part, plan.path, true, at);
  if (call == nullptr) return;
  auto key = part_cache_key(*g, part, call->asked());
  const auto shards = wiring_.part_caches.size();
  const auto* shard =
      shards == 0 ? nullptr : wiring_.part_caches[cache::shard_of(key, shards)].get();
  if (shard == nullptr) return call->fail(error_token::destination_unavailable, "restarting", at);
  std::optional<std::chrono::milliseconds> max_stale;
  if (entry != stale_if_error) max_stale = plan.settings.fallback[entry].max_stale;
  runtime::tell(*shard, find_stale{std::move(call), plan.upstream, std::move(key), max_stale, at});
}

/// Null when there is no target to call, which has then been taken for the end of the attempt.
std::shared_ptr<guards::upstream_call> aggregator::make_call_of(const gather_ptr& g,
                                                                std::size_t part,
                                                                const compiled_template& path,
                                                                bool retry, steady_time at) {
  const auto& plan = g->plan().parts[part];
  guards::call_request asked;
  asked.target.reserve(128);  // most targets fit: one allocation
  if (!append_target(plan, path, g->values(), asked.target)) {
    settle(*g, part, failed(error_token::proxy_configuration_error, "no_target", {}), at);
    return nullptr;
  }
  std::vector<request_header> headers;
  append_headers(plan, g->values(), headers);
  for (auto& each : headers) asked.headers.emplace_back(each.name, std::move(each.value));
  asked.request_id = g->request_id();
  asked.deadline = g->part_deadline(part);
  asked.min_attempt = g->plan().settings.min_attempt;
  asked.retry = retry;
  auto call = std::make_shared<guards::upstream_call>(handle(), g, part, std::move(asked), at);
  g->calls[part] = call;
  return call;
}

void aggregator::pass_to_guards(std::size_t upstream, std::shared_ptr<guards::upstream_call> call,
                                steady_time at) {
  if (const auto* guard = wiring_.upstreams[upstream].get()) {
    runtime::tell(*guard, make_call{std::move(call), at});
  } else {
    call->fail(error_token::destination_unavailable, "restarting", at);
  }
}

std::string aggregator::part_cache_key(const gather& g, std::size_t part,
                                       const guards::call_request& asked) const {
  return part_key(g.plan(), part, g.values(), asked.target, asked.headers);
}

// -- their ends ---------------------------------------------------------------------------------

void aggregator::on_answered(call_answered& message) {
  const auto g = std::static_pointer_cast<gather>(std::move(message.context));
  // A gather that has ended, or belonged to an earlier incarnation, has nobody left to tell.
  const auto found = gathers_.find(g->id());
  if (found == gathers_.end() || found->second != g) return;
  const auto part = message.index;
  const auto at = message.result.ended;
  const auto& plan = g->plan();
  std::optional<cache::freshness> freshness;
  if (plan.settings.cache) {
    const auto& upstream = wiring_.resources[plan.parts[part].upstream]->settings;
    freshness = freshness_of(message.result, upstream.deadline_header);
  }
  auto outcome = to_outcome(std::move(message.result), plan.parts[part].settings);
  if (outcome.there() && freshness) g->note_freshness(*freshness);
  const auto first = g->courses.empty() || g->courses[part] == nullptr;
  if (first && (outcome.there() || !may_go_on(*g, part))) {
    settle(*g, part, std::move(outcome), at);
  } else {
    attempt_ended(g, part, std::move(outcome), at);
  }
  if (g->has(part)) progress(*g, at);
  if (g->held != 0 && gathers_.contains(g->id())) make_held_calls(g, at);
}

/// Whether a failure of this part can be followed by anything.
bool aggregator::may_go_on(const gather& g, std::size_t part) const {
  const auto& plan = g.plan().parts[part];
  return plan.settings.cache || !plan.fallbacks.empty() ||
         wiring_.resources[plan.upstream]->settings.retry.max != 0;
}

void aggregator::attempt_ended(const gather_ptr& g, std::size_t part, part_outcome outcome,
                               steady_time at) {
  if (g->courses.empty()) g->courses.resize(g->plan().parts.size());
  auto& place = g->courses[part];
  const auto& plan = g->plan().parts[part];
  const auto& resources = *wiring_.resources[plan.upstream];
  if (place == nullptr) {
    part_course course{plan.settings, resources.settings.retry};
    place = std::make_unique<attempts>(*this, *g, part, std::move(course));
  }
  auto& course = place->course;
  const course_terms terms{at, g->part_deadline(part), g->plan().settings.min_attempt,
                           wiring_.random()};
  const auto retried = course.account().attempts;
  const auto asked_cache = course.account().source == part_source::stale;
  const auto step =
      asked_cache
          ? course.on_stale(outcome.there(), terms)
          : course.on_outcome(outcome, terms, [&] { return take_retry_token(plan.upstream, at); });
  if (course.account().attempts > retried) {
    auto& metrics = resources.metrics;
    (outcome.there() ? metrics.retry_succeeded : metrics.retry_failed).add();
  }
  take(g, part, step, std::move(outcome), at);
}

bool aggregator::take_retry_token(std::size_t upstream, steady_time at) {
  auto& resources = *wiring_.resources[upstream];
  const auto granted = [&] {
    const std::lock_guard lock{resources.mutex};
    return resources.budget.withdraw(at);
  }();
  if (!granted) resources.metrics.retry_unpaid.add();
  return granted;
}

void aggregator::take(const gather_ptr& g, std::size_t part, const next_step& step,
                      part_outcome outcome, steady_time at) {
  auto& own = *g->courses[part];
  const auto& plan = g->plan().parts[part];
  switch (step.what) {
    case course_step::done: {
      const auto& account = own.course.account();
      outcome.attempts = account.attempts;
      if (account.source == part_source::fallback) {
        outcome.source = part_source::fallback;
        outcome.provider = plan.settings.fallback[account.entry].upstream;
      }
      return settle(*g, part, std::move(outcome), at);
    }
    case course_step::call_primary:
      return timers_.arm(own.timer, step.at);
    case course_step::call_fallback:
      return call_fallback(g, part, step.entry, at);
    case course_step::look_up_stale:
      return look_up_stale(g, part, step.entry, at);
    case course_step::use_fixed:
      return use_constant(*g, part, step.entry, at);
    case course_step::give_up:
      return settle(*g, part, own.course.primary_outcome(), at);
  }
}

void aggregator::use_constant(gather& g, std::size_t part, std::size_t entry, steady_time at) {
  part_outcome fixed;
  fixed.error = error_token::none;
  fixed.source = part_source::fixed;
  if (!g.courses.empty() && g.courses[part] != nullptr) {
    fixed.attempts = g.courses[part]->course.account().attempts;
  }
  fixed.body = g.plan().parts[part].fallbacks[entry].fixed;
  settle(g, part, std::move(fixed), at);
}

/// The time of the whole gather is over, and some call may not have been told yet that its own is:
/// a constant needs neither.
void aggregator::use_constants(gather& g, steady_time at) {
  const auto asked = g.values().asked();
  for (std::size_t part = 0; part < g.plan().parts.size(); ++part) {
    if ((asked >> part & 1) == 0 || g.has(part)) continue;
    const auto& chain = g.plan().parts[part].settings.fallback;
    const auto found = std::find_if(chain.begin(), chain.end(), [](const auto& each) {
      return each.kind == config::fallback_kind::fixed;
    });
    if (found == chain.end()) continue;
    use_constant(g, part, static_cast<std::size_t>(found - chain.begin()), at);
  }
}

/// The part's outcome is known for good.
void aggregator::settle(gather& g, std::size_t part, part_outcome outcome, steady_time at) {
  // What took several steps took all the time since the first.
  if (!g.courses.empty() && g.courses[part] != nullptr) outcome.duration = g.elapsed(at);
  g.record(part, std::move(outcome), at);
}

void attempts::due(void* self) {
  auto* a = static_cast<attempts*>(self);
  a->owner.on_attempt_due(*a);
}

void aggregator::on_attempt_due(attempts& a) {
  const auto g = gathers_.at(a.parent.id());
  const auto at = now();
  call_primary(g, a.part, true, at);
  if (g->has(a.part)) progress(*g, at);
}

}  // namespace tributary::actors::aggregation
