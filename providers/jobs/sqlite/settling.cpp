// SPDX-License-Identifier: MIT
#include "providers/jobs/next_state.hpp"
#include "providers/jobs/sqlite/operations.hpp"

#include <type_traits>

namespace tributary::providers::jobs::sqlite {

namespace {

template <class... Cases>
struct by_kind : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
by_kind(Cases...) -> by_kind<Cases...>;

settle_result standing_of(const job_row& row, bool settled) {
  return {settled, row.state, row.version, row.run_at};
}

std::string_view reason_of(const std::optional<attempt_record>& record, std::string_view other) {
  return record && !record->failure.empty() ? std::string_view{record->failure} : other;
}

}  // namespace

settle_result settling::operator()(const settle& asked, instant now) {
  auto row = changes_.find(asked.id);
  if (!row) return {};
  const auto is_its_own =
      row->attempt == asked.attempt &&
      (row->state == job_state::processing || row->state == job_state::awaiting_vendor);
  return standing_of(*row, is_its_own && carry_out(*row, asked, now));
}

bool settling::carry_out(job_row& row, const settle& asked, instant now) {
  // The history first: what had come by webhook before may have more to say of this attempt.
  const auto releases = std::holds_alternative<settle::release>(asked.how);
  if (releases && row.state != job_state::processing) return false;
  if (asked.record && !releases) changes_.record(row, *asked.record);
  return std::visit(
      by_kind{
          [&](const settle::complete& how) { return changes_.complete(row, how.result, {}, now); },
          [&](const settle::fail& how) {
            return changes_.end(row, job_state::failed, how.error,
                                reason_of(asked.record, "failed"), now);
          },
          [&](const settle::bury& how) {
            return changes_.end(row, job_state::dead, how.error, reason_of(asked.record, "buried"),
                                now);
          },
          [&](const settle::retry& how) { return retry(row, how, asked, now); },
          [&](const settle::await& how) { return await(row, how, now); },
          [&](const settle::release& how) { return release(row, how, now); },
          [&](const settle::cancel&) {
            return changes_.end(row, job_state::cancelled, std::nullopt, "cancelled", now);
          }},
      asked.how);
}

bool settling::retry(job_row& row, const settle::retry& how, const settle& asked, instant now) {
  if (how.crashed) ++row.crashes;
  const round_standing round{row.cancel_requested, row.round_attempts, row.max_attempts,
                             row.crashes};
  const auto reason = reason_of(asked.record, how.crashed ? "crashed" : "retry");
  switch (after_lost_attempt(round)) {
    case job_state::queued:
      return changes_.requeue(row, now + how.delay, reason, now);
    case job_state::cancelled:
      return changes_.end(row, job_state::cancelled, std::nullopt, "cancelled", now);
    default:
      break;
  }
  auto error = why_dead(round);
  if (asked.record && !asked.record->message.empty()) {
    error.message.append(" The last one: ").append(asked.record->message);
  }
  return changes_.end(row, job_state::dead, error, reason, now);
}

bool settling::release(job_row& row, const settle::release& how, instant now) {
  if (row.cancel_requested) {
    return changes_.end(row, job_state::cancelled, std::nullopt, "cancelled", now);
  }
  --row.round_attempts;
  return changes_.requeue(row, now + how.delay, "released", now);
}

bool settling::await(job_row& row, const settle::await& how, instant now) {
  if (!changes_.await(row, how.reference, now + how.deadline, now)) return false;
  webhooks_.match(row, how.reference, now);
  // What its client wanted while the call was under way; but a completion that was stored first
  // wins.
  if (row.state == job_state::awaiting_vendor && row.cancel_requested) {
    changes_.end(row, job_state::cancelled, std::nullopt, "cancelled", now);
  }
  return true;
}

cancel_result settling::operator()(const cancel& asked, instant now) {
  auto row = changes_.find(asked.id);
  if (!row) return {};
  auto what = cancel_result::kind::requested;
  if (row->state == job_state::cancelled) {
    what = cancel_result::kind::cancelled;
  } else if (has_ended(row->state)) {
    what = cancel_result::kind::ended;
  } else if (row->state == job_state::queued) {
    changes_.end(*row, job_state::cancelled, std::nullopt, "cancelled", now);
    what = cancel_result::kind::cancelled;
  } else if (!row->cancel_requested) {
    changes_.request_cancel(*row, now);
  }
  return {what, row->state, row->version, row->vendor, row->attempt};
}

}  // namespace tributary::providers::jobs::sqlite
