// SPDX-License-Identifier: MIT
#include "config/redis_url.hpp"
#include "config/sections/checks.hpp"
#include "config/url.hpp"

#include <algorithm>

namespace tributary::config {

namespace {

/// Says what is wrong without the text itself: it may hold a password.
std::optional<redis_address> read_url(const key_path& path, const std::string& text,
                                      complaint& out) {
  std::string wrong;
  auto address = parse_redis_url(text, wrong);
  if (!address) out.add(path, wrong);
  return address;
}

std::optional<redis_address> read_host(const redis_settings& redis, complaint& out) {
  const key_path path{"redis", "host"};
  if (redis.host.find("//") != std::string::npos) {
    out.add(path, "a URL belongs into `url`");
    return std::nullopt;
  }
  if (!is_host(redis.host)) {
    out.add(path, "expected a host name or an IP address, without a port");
    return std::nullopt;
  }
  redis_address address;
  address.host = redis.host;
  address.port = redis.port;
  return address;
}

/// What is given about a Redis that is not there would be ignored without a word.
void check_unused(const redis_settings& redis, complaint& out) {
  if (redis.url.empty() && redis.host.empty() && !redis.cache_url.empty()) {
    out.add({"redis", "cache_url"}, "names a second Redis, and neither `url` nor `host` a first");
  }
  const bool tls = (redis.main && redis.main->tls) || (redis.cache && redis.cache->tls);
  if (redis.main && redis.cache && !tls && redis.tls_options != tls_settings{}) {
    out.add({"redis", "tls"}, "has no effect on a `redis` URL", "rediss://");
  }
}

}  // namespace

void check_redis(redis_settings& redis, complaint& out) {
  if (!redis.url.empty()) {
    redis.main = read_url({"redis", "url"}, redis.url, out);
  } else if (!redis.host.empty()) {
    redis.main = read_host(redis, out);
  }
  if (redis.main) {
    redis.cache = redis.cache_url.empty() ? redis.main
                                          : read_url({"redis", "cache_url"}, redis.cache_url, out);
  }
  check_unused(redis, out);
  check_breaker({"redis", "breaker"}, redis.breaker, out);
}

}  // namespace tributary::config
