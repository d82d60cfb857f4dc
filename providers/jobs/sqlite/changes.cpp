// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/changes.hpp"

#include <string>
#include <utility>

namespace tributary::providers::jobs::sqlite {

namespace {

/// Where a change starts from; each one ends with this.
constexpr std::string_view fence = " WHERE seq = ? AND attempt = ? AND state = ?";

std::string with_fence(std::string_view set) {
  return std::string{"UPDATE jobs SET version = version + 1, updated_at = ?, "}.append(set).append(
      fence);
}

std::string select_row(std::string_view where) {
  return std::string{"SELECT "}.append(job_row_columns).append(" FROM jobs ").append(where);
}

/// Names of the tally's rows: `accepted`, `purged`, and a state's number.
std::string name_of_state(std::size_t state) { return "state " + std::to_string(state); }

/// Calls `each` with a name and the member that it names.
template <class Figures, class Each>
void walk(Figures& all, Each each) {
  each("accepted", all.accepted);
  each("purged", all.purged);
  for (std::size_t i = 0; i < job_states; ++i) each(name_of_state(i), all.states[i]);
}

std::size_t index_of(job_state state) noexcept { return static_cast<std::size_t>(state); }

}  // namespace

// -- tally ----------------------------------------------------------------------------------------

job_tally::job_tally(db::connection& connection)
    : now(read(connection)),
      put_(connection,
           "INSERT INTO job_counts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"),
      kept_(now) {}

void job_tally::write() {
  if (now == kept_) return;
  figures before = kept_;
  std::array<std::uint64_t*, job_states + 2> old{};
  std::size_t at = 0;
  walk(before, [&](const auto&, std::uint64_t& value) { old[at++] = &value; });
  at = 0;
  walk(now, [&](const std::string& name, std::uint64_t value) {
    if (value != *old[at++]) put_.run(name, value);
  });
}

job_tally::figures job_tally::read(db::connection& connection) {
  figures result;
  db::statement select{connection, "SELECT value FROM job_counts WHERE name = ?"};
  walk(result, [&](const std::string& name, std::uint64_t& value) {
    auto found = select.query(name);
    if (found.next()) value = static_cast<std::uint64_t>(found.number(0));
  });
  return result;
}

// -- changes --------------------------------------------------------------------------------------

job_changes::job_changes(db::connection& connection, job_tally& tally)
    : db_(connection),
      tally_(tally),
      find_(connection, select_row("WHERE id = ?")),
      find_reference_(connection, select_row("WHERE vendor = ? AND reference = ? AND "
                                             "reference <> '' "
                                             "ORDER BY ended_at IS NOT NULL, seq DESC LIMIT 1")),
      // A key without a time of its own is free from now on.
      finish_(connection,
              with_fence("state = ?, ended_at = ?, processed_at = ?, result = ?, error_code = ?, "
                         "error_message = ?, crashes = ?, lease_until = NULL, "
                         "callback_deadline = NULL, "
                         "unique_key = iif(unique_until IS NULL, NULL, unique_key)")),
      requeue_(connection, with_fence("state = 0, run_at = ?, round_attempts = ?, crashes = ?, "
                                      "lease_until = NULL, callback_deadline = NULL")),
      // A vendor that is only asked after the job does not say its own name for it again.
      await_(connection, with_fence("waits = iif(state = 2, waits + 1, 0), state = 2, "
                                    "reference = iif(?2 = '', reference, ?2), "
                                    "callback_deadline = ?, lease_until = NULL")),
      progress_(connection, with_fence("progress = ?")),
      request_cancel_(connection, with_fence("cancel_requested = 1")),
      event_(connection,
             "INSERT INTO job_events VALUES (?1, "
             "(SELECT coalesce(max(number), 0) + 1 FROM job_events WHERE job = ?1), "
             "?2, ?3, ?4, ?5, ?6, ?7) RETURNING number"),
      callback_(connection,
                "INSERT INTO callbacks (job, event, round, type, url, created_at, next_try_at) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING"),
      record_(connection, "INSERT OR REPLACE INTO job_attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      forget_records_(connection,
                      "DELETE FROM job_attempts WHERE job = ?1 AND attempt <= (SELECT attempt FROM "
                      "job_attempts WHERE job = ?1 ORDER BY attempt DESC LIMIT 1 OFFSET ?2)"),
      purge_events_(connection, "DELETE FROM job_events WHERE job = ?"),
      purge_records_(connection, "DELETE FROM job_attempts WHERE job = ?"),
      purge_callbacks_(connection, "DELETE FROM callbacks WHERE job = ?"),
      purge_(connection, "DELETE FROM jobs WHERE seq = ? AND ended_at IS NOT NULL") {}

std::optional<job_row> job_changes::find(const job_id& id) {
  auto found = find_.query(column_of(id));
  if (!found.next()) return std::nullopt;
  return read_job_row(found);
}

std::optional<job_row> job_changes::find(std::string_view vendor, std::string_view reference) {
  auto found = find_reference_.query(vendor, reference);
  if (!found.next()) return std::nullopt;
  return read_job_row(found);
}

void job_changes::on_accepted(const job_row& row, instant now) {
  ++tally_.now.accepted;
  ++tally_.now.states[index_of(row.state)];
  tell(row, job_event::kind::state, {}, now);
}

void job_changes::on_claimed(const job_row& row, instant now) {
  --tally_.now.states[index_of(job_state::queued)];
  ++tally_.now.states[index_of(row.state)];
  tell(row, job_event::kind::state, {}, now);
}

bool job_changes::complete(job_row& row, std::string_view result, std::string_view reason,
                           instant now) {
  return finish(row, job_state::complete, result, std::nullopt, reason, now);
}

bool job_changes::end(job_row& row, job_state as, const std::optional<job_error>& error,
                      std::string_view reason, instant now) {
  return finish(row, as, std::nullopt, error, reason, now);
}

bool job_changes::finish(job_row& row, job_state as, std::optional<std::string_view> result,
                         const std::optional<job_error>& error, std::string_view reason,
                         instant now) {
  const auto at = column_of(now);
  finish_.run(at, static_cast<int>(as), at, result ? std::optional{at} : std::nullopt, result,
              error ? std::optional{error->code} : std::nullopt,
              error ? std::optional{error->message} : std::nullopt, row.crashes, row.seq,
              row.attempt, static_cast<int>(row.state));
  if (db_.changes() == 0) return false;
  changed(row, as, reason, now);
  return true;
}

bool job_changes::requeue(job_row& row, instant run_at, std::string_view reason, instant now) {
  requeue_.run(column_of(now), column_of(run_at), row.round_attempts, row.crashes, row.seq,
               row.attempt, static_cast<int>(row.state));
  if (db_.changes() == 0) return false;
  row.run_at = run_at;
  changed(row, job_state::queued, reason, now);
  return true;
}

bool job_changes::await(job_row& row, std::string_view reference, instant deadline, instant now) {
  await_.run(column_of(now), reference, column_of(deadline), row.seq, row.attempt,
             static_cast<int>(row.state));
  if (db_.changes() == 0) return false;
  changed(row, job_state::awaiting_vendor, {}, now);
  return true;
}

bool job_changes::progress(job_row& row, std::string_view value, instant now) {
  progress_.run(column_of(now), value, row.seq, row.attempt, static_cast<int>(row.state));
  if (db_.changes() == 0) return false;
  ++row.version;
  tell(row, job_event::kind::progress, value, now);
  return true;
}

bool job_changes::request_cancel(job_row& row, instant now) {
  request_cancel_.run(column_of(now), row.seq, row.attempt, static_cast<int>(row.state));
  if (db_.changes() == 0) return false;
  ++row.version;
  row.cancel_requested = true;
  return true;
}

void job_changes::note(const job_row& row, std::string_view text, instant now) {
  event_.run(row.seq, static_cast<int>(job_event::kind::state), static_cast<int>(row.state),
             column_of(row.run_at), row.attempt, column_of(now), text);
}

void job_changes::record(const job_row& row, const attempt_record& entry) {
  record_.run(row.seq, entry.attempt, column_of(entry.started_at), entry.duration.count(),
              static_cast<int>(entry.outcome), entry.failure, entry.status, entry.message);
  if (row.attempt > attempts_kept) forget_records_.run(row.seq, attempts_kept);
}

void job_changes::purge(std::int64_t seq, job_state state) {
  purge_.run(seq);
  if (db_.changes() == 0) return;
  purge_events_.run(seq);
  purge_records_.run(seq);
  purge_callbacks_.run(seq);
  ++tally_.now.purged;
  --tally_.now.states[index_of(state)];
}

void job_changes::changed(job_row& row, job_state to, std::string_view reason, instant now) {
  if (row.state != to) {
    --tally_.now.states[index_of(row.state)];
    ++tally_.now.states[index_of(to)];
  }
  row.state = to;
  ++row.version;
  tell(row, job_event::kind::state, reason, now);
}

void job_changes::tell(const job_row& row, job_event::kind what, std::string_view text,
                       instant now) {
  std::int64_t number = 0;
  {
    auto inserted = event_.query(row.seq, static_cast<int>(what), static_cast<int>(row.state),
                                 column_of(row.run_at), row.attempt, column_of(now), text);
    if (inserted.next()) number = inserted.number(0);
  }
  if (row.callback_url.empty()) return;
  if (what == job_event::kind::progress) {
    if (row.wished.progress) call_back(row, "progress", number, now);
  } else if (row.state == job_state::processing) {
    if (row.wished.started) call_back(row, "started", number, now);
  } else if (has_ended(row.state)) {
    if (row.wished.finished) call_back(row, status_text(row.state, now, now), number, now);
  }
}

void job_changes::call_back(const job_row& row, std::string_view what, std::int64_t event,
                            instant now) {
  callback_.run(row.seq, event, row.round, std::string{"job."}.append(what), row.callback_url,
                column_of(now));
}

}  // namespace tributary::providers::jobs::sqlite
