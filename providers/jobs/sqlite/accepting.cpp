// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/operations.hpp"

#include <algorithm>

namespace tributary::providers::jobs::sqlite {

namespace {

std::optional<db::bytes> column_of_key(const std::optional<digest>& key) {
  return key ? std::optional{db::bytes{*key}} : std::nullopt;
}

/// Only what was carried out is answered again to who repeats it; what was refused may be good
/// later.
bool is_kept(accepted_job::kind what) noexcept {
  return what == accepted_job::kind::accepted || what == accepted_job::kind::deduplicated;
}

constexpr int first_refusal = 400;

}  // namespace

accepting::accepting(db::connection& connection, job_tally& tally, job_changes& changes)
    : db_(connection),
      tally_(tally),
      changes_(changes),
      find_key_(connection,
                "SELECT fingerprint, status, body FROM idempotency_keys "
                "WHERE tenant = '' AND key = ? AND keep_until > ?"),
      keep_key_(connection,
                "INSERT OR REPLACE INTO idempotency_keys (key, fingerprint, status, body, "
                "keep_until) VALUES (?, ?, ?, ?, ?)"),
      holder_(connection,
              "SELECT seq, id, state, run_at, unique_until FROM jobs "
              "WHERE tenant = '' AND unique_key = ?"),
      release_(connection, "UPDATE jobs SET unique_key = NULL WHERE seq = ?"),
      insert_(connection,
              "INSERT INTO jobs (id, vendor, asynchronous, priority, max_attempts, created_at, "
              "updated_at, run_at, expires_at, webhook_token, unique_key, unique_until, "
              "callback_url, callback_events, payload) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") {}

accept_result accepting::operator()(const accept& asked, instant now) {
  accept_result result;
  result.now = now;
  if (asked.key) {
    if (auto used = find_key(*asked.key, now)) {
      result.what = used->what;
      result.answer = std::move(used->answer);
      return result;
    }
  }
  result.jobs.reserve(asked.jobs.size());
  for (const auto& item : asked.jobs) result.jobs.push_back(take(asked, item, now));
  if (asked.key) {
    const auto answer = asked.answer_of_all(result.jobs, now);
    if (answer.status < first_refusal) keep_key(*asked.key, answer, now + asked.keep_keys_for);
  }
  return result;
}

accepted_job accepting::take(const accept& all, const accept::item& item, instant now) {
  if (!item.key) return keep_job(item.job, all.most_queued, now);
  if (auto used = find_key(*item.key, now)) {
    accepted_job result;
    result.what = used->what;
    result.answer = std::move(used->answer);
    return result;
  }
  auto result = keep_job(item.job, all.most_queued, now);
  if (is_kept(result.what)) {
    keep_key(*item.key, all.answer_of_one(result, now), now + all.keep_keys_for);
  }
  return result;
}

accepted_job accepting::keep_job(const new_job& wanted, std::uint64_t most_queued, instant now) {
  if (wanted.unique_key) {
    if (auto holder = holder_of(*wanted.unique_key, now)) return *holder;
  }
  accepted_job result;
  if (tally_.now.states[0] >= most_queued) {
    result.what = accepted_job::kind::queue_full;
    return result;
  }
  job_row row;
  row.id = wanted.id;
  row.run_at = std::max(now, wanted.run_at.value_or(now));
  std::optional<instant> unique_until;
  if (wanted.unique_key && wanted.unique_for) unique_until = now + *wanted.unique_for;
  std::optional<std::string_view> url;
  if (wanted.callback) {
    url = row.callback_url = wanted.callback->url;
    row.wished = wanted.callback->events;
  }
  const auto at = column_of(now);
  insert_.run(column_of(wanted.id), wanted.vendor, wanted.asynchronous,
              static_cast<int>(wanted.priority), wanted.max_attempts, at, at, column_of(row.run_at),
              column_of(wanted.expires_at), wanted.webhook_token, column_of_key(wanted.unique_key),
              column_of(unique_until), url, column_of(row.wished), wanted.payload);
  row.seq = db_.last_row();
  changes_.on_accepted(row, now);
  result.id = wanted.id;
  result.run_at = row.run_at;
  return result;
}

std::optional<accepted_job> accepting::holder_of(const digest& unique_key, instant now) {
  std::int64_t seq = 0;
  {
    auto found = holder_.query(db::bytes{unique_key});
    if (!found.next()) return std::nullopt;
    const auto until = optional_instant(found, 4);
    if (!until || *until > now) {
      accepted_job result;
      result.what = accepted_job::kind::deduplicated;
      result.id = id_of(found, 1);
      result.state = state_of(found.number(2));
      result.run_at = instant_of(found.number(3));
      return result;
    }
    seq = found.number(0);
  }
  release_.run(seq);
  return std::nullopt;
}

std::optional<accepting::used_key> accepting::find_key(const idempotency_key& key, instant now) {
  auto found = find_key_.query(db::bytes{key.key}, column_of(now));
  if (!found.next()) return std::nullopt;
  const auto fingerprint = found.blob(0);
  if (!std::equal(fingerprint.begin(), fingerprint.end(), key.fingerprint.begin(),
                  key.fingerprint.end())) {
    return used_key{accepted_job::kind::key_reused, {}};
  }
  return used_key{accepted_job::kind::replayed,
                  {static_cast<int>(found.number(1)), std::string{found.text(2)}}};
}

void accepting::keep_key(const idempotency_key& key, const kept_answer& answer, instant until) {
  keep_key_.run(db::bytes{key.key}, db::bytes{key.fingerprint}, answer.status, answer.body,
                column_of(until));
}

}  // namespace tributary::providers::jobs::sqlite
