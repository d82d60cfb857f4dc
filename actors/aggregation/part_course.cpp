// SPDX-License-Identifier: MIT
#include "actors/aggregation/part_course.hpp"

#include "actors/guards/circuit_breaker.hpp"
#include "actors/guards/retry_policy.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::aggregation {

using http::wire::error_token;

namespace {

/// Failures that something else may stand in for.
bool calls_for_fallback(const part_outcome& outcome) noexcept {
  return is_refusal(outcome.error) ||
         guards::classify(outcome.error, outcome.status) == guards::call_outcome::failure;
}

part_source source_of(config::fallback_kind kind) noexcept {
  switch (kind) {
    case config::fallback_kind::upstream:
      return part_source::fallback;
    case config::fallback_kind::stale:
      return part_source::stale;
    case config::fallback_kind::fixed:
      return part_source::fixed;
  }
  return part_source::primary;
}

course_step step_of(config::fallback_kind kind) noexcept {
  switch (kind) {
    case config::fallback_kind::upstream:
      return course_step::call_fallback;
    case config::fallback_kind::stale:
      return course_step::look_up_stale;
    case config::fallback_kind::fixed:
      return course_step::use_fixed;
  }
  return course_step::give_up;
}

}  // namespace

next_step part_course::on_outcome(const part_outcome& outcome, const course_terms& terms,
                                  const std::function<bool()>& take_token) {
  if (account_.source != part_source::primary) {
    return outcome.there() ? next_step{} : next_fallback(terms);
  }
  note(outcome);
  if (outcome.there() || mapped_by_rule(outcome)) return {};
  if (retries_ < retry_->max && guards::worth_retrying(outcome.error, outcome.status, method_,
                                                       outcome.retry_after.has_value())) {
    const auto at = guards::retry_at(*retry_, retries_, terms.random, outcome.retry_after,
                                     terms.now, terms.deadline, terms.min_attempt);
    if (at && take_token()) {
      ++retries_;
      return {course_step::call_primary, *at, 0};
    }
  }
  if (calls_for_fallback(outcome)) return next_fallback(terms);
  return {};
}

next_step part_course::on_stale(bool found, const course_terms& terms) noexcept {
  return found ? next_step{} : next_fallback(terms);
}

void part_course::note(const part_outcome& outcome) {
  if (heard_ && is_refusal(outcome.error)) {
    if (outcome.retry_after) primary_outcome_.retry_after = outcome.retry_after;
    return;
  }
  if (heard_) ++account_.attempts;
  heard_ = true;
  if (outcome.there()) return;  // the owner has it; it is not to be held twice
  primary_outcome_ = outcome;
  primary_outcome_.attempts = account_.attempts;
}

bool part_course::mapped_by_rule(const part_outcome& outcome) const noexcept {
  return outcome.error == error_token::http_response_status &&
         std::any_of(part_->status_rules.begin(), part_->status_rules.end(),
                     [&](const auto& rule) { return rule.upstream_status == outcome.status; });
}

next_step part_course::next_fallback(const course_terms& terms) noexcept {
  const bool time_left =
      terms.deadline > terms.now && terms.deadline - terms.now >= terms.min_attempt;
  if (part_->cache && !std::exchange(tried_stale_, true)) {
    account_.source = part_source::stale;
    account_.entry = stale_if_error;
    return {course_step::look_up_stale, {}, stale_if_error};
  }
  while (next_entry_ < part_->fallback.size()) {
    const auto entry = next_entry_++;
    const auto kind = part_->fallback[entry].kind;
    if (kind == config::fallback_kind::upstream && !time_left) continue;
    account_.source = source_of(kind);
    account_.entry = entry;
    return {step_of(kind), {}, entry};
  }
  account_.source = part_source::primary;
  account_.entry = 0;
  return {course_step::give_up, {}, 0};
}

}  // namespace tributary::actors::aggregation
