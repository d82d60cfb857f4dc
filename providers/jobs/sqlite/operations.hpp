// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_store.hpp"
#include "providers/jobs/sqlite/changes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// What a writer can do, a class each. All run within a transaction that somebody else has begun.
namespace tributary::providers::jobs::sqlite {

/// Keeps new jobs, and the answers to keys.
class accepting {
 public:
  accepting(db::connection& connection, job_tally& tally, job_changes& changes);

  accept_result operator()(const accept& asked, instant now);

 private:
  struct used_key {
    accepted_job::kind what;
    kept_answer answer;
  };

  accepted_job take(const accept& all, const accept::item& item, instant now);
  accepted_job keep_job(const new_job& wanted, std::uint64_t most_queued, instant now);
  std::optional<accepted_job> holder_of(const digest& unique_key, instant now);
  std::optional<used_key> find_key(const idempotency_key& key, instant now);
  void keep_key(const idempotency_key& key, const kept_answer& answer, instant until);

  db::connection& db_;
  job_tally& tally_;
  job_changes& changes_;
  db::statement find_key_;
  db::statement keep_key_;
  db::statement holder_;
  db::statement release_;
  db::statement insert_;
};

/// Gives out due jobs, and keeps leases alive.
class claiming {
 public:
  claiming(db::connection& connection, job_changes& changes);

  claim_result operator()(const claim& asked, instant now);
  renew_result operator()(const renew& asked, instant now);

 private:
  bool take_one(const claim& asked, job_priority priority, instant now, std::vector<job>& taken);

  job_changes& changes_;
  attempt_rows attempts_;
  db::statement claim_;
  db::statement next_due_;
  db::statement renew_;
};

/// What vendors say, in whatever order.
class webhook_taking {
 public:
  webhook_taking(db::connection& connection, job_changes& changes);

  webhook_result operator()(const take_webhook& asked, instant now);

  /// Applies what had come for a job before it was known; it is being awaited now.
  void match(job_row& row, std::string_view reference, instant now);

 private:
  /// False: this webhook was seen before.
  bool remember(const take_webhook& asked, instant now);
  void keep_orphan(const take_webhook& asked, instant now);
  void apply(job_row& row, const take_webhook& what, instant now);
  void apply_failure(job_row& row, const take_webhook::failed& what, instant now);

  db::connection& db_;
  job_changes& changes_;
  db::statement remember_;
  db::statement keep_;
  db::statement find_by_job_;
  db::statement find_by_reference_;
  db::statement forget_;
};

/// How attempts end, and what clients no longer want.
class settling {
 public:
  settling(job_changes& changes, webhook_taking& webhooks) noexcept
      : changes_(changes), webhooks_(webhooks) {}

  settle_result operator()(const settle& asked, instant now);
  cancel_result operator()(const cancel& asked, instant now);

 private:
  bool carry_out(job_row& row, const settle& asked, instant now);
  bool retry(job_row& row, const settle::retry& how, const settle& asked, instant now);
  bool release(job_row& row, const settle::release& how, instant now);
  bool await(job_row& row, const settle::await& how, instant now);

  job_changes& changes_;
  webhook_taking& webhooks_;
};

/// Tidies up.
class reaping {
 public:
  reaping(db::connection& connection, job_changes& changes);

  reap_result operator()(const reap& asked, instant now);

 private:
  /// Where the next page begins of what stays as it is until somebody acts on it. Without it the
  /// first page would be all that is ever seen.
  struct place {
    std::int64_t at = 0;
    std::int64_t seq = 0;
  };

  void rescue(const reap& asked, instant now, reap_result& result);
  void expire(const reap& asked, instant now, reap_result& result);
  void find_unwanted(const reap& asked, instant now, reap_result& result);
  void find_overdue(const reap& asked, instant now, reap_result& result);
  void purge(const reap& asked, instant now, reap_result& result);

  db::connection& db_;
  job_changes& changes_;
  place unwanted_;
  place overdue_;
  db::statement leased_;
  db::statement expiring_;
  db::statement unwanted_rows_;
  db::statement overdue_rows_;
  db::statement old_jobs_;
  db::statement old_keys_;
  db::statement old_webhooks_;
  db::statement old_orphans_;
};

}  // namespace tributary::providers::jobs::sqlite
