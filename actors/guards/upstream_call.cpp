// SPDX-License-Identifier: MIT
#include "actors/guards/upstream_call.hpp"

#include "actors/guards/call_verdict.hpp"
#include "actors/guards/deadline.hpp"
#include "actors/guards/retry_after.hpp"
#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/client/fetch.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::guards {

using http::wire::error_token;

namespace {

bool asks_for_its_own_media_type(const call_request& asked) {
  return std::any_of(asked.headers.begin(), asked.headers.end(),
                     [](const auto& field) { return field.first == "Accept"; });
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
  request.target = asked_.target;
  request.body = asked_.body;
  request.started = now;
  request.deadline = deadline;
  request.at_most_once = asked_.at_most_once;
  request.headers.reserve(asked_.headers.size() + 3);
  if (!asks_for_its_own_media_type(asked_)) {
    request.headers.push_back({"Accept", "application/json"});
  }
  if (!asked_.request_id.empty()) request.headers.push_back({"X-Request-Id", asked_.request_id});
  if (!upstream.deadline_header.empty()) {
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
  call_result result;
  result.error = fetched.error;
  result.status = fetched.status;
  result.ended = fetched.ended;
  if (fetched.status == 429 || fetched.status == 503) {
    result.retry_after =
        parse_retry_after(http::client::find_header(fetched.header_block, "Retry-After"),
                          std::chrono::system_clock::now());
  }
  result.header_block = std::move(fetched.header_block);
  result.body = std::move(fetched.body);
  finish(std::move(result));
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

/// What the end says of the upstream: to its back-pressure here, to its breaker by a message unless
/// it decides nothing, or when the requester has had its say.
void upstream_call::judge(call_result& result) {
  call_ended ended;
  ended.permit = permit_;
  // What was never sent, for lack of time for example, says nothing either.
  ended.outcome =
      cancelled() || !made_at_ ? call_outcome::neutral : classify(result.error, result.status);
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
