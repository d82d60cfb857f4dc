// SPDX-License-Identifier: MIT
#include "config/section_list.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace tributary::config {

using namespace tests;
using namespace std::chrono_literals;

namespace {

/// One key, a value that is not its default, and whether the value arrived.
struct arrival {
  const char* path;
  const char* value;
  std::function<bool(const settings&)> arrived;
};

const upstream_settings& up(const settings& s) { return s.upstreams.at(0); }
const endpoint_settings& end(const settings& s) { return aggregates(s).endpoints.at(0); }
const parameter_settings& par(const settings& s) { return end(s).parameters.at(0); }
const part_settings& part(const settings& s) { return end(s).parts.at(0); }
const fallback_settings& step(const settings& s, std::size_t at) { return part(s).fallback.at(at); }
const market_provider_settings& provider(const settings& s) { return market(s).providers.at(0); }
const vendor_settings& vendor(const settings& s) { return jobs_of(s).vendors.at(0); }
const status_rule& rule(const settings& s) { return part(s).status_rules.at(0); }

#define ARRIVES(path, value, expression)                      \
  arrival {                                                   \
    path, value, [](const settings& s) { return expression; } \
  }

const std::vector<arrival>& server_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("server.address", R"("127.0.0.2")", s.server.address == "127.0.0.2"),
      ARRIVES("server.port", "81", s.server.port == 81),
      ARRIVES("server.socket_mode", "\"0666\"", s.server.socket_mode == 0666),
      ARRIVES("server.limits.request_line", "\"4KiB\"", s.server.limits.request_line == 4096),
      ARRIVES("server.limits.headers", "5000", s.server.limits.headers == 5000),
      ARRIVES("server.limits.header_count", "50", s.server.limits.header_count == 50),
      ARRIVES("server.limits.body", "\"2MB\"", s.server.limits.body == 2'000'000),
      ARRIVES("server.max_connections", "7", s.server.max_connections == 7),
      ARRIVES("server.max_in_flight", "8", s.server.max_in_flight == 8),
      ARRIVES("server.pipeline_depth", "9", s.server.pipeline_depth == 9),
      ARRIVES("server.header_timeout", "\"1.5s\"", s.server.header_timeout == 1500ms),
      ARRIVES("server.idle_timeout", "\"2m\"", s.server.idle_timeout == 2min),
      ARRIVES("server.write_timeout", "\"3s\"", s.server.write_timeout == 3s),
      ARRIVES("server.write_min_rate", "20", s.server.write_min_rate == 20),
      ARRIVES("server.body_min_rate", "10", s.server.body_min_rate == 10),
      ARRIVES("server.drain_delay", "\"5s\"", s.server.drain_delay == 5s),
      ARRIVES("server.drain_timeout", "\"4s\"", s.server.drain_timeout == 4s),
      ARRIVES("admin.address", "\"::1\"", s.admin.address == "::1"),
      ARRIVES("admin.port", "91", s.admin.port == 91),
      ARRIVES("admin.socket_mode", "\"0660\"", s.admin.socket_mode == 0660),
      ARRIVES("admin.token", "\"${TOKEN}\"", s.admin.token == "0123456789abcdef"),
      ARRIVES("log.level", "\"Error\"", s.log.level == log_level::error),
      ARRIVES("log.queue", "100", s.log.queue == 100),
      ARRIVES("runtime.workers", "3", s.runtime.workers == 3),
      ARRIVES("runtime.max_throughput", "5", s.runtime.max_throughput == 5),
      ARRIVES("cache.max_bytes", "\"128MiB\"", aggregates(s).cache.max_bytes == 128 * 1024 * 1024),
      ARRIVES("cache.max_object", "\"2KiB\"", aggregates(s).cache.max_object == 2048),
      ARRIVES("cache.shards", "4", aggregates(s).cache.shards == 4),
      ARRIVES("cache.max_waiters", "6", aggregates(s).cache.max_waiters == 6),
      ARRIVES("part_cache.max_bytes", "\"128MiB\"",
              aggregates(s).part_cache.max_bytes == 128 * 1024 * 1024 &&
                  aggregates(s).cache.max_bytes == 64 * 1024 * 1024),
      ARRIVES("part_cache.max_object", "\"2KiB\"", aggregates(s).part_cache.max_object == 2048),
      ARRIVES("part_cache.shards", "4", aggregates(s).part_cache.shards == 4),
      ARRIVES("part_cache.max_waiters", "6", aggregates(s).part_cache.max_waiters == 6),
      ARRIVES("data_dir", "\"/var/lib/x\"", s.data_dir == "/var/lib/x"),
  };
  return rows;
}

const std::vector<arrival>& redis_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("redis.url", "\"rediss://a:1/2\"",
              s.redis.main == (redis_address{true, "a", 1, "", "", 2})),
      ARRIVES("redis.host", "\"b\"", s.redis.host == "b"),
      ARRIVES("redis.port", "99", s.redis.port == 99),
      ARRIVES("redis.cache_url", "\"redis://c\"", s.redis.cache->host == "c"),
      ARRIVES("redis.tls.verify", "false", !s.redis.tls_options.verify),
      ARRIVES("redis.tls.ca_file", "\"a.pem\"", s.redis.tls_options.ca_file == "a.pem"),
      ARRIVES("redis.tls.server_name", "\"n\"", s.redis.tls_options.server_name == "n"),
      ARRIVES("redis.key_secret", "\"${TOKEN}\"", s.redis.key_secret == "0123456789abcdef"),
      ARRIVES("redis.connect_timeout", "\"20ms\"", s.redis.connect_timeout == 20ms),
      ARRIVES("redis.dns_refresh", "\"5s\"", s.redis.dns_refresh == 5s),
      ARRIVES("redis.command_timeout", "\"5ms\"", s.redis.command_timeout == 5ms),
      ARRIVES("redis.max_pending", "7", s.redis.max_pending == 7),
      ARRIVES("redis.max_reply", "\"2MiB\"", s.redis.max_reply == 2 * 1024 * 1024),
      ARRIVES("redis.breaker.enabled", "false", !s.redis.breaker.enabled),
      ARRIVES("redis.breaker.mode", "\"measure\"", s.redis.breaker.measure_only),
      ARRIVES("redis.breaker.window", "\"9s\"", s.redis.breaker.window == 9s),
      ARRIVES("redis.breaker.buckets", "4", s.redis.breaker.buckets == 4),
      ARRIVES("redis.breaker.min_calls", "4", s.redis.breaker.min_calls == 4),
      ARRIVES("redis.breaker.by_rate", "true", s.redis.breaker.by_rate),
      ARRIVES("redis.breaker.consecutive_failures", "3", s.redis.breaker.consecutive_failures == 3),
      ARRIVES("redis.breaker.heed_retry_after", "false", !s.redis.breaker.heed_retry_after),
      ARRIVES("redis.breaker.failure_rate", "0.25", s.redis.breaker.failure_rate == 0.25),
      ARRIVES("redis.breaker.slow_rate", "1", s.redis.breaker.slow_rate == 1),
      ARRIVES("redis.breaker.slow", "\"1s\"", s.redis.breaker.slow == 1s),
      ARRIVES("redis.breaker.open_for", "\"1s\"", s.redis.breaker.open_for == 1s),
      ARRIVES("redis.breaker.open_max", "\"2m\"", s.redis.breaker.open_max == 2min),
      ARRIVES("redis.breaker.jitter", "0", s.redis.breaker.jitter == 0),
      ARRIVES("redis.breaker.half_open_successes", "2", s.redis.breaker.half_open_successes == 2),
  };
  return rows;
}

const std::vector<arrival>& upstream_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("upstreams.u.url", "\"https://x/y/\"", up(s).host == "x" && up(s).port == 443),
      ARRIVES("upstreams.u.url", "\"unix:/run/x\"",
              up(s).socket == "/run/x" && up(s).host == "localhost" && !up(s).tls),
      ARRIVES("upstreams.u.tls.verify", "false", !up(s).tls_options.verify),
      ARRIVES("upstreams.u.tls.ca_file", "\"a.pem\"", up(s).tls_options.ca_file == "a.pem"),
      ARRIVES("upstreams.u.tls.server_name", "\"n\"", up(s).tls_options.server_name == "n"),
      ARRIVES("upstreams.u.connect_timeout", "\"20ms\"", up(s).connect_timeout == 20ms),
      ARRIVES("upstreams.u.dns_refresh", "\"5s\"", up(s).dns_refresh == 5s),
      ARRIVES("upstreams.u.timeout", "\"2s\"", up(s).timeout == 2s),
      ARRIVES("upstreams.u.max_idle_connections", "5", up(s).max_idle_connections == 5),
      ARRIVES("upstreams.u.max_connections", "500", up(s).max_connections == 500),
      ARRIVES("upstreams.u.idle_timeout", "\"7s\"", up(s).idle_timeout == 7s),
      ARRIVES("upstreams.u.max_lifetime", "\"1h\"", up(s).max_lifetime == 1h),
      ARRIVES("upstreams.u.max_response_header", "2000", up(s).max_response_header == 2000),
      ARRIVES("upstreams.u.max_response_body", "3000", up(s).max_response_body == 3000),
      ARRIVES("upstreams.u.deadline_header", "\"\"", up(s).deadline_header.empty()),
      ARRIVES("upstreams.u.follow_redirects", "true", up(s).follow_redirects),
      ARRIVES("upstreams.u.breaker.enabled", "false", !up(s).breaker.enabled),
      ARRIVES("upstreams.u.breaker.mode", "\"measure\"", up(s).breaker.measure_only),
      ARRIVES("upstreams.u.breaker.window", "\"9s\"", up(s).breaker.window == 9s),
      ARRIVES("upstreams.u.breaker.buckets", "5", up(s).breaker.buckets == 5),
      ARRIVES("upstreams.u.breaker.min_calls", "4", up(s).breaker.min_calls == 4),
      ARRIVES("upstreams.u.breaker.by_rate", "true", up(s).breaker.by_rate),
      ARRIVES("upstreams.u.breaker.consecutive_failures", "3",
              up(s).breaker.consecutive_failures == 3),
      ARRIVES("upstreams.u.breaker.heed_retry_after", "false", !up(s).breaker.heed_retry_after),
      ARRIVES("upstreams.u.breaker.failure_rate", "0.25", up(s).breaker.failure_rate == 0.25),
      ARRIVES("upstreams.u.breaker.slow_rate", "1", up(s).breaker.slow_rate == 1),
      ARRIVES("upstreams.u.breaker.slow", "\"1s\"", up(s).breaker.slow == 1s),
      ARRIVES("upstreams.u.breaker.open_for", "\"6s\"", up(s).breaker.open_for == 6s),
      ARRIVES("upstreams.u.breaker.open_max", "\"2m\"", up(s).breaker.open_max == 2min),
      ARRIVES("upstreams.u.breaker.jitter", "0", up(s).breaker.jitter == 0),
      ARRIVES("upstreams.u.breaker.half_open_successes", "2",
              up(s).breaker.half_open_successes == 2),
      ARRIVES("upstreams.u.breaker.shared", "false", !up(s).breaker.shared),
      ARRIVES("upstreams.u.bulkhead.max_in_flight", "3", up(s).bulkhead.max_in_flight == 3),
      ARRIVES("upstreams.u.bulkhead.queue", "0", up(s).bulkhead.queue == 0U),
      ARRIVES("upstreams.u.rate_limit.rate", "2.5", up(s).rate_limit->rate == 2.5),
      ARRIVES("upstreams.u.rate_limit.period", "\"1m\"", up(s).rate_limit->period == 1min),
      ARRIVES("upstreams.u.rate_limit.burst", "4", up(s).rate_limit->burst == 4),
      ARRIVES("upstreams.u.rate_limit.shared", "false", !up(s).rate_limit->shared),
      ARRIVES("upstreams.u.rate_limit.on_store_failure", "\"closed\"",
              up(s).rate_limit->on_store_failure == store_failure::closed),
      ARRIVES("upstreams.u.rate_limit.local_share", "0.5", up(s).rate_limit->local_share == 0.5),
      ARRIVES("upstreams.u.retry.max", "2", up(s).retry.max == 2),
      ARRIVES("upstreams.u.retry.base_delay", "\"0ms\"", up(s).retry.base_delay == 0ms),
      ARRIVES("upstreams.u.retry.max_delay", "\"1s\"", up(s).retry.max_delay == 1s),
      ARRIVES("upstreams.u.retry.budget.ratio", "0.1", up(s).retry.budget_ratio == 0.1),
      ARRIVES("upstreams.u.retry.budget.ttl", "\"5s\"", up(s).retry.budget_ttl == 5s),
      ARRIVES("upstreams.u.retry.budget.min_per_second", "0",
              up(s).retry.budget_min_per_second == 0),
      ARRIVES("upstreams.u.back_pressure.enabled", "false", !up(s).back_pressure.enabled),
      ARRIVES("upstreams.u.back_pressure.max", "\"5s\"", up(s).back_pressure.max == 5s),
  };
  return rows;
}

const std::vector<arrival>& endpoint_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("endpoints.e.path", "\"/other\"", end(s).path == "/other"),
      ARRIVES("endpoints.e.timeout", "\"4s\"", end(s).timeout == 4s),
      ARRIVES("endpoints.e.merge_reserve", "\"9ms\"", end(s).merge_reserve == 9ms),
      ARRIVES("endpoints.e.min_attempt", "\"8ms\"", end(s).min_attempt == 8ms),
      ARRIVES("endpoints.e.client_lenient", "true", end(s).client_lenient),
      ARRIVES("endpoints.e.retry_after", "\"9s\"", end(s).retry_after == 9s),
      ARRIVES("endpoints.e.parameters.a.in", "\"header\"", par(s).in == parameter_place::header),
      ARRIVES("endpoints.e.parameters.a.type", "\"integer\"",
              par(s).type == parameter_type::integer),
      ARRIVES("endpoints.e.parameters.a.required", "true", par(s).required),
      ARRIVES("endpoints.e.parameters.a.default", "12", par(s).default_value == "12"),
      ARRIVES("endpoints.e.parameters.a.characters", "\"a-z\"", par(s).characters == "a-z"),
      ARRIVES("endpoints.e.parameters.a.min_length", "2", par(s).min_length == 2),
      ARRIVES("endpoints.e.parameters.a.max_length", "3", par(s).max_length == 3),
      ARRIVES("endpoints.e.parameters.number.minimum", "-4.5",
              end(s).parameters.at(1).minimum == -4.5),
      ARRIVES("endpoints.e.parameters.number.maximum", "10", end(s).parameters.at(1).maximum == 10),
      ARRIVES("endpoints.e.parameters.choice.values", R"(["x", "y"])",
              end(s).parameters.at(2).values.size() == 2),
      ARRIVES("endpoints.e.parts.p.upstream", "\"v\"", part(s).upstream == "v"),
      ARRIVES("endpoints.e.parts.p.member", "\"m\"", part(s).member == "m"),
      ARRIVES("endpoints.e.parts.p.path", "\"/q\"", part(s).path == "/q"),
      ARRIVES("endpoints.e.parts.p.query", R"({"k": "{a}"})", part(s).query.at(0).value == "{a}"),
      ARRIVES("endpoints.e.parts.p.headers", R"({"X-K": "v"})",
              part(s).headers.at(0).name == "X-K"),
      ARRIVES("endpoints.e.parts.p.required", "true", part(s).required),
      ARRIVES("endpoints.e.parts.p.timeout", "\"1s\"", part(s).timeout == 1s),
      ARRIVES("endpoints.e.parts.p.default", R"({"a": 1.0})",
              part(s).default_json == R"({"a":1.0})"),
      ARRIVES("endpoints.e.parts.p.merge", "\"root\"", part(s).merge == merge_mode::root),
      ARRIVES("endpoints.e.parts.p.on_conflict", "\"deep\"",
              part(s).on_conflict == merge_conflict::deep),
      ARRIVES("endpoints.e.parts.p.on_4xx", "\"502\"", !part(s).forward_4xx),
      ARRIVES("endpoints.e.parts.p.on_status.404.status", "410", rule(s).status == 410),
      ARRIVES("endpoints.e.parts.p.on_status.404.code", "\"GONE\"", rule(s).code == "GONE"),
      ARRIVES("endpoints.e.parts.p.on_status.404.message", "\"gone\"", rule(s).message == "gone"),
      ARRIVES("endpoints.e.cache.key", "\"k:{a}\"", end(s).cache->key == "k:{a}"),
      ARRIVES("endpoints.e.cache.ttl", "\"1h\"", end(s).cache->ttl == 1h),
      ARRIVES("endpoints.e.cache.jitter", "0.2", end(s).cache->jitter == 0.2),
      ARRIVES("endpoints.e.cache.redis", "false", !end(s).cache->redis),
      ARRIVES("endpoints.e.cache.tags", R"(["t-{a}", "u"])",
              end(s).cache->tags == (std::vector<std::string>{"t-{a}", "u"})),
  };
  return rows;
}

const std::vector<arrival>& part_cache_and_fallback_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("endpoints.e.parts.p.cache.ttl", "\"9s\"", part(s).cache->ttl == 9s),
      ARRIVES("endpoints.e.parts.p.cache.force_ttl", "true", part(s).cache->force_ttl),
      ARRIVES("endpoints.e.parts.p.cache.stale_while_revalidate", "\"8s\"",
              part(s).cache->stale_while_revalidate == 8s),
      ARRIVES("endpoints.e.parts.p.cache.stale_if_error", "\"1h\"",
              part(s).cache->stale_if_error == 1h),
      ARRIVES("endpoints.e.parts.p.cache.shared", "true", part(s).cache->shared),
      ARRIVES("endpoints.e.parts.p.fallback.0.upstream", "\"v\"",
              step(s, 0).kind == fallback_kind::upstream && step(s, 0).upstream == "v"),
      ARRIVES("endpoints.e.parts.p.fallback.0.path", "\"/z\"", step(s, 0).path == "/z"),
      ARRIVES("endpoints.e.parts.p.fallback.1.cache", "\"stale\"",
              step(s, 1).kind == fallback_kind::stale && step(s, 1).max_stale == 10min),
      ARRIVES("endpoints.e.parts.p.fallback.1.max_stale", "\"1m\"", step(s, 1).max_stale == 1min),
      ARRIVES("endpoints.e.parts.p.fallback.2.static", R"({"b": [1.0, null]})",
              step(s, 2).kind == fallback_kind::fixed &&
                  step(s, 2).fixed_json == R"({"b":[1.0,null]})"),
  };
  return rows;
}

const std::vector<arrival>& market_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("market.providers.a.enabled", "false", !provider(s).enabled),
      ARRIVES("market.providers.a.url", "\"https://x/y/\"",
              provider(s).url == "https://x/y/" && provider(s).upstream.host == "x" &&
                  provider(s).upstream.path_prefix == "/y"),
      ARRIVES("market.providers.a.key", "\"${TOKEN}\"", provider(s).key == "0123456789abcdef"),
      ARRIVES("market.providers.a.tier", "\"pro\"", provider(s).own.at("tier") == "pro"),
      ARRIVES("market.providers.a.daily_rates", "true",
              provider(s).own.at("daily_rates") == "true"),
      ARRIVES("market.providers.a.allowance.per_second", "1",
              provider(s).allowance == (call_allowance{1, 0, 0, 0})),
      ARRIVES("market.providers.a.allowance.per_minute", "2",
              provider(s).allowance == (call_allowance{0, 2, 0, 0})),
      ARRIVES("market.providers.a.allowance.per_day", "3",
              provider(s).allowance == (call_allowance{0, 0, 3, 0})),
      ARRIVES("market.providers.a.allowance.per_month", "4",
              provider(s).allowance == (call_allowance{0, 0, 0, 4})),
      ARRIVES("market.providers.a.connect_timeout", "\"20ms\"",
              provider(s).upstream.connect_timeout == 20ms),
      ARRIVES("market.providers.a.timeout", "\"3s\"", provider(s).upstream.timeout == 3s),
      ARRIVES("market.providers.a.timeout", "2.5", provider(s).upstream.timeout == 2500ms),
      ARRIVES("market.providers.a.connect_timeout", "0.25",
              provider(s).upstream.connect_timeout == 250ms),
      ARRIVES("market.providers.a.failures_to_open", "5",
              provider(s).upstream.breaker.consecutive_failures == 5),
      ARRIVES("market.providers.a.tls.verify", "false", !provider(s).upstream.tls_options.verify),
      ARRIVES("market.providers.a.tls.ca_file", "\"a.pem\"",
              provider(s).upstream.tls_options.ca_file == "a.pem"),
      ARRIVES("market.providers.a.tls.server_name", "\"n\"",
              provider(s).upstream.tls_options.server_name == "n"),
      ARRIVES("market.chains.stocks", R"(["b", "a"])",
              market(s).chains.stocks == (std::vector<std::string>{"b", "a"})),
      ARRIVES("market.chains.crypto", R"(["b"])", market(s).chains.crypto.at(0) == "b"),
      ARRIVES("market.chains.forex", R"(["b"])", market(s).chains.forex.at(0) == "b"),
      ARRIVES("market.lists.stocks", R"(["b"])", market(s).lists.stocks.at(0) == "b"),
      ARRIVES("market.lists.crypto", R"(["b"])", market(s).lists.crypto.at(0) == "b"),
      ARRIVES("market.lists.forex", R"(["b"])", market(s).lists.forex.at(0) == "b"),
      ARRIVES("market.active_symbols", "\"A,B\"", market(s).active_symbols == "A,B"),
      ARRIVES("market.breaker_timeout", "0.5", provider(s).upstream.breaker.open_for == 500ms),
      ARRIVES("market.price_interval", "0.01", market(s).price_interval == 10ms),
      ARRIVES("market.asset_interval", "3600", market(s).asset_interval == 1h),
      ARRIVES("market.quote_ttl", "\"1m\"", market(s).quote_ttl == 1min),
      ARRIVES("market.asset_ttl", "\"2h\"", market(s).asset_ttl == 2h),
      ARRIVES("market.stale_for", "0", market(s).stale_for == 0ms),
      ARRIVES("market.timeout", "\"4s\"", market(s).timeout == 4s),
      ARRIVES("market.loop_share", "0.25", market(s).loop_share == 0.25),
      ARRIVES("market.max_symbols", "9", market(s).max_symbols == 9),
      ARRIVES("market.max_streams", "0", market(s).max_streams == 0),
      ARRIVES("market.heartbeat", "1", market(s).heartbeat == 1s),
      ARRIVES("market.stream_backlog", "\"2KiB\"", market(s).stream_backlog == 2048),
  };
  return rows;
}

const std::vector<arrival>& vendor_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("jobs.vendors.a.kind", "\"echo\"", vendor(s).kind == vendor_kind::echo),
      ARRIVES("jobs.vendors.a.url", "\"https://x/y/\"",
              vendor(s).url == "https://x/y/" && vendor(s).upstream.path_prefix == "/y"),
      ARRIVES("jobs.vendors.a.timeout", "\"3s\"",
              vendor(s).timeout == 3s && vendor(s).upstream.timeout == 3s),
      ARRIVES("jobs.vendors.a.concurrency", "7",
              vendor(s).concurrency == 7 && vendor(s).upstream.bulkhead.max_in_flight == 7),
      ARRIVES("jobs.vendors.a.retry.max_attempts", "25", vendor(s).retry.max_attempts == 25),
      ARRIVES("jobs.vendors.a.retry.base", "\"2s\"", vendor(s).retry.base == 2s),
      ARRIVES("jobs.vendors.a.retry.cap", "\"1m\"", vendor(s).retry.cap == 1min),
      ARRIVES("jobs.vendors.a.on_unknown", "\"park\"",
              vendor(s).on_unknown == on_unknown_outcome::park),
      ARRIVES("jobs.vendors.a.cancel", "true", vendor(s).cancel),
      ARRIVES("jobs.vendors.a.callback_deadline", "\"2m\"", vendor(s).callback_deadline == 2min),
      ARRIVES("jobs.vendors.a.webhook_secrets", "\"${WHSEC}, ${WHSEC}\"",
              vendor(s).webhook_secrets ==
                      (std::vector<std::string>{"whsec_c2VjcmV0", "whsec_c2VjcmV0"}) &&
                  vendor(s).auth == webhook_auth::signature),
      ARRIVES("jobs.vendors.a.webhook_auth", "\"token\"", vendor(s).auth == webhook_auth::token),
      ARRIVES("jobs.vendors.a.tls.verify", "false", !vendor(s).upstream.tls_options.verify),
      ARRIVES("jobs.vendors.a.tls.ca_file", "\"a.pem\"",
              vendor(s).upstream.tls_options.ca_file == "a.pem"),
      ARRIVES("jobs.vendors.a.tls.server_name", "\"n\"",
              vendor(s).upstream.tls_options.server_name == "n"),
      ARRIVES("jobs.vendors.a.rate_limit.rate", "2.5",
              vendor(s).rate_limit->rate == 2.5 && vendor(s).upstream.rate_limit->rate == 2.5),
      ARRIVES("jobs.vendors.a.rate_limit.period", "\"1m\"", vendor(s).rate_limit->period == 1min),
      ARRIVES("jobs.vendors.a.rate_limit.burst", "4", vendor(s).rate_limit->burst == 4),
      ARRIVES("jobs.vendors.a.rate_limit.shared", "false", !vendor(s).rate_limit->shared),
      ARRIVES("jobs.vendors.a.rate_limit.on_store_failure", "\"closed\"",
              vendor(s).rate_limit->on_store_failure == store_failure::closed),
      ARRIVES("jobs.vendors.a.rate_limit.local_share", "0.5",
              vendor(s).rate_limit->local_share == 0.5),
  };
  return rows;
}

const breaker_settings& guard(const settings& s) { return vendor(s).upstream.breaker; }

const std::vector<arrival>& vendor_breaker_arrivals() {
  static const std::vector<arrival> rows{
      ARRIVES("jobs.vendors.a.breaker.enabled", "false", !guard(s).enabled),
      ARRIVES("jobs.vendors.a.breaker.mode", "\"measure\"", guard(s).measure_only),
      ARRIVES("jobs.vendors.a.breaker.window", "\"9s\"", guard(s).window == 9s),
      ARRIVES("jobs.vendors.a.breaker.buckets", "5", guard(s).buckets == 5),
      ARRIVES("jobs.vendors.a.breaker.min_calls", "4", guard(s).min_calls == 4),
      ARRIVES("jobs.vendors.a.breaker.by_rate", "true", guard(s).by_rate),
      ARRIVES("jobs.vendors.a.breaker.failure_rate", "0.25", guard(s).failure_rate == 0.25),
      ARRIVES("jobs.vendors.a.breaker.consecutive_failures", "3",
              guard(s).consecutive_failures == 3),
      ARRIVES("jobs.vendors.a.breaker.slow_rate", "1", guard(s).slow_rate == 1),
      ARRIVES("jobs.vendors.a.breaker.slow", "\"1s\"", guard(s).slow == 1s),
      ARRIVES("jobs.vendors.a.breaker.open_for", "\"6s\"", guard(s).open_for == 6s),
      ARRIVES("jobs.vendors.a.breaker.open_max", "\"2m\"", guard(s).open_max == 2min),
      ARRIVES("jobs.vendors.a.breaker.jitter", "0", guard(s).jitter == 0),
      ARRIVES("jobs.vendors.a.breaker.heed_retry_after", "false", !guard(s).heed_retry_after),
      ARRIVES("jobs.vendors.a.breaker.half_open_successes", "2", guard(s).half_open_successes == 2),
      ARRIVES("jobs.vendors.a.breaker.shared", "false", !guard(s).shared),
  };
  return rows;
}

const std::vector<arrival>& job_arrivals() {
  using words = std::map<std::string, std::string>;
  static const std::vector<arrival> rows{
      ARRIVES("jobs.lease", "\"2s\"", jobs_of(s).lease == 2s),
      ARRIVES("jobs.reap_interval", "\"1s\"", jobs_of(s).reap_interval == 1s),
      ARRIVES("jobs.max_queued", "5", jobs_of(s).max_queued == 5),
      ARRIVES("jobs.retention", "\"1m\"", jobs_of(s).retention == 1min),
      ARRIVES("jobs.drain", "\"1s\"", jobs_of(s).drain == 1s),
      ARRIVES("jobs.retry.max_attempts", "3",
              jobs_of(s).retry.max_attempts == 3 && vendor(s).retry.max_attempts == 3),
      ARRIVES("jobs.retry.base", "\"3s\"",
              jobs_of(s).retry.base == 3s && vendor(s).retry.base == 3s),
      ARRIVES("jobs.retry.cap", "\"3m\"",
              jobs_of(s).retry.cap == 3min && vendor(s).retry.cap == 3min),
      ARRIVES("jobs.default_vendor", "\"b\"", jobs_of(s).default_vendor == "b"),
      ARRIVES("jobs.rules.0.pointer", "\"/a~1b\"", jobs_of(s).rules.at(0).pointer == "/a~1b"),
      ARRIVES("jobs.rules.0.equals", R"({"x": [1.0, null]})",
              jobs_of(s).rules.at(0).equals == R"({"x":[1.0,null]})"),
      ARRIVES("jobs.rules.0.vendor", "\"a\"", jobs_of(s).rules.at(0).vendor == "a"),
      ARRIVES("jobs.public_url", "\"https://h/p\"", jobs_of(s).public_url == "https://h/p"),
      ARRIVES("jobs.store.postgresql", "\"postgres://h/d\"",
              jobs_of(s).postgresql == "postgres://h/d"),
      ARRIVES("jobs.store.mongodb", "\"mongodb://h\"", jobs_of(s).mongodb == "mongodb://h"),
      ARRIVES("jobs.callbacks.secret", "\"${WHSEC}\"",
              jobs_of(s).callbacks.secret == "whsec_c2VjcmV0"),
      ARRIVES("jobs.callbacks.allow", "\"10.0.0.0/8, ::1/128\"",
              jobs_of(s).callbacks.allow == "10.0.0.0/8, ::1/128"),
      ARRIVES("jobs.callbacks.schedule", R"(["1s", "2m"])",
              jobs_of(s).callbacks.schedule == (std::vector<milliseconds>{1s, 2min})),
      ARRIVES("jobs.callbacks.timeout", "\"2s\"", jobs_of(s).callbacks.timeout == 2s),
      ARRIVES("jobs.cleaning.detectors", R"(["ip"])",
              jobs_of(s).cleaning.detectors == (std::vector<std::string>{"ip"})),
      ARRIVES("jobs.cleaning.fields", R"({"notes": "drop", "user_id": "mask"})",
              jobs_of(s).cleaning.fields == (words{{"notes", "drop"}, {"user_id", "mask"}})),
      ARRIVES("jobs.cleaning.paths", R"({"/a/*": "keep"})",
              jobs_of(s).cleaning.paths == (words{{"/a/*", "keep"}})),
      ARRIVES("jobs.cleaning.hash_key", "\"${TOKEN}\"",
              jobs_of(s).cleaning.hash_key == "0123456789abcdef"),
  };
  return rows;
}

std::vector<arrival> all_arrivals() {
  auto rows = server_arrivals();
  for (auto* more : {&redis_arrivals(), &upstream_arrivals(), &endpoint_arrivals(),
                     &market_arrivals(), &part_cache_and_fallback_arrivals(), &vendor_arrivals(),
                     &vendor_breaker_arrivals(), &job_arrivals()}) {
    rows.insert(rows.end(), more->begin(), more->end());
  }
  return rows;
}

/// A valid configuration that has every object, with one value replaced.
std::string with(const std::string& path, const std::string& value) {
  auto root = ordered_json::parse(R"({"server": {}, "admin": {}, "log": {}, "runtime": {},
    "cache": {}, "part_cache": {}, "redis": {"url": "rediss://r"},
    "upstreams": {"u": {"url": "https://h", "rate_limit": {"rate": 1}, "retry": {"max": 1}},
                  "v": {"url": "http://h"}, "w": {"url": "http://h"}},
    "endpoints": {"e": {"path": "/e",
      "parameters": {"a": {}, "number": {"type": "number"},
                     "choice": {"type": "one_of", "values": ["x"]}},
      "parts": {"p": {"upstream": "u", "path": "/", "required": false,
                      "on_status": {"404": {"code": "X", "message": "x"}},
                      "cache": {"ttl": "1s"},
                      "fallback": [{"upstream": "w"}, {"cache": "stale"}, {"static": {}}]}},
      "cache": {"key": "k"}}},
    "market": {"providers": {"a": {"url": "https://a", "allowance": {}, "tls": {}},
                             "b": {"url": "http://b"}},
               "chains": {"stocks": ["a"], "crypto": ["a"], "forex": ["a"]}, "lists": {}},
    "data_dir": "d",
    "jobs": {"vendors": {"a": {"kind": "async", "url": "https://a", "rate_limit": {"rate": 1}},
                         "b": {"kind": "echo"}},
             "default_vendor": "a", "rules": [{"pointer": "", "equals": 1, "vendor": "b"}]}})");
  std::string pointer = "/" + path;
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  root[ordered_json::json_pointer(pointer)] = ordered_json::parse(value);
  return root.dump();
}

const environment variables =
    environment_of({{"TOKEN", "0123456789abcdef"}, {"WHSEC", "whsec_c2VjcmV0"}});

/// Every leaf of the tables, the names in named objects and the places in lists left out.
void collect(const std::vector<key_doc>& keys, const std::string& path,
             std::set<std::string>& out) {
  for (auto& key : keys) {
    auto here = path + "." + key.name + (key.type.named || key.type.listed ? ".*" : "");
    if (key.type.keys.empty()) {
      out.insert(here);
    } else {
      collect(key.type.keys, here, out);
    }
  }
}

std::string without_names(const std::string& path) {
  std::string result;
  std::string_view rest = path;
  bool name_follows = false;
  while (!rest.empty()) {
    auto segment = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
    result += '.';
    result += name_follows ? "*" : segment;
    static const std::set<std::string_view> named{"upstreams", "endpoints", "parameters",
                                                  "parts",     "on_status", "fallback",
                                                  "providers", "vendors",   "rules"};
    name_follows = !name_follows && named.count(segment) != 0;
  }
  return result;
}

}  // namespace

TEST_CASE("each key reaches the settings the program runs on", "[config][keys]") {
  for (auto& row : all_arrivals()) {
    CAPTURE(row.path, row.value);
    auto result = load_text(with(row.path, row.value), variables);
    INFO(errors_as_text(result));
    REQUIRE(result.value);
    CHECK(row.arrived(*result.value));
  }
}

TEST_CASE("no key is declared without a test that it arrives", "[config][keys]") {
  std::set<std::string> declared, tested;
  collect(all_sections().keys().doc.keys, "", declared);
  for (auto& row : all_arrivals()) tested.insert(without_names(row.path));
  CHECK(declared == tested);
}

TEST_CASE("each key is described, and its default is inside its own range", "[config][keys]") {
  auto check_all = [](auto& self, const std::vector<key_doc>& keys) -> void {
    for (auto& key : keys) {
      CAPTURE(key.name);
      CHECK(key.description.size() > 8);
      CHECK(key.description.back() == '.');
      self(self, key.type.keys);
    }
  };
  check_all(check_all, all_sections().keys().doc.keys);
  auto printed = print_effective(*load_text(with("log.level", "\"info\"")).value, all_sections());
  auto again = load_text(printed);
  INFO(errors_as_text(again));
  CHECK(again.value);
}

TEST_CASE("a breaker is turned off by one word", "[config][keys]") {
  auto result = load_text(R"({"upstreams": {"u": {"url": "http://h", "breaker": false}}})");
  REQUIRE(result.value);
  CHECK_FALSE(result.value->upstreams[0].breaker.enabled);
}

TEST_CASE("back-pressure is turned off by one word", "[config][keys]") {
  auto result = load_text(R"({"upstreams": {"u": {"url": "http://h", "back_pressure": false}}})");
  REQUIRE(result.value);
  CHECK_FALSE(result.value->upstreams[0].back_pressure.enabled);
  CHECK_FALSE(load_text(R"({"upstreams": {"u": {"url": "http://h", "retry": false}}})").value);
}

TEST_CASE("the steps of a fallback are printed as they are written", "[config][keys]") {
  auto steps = GENERATE(R"([{"upstream": "w", "path": "/z"}, {"upstream": "v"}, {"static": null}])",
                        R"([{"cache": "stale", "max_stale": "1m"}, {"static": "x"}])",
                        R"([{"static": [1, {"a": 1.5}]}])");
  auto first = load_text(with("endpoints.e.parts.p.fallback", steps));
  INFO(errors_as_text(first));
  REQUIRE(first.value);
  auto printed = ordered_json::parse(print_effective(*first.value, all_sections()));
  CHECK(printed["endpoints"]["e"]["parts"]["p"]["fallback"] == ordered_json::parse(steps));
}

TEST_CASE("the breaker of Redis has defaults of its own, which are printed and documented",
          "[config][keys]") {
  auto result = load_text(R"({"redis": {"breaker": {"jitter": 0}}})");
  REQUIRE(result.value);
  auto& breaker = result.value->redis.breaker;
  CHECK(breaker.window == 5s);
  CHECK(breaker.jitter == 0);
  CHECK_FALSE(breaker.shared);
  auto printed =
      ordered_json::parse(print_effective(*result.value, all_sections()))["redis"]["breaker"];
  CHECK(printed["open_for"] == "500ms");
  auto schema =
      all_sections().keys().doc.schema["properties"]["redis"]["properties"]["breaker"]["anyOf"][1];
  CHECK(schema["properties"]["open_for"]["default"] == "500ms");
  CHECK_FALSE(schema["properties"].contains("shared"));
}

}  // namespace tributary::config
