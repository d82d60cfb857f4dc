// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"
#include "config/sections/breaker_settings.hpp"
#include "config/sections/tls_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tributary::config {

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

/// Further attempts of a call.
struct retry_settings {
  std::size_t max = 0;  ///< attempts beside the first; 0: none
  milliseconds base_delay{25};
  milliseconds max_delay{250};
  double budget_ratio = 0.2;         ///< retries that each call pays for
  milliseconds budget_ttl{10'000};   ///< for which a call's payment is good
  double budget_min_per_second = 3;  ///< retries that are always paid for
};

/// Pauses that an upstream asks for by Retry-After.
struct back_pressure_settings {
  bool enabled = true;
  milliseconds max{60'000};  ///< longest pause
};

struct bulkhead_settings {
  std::size_t max_in_flight = 256;
  std::optional<std::size_t> queue;  ///< calls that may wait for a place; unset: 4 x max_in_flight
};

struct upstream_settings {
  std::string name;
  std::string url;  ///< origin and optional path prefix, as written; parsed into the next fields
  bool tls = false;
  std::string host;
  std::uint16_t port = 0;
  std::string socket;       ///< path of a Unix socket, instead of host and port; empty: none
  std::string path_prefix;  ///< no trailing slash
  tls_settings tls_options;
  milliseconds connect_timeout{500};
  milliseconds dns_refresh{30'000};        ///< from one look-up of the host's name to the next
  std::optional<milliseconds> timeout;     ///< of one call; unset: what is left of the endpoint's
  std::size_t max_idle_connections = 128;  ///< per worker
  std::size_t max_connections = 1024;      ///< per worker
  milliseconds idle_timeout{60'000};
  milliseconds max_lifetime{600'000};  ///< of a connection
  std::size_t max_response_header = 32 * 1024;
  std::size_t max_response_body = 10 * 1024 * 1024;
  std::string deadline_header = "X-Request-Timeout-Ms";  ///< carries the remaining ms; empty: none
  bool follow_redirects = false;                         ///< of GET and HEAD, on the same origin
  breaker_settings breaker;
  bulkhead_settings bulkhead;
  retry_settings retry;
  back_pressure_settings back_pressure;
  std::optional<rate_limit_settings> rate_limit;
};

}  // namespace tributary::config
