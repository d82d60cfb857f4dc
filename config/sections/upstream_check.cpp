// SPDX-License-Identifier: MIT
#include "config/codec.hpp"
#include "config/sections/checks.hpp"
#include "config/url.hpp"

namespace tributary::config {

namespace {

void check_retry(const key_path& path, const retry_settings& retry, complaint& out) {
  if (retry.base_delay > retry.max_delay) {
    const bool given = out.find(path / "max_delay") != nullptr;
    given ? out.add(path / "max_delay", "shorter than `base_delay`")
          : out.add(path / "base_delay",
                    "longer than `max_delay`, " + print_duration(retry.max_delay));
  }
  if (retry.max > 0 && retry.budget_ratio == 0 && retry.budget_min_per_second == 0) {
    out.add(path / "budget", "pays for no retry at all", "\"max\": 0");
  }
}

/// A Unix socket has no TLS and no name.
void check_socket_keys(const key_path& path, complaint& out) {
  for (const char* name : {"tls", "dns_refresh"}) {
    if (out.find(path / name) == nullptr) continue;
    out.add(path / name,
            "`" + std::string{name} + "` has no effect: `url` is the path of a Unix socket");
  }
}

}  // namespace

void check_rate_limit(const key_path& path, const rate_limit_settings& limit, complaint& out) {
  const bool local = limit.on_store_failure == store_failure::local;
  if (!limit.shared && !local) {
    out.add(path / "on_store_failure", "has no effect on a limit that is not shared");
  }
  if (limit.local_share && (!limit.shared || !local)) {
    out.add(path / "local_share", limit.shared
                                      ? "has no effect unless `on_store_failure` is `local`"
                                      : "has no effect on a limit that is not shared");
  }
}

void check_breaker(const key_path& path, const breaker_settings& breaker, complaint& out) {
  if (breaker.open_max < breaker.open_for) out.add(path / "open_max", "shorter than `open_for`");
  if (breaker.window.count() < static_cast<std::int64_t>(breaker.buckets)) {
    out.add(path / "buckets", "a bucket would be shorter than a millisecond");
  }
  if (breaker.enabled && !breaker.by_rate && breaker.consecutive_failures == 0) {
    out.add(path / "by_rate", "without `consecutive_failures` nothing would open it");
  }
}

void check_url(const key_path& path, upstream_settings& upstream, complaint& out) {
  upstream_url url;
  if (const auto wrong = parse_upstream_url(upstream.url, url); !wrong.empty()) {
    out.add(path / "url", wrong);
  }
  upstream.tls = url.tls;
  upstream.host = std::move(url.host);
  upstream.port = url.port;
  upstream.socket = std::move(url.socket);
  upstream.path_prefix = std::move(url.path_prefix);
  if (upstream.timeout && *upstream.timeout < upstream.connect_timeout &&
      out.find(path / "connect_timeout") != nullptr) {
    out.add(path / "connect_timeout", "longer than `timeout` of the same upstream");
  }
  if (!upstream.socket.empty()) return check_socket_keys(path, out);
  if (!upstream.tls && !upstream.host.empty() && upstream.tls_options != tls_settings{}) {
    out.add(path / "tls", "has no effect on an `http` URL", "https://");
  }
}

void check_upstream(upstream_settings& upstream, complaint& out) {
  const key_path path{"upstreams", upstream.name};
  check_url(path, upstream, out);
  if (!is_token(upstream.deadline_header)) {
    out.add(path / "deadline_header", "not the name of a header field");
  } else if (is_own_field(upstream.deadline_header)) {
    out.add(path / "deadline_header", "set by the gateway itself");
  }
  if (upstream.max_idle_connections > upstream.max_connections) {
    const bool given = out.find(path / "max_idle_connections") != nullptr;
    out.add(path / (given ? "max_idle_connections" : "max_connections"),
            "more idle connections than connections (`max_idle_connections` is " +
                std::to_string(upstream.max_idle_connections) + ")");
  }
  check_breaker(path / "breaker", upstream.breaker, out);
  check_retry(path / "retry", upstream.retry, out);
  if (upstream.rate_limit) check_rate_limit(path / "rate_limit", *upstream.rate_limit, out);
}

}  // namespace tributary::config
