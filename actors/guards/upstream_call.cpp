// SPDX-License-Identifier: MIT
#include "actors/guards/upstream_call.hpp"

#include "actors/guards/call_verdict.hpp"
#include "actors/guards/deadline.hpp"
#include "actors/guards/redirect.hpp"
#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/client/connection_pool.hpp"
#include "http/client/fetch.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/http_date.hpp"
#include "http/wire/retry_after.hpp"
#include "http/wire/via.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::guards {

using http::wire::error_token;

namespace {

/// True when the request brings a field that would be added otherwise.
bool brings(const call_request& asked, std::string_view name) {
  return std::any_of(asked.headers.begin(), asked.headers.end(), [&](const auto& field) {
    return http::wire::same_without_case(field.first, name);
  });
}

/// The time by the clock that the answer's other dates were taken from: its sender's, which may be
/// far from ours.
std::chrono::system_clock::time_point clock_of(std::string_view date) {
  return http::wire::parse_http_date(date).value_or(std::chrono::system_clock::now());
}

}  // namespace

upstream_call::upstream_call(caf::actor reply_to, std::shared_ptr<void> context, std::size_t index,
                             call_request asked, steady_time now)
    : reply_to_(std::move(reply_to)),
      context_(std::move(context)),
      index_(index),
      asked_(std::move(asked)),
      began_(now) {}

upstream_call::~upstream_call() {
  if (!ended_) fail(error_token::proxy_internal_error, "dropped", std::chrono::steady_clock::now());
}

void upstream_call::admitted_by(upstream_resources& shared, caf::actor breaker,
                                breaker_permit permit) {
  shared_ = &shared;
  breaker_ = std::move(breaker);
  permit_ = permit;
}

void upstream_call::made_by(upstream_resources& shared, steady_time now) {
  shared_ = &shared;
  made_at_ = now;
  shared.metrics.in_flight.add(1);
}

void upstream_call::count(const call_result& result) {
  auto& metrics = shared_->metrics;
  metrics.in_flight.add(-1);
  if (cancelled()) return;
  if (result.error == error_token::none) {
    metrics.answered(result.status, result.duration);
  } else {
    metrics.failed(result.error, result.duration);
  }
}

http::client::fetch_request upstream_call::prepare(const config::upstream_settings& upstream,
                                                   steady_time now, steady_time deadline) {
  http::client::fetch_request request;
  request.method = asked_.method;
  request.target = redirected_.empty() ? asked_.target : redirected_;
  request.body = asked_.body;
  request.started = now;
  request.deadline = deadline_ = deadline;
  request.at_most_once = asked_.at_most_once;
  request.headers.reserve(asked_.headers.size() + 4);
  request.headers.push_back({"Via", http::wire::own_via()});
  if (!brings(asked_, "Accept")) request.headers.push_back({"Accept", "application/json"});
  if (!asked_.request_id.empty() && !brings(asked_, "X-Request-Id")) {
    request.headers.push_back({"X-Request-Id", asked_.request_id});
  }
  if (!upstream.deadline_header.empty() && !brings(asked_, upstream.deadline_header)) {
    remaining_ms_ = std::to_string(remaining(now, deadline).count());
    request.headers.push_back({upstream.deadline_header, remaining_ms_});
  }
  for (const auto& [name, value] : asked_.headers) request.headers.push_back({name, value});
  return request;
}

void upstream_call::started(std::shared_ptr<http::client::fetch_handle> fetch) {
  const std::lock_guard lock{mutex_};
  if (cancelled()) {
    fetch->cancel();
  } else {
    fetch_ = std::move(fetch);
  }
}

void upstream_call::waits(bulkhead& places, const bulkhead::ticket& place) {
  const std::lock_guard lock{mutex_};
  line_ = &places;
  ticket_ = place;
  if (cancelled()) places.leave(place);
}

void upstream_call::fail(error_token error, std::string_view detail, steady_time now,
                         std::optional<std::chrono::milliseconds> retry_after) {
  call_result result;
  result.error = error;
  result.detail = detail;
  result.ended = now;
  result.retry_after = retry_after;
  finish(std::move(result));
}

void upstream_call::cancel() {
  cancelled_.store(true, std::memory_order_release);
  const auto self = weak_from_this().lock();  // the line may be the last that holds us
  const std::lock_guard lock{mutex_};
  if (line_ != nullptr) line_->leave(ticket_);
  if (const auto fetch = std::exchange(fetch_, nullptr)) fetch->cancel();
}

void upstream_call::on_fetched(http::client::fetch_result&& fetched) {
  if (follow(fetched)) return;
  call_result result;
  result.error = fetched.error;
  result.detail = fetched.reason;
  result.status = fetched.status;
  result.ended = fetched.ended;
  if (fetched.status == 429 || fetched.status == 503) {
    const auto& block = fetched.header_block;
    result.retry_after =
        http::wire::parse_retry_after(http::client::find_header(block, "Retry-After"),
                                      clock_of(http::client::find_header(block, "Date")));
  }
  result.header_block = std::move(fetched.header_block);
  result.body = std::move(fetched.body);
  finish(std::move(result));
}

/// Goes on to where the answer points, within the same time, place and permit.
bool upstream_call::follow(const http::client::fetch_result& fetched) {
  const auto may_follow =
      shared_ != nullptr && shared_->settings.follow_redirects && !asked_.at_most_once;
  if (!may_follow || fetched.error != error_token::none || cancelled()) return false;
  if (redirects_ == most_redirects) return false;
  const auto& upstream = shared_->settings;
  auto target =
      redirect_target(upstream, asked_.method, redirected_.empty() ? asked_.target : redirected_,
                      fetched.status, http::client::find_header(fetched.header_block, "Location"));
  if (!target) return false;
  ++redirects_;
  redirected_ = std::move(*target);
  auto& pool = *shared_->pools[runtime::worker::current()->index()];
  started(pool.fetch(prepare(upstream, fetched.ended, deadline_), shared_from_this()));
  return true;
}

void upstream_call::finish(call_result&& result) {
  if (std::exchange(ended_, true)) return;
  result.duration = result.ended - began_;
  place_.reset();
  if (made_at_) count(result);
  if (shared_ != nullptr) judge(result);
  {
    // The fetch holds us, and we hold it: one of the two has to let go.
    const std::lock_guard lock{mutex_};
    fetch_.reset();
  }
  runtime::tell(reply_to_, call_answered{std::move(context_), index_, std::move(result)});
}

/// What the breaker is to make of the end.
call_outcome upstream_call::outcome_of(const call_result& result) const {
  if (!made_at_) return call_outcome::neutral;  // never sent, for lack of time for example
  if (!cancelled()) return classify(result.error, result.status);
  const auto& settings = shared_->settings;
  const auto timeout = settings.timeout.value_or(
      std::chrono::floor<std::chrono::milliseconds>(deadline_ - *made_at_));
  return classify_given_up(result.ended - *made_at_, settings.breaker.slow, timeout);
}

/// What the end says of the upstream: to its back-pressure here, to its breaker by a message unless
/// it decides nothing, or when the requester has had its say.
void upstream_call::judge(call_result& result) {
  call_ended ended;
  ended.permit = permit_;
  ended.outcome = outcome_of(result);
  // Not the wait for a place: that is a matter of ours.
  ended.duration = made_at_ ? result.ended - *made_at_ : result.duration;
  ended.retry_after = result.retry_after;
  ended.at = result.ended;
  const auto undecided =
      asked_.judged_by_requester && result.error == error_token::none && !cancelled();
  {
    const std::lock_guard lock{shared_->mutex};
    if (made_at_ && !cancelled()) {
      ended.outcome = shared_->pressure.on_answer(ended.outcome, result.status, result.retry_after,
                                                  *made_at_, ended.at);
      if (shared_->pressure.refused(ended.at)) {
        shared_->pressed.store(true, std::memory_order_relaxed);
      }
    }
    if (!breaker_) return;
    if (!undecided &&
        shared_->breaker.record_uneventful(permit_, ended.outcome, ended.duration, ended.at)) {
      return;
    }
  }
  if (undecided) {
    result.verdict = std::make_shared<call_verdict>(*shared_, std::move(breaker_), ended);
  } else {
    runtime::tell(breaker_, ended);
  }
}

}  // namespace tributary::actors::guards
