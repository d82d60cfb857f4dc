// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The stable ids in the field `event` of a log line: what operators search and alert by. A message
/// may be reworded, an id may not.
namespace tributary::actors::telemetry::events {

using event = std::string_view;

// The process
inline constexpr event server_starting =
    "server.starting";                                     ///< settings loaded, nothing listens yet
inline constexpr event server_started = "server.started";  ///< all listeners are up
inline constexpr event server_listening = "server.listening";  ///< one listener: address and port
inline constexpr event server_draining = "server.draining";    ///< a signal came, no new work
inline constexpr event server_stopped = "server.stopped";      ///< the last line
inline constexpr event server_failed = "server.failed";        ///< cannot start or go on
inline constexpr event server_limit = "server.limit";          ///< a limit of the system is too low
inline constexpr event signal_received = "signal.received";
inline constexpr event config_loaded = "config.loaded";
inline constexpr event config_rejected = "config.rejected";

// Requests
inline constexpr event request_done = "request.done";        ///< the access line
inline constexpr event request_refused = "request.refused";  ///< malformed, closed with an error
inline constexpr event request_dropped = "request.dropped";  ///< nobody answered: a defect
inline constexpr event connection_failed = "connection.failed";  ///< of a client
inline constexpr event connection_shed = "connection.shed";      ///< over `max_connections`
inline constexpr event accept_failed = "accept.failed";  ///< such as no free file descriptor

// Upstreams and their guards
inline constexpr event upstream_failed = "upstream.failed";    ///< one call without an answer
inline constexpr event upstream_invalid = "upstream.invalid";  ///< answered what is not JSON
inline constexpr event upstream_paused = "upstream.paused";    ///< asked us to come back later
inline constexpr event breaker_opened = "breaker.opened";
inline constexpr event breaker_half_open = "breaker.half_open";
inline constexpr event breaker_closed = "breaker.closed";
inline constexpr event breaker_forced = "breaker.forced";  ///< by an operator
inline constexpr event ratelimit_exceeded = "ratelimit.exceeded";
inline constexpr event tls_failed = "tls.failed";  ///< trust store or handshake

// Cache
inline constexpr event cache_purged = "cache.purged";
inline constexpr event cache_rejected = "cache.rejected";  ///< larger than `max_object`

// Actors
inline constexpr event actor_started = "actor.started";
inline constexpr event actor_failed = "actor.failed";  ///< an exception left a handler
inline constexpr event actor_restarted = "actor.restarted";
inline constexpr event actor_stopped = "actor.stopped";
inline constexpr event actor_zombie = "actor.zombie";  ///< did not end though killed
inline constexpr event supervisor_escalated = "supervisor.escalated";  ///< too many restarts

// Operators
inline constexpr event admin_call = "admin.call";
inline constexpr event admin_denied = "admin.denied";

}  // namespace tributary::actors::telemetry::events
