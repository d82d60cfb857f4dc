// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string_view>

/// Every event that can stand in the field `event` of a log line: what operators search and alert
/// by. A message may be reworded, an id may not. `REFERENCE.md` is generated from this table.
namespace tributary::actors::telemetry::events {

/// One event, as operators know it.
struct event_row {
  std::string_view id;
  std::string_view levels;   ///< at which it is logged, separated by a space
  std::string_view fields;   ///< further members of its lines; not all are in each
  std::string_view meaning;  ///< a sentence
};

inline constexpr event_row table[] = {
    // The process
    {"server.listening", "info", "address port", "A listener is open."},
    {"server.started", "info", "version open_files_limit", "All listeners are open."},
    {"server.draining", "info debug warning", "signal phase task error",
     "A signal came and no new work is taken; at debug each phase of the stop, at warning a step "
     "of it that failed."},
    {"server.signal_ignored", "info", "signal", "A signal came that means nothing here."},
    {"server.stopped", "info", "", "The last line of a process that ended in order."},
    {"server.failed", "error", "", "The process cannot start or go on; the message says why."},
    // Requests
    {"request.done", "info",
     "request_id method route path query status bytes duration_ms remote user_agent cache parts",
     "The access line, one for each request."},
    // Upstreams and their guards
    {"breaker.opened", "warning", "upstream",
     "A breaker opened: calls to the upstream are refused for a time."},
    {"breaker.half_open", "info", "upstream",
     "The open time is over; one call at a time probes the upstream."},
    {"breaker.closed", "info", "upstream", "The upstream is well again."},
    {"breaker.followed", "info warning", "upstream state",
     "A breaker took over what another instance found out."},
    // Redis
    {"redis.failing", "warning", "store",
     "Redis does not answer in time and is left alone for a moment."},
    {"redis.recovered", "info", "store", "Redis answers again."},
    {"redis.refusing", "warning", "store error", "Redis answers errors; said once in a while."},
    // Caches
    {"cache.purged", "info debug", "scope target",
     "An operator purged a key, prefix or tag here; at debug: at another instance."},
    {"cache.purge_waiting", "warning", "scope target",
     "Redis could not be told of a purge yet; it is kept until that works."},
    {"cache.purge_delivered", "info", "scope target", "Redis was told of a purge that had waited."},
    {"cache.purge_lost", "error", "scope target",
     "A purge was given up, since too many wait for Redis."},
    // Market data
    {"provider.disabled", "info warning", "provider",
     "A provider is left out: switched off (info), or without the key that it needs."},
    {"provider.refused", "warning", "provider detail seconds",
     "A provider refuses its key and is left out for a time."},
    {"provider.failed", "warning error", "provider kind detail",
     "A call to a provider brought nothing; said once a minute."},
    {"prices.fallback", "warning", "provider kind detail symbols",
     "Symbols are asked of the next provider; said once a minute."},
    {"prices.refreshed", "info debug", "fetched failed seconds",
     "A round of the price loop is over; at info when its success changed."},
    {"allowance.unsaved", "warning", "",
     "Counts of calls to providers will not survive a restart."},
    {"allowance.unreadable", "warning", "",
     "Counts of an earlier run could not be read; they begin at 0."},
    {"assets.refreshed", "info", "asset_type source rows served duration_ms",
     "A list of assets was fetched."},
    {"assets.failed", "warning", "asset_type source kind detail retry_in_ms",
     "A list of assets was not fetched; the last one stays."},
    {"assets.not_stored", "warning", "asset_type bytes",
     "A list of assets is too large for Redis."},
    {"stream.dropped", "warning", "remote_address reason symbols backlog",
     "A client of the stream of quotes reads too slowly and was dropped."},
    // Jobs
    {"job.settled", "info", "request_id vendor status attempt duration_ms", "A job has ended."},
    {"job.retry", "info", "request_id vendor attempt class status delay_ms",
     "An attempt failed and another one follows."},
    {"job.dead", "warning", "request_id vendor attempt code",
     "A job was given up; an operator can begin a new round."},
    {"job.crashed", "warning", "request_id vendor attempt crashes",
     "The actor of a running job ended without settling it."},
    {"job.stale_settle", "warning", "request_id attempt",
     "An attempt ended after its job had become another's; its result is dropped."},
    {"job.rescued", "warning", "request_id vendor",
     "The lease of an attempt ran out; its job is due again."},
    {"webhook.unsigned", "warning", "vendor",
     "A vendor's webhooks are believed without a signature: anyone who knows a job could end it."},
    {"webhook.refused", "warning", "vendor reason",
     "A webhook does not show that it is the vendor's."},
    {"webhook.orphan", "info", "vendor",
     "A webhook names a job that is not known; it is kept, and applied when a job has the name."},
    {"store.failing", "warning", "store error",
     "The store of jobs is away: nothing is accepted, and nothing begun."},
    {"store.refused", "error", "store error",
     "The store refused a single write, which is a defect; nothing of it was done."},
    {"store.recovered", "info", "store", "The store of jobs is open again."},
    // Actors
    {"actor.failed", "warning", "actor incarnation cause decision delay_ms",
     "An actor ended; `decision` is what its supervisor did."},
    {"actor.zombie", "error", "actor", "An actor did not end though it was killed."},
    {"supervisor.escalated", "error", "supervisor actor restarts",
     "Too many restarts within a supervisor's limit: it gives up."},
    // Operators
    {"admin.denied", "warning", "path", "A call to the admin port without the right token."},
};

/// An event of the table. A literal that is not in the table does not compile.
class event {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is to be taken as one.
  consteval event(const char* id) : id_(find(id)) {}

  constexpr std::string_view id() const noexcept { return id_; }

 private:
  static consteval std::string_view find(std::string_view id) {
    for (const auto& each : table) {
      if (each.id == id) return each.id;
    }
    throw std::logic_error("not in the table of events");
  }

  std::string_view id_;
};

// The process
inline constexpr event server_listening = "server.listening";
inline constexpr event server_started = "server.started";
inline constexpr event server_draining = "server.draining";
inline constexpr event server_signal_ignored = "server.signal_ignored";
inline constexpr event server_stopped = "server.stopped";
inline constexpr event server_failed = "server.failed";

// Requests
inline constexpr event request_done = "request.done";

// Upstreams and their guards
inline constexpr event breaker_opened = "breaker.opened";
inline constexpr event breaker_half_open = "breaker.half_open";
inline constexpr event breaker_closed = "breaker.closed";
inline constexpr event breaker_followed = "breaker.followed";

// Redis
inline constexpr event redis_failing = "redis.failing";
inline constexpr event redis_recovered = "redis.recovered";
inline constexpr event redis_refusing = "redis.refusing";

// Caches
inline constexpr event cache_purged = "cache.purged";
inline constexpr event cache_purge_waiting = "cache.purge_waiting";
inline constexpr event cache_purge_delivered = "cache.purge_delivered";
inline constexpr event cache_purge_lost = "cache.purge_lost";

// Market data
inline constexpr event provider_disabled = "provider.disabled";
inline constexpr event provider_refused = "provider.refused";
inline constexpr event provider_failed = "provider.failed";
inline constexpr event prices_fallback = "prices.fallback";
inline constexpr event prices_refreshed = "prices.refreshed";
inline constexpr event allowance_unsaved = "allowance.unsaved";
inline constexpr event allowance_unreadable = "allowance.unreadable";
inline constexpr event assets_refreshed = "assets.refreshed";
inline constexpr event assets_failed = "assets.failed";
inline constexpr event assets_not_stored = "assets.not_stored";
inline constexpr event stream_dropped = "stream.dropped";

// Jobs
inline constexpr event job_settled = "job.settled";
inline constexpr event job_retry = "job.retry";
inline constexpr event job_dead = "job.dead";
inline constexpr event job_crashed = "job.crashed";
inline constexpr event job_stale_settle = "job.stale_settle";
inline constexpr event job_rescued = "job.rescued";
inline constexpr event webhook_unsigned = "webhook.unsigned";
inline constexpr event webhook_refused = "webhook.refused";
inline constexpr event webhook_orphan = "webhook.orphan";
inline constexpr event store_failing = "store.failing";
inline constexpr event store_refused = "store.refused";
inline constexpr event store_recovered = "store.recovered";

// Actors
inline constexpr event actor_failed = "actor.failed";
inline constexpr event actor_zombie = "actor.zombie";
inline constexpr event supervisor_escalated = "supervisor.escalated";

// Operators
inline constexpr event admin_denied = "admin.denied";

}  // namespace tributary::actors::telemetry::events
