// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/reader.hpp"

#include "providers/jobs/sqlite/changes.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace tributary::providers::jobs::sqlite {

namespace {

constexpr std::string_view summary_columns =
    "SELECT id, vendor, priority, state, run_at, created_at, updated_at FROM jobs ";

constexpr std::string_view within =
    " AND created_at > ? AND created_at < ? ORDER BY id DESC LIMIT ?";

job_summary read_summary(const db::rows& row) {
  return {id_of(row, 0),
          std::string{row.text(1)},
          static_cast<job_priority>(row.number(2)),
          state_of(row.number(3)),
          instant_of(row.number(4)),
          instant_of(row.number(5)),
          instant_of(row.number(6))};
}

/// Times that no job is before, or after.
constexpr auto always = std::numeric_limits<std::int64_t>::min();
constexpr auto never = std::numeric_limits<std::int64_t>::max();

/// Greater than every name.
constexpr std::array<std::uint8_t, job_id::size + 1> above_all_names = [] {
  std::array<std::uint8_t, job_id::size + 1> result{};
  for (auto& each : result) each = 0xff;
  return result;
}();

db::bytes upper_bound_of(const list_filter& filter) noexcept {
  return filter.before ? column_of(*filter.before) : db::bytes{above_all_names};
}

std::int64_t lower_time_of(const list_filter& filter) noexcept {
  return column_of(filter.created_after).value_or(always);
}

std::int64_t upper_time_of(const list_filter& filter) noexcept {
  return column_of(filter.created_before).value_or(never);
}

bool wants(const list_filter& filter, std::string_view status) {
  return filter.statuses.empty() ||
         std::find(filter.statuses.begin(), filter.statuses.end(), status) != filter.statuses.end();
}

/// Runs a read; whatever fails is the store's.
template <class Read>
auto reading(db::connection& connection, Read read) {
  try {
    db::transaction one_state{connection, db::transaction::kind::reading};
    return read();
  } catch (const db::error& why) {
    throw store_unavailable(why.what());
  }
}

}  // namespace

struct reader::part {
  std::string vendor;
  job_state state;
  std::int64_t run_after;  ///< excluded
  std::int64_t run_until;  ///< included
};

reader::reader(std::shared_ptr<db::file_lock> lock, std::unique_ptr<db::connection> connection,
               std::function<instant()> clock)
    : lock_(std::move(lock)),
      connection_(std::move(connection)),
      clock_(std::move(clock)),
      attempts_(*connection_),
      find_(*connection_,
            std::string{"SELECT "}.append(job_columns).append(" FROM jobs WHERE id = ?")),
      list_all_(
          *connection_,
          std::string{summary_columns}.append("INDEXED BY jobs_by_id WHERE id < ?").append(within)),
      list_part_(*connection_, std::string{summary_columns}
                                   .append("INDEXED BY jobs_by_vendor WHERE vendor = ? AND "
                                           "state = ? AND id < ? AND run_at > ? AND run_at <= ?")
                                   .append(within)),
      next_vendor_(*connection_,
                   "SELECT vendor FROM jobs INDEXED BY jobs_by_vendor WHERE vendor > ? "
                   "ORDER BY vendor LIMIT 1"),
      events_(*connection_,
              "SELECT number, kind, state, run_at, attempt, at, text FROM job_events WHERE "
              "job = (SELECT seq FROM jobs WHERE id = ?) AND number > ? ORDER BY number LIMIT ?"),
      scheduled_(*connection_,
                 "SELECT count(*) FROM jobs INDEXED BY jobs_due WHERE state = 0 AND run_at > ?") {}

std::optional<job> reader::find(const job_id& id) {
  return reading(*connection_, [&]() -> std::optional<job> {
    auto found = find_.query(column_of(id));
    if (!found.next()) return std::nullopt;
    auto result = read_job(found);
    if (result.attempt > 0) result.attempts = attempts_.of(found.number(0));
    return result;
  });
}

// -- lists ----------------------------------------------------------------------------------------

std::vector<job_summary> reader::list(const list_filter& filter) {
  return reading(*connection_, [&] {
    std::vector<job_summary> result;
    if (filter.statuses.empty() && filter.vendor.empty()) {
      auto found = list_all_.query(upper_bound_of(filter), lower_time_of(filter),
                                   upper_time_of(filter), filter.limit);
      while (found.next()) result.push_back(read_summary(found));
      return result;
    }
    // Each vendor and state lies in order in the index; of all that are wanted the newest count.
    const auto now = clock_();
    const auto wanted = filter.vendor.empty() ? vendors() : std::vector{filter.vendor};
    for (const auto& vendor : wanted) {
      const auto due = column_of(now);
      if (wants(filter, "scheduled")) {
        list_part(filter, {vendor, job_state::queued, due, never}, result);
      }
      if (wants(filter, "pending")) {
        list_part(filter, {vendor, job_state::queued, always, due}, result);
      }
      for (std::size_t i = 1; i < job_states; ++i) {
        const auto state = static_cast<job_state>(i);
        if (!wants(filter, status_text(state, now, now))) continue;
        list_part(filter, {vendor, state, always, never}, result);
      }
    }
    std::sort(result.begin(), result.end(),
              [](const auto& left, const auto& right) { return left.id > right.id; });
    if (result.size() > filter.limit) result.resize(filter.limit);
    return result;
  });
}

void reader::list_part(const list_filter& filter, const part& wanted,
                       std::vector<job_summary>& result) {
  auto found = list_part_.query(wanted.vendor, static_cast<int>(wanted.state),
                                upper_bound_of(filter), wanted.run_after, wanted.run_until,
                                lower_time_of(filter), upper_time_of(filter), filter.limit);
  while (found.next()) result.push_back(read_summary(found));
}

/// By leaps through the index: there are few, and many jobs of each.
std::vector<std::string> reader::vendors() {
  std::vector<std::string> result;
  std::string last;
  for (;;) {
    auto found = next_vendor_.query(last);
    if (!found.next()) return result;
    last = found.text(0);
    result.push_back(last);
  }
}

// -- the rest -------------------------------------------------------------------------------------

std::vector<job_event> reader::events(const job_id& id, std::uint64_t after, std::size_t limit) {
  return reading(*connection_, [&] {
    std::vector<job_event> result;
    // A client may say any number; the column's are signed.
    const auto from = std::min<std::uint64_t>(after, std::numeric_limits<std::int64_t>::max());
    auto found = events_.query(column_of(id), from, limit);
    while (found.next()) {
      result.push_back({static_cast<std::uint64_t>(found.number(0)),
                        static_cast<job_event::kind>(found.number(1)), state_of(found.number(2)),
                        instant_of(found.number(3)), static_cast<std::uint32_t>(found.number(4)),
                        instant_of(found.number(5)), std::string{found.text(6)}});
    }
    return result;
  });
}

job_counts reader::counts() {
  return reading(*connection_, [&] {
    const auto stored = job_tally::read(*connection_);
    job_counts result;
    result.accepted = stored.accepted;
    result.purged = stored.purged;
    result.states = stored.states;
    auto found = scheduled_.query(column_of(clock_()));
    if (found.next()) result.scheduled = static_cast<std::uint64_t>(found.number(0));
    return result;
  });
}

}  // namespace tributary::providers::jobs::sqlite
