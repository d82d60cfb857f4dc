// SPDX-License-Identifier: MIT
#include "actors/guards/upstream_call.hpp"
#include "actors/market/provider_work.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

/// What a provider is sent and what its answers say of it, and how conversations end.
namespace tributary::actors::market {

using namespace std::chrono_literals;
using guards::call_outcome;
using pm::error_kind;
using std::chrono::milliseconds;
namespace events = telemetry::events;

namespace {

/// The pause after a rate limit that names no time.
constexpr auto default_pause = 60s;
/// Whatever a provider says, and at most until its next month.
constexpr auto shortest_pause = 1s;
constexpr auto longest_pause = 31 * 24h;
/// For a page of a list, which may be some megabytes.
constexpr auto page_timeout = 30s;
/// One failure that goes on is logged once in this time.
constexpr auto failure_log_interval = 60s;

/// What an answer says of the provider's health. Limits and refusals of a key say nothing.
call_outcome outcome_of(const std::optional<pm::failure>& why) noexcept {
  if (!why) return call_outcome::success;
  switch (why->kind) {
    case error_kind::unavailable:
    case error_kind::malformed:
      return call_outcome::failure;
    case error_kind::rate_limited:
    case error_kind::auth:
      return call_outcome::neutral;
    default:
      return call_outcome::success;
  }
}

config::log_level level_of(error_kind kind) noexcept {
  return kind == error_kind::rate_limited || kind == error_kind::auth ||
                 kind == error_kind::not_entitled
             ? config::log_level::warning
             : config::log_level::error;
}

}  // namespace

// -- requests and answers -----------------------------------------------------------------------

void provider_actor::send(const task_ptr& task, const pm::wire_request& request, steady_time now) {
  const auto* here = runtime::worker::current();
  auto& guard = wiring_.guards[here == nullptr ? 0 : here->index()];
  guards::call_request asked;
  asked.target = shared().target_of(request);
  asked.headers = request.headers;
  const auto is_page = task->list && !request.opens_session;
  // Each call has its whole time, whoever gives up waiting meanwhile: cut short, it would look like
  // a failure of the provider.
  asked.deadline = now + (is_page ? page_timeout : shared().settings.timeout);
  asked.judged_by_requester = true;
  auto call = std::make_shared<guards::upstream_call>(caf::actor_cast<caf::actor>(this), task, 0,
                                                      std::move(asked), now);
  if (const auto* keeper = wiring_.allowance_keeper.get()) runtime::tell(*keeper, allowance_used{});
  if (const auto* to = guard.get()) {
    runtime::tell(*to, make_call{std::move(call), now});
  } else {
    call->fail(http::wire::error_token::destination_unavailable, "restarting", now);
  }
  // Nobody who wants a quote waits for a page; there is one list at a time anyway.
  if (!is_page) return;
  leave_place(*task);
  start_more();
}

void provider_actor::on_answered(call_answered& message) {
  const auto task = std::static_pointer_cast<conversation_task>(message.context);
  auto& result = message.result;
  // Our own guards name what they refuse; then nothing was asked.
  if (!result.detail.empty()) {
    {
      const std::lock_guard lock{shared().allowance->mutex};
      shared().allowance->value.give_back(task->why);
    }
    return break_off(
        task, failure_of(error_kind::unavailable,
                         result.detail == "breaker_open"
                             ? "the circuit breaker of " + shared().settings.name + " is open"
                             : "no call could be made",
                         result.retry_after));
  }
  const auto status = result.error == http::wire::error_token::none ? result.status : 0;
  task->verdict = std::move(result.verdict);
  const auto received = std::chrono::system_clock::now();
  const pm::wire_answer answer{status, result.header_block, result.body.view(), received};
  if (const auto pause = shared().adapter->pause_after(answer)) {
    const std::lock_guard lock{shared().allowance->mutex};
    shared().allowance->value.pause_until(result.ended + *pause);
  }
  if (task->list) {
    reading_.push_back(task);
    const auto reader = task->list->requester();
    return runtime::tell(
        reader, page_arrived{task->list, task->pages, status, std::move(result.header_block),
                             std::move(result.body), received, caf::actor_cast<caf::actor>(this)});
  }
  hear(task, task->conversation->take(answer), result.ended);
}

void provider_actor::on_page_read(page_read& message) {
  const auto found = std::find_if(reading_.begin(), reading_.end(),
                                  [&](const auto& each) { return each->list == message.order; });
  if (found == reading_.end()) return;
  const auto task = *found;
  reading_.erase(found);
  hear(task, message.why, clock().now());
}

/// An answer is understood: tells everybody concerned what it says of the provider, and goes on.
void provider_actor::hear(const task_ptr& task, const std::optional<pm::failure>& why,
                          steady_time now) {
  if (!task->due) task->due = task->next();
  // Whoever goes on has not been served yet: Yahoo's other ways are no success of the first one,
  // and would hide from the breaker that none of them leads anywhere.
  const auto goes_on = !why && task->due;
  // And a list that cannot be had says nothing of quotes.
  if (const auto verdict = std::exchange(task->verdict, nullptr)) {
    verdict->say(goes_on || task->list ? call_outcome::neutral : outcome_of(why));
  }
  if (goes_on) return advance(task);
  shared().metrics.answered(why ? std::optional{why->kind} : std::nullopt);
  if (why) {
    log_failure(*why, now);
    if (why->kind == error_kind::auth) refuse_key(*why, now);
    if (why->kind == error_kind::rate_limited) {
      const std::lock_guard lock{shared().allowance->mutex};
      shared().allowance->value.pause_until(
          now + std::clamp<milliseconds>(why->retry_after.value_or(default_pause), shortest_pause,
                                         longest_pause));
    }
  } else {
    logged_.reset();
  }
  advance(task);
}

void provider_actor::refuse_key(const pm::failure& why, steady_time now) {
  shared().refused_until.store(now + shared().rest, std::memory_order_relaxed);
  shared().refused_since_ms.store(
      std::chrono::floor<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count(),
      std::memory_order_relaxed);
  telemetry::log().write(config::log_level::warning, events::provider_refused,
                         "the provider refuses the key and is left out for a time",
                         {{"provider", shared().settings.name},
                          {"detail", why.detail},
                          {"seconds", std::chrono::duration<double>(shared().rest).count()}});
}

void provider_actor::log_failure(const pm::failure& why, steady_time now) {
  if (logged_ == why.kind && now - logged_at_ < failure_log_interval) return;
  logged_ = why.kind;
  logged_at_ = now;
  telemetry::log().write(level_of(why.kind), events::provider_failed,
                         "the provider did not serve a call",
                         {{"provider", shared().settings.name},
                          {"kind", to_string(why.kind)},
                          {"detail", why.detail}});
}

// -- ends ---------------------------------------------------------------------------------------

void provider_actor::break_off(const task_ptr& task, const pm::failure& why) {
  if (task->list) {
    pm::assets_result none;
    none.error = why;
    task->list->answer({task->list->request().ticket, std::move(none)});
  } else {
    collect(*task, task->conversation->finish(why));
  }
  leave_place(*task);
  start_more();
}

void provider_actor::end(const task_ptr& task) {
  if (task->list) {
    auto result = task->pages->finish();
    if (!result.error) shared().adapter->learn(*task->pages);
    task->list->answer({task->list->request().ticket, std::move(result)});
  } else {
    collect(*task,
            task->conversation->finish(failure_of(error_kind::malformed, "nothing usable came")));
  }
  leave_place(*task);
  start_more();
}

void provider_actor::collect(conversation_task& task, pm::quotes_result&& result) {
  shared().metrics.quotes.add(result.quotes.size());
  auto& of = *task.quotes;
  if (of.part.quotes.empty() && of.part.errors.empty()) parts_.push_back(task.quotes);
  std::move(result.quotes.begin(), result.quotes.end(), std::back_inserter(of.part.quotes));
  std::move(result.errors.begin(), result.errors.end(), std::back_inserter(of.part.errors));
  --of.left;
}

/// What ended in one go is told in one go: so many symbols that are refused go on to another
/// provider together.
void provider_actor::deliver_parts() {
  for (const auto& each : std::exchange(parts_, {})) {
    auto part = std::exchange(each->part, {});
    const auto ticket = each->order->request().ticket;
    if (each->left != 0) {
      each->order->tell({ticket, std::move(part), false});
    } else {
      each->order->answer({ticket, std::move(part)});
      jobs_.erase(each);
    }
  }
}

}  // namespace tributary::actors::market
