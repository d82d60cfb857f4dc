// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/store_call.hpp"
#include "actors/runtime/order.hpp"
#include "providers/jobs/job.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

/// Messages between the actors of jobs, by receiver. All are sent one way, by `runtime::tell`; what
/// has to be answered carries the duty to answer it: a call to the store (`store_call.hpp`), or an
/// order (`runtime/order.hpp`).
namespace tributary::actors::jobs {

// -- store --------------------------------------------------------------------------------------

/// To the writer: carry this out. What has come when a transaction ends is the next one.
struct write_to_store {
  std::shared_ptr<write_call> call;
};

/// To the writer from itself, behind all that waits: begin the transaction.
struct flush_writes {};

/// To a reader.
struct read_from_store {
  std::shared_ptr<read_call> call;
};

/// To the writer or a reader from its clock: try to open the store again.
struct reopen_store {};

// -- dispatcher of one vendor -------------------------------------------------------------------

/// There is work for this vendor from `run_at` on.
struct work_arrived {
  pj::instant run_at{};
};

/// Time to look again: something is due, or a guard lets calls pass again.
struct dispatch_tick {
  std::uint64_t generation = 0;
};

/// What the dispatcher asked of the store.
struct jobs_claimed {
  std::optional<pj::claim_result> result;  ///< none: the store is unavailable
};

/// An attempt is over, and how has been told to the store; or its actor has ended without that.
struct attempt_ended {
  pj::job_id id;
  std::uint32_t attempt = 0;
  bool settled = false;
};

// -- one running job ----------------------------------------------------------------------------

/// The duty to tell of an attempt's end. Dropped: it has ended without being settled, for its actor
/// has crashed or was killed.
struct attempt_wanted {
  pj::job_id id;
  std::uint32_t attempt = 0;
};
attempt_ended dropped(const attempt_wanted& request);
using attempt_order = runtime::order<attempt_wanted, attempt_ended>;

/// What came of the attempt's own write.
struct attempt_settled {
  std::optional<pj::settle_result> result;  ///< none: the store is unavailable
};

/// Why a running attempt has to stop.
enum class stop_reason : std::uint8_t {
  cancelled,   ///< its client no longer wants it
  lost,        ///< the job is no longer this attempt's: a webhook or another process has it
  going_down,  ///< the process stops; it is due again, without an attempt used
};

/// To a running job.
struct stop_attempt {
  stop_reason why = stop_reason::cancelled;
};

/// To a running job from its clock: try to settle again.
struct settle_again {};

// -- reaper -------------------------------------------------------------------------------------

/// Time to tidy up.
struct reap_tick {};

/// Time to renew the leases of all that runs here.
struct renew_tick {};

/// What the reaper asked of the store.
struct store_tidied {
  std::optional<pj::written> result;  ///< none: the store is unavailable
};

}  // namespace tributary::actors::jobs

// All of these stay within one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::write_to_store)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::flush_writes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::read_from_store)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::reopen_store)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::work_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::dispatch_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::jobs_claimed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::attempt_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::attempt_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::stop_attempt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::settle_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::reap_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::renew_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::jobs::store_tidied)
