// SPDX-License-Identifier: MIT
#include "actors/jobs/attempt_end.hpp"

#include "providers/vendors/retry_delay.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::jobs {

namespace {

/// Until a job is tried again that a guard did not let through, where that says nothing better.
constexpr pj::milliseconds rest_after_refusal{250};

pj::settle settle_of(const attempt_view& attempt) {
  pj::settle result;
  result.id = attempt.job.id;
  result.attempt = attempt.job.attempt;
  return result;
}

pj::attempt_record record_of(const attempt_view& attempt, pj::attempt_outcome outcome,
                             std::string_view failure = {}, int status = 0,
                             std::string message = {}) {
  return {attempt.job.attempt,
          attempt.started_at,
          std::max(attempt.now - attempt.started_at, pj::milliseconds{0}),
          outcome,
          std::string{failure},
          status,
          std::move(message)};
}

/// The next attempt, or the end where all of this round are used up.
pj::settle try_again(const attempt_view& attempt, pj::attempt_record record,
                     std::optional<pj::milliseconds> retry_after) {
  auto result = settle_of(attempt);
  if (attempt.job.round_attempts >= attempt.job.max_attempts) {
    result.how = pj::settle::bury{{"ATTEMPTS_EXHAUSTED", record.message}};
  } else {
    const auto& terms = attempt.vendor.retry;
    result.how = pj::settle::retry{
        pv::retry_delay({terms.base, terms.cap}, std::max(attempt.job.round_attempts, 1U),
                        attempt.random, retry_after),
        false};
  }
  result.record = std::move(record);
  return result;
}

pj::settle complete(const attempt_view& attempt, std::string_view data) {
  auto result = settle_of(attempt);
  result.how = pj::settle::complete{attempt.clean(data)};
  result.record = record_of(attempt, pj::attempt_outcome::success);
  return result;
}

pj::settle fail(const attempt_view& attempt, std::string_view failure, int status,
                std::string message) {
  auto result = settle_of(attempt);
  result.record = record_of(attempt, pj::attempt_outcome::failure, failure, status, message);
  result.how = pj::settle::fail{{"VENDOR_REFUSED", std::move(message)}};
  return result;
}

struct by_answer {
  const attempt_view& attempt;

  std::variant<pj::settle, ask_vendor> operator()(const pv::vendor_done& v) const {
    return complete(attempt, v.data);
  }
  std::variant<pj::settle, ask_vendor> operator()(pv::vendor_accepted& v) const {
    auto result = settle_of(attempt);
    result.how = pj::settle::await{std::move(v.reference), attempt.vendor.callback_deadline};
    result.record = record_of(attempt, pj::attempt_outcome::success);
    return result;
  }
  std::variant<pj::settle, ask_vendor> operator()(const pv::vendor_not_asked& v) const {
    return end_by_release(attempt, v.wait.value_or(rest_after_refusal));
  }
  std::variant<pj::settle, ask_vendor> operator()(pv::vendor_retry& v) const {
    return try_again(attempt,
                     record_of(attempt, pj::attempt_outcome::retry, to_string(v.what), v.status,
                               std::move(v.message)),
                     v.retry_after);
  }
  std::variant<pj::settle, ask_vendor> operator()(pv::vendor_unknown& v) const {
    auto record = record_of(attempt, pj::attempt_outcome::unknown, to_string(v.what), 0,
                            std::move(v.message));
    switch (attempt.vendor.on_unknown) {
      case config::on_unknown_outcome::retry:
        break;
      case config::on_unknown_outcome::lookup:
        return ask_vendor{};
      case config::on_unknown_outcome::park: {
        auto result = settle_of(attempt);
        result.how = pj::settle::bury{{"OUTCOME_UNKNOWN", record.message}};
        result.record = std::move(record);
        return result;
      }
    }
    return try_again(attempt, std::move(record), std::nullopt);
  }
  std::variant<pj::settle, ask_vendor> operator()(pv::vendor_refused& v) const {
    return fail(attempt, to_string(v.what), v.status, std::move(v.message));
  }
};

struct by_look_up {
  const attempt_view& attempt;

  pj::settle operator()(const pv::vendor_done& v) const { return complete(attempt, v.data); }
  /// It has the job after all: as if it had accepted now.
  pj::settle operator()(const pv::vendor_running&) const {
    if (attempt.vendor.kind != config::vendor_kind::async) return again("it is still at it");
    auto result = settle_of(attempt);
    result.how = pj::settle::await{{}, attempt.vendor.callback_deadline};
    result.record = record_of(attempt, pj::attempt_outcome::success);
    return result;
  }
  pj::settle operator()(const pv::vendor_failed&) const { return again("it has failed there"); }
  pj::settle operator()(const pv::vendor_unaware&) const {
    return again("the vendor knows nothing of it");
  }
  pj::settle operator()(const pv::vendor_not_asked&) const {
    return again("the vendor could not be asked");
  }
  pj::settle operator()(const pv::vendor_retry& v) const {
    return again("the vendor could not be asked", v.retry_after);
  }

 private:
  pj::settle again(std::string message,
                   std::optional<pj::milliseconds> retry_after = std::nullopt) const {
    return try_again(
        attempt, record_of(attempt, pj::attempt_outcome::unknown, "timeout", 0, std::move(message)),
        retry_after);
  }
};

}  // namespace

std::variant<pj::settle, ask_vendor> end_by(const attempt_view& attempt,
                                            pv::vendor_verdict verdict) {
  return std::visit(by_answer{attempt}, verdict);
}

pj::settle end_by_look_up(const attempt_view& attempt, pv::look_up_verdict verdict) {
  return std::visit(by_look_up{attempt}, verdict);
}

std::optional<pj::settle> end_by_overdue_look_up(const attempt_view& attempt, bool waited_before,
                                                 pv::look_up_verdict verdict) {
  if (std::holds_alternative<pv::vendor_not_asked>(verdict)) return std::nullopt;
  if (std::holds_alternative<pv::vendor_running>(verdict) && !waited_before) {
    auto result = settle_of(attempt);
    result.how = pj::settle::await{{}, attempt.vendor.callback_deadline};
    return result;
  }
  if (const auto* done = std::get_if<pv::vendor_done>(&verdict)) {
    return complete(attempt, done->data);
  }
  return try_again(attempt,
                   record_of(attempt, pj::attempt_outcome::retry, "timeout", 0,
                             "the vendor has not told the result in time"),
                   std::nullopt);
}

pj::settle end_by_release(const attempt_view& attempt, pj::milliseconds delay) {
  auto result = settle_of(attempt);
  result.how = pj::settle::release{delay};
  return result;
}

pj::settle end_by_cancel(const attempt_view& attempt) {
  auto result = settle_of(attempt);
  result.how = pj::settle::cancel{};
  result.record = record_of(attempt, pj::attempt_outcome::cancelled);
  return result;
}

}  // namespace tributary::actors::jobs
