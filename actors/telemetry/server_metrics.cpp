// SPDX-License-Identifier: MIT
#include "actors/telemetry/server_metrics.hpp"

#include "actors/runtime/actor_cell.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/process_metrics.hpp"

#include <array>
#include <map>

namespace tributary::actors::telemetry {
namespace {

using namespace std::chrono_literals;
using http::wire::error_token;
using std::chrono::nanoseconds;

/// The buckets that OpenTelemetry's HTTP conventions advise for request durations.
constexpr std::array<nanoseconds, 14> request_buckets{
    5ms, 10ms, 25ms, 50ms, 75ms, 100ms, 250ms, 500ms, 750ms, 1s, 2500ms, 5s, 7500ms, 10s};
constexpr std::array<nanoseconds, 12> overhead_buckets{50us, 100us, 250us, 500us, 1ms,   2500us,
                                                       5ms,  10ms,  25ms,  50ms,  100ms, 250ms};

constexpr std::array<std::string_view, 8> method_names{"GET",   "HEAD",   "POST",    "PUT",
                                                       "PATCH", "DELETE", "OPTIONS", "_OTHER"};

std::size_t method_index(std::string_view method) noexcept {
  for (std::size_t i = 0; i + 1 != method_names.size(); ++i) {
    if (method == method_names[i]) return i;
  }
  return method_names.size() - 1;
}

std::size_t status_index(int status) noexcept {
  return status >= 100 && status < 600 ? static_cast<std::size_t>(status - 100) : 500;
}

std::string status_label(std::size_t index) {
  return index < 500 ? std::to_string(index + 100) : "other";
}

std::string_view error_label(error_token error) noexcept {
  const auto text = to_string(error);
  return text.empty() ? "none" : text;
}

constexpr std::string_view breaker_labels[] = {"closed", "open", "half_open"};

/// Sums of one number of all living actors by their series.
template <typename Read>
std::function<void(const registry::visitor&)> by_actor(const runtime::actor_directory& directory,
                                                       Read read) {
  return [&directory, read](const registry::visitor& visit) {
    std::map<std::string_view, double> sums;
    const auto cells = directory.snapshot();
    for (const auto& cell : cells) sums[cell->series->label] += read(*cell);
    for (const auto& [label, sum] : sums) visit({{"actor", label}}, sum);
  };
}

}  // namespace

void route_metrics::answered(std::string_view method, int status, nanoseconds duration) {
  const auto which = method_index(method);
  const auto code = status_index(status);
  auto& statuses = methods_.get(which, [] { return std::make_unique<status_histograms>(); });
  statuses
      .get(code,
           [&] {
             return std::make_unique<histogram>(
                 metrics_.make_histogram("http_server_request_duration_seconds", request_buckets,
                                         {{"http_request_method", method_names[which]},
                                          {"http_route", route_},
                                          {"http_response_status_code", status_label(code)}}));
           })
      .observe(duration);
}

part_metrics::part_metrics(registry& metrics, std::string endpoint, std::string upstream,
                           bool has_stand_in)
    : metrics_(metrics), endpoint_(std::move(endpoint)), upstream_(std::move(upstream)) {
  if (!has_stand_in) return;
  degraded = metrics.make_counter("tributary_degraded_total",
                                  {{"endpoint", endpoint_}, {"upstream", upstream_}});
}

void part_metrics::missing(error_token error) {
  const auto index = static_cast<std::size_t>(error);
  by_error_
      .get(
          index,
          [&] {
            return std::make_unique<counter>(metrics_.make_counter(
                "tributary_partial_total",
                {{"endpoint", endpoint_}, {"upstream", upstream_}, {"error", error_label(error)}}));
          })
      .add();
}

namespace {

constexpr metric_name client_time{"http_client_request_duration_seconds"};

counter rate_counter(registry& metrics, std::string_view policy, std::string_view decision,
                     std::string_view store) {
  return metrics.make_counter("tributary_ratelimit_total",
                              {{"policy", policy}, {"decision", decision}, {"store", store}});
}

}  // namespace

upstream_metrics::upstream_metrics(registry& metrics, const config::upstream_settings& settings,
                                   bool has_redis)
    : metrics_(metrics), name_(settings.name) {
  in_flight = metrics.make_level("tributary_upstream_inflight", {{"upstream", name_}});
  queue_wait = metrics.make_histogram("tributary_upstream_queue_seconds", request_buckets,
                                      {{"upstream", name_}});
  if (settings.rate_limit) {
    rate_allowed = rate_counter(metrics, name_, "allowed", "local");
    rate_limited = rate_counter(metrics, name_, "limited", "local");
  }
  if (settings.rate_limit && settings.rate_limit->shared && has_redis) {
    rate_allowed_shared = rate_counter(metrics, name_, "allowed", "redis");
    rate_limited_shared = rate_counter(metrics, name_, "limited", "redis");
  }
  if (settings.retry.max != 0) {
    const auto retries = [&](std::string_view outcome) {
      return metrics.make_counter("tributary_retry_total",
                                  {{"upstream", name_}, {"outcome", outcome}});
    };
    retry_succeeded = retries("success");
    retry_failed = retries("failure");
    retry_unpaid = metrics.make_counter("tributary_budget_exhausted_total", {{"upstream", name_}});
  }
  if (settings.back_pressure.enabled) {
    paused = metrics.make_counter("tributary_paused_total", {{"upstream", name_}});
  }
  if (!settings.breaker.enabled) return;
  breaker_state_ = metrics.make_gauge("tributary_breaker_state", {{"upstream", name_}});
  for (std::size_t i = 0; i != std::size(breaker_labels); ++i) {
    transitions_[i] = metrics.make_counter("tributary_breaker_transitions_total",
                                           {{"upstream", name_}, {"to", breaker_labels[i]}});
  }
}

void upstream_metrics::watch_queue(std::function<double()> waiting) {
  metrics_.make_callback("tributary_upstream_queue", std::move(waiting), {{"upstream", name_}});
}

void upstream_metrics::has_part_cache() {
  const auto result = [&](std::string_view name) {
    return metrics_.make_counter("tributary_part_cache_total",
                                 {{"upstream", name_}, {"result", name}});
  };
  part_cache = {result("hit"), result("stale"), result("miss"), result("revalidated"),
                result("pass")};
}

void upstream_metrics::answered(int status, nanoseconds duration) {
  const auto code = status_index(status);
  by_status_
      .get(code,
           [&] {
             return std::make_unique<histogram>(metrics_.make_histogram(
                 client_time, request_buckets,
                 {{"upstream", name_}, {"http_response_status_code", status_label(code)}}));
           })
      .observe(duration);
}

void upstream_metrics::failed(error_token error, nanoseconds duration) {
  const auto index = static_cast<std::size_t>(error);
  by_error_
      .get(index,
           [&] {
             return std::make_unique<histogram>(metrics_.make_histogram(
                 client_time, request_buckets,
                 {{"upstream", name_}, {"error_type", error_label(error)}}));
           })
      .observe(duration);
}

void upstream_metrics::breaker_moved(breaker_level to) {
  breaker_state_.set(static_cast<double>(to));
  transitions_[static_cast<std::size_t>(to)].add();
}

server_metrics::server_metrics() {
  unmatched_ = &route("unmatched");
  config_generation = metrics_.make_gauge("tributary_config_generation");
  config_generation.set(1);
  metrics_.make_gauge("tributary_build_info", {{"version", TRIBUTARY_VERSION}}).set(1);
  add_process_metrics(metrics_);
}

upstream_metrics& server_metrics::upstream(const config::upstream_settings& settings,
                                           bool has_redis) {
  const std::lock_guard lock(mutex_);
  return upstreams_.try_emplace(settings.name, metrics_, settings, has_redis).first->second;
}

endpoint_metrics& server_metrics::endpoint(const config::endpoint_settings& settings) {
  const std::lock_guard lock(mutex_);
  const auto [place, fresh] = endpoints_.try_emplace(settings.name);
  auto& result = place->second;
  if (!fresh) return result;
  const std::string_view name = settings.name;
  result.overhead =
      metrics_.make_histogram("tributary_overhead_seconds", overhead_buckets, {{"endpoint", name}});
  for (const auto& part : settings.parts) {
    result.parts.emplace_back(metrics_, settings.name, part.upstream,
                              part.cache.has_value() || !part.fallback.empty());
  }
  if (!settings.cache) return result;
  result.coalesced = metrics_.make_counter("tributary_coalesced_total", {{"endpoint", name}});
  const auto cache = [&](std::string_view what) {
    return metrics_.make_counter("tributary_cache_total", {{"endpoint", name}, {"result", what}});
  };
  result.cache = {cache("hit"), cache("miss"), cache("hit_redis")};
  return result;
}

route_metrics& server_metrics::route(std::string_view path_template) {
  const std::lock_guard lock(mutex_);
  if (const auto known = routes_.find(path_template); known != routes_.end()) return known->second;
  std::string name{path_template};
  return routes_.try_emplace(name, metrics_, name).first->second;
}

void server_metrics::watch_actors(const runtime::actor_directory& directory) {
  metrics_.make_collector("tributary_mailbox_depth", by_actor(directory, [](const auto& cell) {
                            return static_cast<double>(cell.depth());
                          }));
  metrics_.make_collector(
      "tributary_actor_restarts_total", [&directory](const registry::visitor& visit) {
        for (const auto& series : directory.all_series()) {
          const auto restarts = series->restarts.load(std::memory_order_relaxed);
          visit({{"actor", series->label}}, static_cast<double>(restarts));
        }
      });
}

void server_metrics::watch_listener(std::function<listener_numbers()> read) {
  using number = std::uint64_t listener_numbers::*;
  const auto show = [&](metric_name name, number what, label_list labels = {}) {
    metrics_.make_callback(
        name, [read, what] { return static_cast<double>(read().*what); }, labels);
  };
  show("tributary_inflight", &listener_numbers::in_flight);
  show("tributary_connections", &listener_numbers::open_connections);
  show("tributary_shed_total", &listener_numbers::shed_requests, {{"reason", "max_in_flight"}});
  show("tributary_shed_total", &listener_numbers::shed_connections,
       {{"reason", "max_connections"}});
}

void server_metrics::watch_log(const logger& log) {
  metrics_.make_callback("tributary_log_dropped_total",
                         [&log] { return static_cast<double>(log.dropped()); });
}

}  // namespace tributary::actors::telemetry
