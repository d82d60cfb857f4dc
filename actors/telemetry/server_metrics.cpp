// SPDX-License-Identifier: MIT
#include "actors/telemetry/server_metrics.hpp"

#include "actors/cache/shard_counters.hpp"
#include "actors/runtime/actor_cell.hpp"
#include "actors/store/purge_backlog.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/process_metrics.hpp"
#include "providers/redis/link_state.hpp"

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

/// Sums of one number of all actors by their place in the tree.
template <typename Read>
std::function<void(const registry::visitor&)> by_actor(const runtime::actor_directory& directory,
                                                       Read read) {
  return [&directory, read](const registry::visitor& visit) {
    std::map<std::string_view, double> sums;
    const auto cells = directory.snapshot();
    for (const auto& cell : cells) sums[cell->path] += read(*cell);
    for (const auto& [path, sum] : sums) visit({{"actor", path}}, sum);
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
             return std::make_unique<histogram>(metrics_.make_histogram(
                 "http_server_request_duration_seconds",
                 "Time from the header of a request to the last byte of its answer.",
                 request_buckets,
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
  degraded = metrics.make_counter(
      "tributary_degraded_total",
      "Answers in which something stale, another upstream or a constant stood in for a part.",
      {{"endpoint", endpoint_}, {"upstream", upstream_}});
}

void part_metrics::missing(error_token error) {
  const auto index = static_cast<std::size_t>(error);
  by_error_
      .get(
          index,
          [&] {
            return std::make_unique<counter>(metrics_.make_counter(
                "tributary_partial_total", "Parts missing from partial answers, by reason.",
                {{"endpoint", endpoint_}, {"upstream", upstream_}, {"error", error_label(error)}}));
          })
      .add();
}

namespace {

constexpr std::string_view client_name = "http_client_request_duration_seconds";
constexpr std::string_view client_help =
    "Time of one call to an upstream, by its status code or by the reason why there is none.";

counter rate_counter(registry& metrics, std::string_view policy, std::string_view decision,
                     std::string_view store) {
  return metrics.make_counter("tributary_ratelimit_total", "Decisions of rate limiters.",
                              {{"policy", policy}, {"decision", decision}, {"store", store}});
}

}  // namespace

upstream_metrics::upstream_metrics(registry& metrics, const config::upstream_settings& settings,
                                   bool has_redis)
    : metrics_(metrics), name_(settings.name) {
  in_flight = metrics.make_level("tributary_upstream_inflight", "Calls that wait for an upstream.",
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
      return metrics.make_counter("tributary_retry_total", "Calls made again, by how that ended.",
                                  {{"upstream", name_}, {"outcome", outcome}});
    };
    retry_succeeded = retries("success");
    retry_failed = retries("failure");
    retry_unpaid = metrics.make_counter("tributary_budget_exhausted_total",
                                        "Retries not made because the budget was used up.",
                                        {{"upstream", name_}});
  }
  if (settings.back_pressure.enabled) {
    paused = metrics.make_counter("tributary_paused_total",
                                  "Calls refused because the upstream had asked for a pause.",
                                  {{"upstream", name_}});
  }
  if (!settings.breaker.enabled) return;
  breaker_state_ = metrics.make_gauge("tributary_breaker_state",
                                      "State of a circuit breaker: 0 closed, 1 open, 2 half-open.",
                                      {{"upstream", name_}});
  for (std::size_t i = 0; i != std::size(breaker_labels); ++i) {
    transitions_[i] = metrics.make_counter("tributary_breaker_transitions_total",
                                           "Changes of state of circuit breakers.",
                                           {{"upstream", name_}, {"to", breaker_labels[i]}});
  }
}

void upstream_metrics::has_part_cache() {
  const auto result = [&](std::string_view name) {
    return metrics_.make_counter("tributary_part_cache_total",
                                 "What the part cache did for those who asked.",
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
                 client_name, client_help, request_buckets,
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
                 client_name, client_help, request_buckets,
                 {{"upstream", name_}, {"error_type", error_label(error)}}));
           })
      .observe(duration);
}

void upstream_metrics::breaker_moved(breaker_level to) {
  breaker_state_.set(static_cast<double>(to));
  transitions_[static_cast<std::size_t>(to)].add();
}

namespace {

bool keeps_answers_of(const config::settings& settings, std::string_view upstream) {
  for (const auto& endpoint : settings.endpoints) {
    for (const auto& part : endpoint.parts) {
      if (part.cache && part.upstream == upstream) return true;
    }
  }
  return false;
}

}  // namespace

server_metrics::server_metrics(const config::settings& settings) {
  unmatched_ = &route("unmatched");
  config_generation = metrics_.make_gauge("tributary_config_generation",
                                          "Counts the configurations loaded since the start.");
  config_generation.set(1);
  metrics_
      .make_gauge("tributary_build_info", "Always 1; the label names the running version.",
                  {{"version", TRIBUTARY_VERSION}})
      .set(1);
  const auto has_redis = settings.redis.main.has_value();
  for (const auto& one : settings.upstreams) upstreams_.emplace_back(metrics_, one, has_redis);
  for (std::size_t i = 0; i != upstreams_.size(); ++i) {
    if (keeps_answers_of(settings, settings.upstreams[i].name)) upstreams_[i].has_part_cache();
  }
  for (const auto& one : settings.endpoints) add_endpoint(one);
  add_process_metrics(metrics_);
}

void server_metrics::add_endpoint(const config::endpoint_settings& settings) {
  auto& made = endpoints_.emplace_back();
  const std::string_view name = settings.name;
  made.route = &route(settings.path);
  made.overhead = metrics_.make_histogram(
      "tributary_overhead_seconds", "Time of a request that was not spent waiting for upstreams.",
      overhead_buckets, {{"endpoint", name}});
  for (const auto& part : settings.parts) {
    made.parts.emplace_back(metrics_, settings.name, part.upstream,
                            part.cache.has_value() || !part.fallback.empty());
  }
  if (!settings.cache) return;
  made.coalesced =
      metrics_.make_counter("tributary_coalesced_total",
                            "Requests that shared the gather of another.", {{"endpoint", name}});
  const auto cache = [&](std::string_view result) {
    return metrics_.make_counter("tributary_cache_total", "What the endpoint caches did.",
                                 {{"endpoint", name}, {"result", result}});
  };
  made.cache = {cache("hit"), cache("miss"), cache("hit_redis")};
}

route_metrics& server_metrics::route(std::string_view path_template) {
  const std::lock_guard lock(routes_mutex_);
  for (auto& known : routes_) {
    if (known.route() == path_template) return known;
  }
  return routes_.emplace_back(metrics_, std::string(path_template));
}

void server_metrics::watch_actors(const runtime::actor_directory& directory) {
  metrics_.make_collector(
      registry::kind::gauge, "tributary_mailbox_depth", "Messages that wait in a mailbox.",
      by_actor(directory, [](const auto& cell) { return static_cast<double>(cell.depth()); }));
  metrics_.make_collector(
      registry::kind::counter, "tributary_actor_restarts_total",
      "Restarts of an actor by its supervisor.", by_actor(directory, [](const auto& cell) {
        return static_cast<double>(cell.incarnation.load(std::memory_order_relaxed));
      }));
}

namespace {

/// The numbers of all shards of one cache, under names that begin with `prefix`.
void show_shards(registry& metrics, const std::string& prefix, std::string_view which,
                 const std::vector<std::shared_ptr<const cache::shard_counters>>& shards) {
  using counted = std::atomic<std::uint64_t> cache::shard_counters::*;
  const auto sum = [shards](counted what) {
    std::uint64_t total = 0;
    for (const auto& shard : shards) total += (shard.get()->*what).load(std::memory_order_relaxed);
    return static_cast<double>(total);
  };
  const auto show = [&](registry::kind type, std::string_view name, std::string_view help,
                        counted what, label_list labels = {}) {
    metrics.make_callback(
        type, name, help, [sum, what] { return sum(what); }, labels);
  };
  constexpr auto gauge_kind = registry::kind::gauge;
  constexpr auto counter_kind = registry::kind::counter;
  const std::string kept{which};
  show(gauge_kind, prefix + "_bytes", "Bytes in the " + kept + ".", &cache::shard_counters::bytes);
  show(gauge_kind, prefix + "_entries", "Answers in the " + kept + ".",
       &cache::shard_counters::entries);
  show(gauge_kind, prefix + "_gathering", "Answers that are being gathered for the " + kept + ".",
       &cache::shard_counters::gathering);
  const auto name = prefix + "_answers_total";
  const auto help = "What became of answers in the " + kept + ".";
  show(counter_kind, name, help, &cache::shard_counters::stored, {{"result", "stored"}});
  show(counter_kind, name, help, &cache::shard_counters::refused, {{"result", "refused"}});
  show(counter_kind, name, help, &cache::shard_counters::evicted, {{"result", "evicted"}});
  show(counter_kind, name, help, &cache::shard_counters::expired, {{"result", "expired"}});
}

}  // namespace

void server_metrics::watch_purges(std::shared_ptr<const store::purge_counters> purges) {
  using number = std::atomic<std::uint64_t> store::purge_counters::*;
  const auto show = [&](registry::kind type, std::string_view name, std::string_view help,
                        number what, label_list labels = {}) {
    metrics_.make_callback(
        type, name, help,
        [purges, what] {
          return static_cast<double>((purges.get()->*what).load(std::memory_order_relaxed));
        },
        labels);
  };
  constexpr std::string_view name = "tributary_cache_purges_total";
  constexpr std::string_view help =
      "Purges: asked for here, told of by other instances, done in Redis, or never told to it.";
  constexpr auto counter_kind = registry::kind::counter;
  show(counter_kind, name, help, &store::purge_counters::local, {{"result", "local"}});
  show(counter_kind, name, help, &store::purge_counters::foreign, {{"result", "foreign"}});
  show(counter_kind, name, help, &store::purge_counters::redis, {{"result", "redis"}});
  show(counter_kind, name, help, &store::purge_counters::undelivered, {{"result", "undelivered"}});
  show(registry::kind::gauge, "tributary_cache_purges_waiting", "Purges that wait for Redis.",
       &store::purge_counters::waiting);
}

void server_metrics::watch_redis(
    std::string_view store,
    std::vector<std::shared_ptr<const providers::redis::link_state>> links) {
  using providers::redis::link_state;
  metrics_.make_callback(registry::kind::gauge, "tributary_redis_up",
                         "1 while all connections to a Redis are there.",
                         [links] {
                           for (const auto& link : links) {
                             if (!link->connected.load(std::memory_order_relaxed)) return 0.0;
                           }
                           return 1.0;
                         },
                         {{"store", store}});
  const auto show = [&](std::string_view name, std::string_view help,
                        std::atomic<std::uint64_t> link_state::*what) {
    metrics_.make_callback(registry::kind::counter, name, help,
                           [links, what] {
                             std::uint64_t total = 0;
                             for (const auto& link : links) {
                               total += (link.get()->*what).load(std::memory_order_relaxed);
                             }
                             return static_cast<double>(total);
                           },
                           {{"store", store}});
  };
  show("tributary_redis_commands_total", "Commands sent to Redis.", &link_state::commands);
  show("tributary_redis_timeouts_total", "Commands that Redis did not answer in time.",
       &link_state::timeouts);
  show("tributary_redis_errors_total", "Errors that Redis answered.", &link_state::errors);
  show("tributary_redis_reconnects_total", "Connections to Redis made after the first.",
       &link_state::reconnects);
}

void server_metrics::watch_cache(std::vector<std::shared_ptr<const cache::shard_counters>> shards) {
  show_shards(metrics_, "tributary_cache", "memory cache", std::move(shards));
}

void server_metrics::watch_part_cache(
    std::vector<std::shared_ptr<const cache::shard_counters>> shards) {
  using cache::shard_counters;
  metrics_.make_callback(registry::kind::counter, "tributary_part_cache_collapsed_total",
                         "Calls that shared the upstream call of another.", [shards] {
                           std::uint64_t total = 0;
                           for (const auto& each : shards) {
                             total += each->collapsed.load(std::memory_order_relaxed);
                           }
                           return static_cast<double>(total);
                         });
  show_shards(metrics_, "tributary_part_cache", "part cache", std::move(shards));
}

void server_metrics::watch_listener(std::function<listener_numbers()> read) {
  using number = std::uint64_t listener_numbers::*;
  const auto show = [&](registry::kind type, std::string_view name, std::string_view help,
                        number what, label_list labels = {}) {
    metrics_.make_callback(
        type, name, help, [read, what] { return static_cast<double>(read().*what); }, labels);
  };
  show(registry::kind::gauge, "tributary_inflight", "Requests being answered.",
       &listener_numbers::in_flight);
  show(registry::kind::gauge, "tributary_connections", "Client connections that are open.",
       &listener_numbers::open_connections);
  constexpr std::string_view help = "Work that the gateway refused to protect itself.";
  show(registry::kind::counter, "tributary_shed_total", help, &listener_numbers::shed_requests,
       {{"reason", "max_in_flight"}});
  show(registry::kind::counter, "tributary_shed_total", help, &listener_numbers::shed_connections,
       {{"reason", "max_connections"}});
}

void server_metrics::watch_log(const logger& log) {
  metrics_.make_callback(registry::kind::counter, "tributary_log_dropped_total",
                         "Log lines lost because the writer could not keep up.",
                         [&log] { return static_cast<double>(log.dropped()); });
}

}  // namespace tributary::actors::telemetry
