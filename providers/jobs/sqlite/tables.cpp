// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/tables.hpp"

#include <array>
#include <string_view>

namespace tributary::providers::jobs::sqlite {

namespace {

// Times are milliseconds since 1970. States and priorities are the numbers of their enumerations.
//
// `seq` is the order of acceptance and what other tables and indexes name a job by: shorter than
// `id`. What is large stands last in `jobs`, so that reading the rest does not touch it.
constexpr std::string_view version_1 = R"sql(
CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL CHECK (length(id) = 16),
  tenant TEXT NOT NULL DEFAULT '',
  vendor TEXT NOT NULL,
  asynchronous INTEGER NOT NULL CHECK (asynchronous IN (0, 1)),
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 7),
  version INTEGER NOT NULL DEFAULT 1,
  attempt INTEGER NOT NULL DEFAULT 0,
  round INTEGER NOT NULL DEFAULT 1 CHECK (round >= 1),
  round_attempts INTEGER NOT NULL DEFAULT 0 CHECK (round_attempts BETWEEN 0 AND attempt),
  crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes BETWEEN 0 AND round_attempts),
  max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  expires_at INTEGER,
  ended_at INTEGER,
  cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  claimed_at INTEGER,
  lease_until INTEGER,
  holder TEXT NOT NULL DEFAULT '',
  callback_deadline INTEGER,
  waits INTEGER NOT NULL DEFAULT 0,
  reference TEXT NOT NULL DEFAULT '',
  webhook_token TEXT NOT NULL,
  unique_key BLOB,
  unique_until INTEGER,
  processed_at INTEGER,
  error_code TEXT,
  error_message TEXT,
  callback_url TEXT,
  callback_events INTEGER NOT NULL DEFAULT 0,
  callback_delivered INTEGER NOT NULL DEFAULT 0,
  callback_tries INTEGER NOT NULL DEFAULT 0,
  progress TEXT,
  result TEXT,
  payload TEXT NOT NULL,
  CHECK ((ended_at IS NULL) = (state < 3)),
  CHECK ((lease_until IS NOT NULL) = (state = 1)),
  CHECK ((callback_deadline IS NOT NULL) = (state = 2)),
  CHECK ((result IS NOT NULL) = (state = 3)),
  CHECK ((error_code IS NOT NULL) = (state IN (4, 5)))
) STRICT;

CREATE UNIQUE INDEX jobs_by_id ON jobs (id);
CREATE INDEX jobs_by_vendor ON jobs (vendor, state, id);
CREATE INDEX jobs_due ON jobs (state, vendor, priority, run_at) WHERE state = 0;
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 1;
CREATE INDEX jobs_overdue ON jobs (callback_deadline) WHERE state = 2;
CREATE INDEX jobs_unwanted ON jobs (seq) WHERE state = 2 AND cancel_requested = 1;
CREATE INDEX jobs_expiring ON jobs (state, expires_at)
  WHERE expires_at IS NOT NULL AND ended_at IS NULL;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_by_reference ON jobs (vendor, reference) WHERE reference <> '';
CREATE UNIQUE INDEX jobs_unique ON jobs (tenant, unique_key) WHERE unique_key IS NOT NULL;

CREATE TABLE job_events (
  job INTEGER NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),
  run_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_attempts (
  job INTEGER NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  started_at INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 5),
  failure TEXT NOT NULL,
  status INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (job, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_counts (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  tenant TEXT NOT NULL DEFAULT '',
  key BLOB NOT NULL CHECK (length(key) = 32),
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  keep_until INTEGER NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_old ON idempotency_keys (keep_until);

CREATE TABLE vendor_webhooks (
  vendor TEXT NOT NULL,
  webhook_id TEXT NOT NULL,
  keep_until INTEGER NOT NULL,
  PRIMARY KEY (vendor, webhook_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX vendor_webhooks_old ON vendor_webhooks (keep_until);

CREATE TABLE webhook_orphans (
  seq INTEGER PRIMARY KEY,
  vendor TEXT NOT NULL,
  job BLOB,
  reference TEXT NOT NULL,
  token TEXT,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
  body TEXT NOT NULL,
  error_code TEXT NOT NULL,
  retryable INTEGER NOT NULL,
  delay INTEGER NOT NULL,
  keep_until INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_orphans_by_job ON webhook_orphans (vendor, job) WHERE job IS NOT NULL;
CREATE INDEX webhook_orphans_by_reference ON webhook_orphans (vendor, reference)
  WHERE job IS NULL;
CREATE INDEX webhook_orphans_old ON webhook_orphans (keep_until);

CREATE TABLE callbacks (
  seq INTEGER PRIMARY KEY,
  job INTEGER NOT NULL,
  event INTEGER NOT NULL,
  round INTEGER NOT NULL,
  type TEXT NOT NULL,
  url TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER,
  delivered_at INTEGER,
  message TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX callbacks_by_job ON callbacks (job, event);
CREATE UNIQUE INDEX callbacks_started ON callbacks (job, round) WHERE type = 'job.started';
CREATE INDEX callbacks_due ON callbacks (next_try_at) WHERE next_try_at IS NOT NULL;

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  ends_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array<std::string_view, 1> steps{version_1};

// The bytes `TrbJ`.
constexpr std::int32_t mark = 0x5472624a;

}  // namespace

const db::schema& job_tables() noexcept {
  static const db::schema result{mark, "schema_version", steps};
  return result;
}

}  // namespace tributary::providers::jobs::sqlite
