// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/operations.hpp"

#include <algorithm>
#include <string>

namespace tributary::providers::jobs::sqlite {

namespace {

constexpr job_priority priorities[] = {job_priority::high, job_priority::normal, job_priority::low,
                                       job_priority::bulk};

job_row row_of_claimed(std::int64_t seq, const job& value) {
  job_row result;
  result.seq = seq;
  result.state = value.state;
  result.attempt = value.attempt;
  result.round = value.round;
  result.run_at = value.run_at;
  if (value.callback) {
    result.callback_url = value.callback->url;
    result.wished = value.callback->events;
  }
  return result;
}

}  // namespace

claiming::claiming(db::connection& connection, job_changes& changes)
    : changes_(changes),
      attempts_(connection),
      claim_(connection,
             std::string{"UPDATE jobs SET state = 1, version = version + 1, attempt = attempt + 1, "
                         "round_attempts = round_attempts + 1, updated_at = ?1, claimed_at = ?1, "
                         "lease_until = ?2, holder = ?3 "
                         "WHERE state = 0 AND seq = (SELECT seq FROM jobs INDEXED BY jobs_due "
                         "WHERE state = 0 AND vendor = ?4 AND priority = ?5 AND run_at <= ?1 "
                         "AND (expires_at IS NULL OR expires_at > ?1) "
                         "ORDER BY run_at, seq LIMIT 1) RETURNING "}
                 .append(job_columns)),
      next_due_(connection,
                "SELECT run_at FROM jobs INDEXED BY jobs_due WHERE state = 0 AND vendor = ? AND "
                "priority = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY run_at LIMIT 1"),
      renew_(connection,
             "UPDATE jobs SET lease_until = ? WHERE id = ? AND attempt = ? AND state = 1 "
             "RETURNING cancel_requested") {}

claim_result claiming::operator()(const claim& asked, instant now) {
  claim_result result;
  result.now = now;
  for (const auto priority : priorities) {
    auto left = asked.share[static_cast<std::size_t>(priority)];
    while (left > 0 && result.jobs.size() < asked.most &&
           take_one(asked, priority, now, result.jobs)) {
      --left;
    }
  }
  for (const auto priority : priorities) {
    while (result.jobs.size() < asked.most && take_one(asked, priority, now, result.jobs)) {
    }
  }
  for (const auto priority : priorities) {
    auto found = next_due_.query(asked.vendor, static_cast<int>(priority), column_of(now));
    if (!found.next()) continue;
    const auto due = instant_of(found.number(0));
    result.next_due = std::min(due, result.next_due.value_or(due));
  }
  return result;
}

bool claiming::take_one(const claim& asked, job_priority priority, instant now,
                        std::vector<job>& taken) {
  std::int64_t seq = 0;
  {
    auto claimed = claim_.query(column_of(now), column_of(now + asked.lease), asked.holder,
                                asked.vendor, static_cast<int>(priority));
    if (!claimed.next()) return false;
    seq = claimed.number(0);
    taken.push_back(read_job(claimed));
  }
  auto& value = taken.back();
  if (value.attempt > 1) value.attempts = attempts_.of(seq);
  changes_.on_claimed(row_of_claimed(seq, value), now);
  return true;
}

renew_result claiming::operator()(const renew& asked, instant now) {
  renew_result result;
  for (const auto& each : asked.jobs) {
    auto kept = renew_.query(column_of(now + asked.lease), column_of(each.id), each.attempt);
    if (!kept.next()) {
      result.lost.push_back(each.id);
    } else if (kept.number(0) != 0) {
      result.cancel_requested.push_back(each.id);
    }
  }
  return result;
}

}  // namespace tributary::providers::jobs::sqlite
