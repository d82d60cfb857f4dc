// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/rows.hpp"

#include <algorithm>
#include <array>

namespace tributary::providers::jobs::sqlite {

namespace {

/// Reads a row from left to right.
class column_walk {
 public:
  explicit column_walk(const db::rows& row) : row_(row) {}

  std::int64_t number() { return row_.number(next_++); }
  std::uint32_t count() { return static_cast<std::uint32_t>(number()); }
  bool flag() { return number() != 0; }
  std::string text() { return std::string{row_.text(next_++)}; }
  job_id id() { return id_of(row_, next_++); }
  instant time() { return instant_of(number()); }
  std::optional<instant> optional_time() { return optional_instant(row_, next_++); }

 private:
  const db::rows& row_;
  int next_ = 0;
};

}  // namespace

std::optional<instant> optional_instant(const db::rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return instant_of(row.number(column));
}

job_id id_of(const db::rows& row, int column) {
  std::array<std::uint8_t, job_id::size> result{};
  const auto stored = row.blob(column);
  std::copy_n(stored.begin(), std::min(stored.size(), result.size()), result.begin());
  return job_id{result};
}

int column_of(const callback_events& events) noexcept {
  return (events.started ? 1 : 0) | (events.progress ? 2 : 0) | (events.finished ? 4 : 0);
}

callback_events events_of(std::int64_t column) noexcept {
  return {(column & 1) != 0, (column & 2) != 0, (column & 4) != 0};
}

// -- what a change depends on ---------------------------------------------------------------------

const std::string_view job_row_columns =
    "seq, id, vendor, state, version, attempt, round, round_attempts, crashes, max_attempts, "
    "run_at, cancel_requested, claimed_at, callback_deadline, waits, webhook_token, callback_url, "
    "callback_events";

job_row read_job_row(const db::rows& row) {
  column_walk column{row};
  job_row result;
  result.seq = column.number();
  result.id = column.id();
  result.vendor = column.text();
  result.state = state_of(column.number());
  result.version = static_cast<std::uint64_t>(column.number());
  result.attempt = column.count();
  result.round = column.count();
  result.round_attempts = column.count();
  result.crashes = column.count();
  result.max_attempts = column.count();
  result.run_at = column.time();
  result.cancel_requested = column.flag();
  result.claimed_at = column.optional_time();
  result.callback_deadline = column.optional_time();
  result.waits = column.count();
  result.webhook_token = column.text();
  result.callback_url = column.text();
  result.wished = events_of(column.number());
  return result;
}

// -- the whole ------------------------------------------------------------------------------------

const std::string_view job_columns =
    "seq, id, vendor, asynchronous, priority, state, version, attempt, round, round_attempts, "
    "crashes, max_attempts, created_at, updated_at, run_at, expires_at, ended_at, "
    "cancel_requested, lease_until, holder, callback_deadline, reference, webhook_token, "
    "processed_at, error_code, error_message, callback_url, callback_events, callback_delivered, "
    "callback_tries, progress, result, payload";

job read_job(const db::rows& row) {
  column_walk column{row};
  job result;
  column.number();
  result.id = column.id();
  result.vendor = column.text();
  result.asynchronous = column.flag();
  result.priority = static_cast<job_priority>(column.number());
  result.state = state_of(column.number());
  result.version = static_cast<std::uint64_t>(column.number());
  result.attempt = column.count();
  result.round = column.count();
  result.round_attempts = column.count();
  result.crashes = column.count();
  result.max_attempts = column.count();
  result.created_at = column.time();
  result.updated_at = column.time();
  result.run_at = column.time();
  result.expires_at = column.optional_time();
  result.ended_at = column.optional_time();
  result.cancel_requested = column.flag();
  result.lease_until = column.optional_time();
  result.holder = column.text();
  result.callback_deadline = column.optional_time();
  result.reference = column.text();
  result.webhook_token = column.text();
  result.processed_at = column.optional_time();
  job_error error{column.text(), {}};
  error.message = column.text();
  if (!error.code.empty()) result.error = std::move(error);
  callback_wish wish{column.text(), {}};
  wish.events = events_of(column.number());
  if (!wish.url.empty()) result.callback = std::move(wish);
  result.callback_delivered = column.flag();
  result.callback_tries = column.count();
  result.progress = column.text();
  result.result = column.text();
  result.payload = column.text();
  return result;
}

// -- history --------------------------------------------------------------------------------------

attempt_rows::attempt_rows(db::connection& connection)
    : select_(connection,
              "SELECT attempt, started_at, duration, outcome, failure, status, message "
              "FROM job_attempts WHERE job = ? ORDER BY attempt DESC LIMIT ?") {}

std::vector<attempt_record> attempt_rows::of(std::int64_t seq) {
  std::vector<attempt_record> result;
  auto found = select_.query(seq, attempts_kept);
  while (found.next()) {
    column_walk column{found};
    attempt_record entry;
    entry.attempt = column.count();
    entry.started_at = column.time();
    entry.duration = milliseconds{column.number()};
    entry.outcome = static_cast<attempt_outcome>(column.number());
    entry.failure = column.text();
    entry.status = static_cast<int>(column.number());
    entry.message = column.text();
    result.push_back(std::move(entry));
  }
  std::reverse(result.begin(), result.end());
  return result;
}

}  // namespace tributary::providers::jobs::sqlite
