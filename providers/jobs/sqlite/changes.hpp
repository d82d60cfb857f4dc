// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job.hpp"
#include "providers/jobs/job_store.hpp"
#include "providers/jobs/sqlite/rows.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tributary::providers::jobs::sqlite {

/// How many jobs there are, kept beside them so that nobody has to count. Lives in memory and is
/// written once a transaction.
class job_tally {
 public:
  struct figures {
    std::uint64_t accepted = 0;
    std::uint64_t purged = 0;
    std::array<std::uint64_t, job_states> states{};

    bool operator==(const figures&) const = default;
  };

  explicit job_tally(db::connection& connection);

  figures now;

  /// Writes what has changed since it was written last.
  void write();
  /// The transaction was committed, or rolled back: what was written is what there is, or is not.
  void keep() noexcept { kept_ = now; }
  void undo() noexcept { now = kept_; }

  /// What is stored.
  static figures read(db::connection& connection);

 private:
  db::statement put_;
  figures kept_;
};

/// Every change of a job that is there, each with all that belongs to it: the row, its event, the
/// tally, and what its client wants to be told. A change is one statement that names the attempt
/// and the state it starts from. When the job is no longer there, it changes nothing and returns
/// false; else the given row is brought up to date.
class job_changes {
 public:
  job_changes(db::connection& connection, job_tally& tally);

  std::optional<job_row> find(const job_id& id);

  /// Of several with the same reference one that has not ended, and of those the newest.
  std::optional<job_row> find(std::string_view vendor, std::string_view reference);

  /// What belongs to a job that was inserted or claimed just now.
  void on_accepted(const job_row& row, instant now);
  void on_claimed(const job_row& row, instant now);

  bool complete(job_row& row, std::string_view result, std::string_view reason, instant now);

  /// @param error with `failed` and `dead`
  bool end(job_row& row, job_state as, const std::optional<job_error>& error,
           std::string_view reason, instant now);

  /// Back among those that wait, with the counts of attempts and crashes that the row says.
  bool requeue(job_row& row, instant run_at, std::string_view reason, instant now);

  bool await(job_row& row, std::string_view reference, instant deadline, instant now);

  /// No change of state.
  bool progress(job_row& row, std::string_view value, instant now);
  bool request_cancel(job_row& row, instant now);

  /// An event that changes nothing.
  void note(const job_row& row, std::string_view text, instant now);

  /// Puts an attempt into the job's history, in place of what it says of that attempt.
  void record(const job_row& row, const attempt_record& entry);

  /// Deletes a job that has ended, with all that belongs to it.
  void purge(std::int64_t seq, job_state state);

 private:
  bool finish(job_row& row, job_state as, std::optional<std::string_view> result,
              const std::optional<job_error>& error, std::string_view reason, instant now);
  void changed(job_row& row, job_state to, std::string_view reason, instant now);
  void tell(const job_row& row, job_event::kind what, std::string_view text, instant now);
  void call_back(const job_row& row, std::string_view what, std::int64_t event, instant now);

  db::connection& db_;
  job_tally& tally_;
  db::statement find_;
  db::statement find_reference_;
  db::statement finish_;
  db::statement requeue_;
  db::statement await_;
  db::statement progress_;
  db::statement request_cancel_;
  db::statement event_;
  db::statement callback_;
  db::statement record_;
  db::statement forget_records_;
  db::statement purge_events_;
  db::statement purge_records_;
  db::statement purge_callbacks_;
  db::statement purge_;
};

}  // namespace tributary::providers::jobs::sqlite
