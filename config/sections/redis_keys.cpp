// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

#include <algorithm>

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

/// Where user and password stand: behind `//` up to the last `@` of the authority. Also of what is
/// no URL, since errors come later and a secret is one before.
struct user_info {
  std::size_t start = 0;
  std::size_t size = 0;  ///< 0: none
};

user_info find_user_info(std::string_view text) {
  const auto slashes = text.find("//");
  auto start = slashes == std::string_view::npos ? 0 : slashes + 2;
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at < start) return {};
  return {start, at - start};
}

bool has_url_password(std::string_view text) {
  const auto found = find_user_info(text);
  const auto colon = text.substr(found.start, found.size).find(':');
  return colon != std::string_view::npos && colon + 1 < found.size;
}

std::string without_user_info(std::string text) {
  const auto found = find_user_info(text);
  return found.size == 0 ? text : text.replace(found.start, found.size, redacted);
}

/// The breaker of Redis is each instance's own: where Redis is away, nothing can be shared.
table<breaker_settings> redis_breaker_keys() {
  auto keys = with_defaults(breaker_keys(), redis_settings{}.breaker);
  std::erase_if(keys, [](auto& key) { return key.doc.name == "shared"; });
  return keys;
}

/// A password is a secret; the rest of the URL is not.
codec<std::string> redis_url() {
  auto result = text("URL");
  result.read = [read = result.read](reader& in, const node& at, std::string& target) {
    if (at.kind == node_kind::string && !at.substituted && has_url_password(at.text)) {
      return in.fail(at, "a secret does not belong into the file", "${NAME} or ${file:PATH}");
    }
    read(in, at, target);
  };
  result.print = [](const std::string& value) -> ordered_json { return without_user_info(value); };
  return result;
}

}  // namespace

table<redis_settings> redis_keys() {
  using s = redis_settings;
  return {
      key("url", &s::url, redis_url(),
          "`redis://` or `rediss://` with TLS, then `[[user]:password@]host[:port][/database]`; "
          "empty: `host` and `port` count."),
      key("host", &s::host, text("host name", 255), "Name or address; empty, as `url`: no Redis."),
      key("port", &s::port, port_number(1), "Its port, where `host` counts."),
      key("cache_url", &s::cache_url, redis_url(),
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
