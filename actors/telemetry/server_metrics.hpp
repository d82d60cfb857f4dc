// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/lazy_series.hpp"
#include "actors/telemetry/metrics.hpp"
#include "config/sections/endpoint_settings.hpp"
#include "config/sections/upstream_settings.hpp"
#include "http/wire/error_token.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::runtime {
class actor_directory;
}
/// What the process counts of itself, for all systems. What one system counts is in its own rooms.
/// Every place that counts keeps a reference to its part, found by name when a configuration is
/// taken into use, and pays no look-up.
namespace tributary::actors::telemetry {

class logger;

/// Durations by status code 100–599; other codes count together as `other`.
using status_histograms = lazy_series<histogram, 501>;

/// One route of the public server.
class route_metrics {
 public:
  route_metrics(registry& metrics, std::string route)
      : metrics_(metrics), route_(std::move(route)) {}

  /// Counts one answered request: `http_server_request_duration_seconds`. Methods that HTTP does
  /// not know count together as `_OTHER`. Any thread.
  void answered(std::string_view method, int status, std::chrono::nanoseconds duration);

  const std::string& route() const noexcept { return route_; }

 private:
  registry& metrics_;
  std::string route_;
  lazy_series<status_histograms, 8> methods_;
};

/// `tributary_cache_total{endpoint,result}`; counts nothing for an endpoint without a cache.
struct cache_metrics {
  counter hit;  ///< from memory
  counter miss;
  counter hit_redis;
};

/// One part of an endpoint: answers that went out without it, or with a stand-in.
class part_metrics {
 public:
  part_metrics(registry& metrics, std::string endpoint, std::string upstream, bool has_stand_in);

  /// Counts one partial answer in which this part was missing for this reason. Any thread.
  void missing(http::wire::error_token error);

  counter degraded;  ///< answers in which something stale, another upstream or a constant stood in

 private:
  registry& metrics_;
  std::string endpoint_;
  std::string upstream_;
  lazy_series<counter, 32> by_error_;
};

/// One declared endpoint.
struct endpoint_metrics {
  histogram overhead;  ///< time of a request that was not spent waiting for upstreams
  counter coalesced;   ///< requests that shared the gather of another
  cache_metrics cache;
  std::deque<part_metrics> parts;  ///< in the order of the configuration
};

/// State of a breaker as the metric shows it: 0 closed, 1 open, 2 half-open.
enum class breaker_level : std::uint8_t { closed, open, half_open };

/// `tributary_part_cache_total{upstream,result}`: what the part cache did for those who asked.
struct part_cache_metrics {
  counter hit;          ///< answered from memory, fresh
  counter stale;        ///< from the cache past its time: while it was renewed, or after a failure
  counter miss;         ///< waited for a call to the upstream, with whatever end
  counter revalidated;  ///< waited for one by which the upstream confirmed what was kept
  counter pass;         ///< made a call of its own, since the answer was not to be shared
};

/// One upstream. The counters of its rate limiter count nothing when it has none.
class upstream_metrics {
 public:
  /// @param has_redis whether instances may share a limit there
  upstream_metrics(registry& metrics, const config::upstream_settings& settings, bool has_redis);

  level in_flight;
  histogram queue_wait;  ///< of calls that stood in the bulkhead's queue until their turn or time
  counter rate_allowed;  ///< tributary_ratelimit_total{policy=<upstream>,store="local"}
  counter rate_limited;
  counter rate_allowed_shared;  ///< rate_allowed with store="redis"
  counter rate_limited_shared;
  counter retry_succeeded;  ///< calls made again, by how that ended
  counter retry_failed;
  counter retry_unpaid;           ///< retries that the budget did not grant
  counter paused;                 ///< calls refused because the upstream had asked for a pause
  part_cache_metrics part_cache;  ///< counts nothing unless `has_part_cache` was called

  /// Where to read how many calls stand in the bulkhead's queue. At start-up.
  void watch_queue(std::function<double()> waiting);

  /// Some part keeps its answers. At start-up.
  void has_part_cache();

  /// Counts one call that was answered, with any status. Any thread.
  void answered(int status, std::chrono::nanoseconds duration);
  /// Counts one call that brought no answer. Any thread.
  void failed(http::wire::error_token error, std::chrono::nanoseconds duration);
  /// The breaker is in this state from now on; counts the transition. Any thread.
  void breaker_moved(breaker_level to);

 private:
  registry& metrics_;
  std::string name_;
  gauge breaker_state_;
  counter transitions_[3];
  status_histograms by_status_;
  lazy_series<histogram, 32> by_error_;
};

/// What a listener shows of itself at one moment.
struct listener_numbers {
  std::uint64_t in_flight = 0;  ///< requests being answered
  std::uint64_t open_connections = 0;
  std::uint64_t shed_requests = 0;     ///< over `max_in_flight`, so far
  std::uint64_t shed_connections = 0;  ///< over `max_connections`, so far
};

/// All metrics of the process. Parts that were asked for by name live as long as this.
class server_metrics {
 public:
  server_metrics();

  /// Those of the endpoint or upstream of that name, made by these settings if they are new. For
  /// start-up and reload: takes a lock. Any thread.
  endpoint_metrics& endpoint(const config::endpoint_settings& settings);
  /// @param has_redis whether instances may share a rate limit there
  upstream_metrics& upstream(const config::upstream_settings& settings, bool has_redis);

  /// The route of a template such as `/health`, made if it is new. For start-up and reload: takes a
  /// lock. Any thread.
  route_metrics& route(std::string_view path_template);
  /// Requests that no route answers, label `unmatched`.
  route_metrics& unmatched() noexcept { return *unmatched_; }

  gauge config_generation;

  /// Shows the public listener. Once, at start-up; `read` is called by whoever renders.
  void watch_listener(std::function<listener_numbers()> read);
  /// Shows the mailboxes and restarts of all living actors. Once, at start-up; the directory must
  /// outlive the last rendering.
  void watch_actors(const runtime::actor_directory& directory);
  /// Shows how many lines this logger lost. Once, at start-up; it must outlive the last rendering.
  void watch_log(const logger& log);

  /// The text of `GET /metrics`, content type `content_type_of(format)`. Any thread.
  std::string render(exposition format = exposition::text) const { return metrics_.render(format); }
  registry& metrics() noexcept { return metrics_; }

 private:
  registry metrics_;
  std::mutex mutex_;  ///< guards the next three
  std::map<std::string, route_metrics, std::less<>> routes_;
  std::map<std::string, endpoint_metrics, std::less<>> endpoints_;
  std::map<std::string, upstream_metrics, std::less<>> upstreams_;
  route_metrics* unmatched_ = nullptr;
};

constexpr std::string_view content_type_of(exposition format) noexcept {
  return format == exposition::text ? "text/plain; version=0.0.4; charset=utf-8"
                                    : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

}  // namespace tributary::actors::telemetry
