// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The stable ids in the field `event` of a log line: what operators search and alert by. A message
/// may be reworded, an id may not.
namespace tributary::actors::telemetry::events {

using event = std::string_view;

// The process
inline constexpr event server_started = "server.started";      ///< all listeners are up
inline constexpr event server_listening = "server.listening";  ///< one listener: address and port
inline constexpr event server_draining = "server.draining";    ///< a signal came, no new work
inline constexpr event server_stopped = "server.stopped";      ///< the last line
inline constexpr event server_failed = "server.failed";        ///< cannot start or go on

// Requests
inline constexpr event request_done = "request.done";  ///< the access line

// Upstreams and their guards
inline constexpr event breaker_opened = "breaker.opened";
inline constexpr event breaker_half_open = "breaker.half_open";
inline constexpr event breaker_closed = "breaker.closed";
inline constexpr event breaker_followed = "breaker.followed";  ///< as another instance found out

// Redis
inline constexpr event redis_failing = "redis.failing";  ///< its breaker opened
inline constexpr event redis_recovered = "redis.recovered";
inline constexpr event redis_refusing = "redis.refusing";  ///< it answers errors

// Market data
inline constexpr event provider_disabled = "provider.disabled";  ///< no key, or switched off
inline constexpr event provider_refused = "provider.refused";    ///< its key is not accepted
inline constexpr event provider_failed = "provider.failed";      ///< a call brought nothing
inline constexpr event prices_fallback = "prices.fallback";      ///< another provider is asked
inline constexpr event prices_refreshed = "prices.refreshed";    ///< a round of the price loop

// Cache
inline constexpr event cache_purged = "cache.purged";
inline constexpr event cache_purge_waiting = "cache.purge_waiting";      ///< Redis was not told yet
inline constexpr event cache_purge_delivered = "cache.purge_delivered";  ///< it was, later
inline constexpr event cache_purge_lost = "cache.purge_lost";  ///< given up: too many waited

// Market data
inline constexpr event allowance_unsaved = "allowance.unsaved";  ///< counts cannot be written
inline constexpr event allowance_unreadable =
    "allowance.unreadable";  ///< counts of an earlier life could not be read
inline constexpr event assets_refreshed = "assets.refreshed";    ///< a provider's list has come
inline constexpr event assets_failed = "assets.failed";          ///< it has not; the last one stays
inline constexpr event assets_not_stored = "assets.not_stored";  ///< too large for Redis

// Actors
inline constexpr event actor_failed =
    "actor.failed";  ///< it ended, and its supervisor decided what follows
inline constexpr event actor_zombie = "actor.zombie";  ///< did not end though killed
inline constexpr event supervisor_escalated = "supervisor.escalated";  ///< too many restarts

// Streams of quotes
inline constexpr event stream_dropped = "stream.dropped";  ///< its client reads too slowly

// Operators
inline constexpr event admin_denied = "admin.denied";

}  // namespace tributary::actors::telemetry::events
