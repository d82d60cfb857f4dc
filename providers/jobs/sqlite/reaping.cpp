// SPDX-License-Identifier: MIT
#include "providers/jobs/next_state.hpp"
#include "providers/jobs/sqlite/operations.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace tributary::providers::jobs::sqlite {

namespace {

/// Time for whoever carries out a cancel to do so before somebody else is asked to.
constexpr milliseconds cancel_grace{10'000};

std::string rows_where(std::string_view condition) {
  return std::string{"SELECT "}.append(job_row_columns).append(" FROM jobs ").append(condition);
}

/// All rows before the first is changed: a statement must not walk what others change.
std::vector<job_row> read_all(db::rows found) {
  std::vector<job_row> result;
  while (found.next()) result.push_back(read_job_row(found));
  return result;
}

reap_result::item item_of(const job_row& row) {
  return {row.id,      row.vendor,         row.state,        row.version,
          row.attempt, row.round_attempts, row.max_attempts, row.waits > 0};
}

attempt_record crash_of(const job_row& row, instant now) {
  attempt_record result;
  result.attempt = row.attempt;
  result.started_at = row.claimed_at.value_or(now);
  result.duration = std::max(now - result.started_at, milliseconds{0});
  result.outcome = attempt_outcome::crashed;
  result.failure = "crash";
  return result;
}

}  // namespace

reaping::reaping(db::connection& connection, job_changes& changes)
    : db_(connection),
      changes_(changes),
      leased_(connection, rows_where("INDEXED BY jobs_leased WHERE state = 1 AND lease_until < ? "
                                     "ORDER BY lease_until LIMIT ?")),
      expiring_(connection, rows_where("INDEXED BY jobs_expiring WHERE expires_at IS NOT NULL AND "
                                       "ended_at IS NULL AND state = ? AND expires_at <= ? "
                                       "AND cancel_requested = 0 ORDER BY expires_at LIMIT ?")),
      unwanted_rows_(connection,
                     rows_where("INDEXED BY jobs_unwanted WHERE state = 2 AND cancel_requested = 1 "
                                "AND seq > ? AND updated_at <= ? ORDER BY seq LIMIT ?")),
      overdue_rows_(
          connection,
          rows_where("INDEXED BY jobs_overdue WHERE state = 2 AND callback_deadline >= ?1 "
                     "AND callback_deadline <= ?2 AND (callback_deadline > ?1 OR seq > ?3) "
                     "AND cancel_requested = 0 ORDER BY callback_deadline, seq LIMIT ?4")),
      old_jobs_(connection,
                "SELECT seq, state FROM jobs INDEXED BY jobs_ended WHERE ended_at IS NOT NULL AND "
                "ended_at < ? ORDER BY ended_at LIMIT ?"),
      old_keys_(connection,
                "DELETE FROM idempotency_keys WHERE (tenant, key) IN (SELECT tenant, key FROM "
                "idempotency_keys WHERE keep_until <= ? LIMIT ?)"),
      old_webhooks_(connection,
                    "DELETE FROM vendor_webhooks WHERE (vendor, webhook_id) IN (SELECT vendor, "
                    "webhook_id FROM vendor_webhooks WHERE keep_until <= ? LIMIT ?)"),
      old_orphans_(connection,
                   "DELETE FROM webhook_orphans WHERE seq IN (SELECT seq FROM webhook_orphans "
                   "WHERE keep_until <= ? LIMIT ?)") {}

reap_result reaping::operator()(const reap& asked, instant now) {
  reap_result result;
  rescue(asked, now, result);
  expire(asked, now, result);
  find_unwanted(asked, now, result);
  find_overdue(asked, now, result);
  purge(asked, now, result);
  return result;
}

void reaping::rescue(const reap& asked, instant now, reap_result& result) {
  // All of an earlier process at once, since the next page would have attempts of this one.
  const auto most = asked.all_leases ? std::numeric_limits<std::int64_t>::max()
                                     : static_cast<std::int64_t>(asked.most);
  const auto before = asked.all_leases ? std::numeric_limits<std::int64_t>::max() : column_of(now);
  for (auto& row : read_all(leased_.query(before, most))) {
    changes_.record(row, crash_of(row, now));
    ++row.crashes;
    const round_standing round{row.cancel_requested, row.round_attempts, row.max_attempts,
                               row.crashes};
    const auto next = after_lost_attempt(round);
    if (next == job_state::queued) {
      changes_.requeue(row, now, "crashed", now);
    } else if (next == job_state::cancelled) {
      changes_.end(row, next, std::nullopt, "cancelled", now);
    } else {
      changes_.end(row, next, why_dead(round), "crashed", now);
    }
    result.rescued.push_back(item_of(row));
  }
  if (!asked.all_leases && result.rescued.size() == asked.most) result.more = true;
}

void reaping::expire(const reap& asked, instant now, reap_result& result) {
  constexpr auto queued = static_cast<int>(job_state::queued);
  for (auto& row : read_all(expiring_.query(queued, column_of(now), asked.most))) {
    changes_.end(row, job_state::expired, std::nullopt, "expired", now);
    result.expired.push_back(item_of(row));
  }
  if (result.expired.size() == asked.most) result.more = true;
  // Those that run are marked in this same step: told once, they do not fill the next page.
  for (const auto state : {job_state::processing, job_state::awaiting_vendor}) {
    const auto found =
        read_all(expiring_.query(static_cast<int>(state), column_of(now), asked.most));
    for (auto row : found) {
      changes_.request_cancel(row, now);
      result.to_cancel.push_back(item_of(row));
    }
    if (found.size() == asked.most) result.more = true;
  }
}

void reaping::find_unwanted(const reap& asked, instant now, reap_result& result) {
  const auto found =
      read_all(unwanted_rows_.query(unwanted_.seq, column_of(now - cancel_grace), asked.most));
  for (const auto& row : found) result.to_cancel.push_back(item_of(row));
  const auto is_full = !found.empty() && found.size() == asked.most;
  unwanted_ = is_full ? place{0, found.back().seq} : place{};
  if (is_full) result.more = true;
}

void reaping::find_overdue(const reap& asked, instant now, reap_result& result) {
  const auto found =
      read_all(overdue_rows_.query(overdue_.at, column_of(now), overdue_.seq, asked.most));
  for (const auto& row : found) result.overdue.push_back(item_of(row));
  const auto is_full = !found.empty() && found.size() == asked.most;
  overdue_ =
      is_full ? place{column_of(*found.back().callback_deadline), found.back().seq} : place{};
  if (is_full) result.more = true;
}

void reaping::purge(const reap& asked, instant now, reap_result& result) {
  std::vector<std::pair<std::int64_t, job_state>> old;
  {
    auto found = old_jobs_.query(column_of(now - asked.retention), asked.most);
    while (found.next()) old.emplace_back(found.number(0), state_of(found.number(1)));
  }
  for (const auto& [seq, state] : old) changes_.purge(seq, state);
  result.purged = old.size();
  if (old.size() == asked.most) result.more = true;
  for (auto* each : {&old_keys_, &old_webhooks_, &old_orphans_}) {
    each->run(column_of(now), asked.most);
    if (db_.changes() == static_cast<std::int64_t>(asked.most)) result.more = true;
  }
}

}  // namespace tributary::providers::jobs::sqlite
