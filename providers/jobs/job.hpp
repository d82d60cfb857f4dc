// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_id.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a job is, as stores keep it and actors and handlers pass it on: plain values.
namespace tributary::providers::jobs {

using std::chrono::milliseconds;
using instant = std::chrono::sys_time<milliseconds>;

/// What a store keeps. `queued` covers what clients see as `scheduled` (before `run_at`) and as
/// `pending` (from then on), so that the passing of time needs no write.
enum class job_state : std::uint8_t {
  queued,
  processing,       ///< one attempt runs, under a lease
  awaiting_vendor,  ///< an asynchronous vendor has accepted it
  // From here on: ended.
  complete,
  failed,  ///< the vendor refused for good
  dead,  ///< attempts used up, three crashes, or an outcome that is unknown and must not be risked
  cancelled,
  expired,  ///< not started in time
};
inline constexpr std::size_t job_states = 8;

constexpr bool has_ended(job_state state) noexcept { return state >= job_state::complete; }

/// As clients see it: `scheduled`, `pending`, `processing`, …
std::string_view status_text(job_state state, instant run_at, instant now) noexcept;

/// Shares of the slots are 8:4:2:1 in this order.
enum class job_priority : std::uint8_t { high, normal, low, bulk };
inline constexpr std::size_t job_priorities = 4;

std::string_view to_string(job_priority value) noexcept;
std::optional<job_priority> parse_priority(std::string_view text) noexcept;

/// How an attempt ended.
enum class attempt_outcome : std::uint8_t { success, retry, failure, unknown, crashed, cancelled };

std::string_view to_string(attempt_outcome value) noexcept;

/// One entry of a job's history, of which the newest 50 are kept.
struct attempt_record {
  std::uint32_t attempt = 0;
  instant started_at{};
  milliseconds duration{0};
  attempt_outcome outcome = attempt_outcome::success;
  std::string failure;  ///< its class: `timeout`, `connect`, `status`, `crash` …; empty on success
  int status = 0;       ///< of the vendor's answer; 0: there was none
  std::string message;  ///< cleaned

  bool operator==(const attempt_record&) const = default;
};
inline constexpr std::size_t attempts_kept = 50;

/// Why a job has no result.
struct job_error {
  std::string code;     ///< upper case with underscores
  std::string message;  ///< cleaned

  bool operator==(const job_error&) const = default;
};

/// Which of a job's events its client wants to be told of.
struct callback_events {
  bool started = false;
  bool progress = false;
  bool finished = true;

  bool operator==(const callback_events&) const = default;
};

/// Where a job's client wants to be told.
struct callback_wish {
  std::string url;
  callback_events events;

  bool operator==(const callback_wish&) const = default;
};

/// SHA-256 of something that must not be kept as it came.
using digest = std::array<std::uint8_t, 32>;

/// What a client asked for, checked and cleaned.
struct new_job {
  job_id id;
  std::string vendor;
  bool asynchronous = false;  ///< its vendor answers by webhook
  job_priority priority = job_priority::normal;
  std::string payload;            ///< JSON text
  std::optional<instant> run_at;  ///< none, or past: now
  std::optional<instant> expires_at;
  std::uint32_t max_attempts = 1;  ///< of one round, 1–25
  std::optional<digest> unique_key;
  std::optional<milliseconds> unique_for;  ///< from the creation of the first; none: until it ends
  std::optional<callback_wish> callback;
  std::string webhook_token;  ///< unguessable; a vendor's webhook may have to show it
};

/// A job as it stands in a store.
struct job {
  job_id id;
  std::string vendor;
  bool asynchronous = false;
  job_priority priority = job_priority::normal;
  std::string payload;  ///< JSON text
  job_state state = job_state::queued;
  std::uint64_t version = 0;  ///< grows with each change that a client can see
  std::uint32_t attempt = 0;  ///< grows with each claim of its whole life: fences every write
  std::uint32_t round = 1;    ///< a redrive begins the next
  std::uint32_t round_attempts = 0;  ///< of this round, those that were released not counted
  std::uint32_t crashes = 0;         ///< of this round
  std::uint32_t max_attempts = 1;    ///< of one round
  instant created_at{};
  instant updated_at{};
  instant run_at{};
  std::optional<instant> expires_at;
  std::optional<instant> ended_at;  ///< there exactly when it has ended
  bool cancel_requested = false;
  std::optional<instant> lease_until;  ///< while it is processed
  std::string holder;                  ///< instance that processes it; only told, never compared
  std::optional<instant> callback_deadline;  ///< while it waits for its vendor
  std::string reference;                     ///< the vendor's own name for it; may be empty
  std::string webhook_token;
  std::string result;  ///< JSON text of the vendor, cleaned; empty until it is complete
  std::optional<instant> processed_at;
  std::optional<job_error> error;
  std::string progress;  ///< JSON text; empty: none was told
  std::optional<callback_wish> callback;
  bool callback_delivered = false;
  std::uint32_t callback_tries = 0;
  std::vector<attempt_record> attempts;  ///< the newest, in order
};

/// One line of a list.
struct job_summary {
  job_id id;
  std::string vendor;
  job_priority priority = job_priority::normal;
  job_state state = job_state::queued;
  instant run_at{};
  instant created_at{};
  instant updated_at{};
};

/// One entry of a job's story, for its stream of events.
struct job_event {
  enum class kind : std::uint8_t { state, progress };

  std::uint64_t number = 0;  ///< grows within the job
  kind what = kind::state;
  job_state state = job_state::queued;
  instant run_at{};  ///< with `queued`
  std::uint32_t attempt = 0;
  instant at{};
  std::string text;  ///< the reason of a state, or the progress as JSON text
};

}  // namespace tributary::providers::jobs
