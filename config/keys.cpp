// SPDX-License-Identifier: MIT
#include "config/keys.hpp"

#include <algorithm>

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

table<request_limits> limit_keys() {
  using s = request_limits;
  return {
      key("request_line", &s::request_line, bytes(256, 64 * kib),
          "Longest request line; a longer one is answered 414."),
      key("headers", &s::headers, bytes(kib, mib),
          "All header fields of a request together; more is answered 431."),
      key("header_count", &s::header_count, count(8, 1000),
          "Header fields of a request; more is answered 431."),
      key("body", &s::body, bytes(0, gib), "Body of a request; a larger one is answered 413."),
  };
}

table<admin_settings> admin_keys() {
  using s = admin_settings;
  return {
      key("address", &s::address, text("IP address"), "Address that operators connect to."),
      key("port", &s::port, port_number(), "Its port; 0 takes a free one and logs it."),
      key("token", &s::token, text("secret"),
          "Bearer token for each request to it. Mandatory unless the address is loopback.",
          key_rule::secret),
  };
}

table<log_settings> log_keys() {
  using s = log_settings;
  const auto levels = choice<log_level>({{"debug", log_level::debug},
                                         {"info", log_level::info},
                                         {"warning", log_level::warning},
                                         {"error", log_level::error}},
                                        true);
  return {
      key("level", &s::level, levels, "The least severe record written; in any case of letters."),
      key("queue", &s::queue, count(64, 1'048'576),
          "Records waiting for the writer; more are dropped and counted."),
  };
}

table<runtime_settings> runtime_keys() {
  using s = runtime_settings;
  return {
      key("workers", &s::workers, count(0, 256),
          "Threads that run sockets and actors; 0: one per core."),
      key("max_throughput", &s::max_throughput, count(1, 10'000),
          "Messages an actor handles before others have their turn."),
  };
}

table<memory_cache_settings> cache_keys() {
  using s = memory_cache_settings;
  return {
      key("max_bytes", &s::max_bytes, bytes(0, 64 * gib),
          "Memory of all cached answers; 0 stores nothing."),
      key("max_object", &s::max_object, bytes(kib, gib), "Larger answers are not stored."),
      key("shards", &s::shards, count(0, 256), "Actors that share the cache; 0: one per worker."),
      key("max_waiters", &s::max_waiters, count(1, 1'000'000),
          "Callers that may wait for one and the same answer."),
  };
}

}  // namespace

table<server_settings> server_keys() {
  using s = server_settings;
  return {
      key("address", &s::address, text("IP address"), "Address that clients connect to."),
      key("port", &s::port, port_number(), "Its port; 0 takes a free one and logs it."),
      key("limits", &s::limits, object(limit_keys()), "What a request may weigh."),
      key("max_connections", &s::max_connections, count(1, 1'000'000),
          "Open client connections; one more is accepted and closed at once."),
      key("max_in_flight", &s::max_in_flight, count(1, 1'000'000),
          "Requests in work, streams and waiting ones aside; one more is answered 503 with "
          "`Retry-After: 1`."),
      key("pipeline_depth", &s::pipeline_depth, count(1, 1000),
          "Requests of one connection read ahead of their answers."),
      key("header_timeout", &s::header_timeout, duration(100ms, 5min),
          "From the first byte of a request to the end of its header; later is answered 408."),
      key("idle_timeout", &s::idle_timeout, duration(100ms, 1h),
          "Between two requests of a connection, which is then closed."),
      key("write_timeout", &s::write_timeout, duration(100ms, 1h),
          "For one answer to a client that does not read; then closed."),
      key("body_min_rate", &s::body_min_rate, bytes(1, gib),
          "Bytes a second at which a body must arrive; slower is answered 408."),
      key("drain_delay", &s::drain_delay, duration(0ms, 10min),
          "Between SIGTERM and the closing of the listeners, with `/readyz` at 503."),
      key("drain_timeout", &s::drain_timeout, duration(0ms, 1h),
          "For requests in flight at shutdown; then they are cut off."),
  };
}

const codec<settings>& all_keys() {
  using s = settings;
  static const auto keys = object<settings>({
      key("server", &s::server, object(server_keys()), "The public listener."),
      key("admin", &s::admin, object(admin_keys()),
          "The operators' listener: metrics, inspection, cache purge."),
      key("log", &s::log, object(log_keys()), "JSON records on standard error."),
      key("runtime", &s::runtime, object(runtime_keys()), "Threads and actors."),
      key("cache", &s::cache, object(cache_keys()), "The cache of whole answers, in memory."),
      key("part_cache", &s::part_cache, object(cache_keys()),
          "The cache of upstream answers, in memory."),
      key("redis", &s::redis, object(redis_keys()),
          "What several instances share; without `url` and `host` each is on its own."),
      key("upstreams", &s::upstreams, named_objects(upstream_keys()),
          "The services that parts are fetched from, by name."),
      key("endpoints", &s::endpoints, named_objects(endpoint_keys()),
          "The aggregated endpoints, by name."),
      key("data_dir", &s::data_dir, text("path"),
          "Where counts of calls are kept over restarts; made when first needed; a relative path "
          "starts at the working directory; empty: nowhere. Each instance needs its own."),
      key("market", &s::market, market_section(),
          "Market data: quotes and lists of assets; absent or `false`: none."),
  });
  return keys;
}

bool is_secret_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_') plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  constexpr const char* wholes[] = {"auth", "key", "jwt", "pass", "pwd", "sig", "signature"};
  constexpr const char* parts[] = {"authorization", "cookie",     "apikey", "accesskey",
                                   "privatekey",    "token",      "secret", "password",
                                   "passwd",        "credential", "crumb",  "card"};
  return std::any_of(std::begin(wholes), std::end(wholes),
                     [&](const char* whole) { return plain == whole; }) ||
         std::any_of(std::begin(parts), std::end(parts),
                     [&](const char* part) { return plain.find(part) != std::string::npos; });
}

}  // namespace tributary::config
