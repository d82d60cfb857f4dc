// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the program runs on: the configuration file after every check. These are plain values;
/// nobody re-validates them. `config/keys.cpp` declares each key once with type, default, range and
/// description, and fills these structs.
namespace tributary::config {

using std::chrono::milliseconds;

/// Limits of what a client may send.
struct request_limits {
  std::size_t request_line = 8 * 1024;  ///< bytes; over: 414
  std::size_t headers = 16 * 1024;      ///< bytes of all header fields; over: 431
  std::size_t header_count = 100;       ///< fields; over: 431
  std::size_t body = 1024 * 1024;       ///< bytes; over: 413
};

/// One listening HTTP server.
struct server_settings {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8080;  ///< 0 takes a free port; the log names it
  request_limits limits;
  std::size_t max_connections = 20'000;  ///< open sockets; over: accepted and closed at once
  std::size_t max_in_flight = 10'000;    ///< requests being answered; over: 503, Retry-After: 1
  std::size_t pipeline_depth = 16;       ///< requests of one connection read ahead of their answers
  milliseconds header_timeout{5'000};    ///< first byte of a request to the end of its header; 408
  milliseconds idle_timeout{60'000};     ///< between two requests of a connection; closed
  milliseconds write_timeout{30'000};    ///< one answer to a client that does not read; closed
  std::size_t body_min_rate = 1024;      ///< bytes a second while a body is read; 408
  milliseconds drain_delay{0};           ///< between SIGTERM and closing the listeners
  milliseconds drain_timeout{30'000};    ///< for requests in flight at shutdown
};

/// The operators' listener: metrics, inspection, cache purge.
struct admin_settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9090;
  std::string token;  ///< bearer token; mandatory on any address but loopback
};

enum class log_level { debug, info, warning, error };

struct log_settings {
  log_level level = log_level::info;
  std::size_t queue = 8192;  ///< records waiting for the writer thread; over: dropped and counted
};

struct runtime_settings {
  std::size_t workers = 0;          ///< threads; 0: one per core
  std::size_t max_throughput = 64;  ///< messages an actor handles before others have their turn
};

struct memory_cache_settings {
  std::size_t max_bytes = 64 * 1024 * 1024;
  std::size_t max_object = 1024 * 1024;  ///< bytes; larger answers are not stored
  std::size_t shards = 0;                ///< actors; 0: one per worker
  std::size_t max_waiters = 10'000;      ///< callers that share one gather
};

/// Circuit breaker of one upstream; its rules are at `actors::guards::circuit_breaker`.
struct breaker_settings {
  bool enabled = true;
  bool measure_only = false;    ///< `mode: measure` counts without refusing
  milliseconds window{10'000};  ///< rolling, in `buckets` parts
  std::size_t buckets = 10;
  std::size_t min_calls = 20;
  bool by_rate = true;                   ///< false: no rate opens it, only failures in a row
  double failure_rate = 0.5;             ///< 0–1
  std::size_t consecutive_failures = 0;  ///< that open it by themselves; 0: off
  double slow_rate = 0.8;                ///< 0–1, with `slow` set
  std::optional<milliseconds> slow{};    ///< a call longer than this is slow; unset: off
  milliseconds open_for{5'000};          ///< doubled with each reopening
  milliseconds open_max{60'000};
  double jitter = 0.2;                  ///< ± share of the open time
  bool heed_retry_after = true;         ///< an upstream's `Retry-After` replaces the open time
  std::size_t half_open_successes = 3;  ///< in a row, one at a time, to close
  bool shared = true;                   ///< with other instances, where there is a Redis

  bool operator==(const breaker_settings&) const = default;
};

/// What a shared limit does while Redis cannot be asked.
enum class store_failure {
  local,   ///< this instance grants its share of the limit
  open,    ///< every call may go
  closed,  ///< none may
};

/// GCRA of one upstream; absent: no limit.
struct rate_limit_settings {
  double rate = 0;  ///< calls per `period`
  milliseconds period{1'000};
  double burst = 0;    ///< calls at once; 0: the rate of one second, at least 1
  bool shared = true;  ///< one limit for all instances, where there is a Redis
  store_failure on_store_failure = store_failure::local;
  std::optional<double> local_share;  ///< 0–1; unset: 1 / instances seen
};

/// Further attempts of a call, with full jitter and a budget (`actors::guards::retry_budget`).
struct retry_settings {
  std::size_t max = 0;  ///< attempts beside the first; 0: none
  milliseconds base_delay{25};
  milliseconds max_delay{250};
  double budget_ratio = 0.2;         ///< retries that each call pays for
  milliseconds budget_ttl{10'000};   ///< for which a call's payment is good
  double budget_min_per_second = 3;  ///< retries that are always paid for
};

/// Pauses that an upstream asks for by Retry-After (RFC 9110, 10.2.3).
struct back_pressure_settings {
  bool enabled = true;
  milliseconds max{60'000};  ///< longest pause
};

struct bulkhead_settings {
  std::size_t max_in_flight = 256;
};

struct tls_settings {
  bool verify = true;
  std::string ca_file;      ///< empty: the system's trust store
  std::string server_name;  ///< SNI and name to verify; empty: the URL's host

  bool operator==(const tls_settings&) const = default;
};

struct upstream_settings {
  std::string name;
  std::string url;  ///< origin and optional path prefix, as written; parsed into the next fields
  bool tls = false;
  std::string host;
  std::uint16_t port = 0;
  std::string path_prefix;  ///< no trailing slash
  tls_settings tls_options;
  milliseconds connect_timeout{500};
  std::optional<milliseconds> timeout;     ///< of one call; unset: what is left of the endpoint's
  std::size_t max_idle_connections = 128;  ///< per worker
  std::size_t max_connections = 1024;      ///< per worker
  milliseconds idle_timeout{60'000};
  milliseconds max_lifetime{600'000};  ///< of a connection
  std::size_t max_response_header = 32 * 1024;
  std::size_t max_response_body = 10 * 1024 * 1024;
  std::string deadline_header = "X-Request-Timeout-Ms";  ///< carries the remaining ms; empty: none
  breaker_settings breaker;
  bulkhead_settings bulkhead;
  retry_settings retry;
  back_pressure_settings back_pressure;
  std::optional<rate_limit_settings> rate_limit;
};

enum class parameter_type { string, integer, number, boolean, one_of, instant, interval, parts };
enum class parameter_place { query, path, header };

/// One declared input of an endpoint.
struct parameter_settings {
  std::string name;
  parameter_place in = parameter_place::query;
  parameter_type type = parameter_type::string;
  bool required = false;
  std::optional<std::string> default_value;
  std::string characters;      ///< type string: allowed set such as `A-Za-z0-9._-`; empty: any
  std::size_t min_length = 1;  ///< type string, characters
  std::size_t max_length = 256;
  std::optional<double> minimum;  ///< types integer and number
  std::optional<double> maximum;
  std::vector<std::string> values;  ///< type one_of
};

enum class merge_mode { member, root };
enum class merge_conflict { error, first, last, concat, deep };

/// A named value given to an upstream; `value` is a template. With `omit_if_missing` the field is
/// left out when a parameter of the template has no value.
struct templated_field {
  std::string name;
  std::string value;
};

/// Turns one upstream status into the answer of the whole endpoint.
struct status_rule {
  int upstream_status = 404;
  int status = 404;
  std::string code;  ///< `error.code`, e.g. CUSTOMER_NOT_FOUND
  std::string message;
};

/// Cache of one part's upstream answers, by RFC 9111 and 5861.
struct part_cache_settings {
  std::optional<milliseconds> ttl;         ///< where the upstream is silent; unset: not stored then
  bool force_ttl = false;                  ///< `ttl` holds whatever the upstream says
  milliseconds stale_while_revalidate{0};  ///< where the upstream does not say it
  milliseconds stale_if_error{0};          ///< where the upstream does not say it
  bool shared = false;  ///< one entry for all, also when the call carries credentials
};

enum class fallback_kind { upstream, stale, fixed };

/// What stands in for a part that failed: tried in order, within the same deadline.
struct fallback_settings {
  fallback_kind kind = fallback_kind::fixed;
  std::string upstream;             ///< kind upstream: asked instead, by the part's own templates
  std::optional<std::string> path;  ///< kind upstream: template in place of the part's
  milliseconds max_stale{600'000};  ///< kind stale: how long past its time to live
  std::string fixed_json;           ///< kind fixed
};

struct part_settings {
  std::string name;
  std::string upstream;
  std::string member;                  ///< empty: the name
  std::string path;                    ///< template, appended to the upstream's prefix
  std::vector<templated_field> query;  ///< left out when a parameter in it has no value
  std::vector<templated_field> headers;
  bool required = true;
  std::optional<milliseconds> timeout;
  std::optional<std::string> default_json;  ///< stands in for a missing optional part
  merge_mode merge = merge_mode::member;
  merge_conflict on_conflict = merge_conflict::error;
  bool forward_4xx = true;  ///< `on_4xx: forward`
  std::vector<status_rule> status_rules;
  std::optional<part_cache_settings> cache;
  std::vector<fallback_settings> fallback;  ///< tried in order
};

struct endpoint_cache_settings {
  std::string key;  ///< template
  milliseconds ttl{60'000};
  double jitter = 0.1;            ///< share by which a TTL may be shortened
  bool redis = true;              ///< kept there too, where there is one
  std::vector<std::string> tags;  ///< templates; answers can be purged by them
};

struct endpoint_settings {
  std::string name;
  std::string path;  ///< template: `/users/{id}/summary`
  milliseconds timeout{3'000};
  milliseconds merge_reserve{5};
  milliseconds min_attempt{10};
  bool client_lenient = false;
  milliseconds retry_after{5'000};  ///< said when no breaker and no upstream names a time
  std::vector<parameter_settings> parameters;
  std::vector<part_settings> parts;
  std::optional<endpoint_cache_settings> cache;
};

/// Where one Redis is.
struct redis_address {
  bool tls = false;
  std::string host;
  std::uint16_t port = 6379;
  std::string user;  ///< empty: the default one
  std::string password;
  unsigned database = 0;

  bool operator==(const redis_address&) const = default;
};

/// Redis, for what several instances share; not there unless `main` is set.
struct redis_settings {
  std::string url;   ///< as written: `redis[s]://[user:password@]host[:port][/database]`
  std::string host;  ///< counts when `url` is empty
  std::uint16_t port = 6379;
  std::string cache_url;               ///< of what may be evicted; empty: the same Redis
  std::optional<redis_address> main;   ///< from `url`, or `host` and `port`
  std::optional<redis_address> cache;  ///< from `cache_url`; set whenever `main` is
  tls_settings tls_options;            ///< for `rediss`
  milliseconds connect_timeout{500};
  milliseconds command_timeout{20};  ///< hard, on a request's way; also less when less is left
  std::size_t max_pending = 10'000;  ///< commands of one connection without their replies
  std::size_t max_reply = 16 * 1024 * 1024;  ///< bytes
  breaker_settings breaker{.window = milliseconds{5'000},
                           .min_calls = 5,
                           .open_for = milliseconds{500},
                           .open_max = milliseconds{2'000},
                           .half_open_successes = 1,
                           .shared = false};
};

/// How often a provider may be called; 0: no such limit. Days and months are those of UTC.
struct call_allowance {
  std::size_t per_second = 0;
  std::size_t per_minute = 0;
  std::size_t per_day = 0;
  std::size_t per_month = 0;

  bool operator==(const call_allowance&) const = default;
};

/// One provider of market data.
struct market_provider_settings {
  std::string name;  ///< `source` of its quotes: yfinance finnhub coingecko …
  bool enabled = true;
  std::string url;                 ///< origin and optional path prefix
  std::string key;                 ///< empty: none; those that need one are then left out
  std::string tier = "demo";       ///< coingecko: demo, pro
  std::string version = "v2";      ///< coinmarketcap: v1, v2, v3
  std::string venue = "coinbase";  ///< finnhub: coinbase, binance
  bool daily_rates = false;        ///< alpha_vantage: a second call for the change of a forex pair
  call_allowance allowance;
  milliseconds connect_timeout{1'000};
  milliseconds timeout{2'000};       ///< of one call
  std::size_t failures_to_open = 3;  ///< in a row
  tls_settings tls_options;
  /// The guards' view of it, made from the others when the configuration is loaded.
  upstream_settings upstream;
};

/// Names of providers, in the order in which they are asked.
struct market_chains {
  std::vector<std::string> stocks;
  std::vector<std::string> crypto;
  std::vector<std::string> forex;

  bool operator==(const market_chains&) const = default;
};

/// Market data: `/v1/quotes`, `/v1/assets`, and what keeps them fresh.
struct market_settings {
  bool enabled = false;  ///< true when the section is there and not `false`
  std::vector<market_provider_settings> providers;
  market_chains chains;  ///< for quotes
  market_chains lists;   ///< for lists of assets, which are merged; the first has the last word
  std::string active_symbols;             ///< as written: commas, spaces around symbols allowed
  milliseconds breaker_timeout{300'000};  ///< a provider's breaker stays open so long, exactly
  milliseconds price_interval{5'000};
  milliseconds asset_interval{86'400'000};
  milliseconds quote_ttl{300'000};
  milliseconds asset_ttl{86'400'000};
  milliseconds stale_for{86'400'000};      ///< how long an expired quote is kept, for bad times
  milliseconds timeout{5'000};             ///< of one request for quotes
  double loop_share = 0.8;                 ///< of each allowance, for the loops
  std::size_t max_symbols = 10'000;        ///< quotes kept; symbols followed
  std::size_t max_streams = 10'000;        ///< clients of the stream
  milliseconds heartbeat{15'000};          ///< of a stream without news
  std::size_t stream_backlog = 64 * 1024;  ///< bytes that wait for one client; over: dropped
};

struct settings {
  server_settings server;
  admin_settings admin;
  log_settings log;
  runtime_settings runtime;
  memory_cache_settings cache;       ///< of whole answers
  memory_cache_settings part_cache;  ///< of upstream answers
  redis_settings redis;
  std::vector<upstream_settings> upstreams;  ///< in the order of the file
  std::vector<endpoint_settings> endpoints;
  /// Where state is kept over restarts, made when first needed; a relative one starts at the
  /// working directory; empty: nowhere. What cannot be written there is warned about, no more.
  std::string data_dir;
  market_settings market;
};

}  // namespace tributary::config
