// SPDX-License-Identifier: MIT
#include "providers/jobs/next_state.hpp"
#include "providers/jobs/sqlite/operations.hpp"

#include <algorithm>
#include <string>

namespace tributary::providers::jobs::sqlite {

namespace {

enum orphan_kind { orphan_done, orphan_failed, orphan_progress };

/// In a time that does not tell how much of it is right.
bool is_same_secret(std::string_view given, std::string_view kept) noexcept {
  if (given.size() != kept.size() || kept.empty()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(given[i]) ^
                                        static_cast<unsigned char>(kept[i]));
  }
  return difference == 0;
}

bool may_say(const take_webhook& asked, const job_row& row) noexcept {
  return !asked.token || is_same_secret(*asked.token, row.webhook_token);
}

/// What an attempt came to by a webhook, for its history.
attempt_record record_of(const job_row& row, attempt_outcome outcome, std::string_view message,
                         instant now) {
  attempt_record result;
  result.attempt = row.attempt;
  result.started_at = row.claimed_at.value_or(now);
  result.duration = std::max(now - result.started_at, milliseconds{0});
  result.outcome = outcome;
  if (outcome != attempt_outcome::success) result.failure = "webhook";
  result.message = message;
  return result;
}

}  // namespace

webhook_taking::webhook_taking(db::connection& connection, job_changes& changes)
    : db_(connection),
      changes_(changes),
      // One that is too old to be kept counts as never seen, tidied up or not.
      remember_(connection,
                "INSERT INTO vendor_webhooks VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE "
                "SET keep_until = excluded.keep_until WHERE keep_until <= ?4"),
      keep_(connection,
            "INSERT INTO webhook_orphans (vendor, job, reference, token, kind, body, error_code, "
            "retryable, delay, keep_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      find_by_job_(connection,
                   "SELECT seq, token, kind, body, error_code, retryable, delay "
                   "FROM webhook_orphans INDEXED BY webhook_orphans_by_job "
                   "WHERE vendor = ? AND job = ? AND keep_until > ? ORDER BY seq"),
      find_by_reference_(connection,
                         "SELECT seq, token, kind, body, error_code, retryable, delay "
                         "FROM webhook_orphans INDEXED BY webhook_orphans_by_reference "
                         "WHERE vendor = ? AND job IS NULL AND reference = ? AND keep_until > ? "
                         "ORDER BY seq"),
      forget_(connection, "DELETE FROM webhook_orphans WHERE seq = ?") {}

webhook_result webhook_taking::operator()(const take_webhook& asked, instant now) {
  webhook_result result;
  auto row = asked.id ? changes_.find(*asked.id) : changes_.find(asked.vendor, asked.reference);
  if (row) {
    result.id = row->id;
    result.state = row->state;
    result.version = row->version;
  }
  if (row && row->vendor != asked.vendor) {
    result.what = webhook_result::kind::vendor_mismatch;
  } else if (row && !may_say(asked, *row)) {
    result.what = webhook_result::kind::refused;
  } else if (!remember(asked, now)) {
    result.what = webhook_result::kind::duplicate;
  } else if (!row) {
    keep_orphan(asked, now);
    result.what = webhook_result::kind::stored;
  } else if (has_ended(row->state)) {
    changes_.note(*row, "late webhook", now);
    result.what = webhook_result::kind::late;
  } else {
    if (row->state == job_state::processing) result.attempt = row->attempt;
    apply(*row, asked, now);
    result.state = row->state;
    result.version = row->version;
  }
  return result;
}

bool webhook_taking::remember(const take_webhook& asked, instant now) {
  if (asked.webhook_id.empty()) return true;
  remember_.run(asked.vendor, asked.webhook_id, column_of(now + asked.keep_ids_for),
                column_of(now));
  return db_.changes() != 0;
}

// -- what comes before its job --------------------------------------------------------------------

void webhook_taking::keep_orphan(const take_webhook& asked, instant now) {
  int kind = orphan_done;
  std::string_view body;
  take_webhook::failed failure;
  if (const auto* done = std::get_if<take_webhook::done>(&asked.what)) {
    body = done->data;
  } else if (const auto* failed = std::get_if<take_webhook::failed>(&asked.what)) {
    kind = orphan_failed;
    failure = *failed;
    body = failure.error.message;
  } else {
    kind = orphan_progress;
    body = std::get<take_webhook::progress>(asked.what).value;
  }
  std::optional<db::bytes> job;
  if (asked.id) job = column_of(*asked.id);
  keep_.run(asked.vendor, job, asked.reference, asked.token, kind, body, failure.error.code,
            failure.retryable, failure.delay.count(), column_of(now + asked.keep_orphans_for));
}

void webhook_taking::match(job_row& row, std::string_view reference, instant now) {
  std::vector<std::pair<std::int64_t, take_webhook>> found;
  const auto take_all = [&](db::rows orphans) {
    while (orphans.next()) {
      take_webhook webhook;
      if (!orphans.is_null(1)) webhook.token = std::string{orphans.text(1)};
      std::string body{orphans.text(3)};
      switch (orphans.number(2)) {
        case orphan_done:
          webhook.what = take_webhook::done{std::move(body)};
          break;
        case orphan_failed:
          webhook.what = take_webhook::failed{{std::string{orphans.text(4)}, std::move(body)},
                                              orphans.number(5) != 0,
                                              milliseconds{orphans.number(6)}};
          break;
        default:
          webhook.what = take_webhook::progress{std::move(body)};
      }
      found.emplace_back(orphans.number(0), std::move(webhook));
    }
  };
  take_all(find_by_job_.query(row.vendor, column_of(row.id), column_of(now)));
  if (!reference.empty()) {
    take_all(find_by_reference_.query(row.vendor, reference, column_of(now)));
  }
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return left.first < right.first; });
  for (const auto& [seq, webhook] : found) {
    forget_.run(seq);
    if (!may_say(webhook, row)) continue;
    if (row.state == job_state::awaiting_vendor) {
      apply(row, webhook, now);
    } else {
      changes_.note(row, "late webhook", now);
    }
  }
}

// -- what it changes ------------------------------------------------------------------------------

void webhook_taking::apply(job_row& row, const take_webhook& what, instant now) {
  if (const auto* done = std::get_if<take_webhook::done>(&what.what)) {
    // A call that was answered has its place in the history already.
    if (row.state == job_state::processing) {
      changes_.record(row, record_of(row, attempt_outcome::success, {}, now));
    }
    changes_.complete(row, done->data, "webhook", now);
  } else if (const auto* failed = std::get_if<take_webhook::failed>(&what.what)) {
    apply_failure(row, *failed, now);
  } else {
    changes_.progress(row, std::get<take_webhook::progress>(what.what).value, now);
  }
}

void webhook_taking::apply_failure(job_row& row, const take_webhook::failed& what, instant now) {
  const auto runs = row.state != job_state::queued;
  if (!what.retryable) {
    if (row.attempt > 0) {
      changes_.record(row, record_of(row, attempt_outcome::failure, what.error.message, now));
    }
    changes_.end(row, job_state::failed, what.error, "webhook", now);
    return;
  }
  if (!runs) {  // It is going to be tried again as it is.
    changes_.note(row, "webhook", now);
    return;
  }
  changes_.record(row, record_of(row, attempt_outcome::retry, what.error.message, now));
  const round_standing round{row.cancel_requested, row.round_attempts, row.max_attempts,
                             row.crashes};
  const auto next = after_lost_attempt(round);
  if (next == job_state::queued) {
    changes_.requeue(row, now + what.delay, "webhook", now);
  } else if (next == job_state::cancelled) {
    changes_.end(row, next, std::nullopt, "cancelled", now);
  } else {
    auto error = why_dead(round);
    if (!what.error.message.empty())
      error.message.append(" The last one: ").append(what.error.message);
    changes_.end(row, next, error, "webhook", now);
  }
}

}  // namespace tributary::providers::jobs::sqlite
