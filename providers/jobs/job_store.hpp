// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

/// Where jobs are kept: one interface of plain values for every engine.
///
/// Each write is a conditional statement, fenced by the attempt where a worker makes it: who lost
/// its job changes nothing and is told so. A change of state and its event are one transaction.
/// The store's own clock decides what is due.
namespace tributary::providers::jobs {

/// The store did not answer, or not in time. After a write nobody knows whether it is durable, so
/// nothing of it may be told to anybody as done.
class store_unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The store can never be used as it is: not a database, of another program, newer than this
/// program, in use by another process, or in a folder that cannot be written. Says which, and
/// where.
class store_unusable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// -- writes -------------------------------------------------------------------------------------

/// One `Idempotency-Key`: what is kept of it, and of the request it came with.
struct idempotency_key {
  digest key{};          ///< of the route and the key
  digest fingerprint{};  ///< of content type and body
};

/// What a client was answered, and is again when it repeats its request.
struct kept_answer {
  int status = 0;
  std::string body;

  bool operator==(const kept_answer&) const = default;
};

/// What came of one new job.
struct accepted_job {
  enum class kind : std::uint8_t {
    accepted,
    deduplicated,  ///< `unique_key` is taken by the job that is named here
    replayed,      ///< the key of this payload was used before with the same one
    key_reused,    ///< … with another one
    in_progress,   ///< … and the first is still being stored by somebody else
    queue_full,
  };
  kind what = kind::accepted;
  job_id id;
  job_state state = job_state::queued;
  instant run_at{};
  kept_answer answer;  ///< with `replayed`
};

/// Keep these jobs.
struct accept {
  struct item {
    new_job job;
    std::optional<idempotency_key> key;
  };
  std::vector<item> jobs;
  std::optional<idempotency_key> key;  ///< of the request as a whole
  std::uint64_t most_queued = 0;       ///< no more than so many may be queued
  milliseconds keep_keys_for{0};
  /// Makes the answers that are kept with the keys, within the transaction: pure, must not throw.
  std::function<kept_answer(const accepted_job&, instant now)> answer_of_one;
  std::function<kept_answer(std::span<const accepted_job>, instant now)> answer_of_all;
};

struct accept_result {
  /// Of the request as a whole: `accepted`, or `replayed`, `key_reused`, `in_progress`.
  accepted_job::kind what = accepted_job::kind::accepted;
  kept_answer answer;              ///< with `replayed`
  std::vector<accepted_job> jobs;  ///< with `accepted`, in order
  instant now{};
};

/// Take due jobs of one vendor, up to `most`: those of each priority up to its share, then whatever
/// is due, in the order of priorities; within one by `run_at`. Each gets its next attempt and a
/// lease, which is the durable intent to call the vendor.
struct claim {
  std::string vendor;
  std::size_t most = 1;
  std::array<std::size_t, job_priorities> share{};
  std::string holder;
  milliseconds lease{0};
};

struct claim_result {
  std::vector<job> jobs;
  std::optional<instant> next_due;  ///< of this vendor's jobs that are left; past: there are more
  instant now{};
};

/// How an attempt ended, by the one who made it.
struct settle {
  struct complete {
    std::string result;  ///< JSON text, cleaned
  };
  struct fail {
    job_error error;
  };
  struct bury {
    job_error error;
  };
  struct retry {
    milliseconds delay{0};
    bool crashed = false;  ///< counts as a crash of this round
  };
  /// The vendor has accepted. An answer that came by webhook before is applied now.
  struct await {
    std::string reference;
    milliseconds deadline{0};
  };
  /// The attempt did not begin, or was ended for the process's sake: it is due again, and no
  /// attempt is used.
  struct release {
    milliseconds delay{0};
  };
  struct cancel {};

  job_id id;
  std::uint32_t attempt = 0;  ///< the fence
  std::variant<complete, fail, bury, retry, await, release, cancel> how;
  std::optional<attempt_record> record;  ///< none with `release`
};

struct settle_result {
  bool settled = false;  ///< false: the job was no longer this attempt's; nothing is changed
  job_state state = job_state::queued;
  std::uint64_t version = 0;
  instant run_at{};
};

/// These attempts still run.
struct renew {
  struct item {
    job_id id;
    std::uint32_t attempt = 0;
  };
  std::vector<item> jobs;
  milliseconds lease{0};
};

struct renew_result {
  std::vector<job_id> lost;              ///< no longer these attempts'
  std::vector<job_id> cancel_requested;  ///< of those that are kept
};

/// What a vendor says of a job, after its signature was found good.
struct take_webhook {
  struct done {
    std::string data;  ///< JSON text, cleaned
  };
  struct failed {
    job_error error;
    bool retryable = false;
    milliseconds delay{0};  ///< until the retry
  };
  struct progress {
    std::string value;  ///< JSON text, cleaned
  };

  std::string vendor;
  std::string webhook_id;  ///< empty: it has none, and is never a duplicate
  std::optional<job_id> id;
  std::string reference;  ///< where there is no id
  std::optional<std::string>
      token;  ///< to be compared with the job's, where the vendor must show it
  std::variant<done, failed, progress> what;
  milliseconds keep_ids_for{0};
  milliseconds keep_orphans_for{0};
};

struct webhook_result {
  enum class kind : std::uint8_t {
    accepted,
    duplicate,
    late,             ///< the job has ended
    stored,           ///< no such job or reference: kept, and applied when a job has it
    vendor_mismatch,  ///< the job is of another vendor
    refused,          ///< the token is wrong or missing
  };
  kind what = kind::accepted;
  job_id id;
  job_state state = job_state::queued;
  std::uint64_t version = 0;
  std::uint32_t attempt = 0;  ///< that was running, if the state was `processing`
};

/// A client no longer wants this job.
struct cancel {
  job_id id;
};

struct cancel_result {
  enum class kind : std::uint8_t {
    cancelled,  ///< now, or by an earlier cancel
    requested,  ///< it is processed or awaited
    ended,      ///< otherwise: `state` says how
    not_found,
  };
  kind what = kind::not_found;
  job_state state = job_state::queued;  ///< afterwards
  std::uint64_t version = 0;
  std::string vendor;
  std::uint32_t attempt = 0;
};

/// Tidy up, a page at a time: attempts whose lease has run out are due again (as crashed, so with
/// the third of a round they are dead), queued jobs past `expires_at` have expired, ended ones
/// older than `retention` are deleted, with keys, ids and orphans that are too old.
struct reap {
  std::size_t most = 100;
  milliseconds retention{0};
  /// All that an earlier process was running is due again at once, its lease or not: of a store
  /// that only one process can use, at its start.
  bool all_leases = false;
};

struct reap_result {
  struct item {
    job_id id;
    std::string vendor;
    job_state state = job_state::queued;
    std::uint64_t version = 0;
  };
  std::vector<item> rescued;  ///< leases that had run out
  std::vector<item> expired;
  /// Past `expires_at` while they are processed or awaited: to be cancelled.
  std::vector<item> to_cancel;
  /// Past the vendor's deadline: to be asked after.
  std::vector<item> overdue;
  std::uint64_t purged = 0;
  bool more = false;  ///< a page was full
};

using write = std::variant<accept, claim, settle, renew, take_webhook, cancel, reap>;
using written = std::variant<accept_result, claim_result, settle_result, renew_result,
                             webhook_result, cancel_result, reap_result>;

/// The only one that writes. Blocks, so it is of one thread that does nothing else.
class job_writer {
 public:
  virtual ~job_writer() = default;

  /// Carries these out in order, in as few transactions as the engine can, one where it has
  /// transactions over several jobs; when it returns all of it is durable. One result for each.
  /// @throws store_unavailable nothing of it may be told as done; the writer is good for nothing
  /// more
  virtual std::vector<written> apply(std::span<const write> batch) = 0;
};

// -- reads --------------------------------------------------------------------------------------

/// Which jobs a list has; newest first.
struct list_filter {
  std::vector<std::string> statuses;  ///< as clients see them; none: all
  std::string vendor;                 ///< empty: all
  std::optional<instant> created_after;
  std::optional<instant> created_before;
  std::optional<job_id> before;  ///< the last one of the page before
  std::size_t limit = 50;
};

struct job_counts {
  std::uint64_t accepted = 0;
  std::uint64_t purged = 0;
  std::array<std::uint64_t, job_states> states{};
  std::uint64_t scheduled = 0;  ///< of those that are queued
};

/// Reads. Blocks, so each is of one thread that does nothing else. Never waits for writes.
class job_reader {
 public:
  virtual ~job_reader() = default;

  /// @throws store_unavailable, as all of these
  virtual std::optional<job> find(const job_id& id) = 0;
  virtual std::vector<job_summary> list(const list_filter& filter) = 0;
  /// Those with a number above `after`, in order, at most `limit`.
  virtual std::vector<job_event> events(const job_id& id, std::uint64_t after,
                                        std::size_t limit) = 0;
  virtual job_counts counts() = 0;
};

/// One engine with the place where it keeps its data. Any thread.
class job_store {
 public:
  virtual ~job_store() = default;

  /// `sqlite`, `postgresql`, `mongodb`.
  virtual std::string_view engine() const noexcept = 0;

  /// Whether a second process may use it at the same time.
  virtual bool is_shared() const noexcept = 0;

  /// @throws store_unavailable for what may pass, store_unusable for what cannot
  virtual std::unique_ptr<job_writer> open_writer() = 0;
  virtual std::unique_ptr<job_reader> open_reader() = 0;
};

}  // namespace tributary::providers::jobs
