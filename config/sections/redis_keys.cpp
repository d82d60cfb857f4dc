// SPDX-License-Identifier: MIT
#include "config/sections/credential_url.hpp"
#include "config/sections/tables.hpp"

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

/// The breaker of Redis is each instance's own: where Redis is away, nothing can be shared.
table<breaker_settings> redis_breaker_keys() {
  auto keys = with_defaults(breaker_keys(), redis_settings{}.breaker);
  std::erase_if(keys, [](auto& key) { return key.doc.name == "shared"; });
  return keys;
}

}  // namespace

table<redis_settings> redis_keys() {
  using s = redis_settings;
  return {
      key("url", &s::url, credential_url(),
          "`redis://` or `rediss://` with TLS, then `[[user]:password@]host[:port][/database]`; "
          "empty: `host` and `port` count."),
      key("host", &s::host, text("host name", 255), "Name or address; empty, as `url`: no Redis."),
      key("port", &s::port, port_number(1), "Its port, where `host` counts."),
      key("cache_url", &s::cache_url, credential_url(),
          "A second one for cached answers, which may evict them; empty: the same."),
      key("tls", &s::tls_options, object(tls_keys()), "For a `rediss` URL."),
      key("key_secret", &s::key_secret, text("secret"),
          "By which credentials are hashed where they are part of an answer's key; instances that "
          "share a Redis need the same. Empty: its password.",
          key_rule::secret),
      key("connect_timeout", &s::connect_timeout, duration(1ms, 60s),
          "Name look-up, connection, TLS handshake and authentication together."),
      key("dns_refresh", &s::dns_refresh, duration(100ms, 24h),
          "How often the host's name is looked up again; also whenever a connection was lost."),
      key("command_timeout", &s::command_timeout, duration(1ms, 10s),
          "Of a command that a request waits for; then it goes on without Redis."),
      key("max_pending", &s::max_pending, count(1, 1'000'000),
          "Commands of one connection without replies; one more fails at once."),
      key("max_reply", &s::max_reply, bytes(kib, gib),
          "Largest reply; after a larger one the connection is made anew."),
      key("breaker", &s::breaker, object_or_false(redis_breaker_keys()),
          "Circuit breaker over all commands: stops asking a Redis that keeps failing."),
  };
}

}  // namespace tributary::config
