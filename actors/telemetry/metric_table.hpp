// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

/// Every metric that the process can show. `REFERENCE.md` is generated from this table, and a
/// registry takes names from nowhere else.
namespace tributary::actors::telemetry {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

/// One metric, as operators know it.
struct metric {
  metric_kind kind = metric_kind::counter;
  std::string_view name;    ///< counters, and only they, end in `_total`
  std::string_view labels;  ///< names of labels, separated by a space; a series has some or all
  std::string_view help;    ///< one sentence
};

namespace metric_rows {

using enum metric_kind;

inline constexpr metric all[] = {
    // What the gateway answers
    {histogram, "http_server_request_duration_seconds",
     "http_request_method http_route http_response_status_code",
     "Time from the header of a request to the last byte of its answer."},
    {gauge, "tributary_inflight", "", "Requests being answered."},
    {gauge, "tributary_connections", "", "Client connections that are open."},
    {counter, "tributary_shed_total", "reason", "Work that the gateway refused to protect itself."},
    // Aggregates
    {histogram, "tributary_overhead_seconds", "endpoint",
     "Time of a request that was not spent waiting for upstreams."},
    {counter, "tributary_partial_total", "endpoint upstream error",
     "Parts missing from partial answers, by reason."},
    {counter, "tributary_degraded_total", "endpoint upstream",
     "Answers in which something stale, another upstream or a constant stood in for a part."},
    {counter, "tributary_coalesced_total", "endpoint",
     "Requests that shared the gather of another."},
    // Calls to upstreams, and their guards
    {histogram, "http_client_request_duration_seconds",
     "upstream http_response_status_code error_type",
     "Time of one call to an upstream, by its status code or by the reason why there is none."},
    {gauge, "tributary_upstream_inflight", "upstream", "Calls that wait for an upstream."},
    {gauge, "tributary_upstream_queue", "upstream",
     "Calls that wait for a place among those in flight."},
    {histogram, "tributary_upstream_queue_seconds", "upstream",
     "Time that calls stood in the queue, of those that had to."},
    {gauge, "tributary_breaker_state", "upstream",
     "State of a circuit breaker: 0 closed, 1 open, 2 half-open."},
    {counter, "tributary_breaker_transitions_total", "upstream to",
     "Changes of state of circuit breakers."},
    {counter, "tributary_ratelimit_total", "policy decision store", "Decisions of rate limiters."},
    {counter, "tributary_retry_total", "upstream outcome", "Calls made again, by how that ended."},
    {counter, "tributary_budget_exhausted_total", "upstream",
     "Retries not made because the budget was used up."},
    {counter, "tributary_paused_total", "upstream",
     "Calls refused because the upstream had asked for a pause."},
    // Caches
    {counter, "tributary_cache_total", "endpoint result", "What the endpoint caches did."},
    {gauge, "tributary_cache_bytes", "", "Bytes in the memory cache."},
    {gauge, "tributary_cache_entries", "", "Answers in the memory cache."},
    {gauge, "tributary_cache_gathering", "",
     "Answers that are being gathered for the memory cache."},
    {counter, "tributary_cache_answers_total", "result",
     "What became of answers in the memory cache."},
    {counter, "tributary_part_cache_total", "upstream result",
     "What the part cache did for those who asked."},
    {counter, "tributary_part_cache_collapsed_total", "",
     "Calls that shared the upstream call of another."},
    {gauge, "tributary_part_cache_bytes", "", "Bytes in the part cache."},
    {gauge, "tributary_part_cache_entries", "", "Answers in the part cache."},
    {gauge, "tributary_part_cache_gathering", "",
     "Answers that are being gathered for the part cache."},
    {counter, "tributary_part_cache_answers_total", "result",
     "What became of answers in the part cache."},
    {counter, "tributary_cache_purges_total", "result",
     "Purges: asked for here, told of by other instances, done in Redis, or never told to it."},
    {gauge, "tributary_cache_purges_waiting", "", "Purges that wait for Redis."},
    // Redis
    {gauge, "tributary_redis_up", "store", "1 while all connections to a Redis are there."},
    {counter, "tributary_redis_commands_total", "store", "Commands sent to Redis."},
    {counter, "tributary_redis_timeouts_total", "store",
     "Commands that Redis did not answer in time."},
    {counter, "tributary_redis_errors_total", "store", "Errors that Redis answered."},
    {counter, "tributary_redis_reconnects_total", "store",
     "Connections to Redis made after the first."},
    // Market data
    {counter, "tributary_market_requests_total", "cache", "Requests for quotes."},
    {counter, "tributary_market_stale_quotes_total", "", "Quotes served past their time to live."},
    {gauge, "tributary_market_quotes", "", "Symbols with a quote."},
    {counter, "tributary_market_redis_hits_total", "", "Quotes taken from Redis."},
    {counter, "tributary_market_rounds_total", "", "Rounds of the price loop."},
    {histogram, "tributary_market_round_seconds", "",
     "From the start of a round to its last quote."},
    {gauge, "tributary_market_last_round_timestamp_seconds", "",
     "When the price loop last ended a round with a quote."},
    {counter, "tributary_market_answers_total", "provider outcome",
     "Answers of a provider, by what they were as a whole."},
    {counter, "tributary_market_quotes_total", "provider", "Quotes received."},
    {counter, "tributary_market_held_back_total", "provider",
     "Calls that the provider's allowance did not grant."},
    {counter, "tributary_market_passed_on_total", "provider",
     "Symbols that the next provider was asked for instead."},
    {gauge, "tributary_market_allowance_left", "provider period",
     "Calls that the provider's plan still allows, by all instances known."},
    {gauge, "tributary_market_key_refused", "provider",
     "1 while a provider is left out since it refuses the key."},
    {gauge, "tributary_market_assets", "asset_type", "Rows of the list that is served."},
    // Jobs
    {gauge, "tributary_jobs", "status", "Jobs that the store has, as it was asked last."},
    {counter, "tributary_jobs_accepted_total", "", "Jobs accepted by this process."},
    {counter, "tributary_jobs_started_total", "vendor", "Attempts begun."},
    {counter, "tributary_jobs_settled_total", "vendor status", "Jobs that came to their end here."},
    {counter, "tributary_jobs_retries_total", "vendor class",
     "Attempts that another one is to follow, by why they failed."},
    {counter, "tributary_jobs_stale_settle_total", "",
     "Ends of attempts that came too late to count."},
    {counter, "tributary_jobs_rescued_total", "",
     "Attempts whose lease ran out and whose jobs were taken back."},
    {counter, "tributary_jobs_lease_lost_total", "",
     "Attempts stopped because their job was no longer theirs."},
    {gauge, "tributary_jobs_vendor_waiting", "vendor reason",
     "1 while due jobs of a vendor are not begun for this reason."},
    {histogram, "tributary_job_store_seconds", "operation", "Time of one operation of the store."},
    {gauge, "tributary_market_assets_timestamp_seconds", "asset_type",
     "When a provider last gave a list; 0: never."},
    {gauge, "tributary_market_assets_fetch_seconds", "asset_type",
     "How long the last fetch took that went well."},
    {counter, "tributary_market_lists_total", "provider outcome",
     "Lists of assets asked of providers, by how that ended."},
    {gauge, "tributary_stream_clients", "", "Clients of the stream of quotes."},
    {counter, "tributary_stream_events_total", "", "Quotes sent to clients of the stream."},
    {counter, "tributary_stream_denied_total", "reason",
     "Clients of the stream that were dropped or not admitted."},
    // Actors
    {gauge, "tributary_mailbox_depth", "actor", "Messages that wait in a mailbox."},
    {counter, "tributary_actor_restarts_total", "actor",
     "Restarts of an actor, its own or with its supervisor; of a pool, of all its members."},
    // The process
    {gauge, "tributary_build_info", "version", "Always 1; the label names the running version."},
    {gauge, "tributary_config_generation", "", "Counts the configurations loaded since the start."},
    {counter, "tributary_log_dropped_total", "",
     "Log lines lost because the writer could not keep up."},
    {counter, "process_cpu_seconds_total", "", "User and system CPU time of this process."},
    {gauge, "process_resident_memory_bytes", "", "Resident memory of this process."},
    {gauge, "process_open_fds", "", "Open file descriptors."},
    {gauge, "process_max_fds", "", "Limit of open file descriptors."},
    {gauge, "process_start_time_seconds", "",
     "Start of this process, in seconds since the Unix epoch."},
};

}  // namespace metric_rows

/// The name of a metric of the table: `make_counter("tributary_coalesced_total")`. A literal that
/// is not in the table does not compile.
class metric_name {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is to be taken as one.
  consteval metric_name(const char* name) : row_(&find(name)) {}

  /// A metric outside of the table, for tests of the registry itself; it must outlive the registry.
  explicit constexpr metric_name(const metric& of) : row_(&of) {}

  constexpr const metric& row() const noexcept { return *row_; }

 private:
  static consteval const metric& find(std::string_view name) {
    for (const auto& each : metric_rows::all) {
      if (each.name == name) return each;
    }
    throw std::logic_error("not in the table of metrics");
  }

  const metric* row_;
};

}  // namespace tributary::actors::telemetry
