// SPDX-License-Identifier: MIT
#include "actors/guards/guard_actors.hpp"

#include "actors/guards/breaker_report.hpp"
#include "actors/guards/deadline.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/client/connection_pool.hpp"

#include <mutex>
#include <utility>

namespace tributary::actors::guards {

using http::wire::error_token;
using std::chrono::ceil;
using std::chrono::milliseconds;

void pass_on(make_call& message, supervision::supervised_ref& next) {
  if (const auto* actor = next.get()) {
    runtime::tell(*actor, std::move(message));
  } else {
    message.call->fail(error_token::destination_unavailable, "restarting", message.at);
  }
}

// -- limiter ------------------------------------------------------------------------------------

limiter_actor::limiter_actor(caf::actor_config& cfg, std::string path,
                             std::shared_ptr<upstream_resources> resources,
                             supervision::supervised_ref next)
    : observed_actor(cfg, std::move(path), "limiter"),
      resources_(std::move(resources)),
      next_(std::move(next)) {}

caf::behavior limiter_actor::make_behavior() {
  return {[this](make_call& m) { on_call(m); }};
}

void limiter_actor::on_call(make_call& message) {
  if (message.call->cancelled()) return;
  const auto now = message.at;
  const auto decision = [&] {
    const std::lock_guard lock{resources_->mutex};
    return resources_->limiter->decide(now);
  }();
  auto& metrics = resources_->metrics;
  (decision.allowed ? metrics.rate_allowed : metrics.rate_limited).add();
  if (decision.allowed) {
    pass_on(message, next_);
  } else {
    message.call->fail(error_token::connection_limit_reached, "rate_limited", now,
                       ceil<milliseconds>(decision.retry_after));
  }
}

// -- breaker ------------------------------------------------------------------------------------

breaker_actor::breaker_actor(caf::actor_config& cfg, std::string path,
                             std::shared_ptr<upstream_resources> resources,
                             supervision::supervised_ref next)
    : observed_actor(cfg, std::move(path), "breaker"),
      resources_(std::move(resources)),
      next_(std::move(next)),
      sharing_(resources_->sharing) {
  // Calls let pass by an earlier incarnation report to that one, which is no more.
  const std::lock_guard lock{resources_->mutex};
  resources_->breaker.abandon_calls();
}

caf::behavior breaker_actor::make_behavior() {
  return {
      [this](make_call& m) { on_call(m); },
      [this](const call_ended& m) { on_ended(m); },
  };
}

void breaker_actor::on_call(make_call& message) {
  if (message.call->cancelled()) return;
  const auto now = message.at;
  const auto decision = [&] {
    const std::lock_guard lock{resources_->mutex};
    const auto result = resources_->breaker.admit(now);
    publish(now);
    return result;
  }();
  if (decision.admitted) {
    message.call->admitted_by(*resources_, caf::actor_cast<caf::actor>(this), decision.permit);
    pass_on(message, next_);
  } else {
    message.call->fail(error_token::destination_unavailable, "breaker_open", now,
                       ceil<milliseconds>(decision.retry_after));
  }
}

void breaker_actor::on_ended(const call_ended& message) {
  const std::lock_guard lock{resources_->mutex};
  resources_->breaker.record(message.permit, message.outcome, message.duration, message.at,
                             message.retry_after);
  publish(message.at);
}

void breaker_actor::publish(steady_time now) {
  if (!report_breaker(*resources_, now)) return;
  if (const auto* other = sharing_.get()) runtime::tell(*other, breaker_changed{resources_});
}

// -- upstream -----------------------------------------------------------------------------------

upstream_actor::upstream_actor(caf::actor_config& cfg, std::string path,
                               std::shared_ptr<upstream_resources> resources)
    : observed_actor(cfg, std::move(path), "upstream"),
      resources_(std::move(resources)),
      timers_(*this) {}

caf::behavior upstream_actor::make_behavior() {
  return {
      [this](make_call& m) { on_call(m); },
      [this](queue_left& m) { on_queue_left(m); },
      [this](const runtime::deadline_tick& m) { timers_.on_tick(m); },
  };
}

/// Time left of a pause; a call that may go pays for later retries.
std::optional<std::chrono::nanoseconds> upstream_actor::ask_pressure(const call_request& asked,
                                                                     steady_time now) {
  const std::lock_guard lock{resources_->mutex};
  const auto pause = resources_->pressure.refused(now);
  if (!pause && !asked.retry) resources_->budget.deposit(now);
  return pause;
}

void upstream_actor::on_call(make_call& message) {
  auto& call = *message.call;
  if (call.cancelled()) return;
  const auto now = message.at;
  const auto deadline = attempt_deadline(now, call.asked().deadline, resources_->settings.timeout,
                                         call.asked().min_attempt);
  if (!deadline) {
    call.fail(error_token::http_response_timeout, "no_time_left", now);
    return;
  }
  if (const auto pause = ask_pressure(call.asked(), now)) {
    resources_->metrics.paused.add();
    call.fail(error_token::destination_unavailable, "backoff", now, ceil<milliseconds>(*pause));
    return;
  }
  auto place = resources_->places.try_acquire();
  if (!place) return stand_in_line(message.call, now, *deadline);
  call.holds(std::move(*place));
  make(message.call, now, *deadline);
}

void upstream_actor::stand_in_line(const std::shared_ptr<upstream_call>& call, steady_time now,
                                   steady_time deadline) {
  // With less time left at its end it would not be made any more.
  const auto until = call->asked().deadline - call->asked().min_attempt;
  auto& places = resources_->places;
  auto taken = [call, now, home = caf::actor_cast<caf::actor>(this)](auto given) {
    const auto has_place = given.has_value();
    if (has_place) call->holds(std::move(*given));
    runtime::tell(home, queue_left{call, now, has_place});
  };
  auto admission = places.ask(until, std::move(taken));
  if (admission.place) {
    call->holds(std::move(*admission.place));
    return make(call, now, deadline);
  }
  if (!admission.waits) {
    return call->fail(error_token::connection_limit_reached, "bulkhead_full", now);
  }
  call->waits(places, *admission.waits);
  if (!queue_due_.armed() || until < queue_due_.expiry()) timers_.arm(queue_due_, until);
}

void upstream_actor::on_queue_due() {
  resources_->places.expire(clock().now());
  if (const auto next = resources_->places.next_deadline()) timers_.arm(queue_due_, *next);
}

void upstream_actor::on_queue_left(queue_left& message) {
  auto& call = *message.call;
  const auto now = clock().now();
  resources_->metrics.queue_wait.observe(now - message.since);
  if (call.cancelled()) return;
  const auto deadline = attempt_deadline(now, call.asked().deadline, resources_->settings.timeout,
                                         call.asked().min_attempt);
  if (!message.has_place || !deadline) {
    return call.fail(error_token::connection_limit_reached, "queue_timeout", now);
  }
  make(message.call, now, *deadline);
}

/// A call that holds a place.
void upstream_actor::make(const std::shared_ptr<upstream_call>& call, steady_time now,
                          steady_time deadline) {
  call->made_by(*resources_, now);
  auto& pool = *resources_->pools[runtime::worker::current()->index()];
  call->started(pool.fetch(call->prepare(resources_->settings, now, deadline), call));
}

}  // namespace tributary::actors::guards
