// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

using namespace std::chrono_literals;

table<breaker_settings> breaker_keys() {
  using s = breaker_settings;
  return {
      key("enabled", &s::enabled, flag(), "`\"breaker\": false` is short for turning it off."),
      key("mode", &s::measure_only, choice<bool>({{"enforce", false}, {"measure", true}}),
          "`measure` counts without refusing."),
      key("window", &s::window, duration(100ms, 10min), "Rolling time over which calls count."),
      key("buckets", &s::buckets, count(1, 100), "Parts of the window."),
      key("min_calls", &s::min_calls, count(1, 1'000'000),
          "Calls in the window before it may open."),
      key("by_rate", &s::by_rate, flag(),
          "Whether `failure_rate` and `slow_rate` open it; else only `consecutive_failures` do."),
      key("failure_rate", &s::failure_rate, real(0.01, 1), "Share of failed calls that opens it."),
      key("consecutive_failures", &s::consecutive_failures, count(0, 1'000'000),
          "Failed calls in a row, however far apart, that open it whatever the rates; 0: off."),
      key("slow_rate", &s::slow_rate, real(0.01, 1),
          "Share of slow calls that opens it, with `slow` set."),
      key("slow", &s::slow, maybe(duration(1ms, 10min)),
          "A call that takes longer is slow; unset: none is."),
      key("open_for", &s::open_for, duration(10ms, 1h),
          "How long it refuses; doubled with each reopening."),
      key("open_max", &s::open_max, duration(10ms, 24h), "Longest time that it refuses."),
      key("jitter", &s::jitter, real(0, 1), "Random share added to or taken from the open time."),
      key("heed_retry_after", &s::heed_retry_after, flag(),
          "Whether an upstream's `Retry-After` on a failed call takes the place of the open time."),
      key("half_open_successes", &s::half_open_successes, count(1, 1000),
          "Successful probes in a row, one at a time, that close it."),
      key("shared", &s::shared, flag(),
          "With a Redis, whether other instances follow its state, and it theirs."),
  };
}

table<tls_settings> tls_keys() {
  using s = tls_settings;
  return {
      key("verify", &s::verify, flag(), "Whether the certificate must be valid for the host."),
      key("ca_file", &s::ca_file, text("path"),
          "PEM file of trusted certificates; empty: those of the system."),
      key("server_name", &s::server_name, text("host name"),
          "Name to send and to verify; empty: the host of the URL."),
  };
}

table<rate_limit_settings> rate_limit_keys() {
  using s = rate_limit_settings;
  return {
      key("rate", &s::rate, real(0.001, 1e9), "Calls per `period`.", key_rule::required),
      key("period", &s::period, duration(1ms, 24h), "Time that `rate` refers to."),
      key("burst", &s::burst, real(0, 1e9),
          "Calls at once; 0: the rate of one second, at least 1."),
      key("shared", &s::shared, flag(),
          "With a Redis, whether it is one limit for all instances together."),
      key("on_store_failure", &s::on_store_failure,
          choice<store_failure>({{"local", store_failure::local},
                                 {"open", store_failure::open},
                                 {"closed", store_failure::closed}}),
          "Of a shared limit while Redis cannot be asked: each instance grants its share, or "
          "every call may go, or none."),
      key("local_share", &s::local_share, maybe(real(0.001, 1)),
          "That share of the limit; unset: 1 divided by the instances seen."),
  };
}

namespace {

table<bulkhead_settings> bulkhead_keys() {
  using s = bulkhead_settings;
  return {
      key("max_in_flight", &s::max_in_flight, count(1, 1'000'000),
          "Calls at a time; more wait in the queue."),
      key("queue", &s::queue, maybe(count(0, 10'000'000)),
          "Calls that may wait for one of those to end, within their own deadline; one more is "
          "refused at once; unset: 4 times `max_in_flight`."),
  };
}

table<retry_settings> retry_budget_keys() {
  using s = retry_settings;
  return {
      key("ratio", &s::budget_ratio, real(0, 10), "Retries that each call pays for."),
      key("ttl", &s::budget_ttl, duration(100ms, 10min), "For how long its payment is good."),
      key("min_per_second", &s::budget_min_per_second, real(0, 1e6),
          "Retries that are paid for without any call."),
  };
}

table<retry_settings> retry_keys() {
  using s = retry_settings;
  return {
      key("max", &s::max, count(0, 10), "Attempts beside the first; 0: none.", key_rule::required),
      key("base_delay", &s::base_delay, duration(0ms, 1min),
          "Upper bound of the random pause before the first; doubled with each further one; 0: no "
          "pause."),
      key("max_delay", &s::max_delay, duration(0ms, 1min), "Largest such bound."),
      group("budget", retry_budget_keys(),
            "Keeps retries from multiplying the load on an upstream that is failing."),
  };
}

table<back_pressure_settings> back_pressure_keys() {
  using s = back_pressure_settings;
  return {
      key("enabled", &s::enabled, flag(),
          "`\"back_pressure\": false` is short for turning it off."),
      key("max", &s::max, duration(1s, 24h), "Longest pause; a longer one is cut to it."),
  };
}

}  // namespace

table<upstream_settings> upstream_keys() {
  using s = upstream_settings;
  return {
      key("url", &s::url, text("URL"),
          "`http` or `https` origin with an optional path prefix, or `unix:/path` of a Unix "
          "socket, "
          "whose requests say `Host: localhost`.",
          key_rule::required),
      key("tls", &s::tls_options, object(tls_keys()), "For an `https` URL."),
      key("connect_timeout", &s::connect_timeout, duration(1ms, 60s),
          "Name look-up, connection and TLS handshake together."),
      key("dns_refresh", &s::dns_refresh, duration(100ms, 24h),
          "How often the host's name is looked up again, in the background: the addresses that are "
          "known serve meanwhile, and as long as look-ups fail."),
      key("timeout", &s::timeout, maybe(duration(1ms, 10min)),
          "Of one call; unset: what is left of the endpoint's time."),
      key("max_idle_connections", &s::max_idle_connections, count(0, 65'536),
          "Kept open for reuse, per worker."),
      key("max_connections", &s::max_connections, count(1, 65'536), "Open at a time, per worker."),
      key("idle_timeout", &s::idle_timeout, duration(100ms, 1h),
          "After which an unused connection is closed."),
      key("max_lifetime", &s::max_lifetime, duration(1s, 24h),
          "After which a connection is not used again."),
      key("max_response_header", &s::max_response_header, bytes(kib, 1024 * kib),
          "Header of an answer; a larger one is a failure."),
      key("max_response_body", &s::max_response_body, bytes(kib, gib),
          "Body of an answer; a larger one is a failure."),
      key("deadline_header", &s::deadline_header, text("header name"),
          "Tells the upstream the milliseconds left; empty: sends none."),
      key("follow_redirects", &s::follow_redirects, flag(),
          "Whether up to 3 redirects of a call are followed, on the same origin; else, and "
          "elsewhere, "
          "a redirect is a failure with its status."),
      key("breaker", &s::breaker, object_or_false(breaker_keys()),
          "Circuit breaker: stops calling what keeps failing."),
      key("bulkhead", &s::bulkhead, object(bulkhead_keys()), "Limit of calls at a time."),
      key("rate_limit", &s::rate_limit, maybe(object(rate_limit_keys())),
          "Limit of calls over time; absent: none."),
      key("retry", &s::retry, object(retry_keys()),
          "Further attempts when a call failed in a way that another may not; absent: none."),
      key("back_pressure", &s::back_pressure, object_or_false(back_pressure_keys()),
          "Pauses that the upstream asks for by `Retry-After` with a 503, or with most of its "
          "answers 429."),
  };
}

}  // namespace tributary::config
