// SPDX-License-Identifier: MIT
#include "config/keys.hpp"

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

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
      key("failure_rate", &s::failure_rate, real(0.01, 1), "Share of failed calls that opens it."),
      key("slow_rate", &s::slow_rate, real(0.01, 1),
          "Share of slow calls that opens it, with `slow` set."),
      key("slow", &s::slow, maybe(duration(1ms, 10min)),
          "A call that takes longer is slow; unset: none is."),
      key("open_for", &s::open_for, duration(10ms, 1h),
          "How long it refuses; doubled with each reopening."),
      key("open_max", &s::open_max, duration(10ms, 24h), "Longest time that it refuses."),
      key("jitter", &s::jitter, real(0, 1), "Random share added to or taken from the open time."),
      key("half_open_successes", &s::half_open_successes, count(1, 1000),
          "Successful probes in a row, one at a time, that close it."),
  };
}

/// An object, or `false` for a breaker that is off.
codec<breaker_settings> breaker() {
  auto inner = object(breaker_keys());
  auto out = inner;
  out.doc.schema = {{"anyOf", {{{"const", false}}, inner.doc.schema}}};
  out.read = [read = inner.read](reader& in, const node& at, breaker_settings& target) {
    if (at.kind == node_kind::boolean && at.text == "false")
      target.enabled = false;
    else
      read(in, at, target);
  };
  return out;
}

table<rate_limit_settings> rate_limit_keys() {
  using s = rate_limit_settings;
  return {
      key("rate", &s::rate, real(0.001, 1e9), "Calls per `period`.", key_rule::required),
      key("period", &s::period, duration(1ms, 24h), "Time that `rate` refers to."),
      key("burst", &s::burst, real(0, 1e9),
          "Calls at once; 0: the rate of one second, at least 1."),
  };
}

table<bulkhead_settings> bulkhead_keys() {
  using s = bulkhead_settings;
  return {key("max_in_flight", &s::max_in_flight, count(1, 1'000'000),
              "Calls at a time; one more is refused at once.")};
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

}  // namespace

table<upstream_settings> upstream_keys() {
  using s = upstream_settings;
  return {
      key("url", &s::url, text("URL"), "`http` or `https` origin with an optional path prefix.",
          key_rule::required),
      key("tls", &s::tls_options, object(tls_keys()), "For an `https` URL."),
      key("connect_timeout", &s::connect_timeout, duration(1ms, 60s),
          "Name look-up, connection and TLS handshake together."),
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
      key("breaker", &s::breaker, breaker(), "Circuit breaker: stops calling what keeps failing."),
      key("bulkhead", &s::bulkhead, object(bulkhead_keys()), "Limit of calls at a time."),
      key("rate_limit", &s::rate_limit, maybe(object(rate_limit_keys())),
          "Limit of calls over time; absent: none."),
  };
}

}  // namespace tributary::config
