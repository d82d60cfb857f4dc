// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job.hpp"
#include "providers/storage/sqlite/statement.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Values of jobs as the columns of rows, and back.
namespace tributary::providers::jobs::sqlite {

namespace db = storage::sqlite;

constexpr std::int64_t column_of(instant time) noexcept { return time.time_since_epoch().count(); }

constexpr std::optional<std::int64_t> column_of(const std::optional<instant>& time) noexcept {
  return time ? std::optional{column_of(*time)} : std::nullopt;
}

inline db::bytes column_of(const job_id& id) noexcept { return id.bytes(); }

constexpr instant instant_of(std::int64_t column) noexcept { return instant{milliseconds{column}}; }

std::optional<instant> optional_instant(const db::rows& row, int column);
job_id id_of(const db::rows& row, int column);
inline job_state state_of(std::int64_t column) noexcept { return static_cast<job_state>(column); }

/// `started`, `progress` and `finished` as bits.
int column_of(const callback_events& events) noexcept;
callback_events events_of(std::int64_t column) noexcept;

/// What a change of a job depends on, and what is told of it: the whole row but for what is large.
struct job_row {
  std::int64_t seq = 0;
  job_id id;
  std::string vendor;
  job_state state = job_state::queued;
  std::uint64_t version = 0;
  std::uint32_t attempt = 0;
  std::uint32_t round = 1;
  std::uint32_t round_attempts = 0;
  std::uint32_t crashes = 0;
  std::uint32_t max_attempts = 1;
  instant run_at{};
  bool cancel_requested = false;
  std::optional<instant> claimed_at;
  std::optional<instant> callback_deadline;
  std::uint32_t waits = 0;  ///< times that the deadline was moved
  std::string webhook_token;
  std::string callback_url;  ///< empty: its client wants no callbacks
  callback_events wished;
};

/// Columns of a `job_row`, in its order.
extern const std::string_view job_row_columns;
job_row read_job_row(const db::rows& row);

/// Columns of a `job` but for its attempts, in its order, after its `seq`.
extern const std::string_view job_columns;
job read_job(const db::rows& row);

/// The history of jobs, from the table that has it.
class attempt_rows {
 public:
  explicit attempt_rows(db::connection& connection);

  /// The newest, in order.
  std::vector<attempt_record> of(std::int64_t seq);

 private:
  db::statement select_;
};

}  // namespace tributary::providers::jobs::sqlite
