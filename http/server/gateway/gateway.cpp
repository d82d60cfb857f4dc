// SPDX-License-Identifier: MIT
#include "http/server/gateway/gateway.hpp"

#include "actors/actor_tree.hpp"
#include "actors/market/market_state.hpp"
#include "actors/runtime/runtime.hpp"
#include "actors/supervision/coordinated_shutdown.hpp"
#include "actors/supervision/errors.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "config/built_in.hpp"
#include "http/client/connection_pool.hpp"
#include "http/client/name_resolver.hpp"
#include "http/client/tls_context.hpp"
#include "http/server/handlers/operations/admin.hpp"
#include "http/server/handlers/aggregate/aggregate_handler.hpp"
#include "http/server/handlers/market/assets_handler.hpp"
#include "http/server/gateway/blocking_schedule.hpp"
#include "http/server/handlers/operations/health.hpp"
#include "http/server/gateway/listener_actor.hpp"
#include "http/server/handlers/market/quote_stream.hpp"
#include "http/server/gateway/request_observer.hpp"
#include "providers/redis/client.hpp"
#include "providers/redis/subscriber.hpp"

#include <caf/scoped_actor.hpp>

#include <sys/resource.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tributary::http::server {

namespace redis = providers::redis;
namespace rt = actors::runtime;
namespace supervision = actors::supervision;
namespace telemetry = actors::telemetry;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// Longest wait for all actors to be up.
constexpr auto start_limit = 30s;
/// Longest wait for all actors to end; each child has its own, shorter limit.
constexpr auto stop_limit = 60s;
/// Beyond the limit that a step keeps by itself, before it is given up.
constexpr auto margin = 5s;

config::server_settings admin_listener(const config::settings& all) {
  auto result = all.server;
  result.address = all.admin.address;
  result.port = all.admin.port;
  return result;
}

void close_seat(const std::shared_ptr<listener_seat>& seat, milliseconds limit,
                std::function<void()> done) {
  if (seat == nullptr) return done();
  seat->close(limit, std::move(done));
}

std::string where(const config::server_settings& listening) {
  return listening.address + ":" + std::to_string(listening.port);
}

}  // namespace

std::uint64_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

/// In the order of construction; destroyed in the opposite one.
struct gateway::parts {
  explicit parts(const config::settings& settings);

  void open_pools(const std::shared_ptr<client::name_resolver>& resolver);
  void connect_stores(const std::shared_ptr<client::name_resolver>& resolver);
  void connect(const std::shared_ptr<actors::store::redis_resources>& store,
               const std::shared_ptr<client::name_resolver>& resolver);
  void subscribe(actors::store::redis_resources& store, const redis::client_services& services);
  void close_connections();
  void make_refs();
  void make_routes();
  void make_market_routes();
  std::vector<supervision::child_spec> http_branch();
  std::shared_ptr<listener_seat> make_seat(config::server_settings listening,
                                           std::shared_ptr<const router> routes, observer& watcher);
  void start_tree();
  void plan_shutdown(supervision::coordinated_shutdown& shutdown, blocking_schedule<int>& schedule,
                     milliseconds delay);

  const config::settings& settings;
  telemetry::server_metrics metrics;
  rt::runtime threads;
  actors::tree_state tree;
  health_view health{tree};
  std::vector<actor_refs> refs;  ///< by worker
  admin_wiring admin;
  std::shared_ptr<quote_streams> streams;  ///< null without market data
  std::shared_ptr<router> public_routes = std::make_shared<router>();
  std::shared_ptr<router> admin_routes = std::make_shared<router>();
  std::unique_ptr<request_observer> public_observer;
  std::unique_ptr<request_observer> admin_observer;
  std::shared_ptr<listener_seat> public_seat;
  std::shared_ptr<listener_seat> admin_seat;

  std::mutex mutex;  ///< guards the next two
  std::string bind_failure;
  std::function<void(std::string)> on_failure;
  caf::actor root;
};

gateway::parts::parts(const config::settings& s)
    : settings(s),
      metrics(s),
      threads(s.runtime),
      tree(s, metrics),
      admin{metrics, refs, s.admin.token},
      streams(s.market.enabled ? std::make_shared<quote_streams>(s.market) : nullptr) {
  metrics.watch_actors(threads.directory());
  metrics.watch_log(telemetry::log());
}

/// A pool belongs to its worker's thread from beginning to end.
void gateway::parts::open_pools(const std::shared_ptr<client::name_resolver>& resolver) {
  for (auto& upstream : tree.upstreams) {
    client::pool_services services{resolver, nullptr};
    if (upstream->settings.tls) {
      std::string error;
      services.tls = client::make_tls_context(upstream->settings.tls_options, error);
      if (services.tls == nullptr) {
        throw std::runtime_error{"upstream " + upstream->settings.name + ": " + error};
      }
    }
    threads.on_each_loop([&](std::size_t i) {
      upstream->pools.push_back(std::make_unique<client::connection_pool>(
          *threads.loops()[i], upstream->settings, services));
    });
  }
}

void gateway::parts::connect_stores(const std::shared_ptr<client::name_resolver>& resolver) {
  connect(tree.redis, resolver);
  if (tree.redis_cache != tree.redis) connect(tree.redis_cache, resolver);
}

/// Does not wait for the connections: what needs them does without until they are there.
void gateway::parts::connect(const std::shared_ptr<actors::store::redis_resources>& store,
                             const std::shared_ptr<client::name_resolver>& resolver) {
  if (store == nullptr) return;
  redis::client_services services{resolver, nullptr, {}};
  if (store->address.tls) {
    std::string error;
    services.tls = redis::make_tls_context(settings.redis.tls_options, error);
    if (services.tls == nullptr) throw std::runtime_error{store->name + ": " + error};
  }
  threads.on_each_loop([&](std::size_t i) {
    store->clients.push_back(std::make_unique<redis::client>(
        *threads.loops()[i], redis::settings_of(settings.redis, store->address), services));
    store->links.push_back(store->clients.back()->link());
    if (i == 0 && !store->channels.empty()) subscribe(*store, services);
  });
}

/// On the first loop's thread.
void gateway::parts::subscribe(actors::store::redis_resources& store,
                               const redis::client_services& services) {
  std::vector<std::string> names;
  for (const auto& each : store.channels) names.push_back(each.channel);
  store.subscriber = std::make_unique<redis::subscriber>(
      *threads.loops().front(), redis::settings_of(settings.redis, store.address), services,
      std::move(names), actors::store::hooks_for(store.channels));
  store.subscription = store.subscriber->link();
  store.links.push_back(store.subscription);
}

/// Upstreams' and stores' alike.
void gateway::parts::close_connections() {
  threads.on_each_loop([&](std::size_t i) {
    for (const auto& store : {tree.redis, tree.redis_cache}) {
      if (store == nullptr) continue;
      if (i == 0) store->subscriber.reset();
      if (i < store->clients.size()) store->clients[i].reset();
    }
    for (auto& upstream : tree.upstreams) {
      if (i < upstream->pools.size()) upstream->pools[i].reset();
    }
  });
}

void gateway::parts::make_refs() {
  for (std::size_t worker = 0; worker < threads.loops().size(); ++worker) {
    auto& mine = refs.emplace_back();
    mine.aggregator = supervision::supervised_ref{tree.aggregators[worker]};
    for (const auto& place : tree.aggregators) mine.aggregators.emplace_back(place);
    for (const auto& place : tree.caches) mine.caches.emplace_back(place);
    mine.invalidation = supervision::supervised_ref{tree.invalidation};
    if (tree.market == nullptr) continue;
    mine.board = supervision::supervised_ref{tree.market->boards[worker]};
    mine.quote_book = supervision::supervised_ref{tree.market->quote_book};
  }
}

void gateway::parts::make_routes() {
  add_health_routes(*public_routes, health);
  add_health_routes(*admin_routes, health);
  add_admin_routes(*admin_routes, admin);
  for (std::size_t i = 0; i < settings.endpoints.size(); ++i) {
    const auto& endpoint = settings.endpoints[i];
    auto compiled = actors::aggregation::compile(endpoint, settings.upstreams);
    if (compiled.plan == nullptr) {
      throw std::runtime_error{"endpoint " + endpoint.name + ": " + compiled.errors.front()};
    }
    route_options options;
    options.produces = {"application/json"};
    std::shared_ptr<handler> serve =
        std::make_shared<aggregate_handler>(i, std::move(compiled.plan), refs, metrics.endpoint(i));
    public_routes->add(method::get, endpoint.path, std::move(serve), std::move(options));
  }
  if (tree.market != nullptr) make_market_routes();
  public_observer = std::make_unique<request_observer>(*public_routes, metrics);
  admin_observer = std::make_unique<request_observer>(*admin_routes, metrics);
}

void gateway::parts::make_market_routes() {
  auto hubs = make_quote_hubs(streams, threads.loops(), refs);
  tree.market->feeds.assign(hubs.begin(), hubs.end());
  add_quote_routes(*public_routes, tree.market->settings, refs, std::move(hubs));
  route_options json;
  json.produces = {"application/json"};
  public_routes->add(method::get, config::built_in::assets_path,
                     std::shared_ptr<handler>{std::make_shared<assets_handler>(tree.market->shelf)},
                     json);
}

std::shared_ptr<listener_seat> gateway::parts::make_seat(config::server_settings listening,
                                                         std::shared_ptr<const router> routes,
                                                         observer& watcher) {
  const auto port = listening.port;
  return std::make_shared<listener_seat>(
      port,
      [this, listening, routes, &watcher](std::uint16_t on) {
        auto at = listening;
        at.port = on;
        return std::make_shared<listener>(at, threads.loops(), routes, &watcher);
      },
      [this, listening](std::error_code why) {
        const std::lock_guard lock{mutex};
        bind_failure = "cannot listen on " + where(listening) + ": " + why.message();
      });
}

std::vector<supervision::child_spec> gateway::parts::http_branch() {
  public_seat = make_seat(settings.server, public_routes, *public_observer);
  admin_seat = make_seat(admin_listener(settings), admin_routes, *admin_observer);
  const auto child = [this](std::string id, std::shared_ptr<listener_seat> seat) {
    tree.listeners.push_back(std::make_shared<supervision::slot>());
    return supervision::leaf_child(
        std::move(id),
        [seat](const supervision::child_context& context) {
          return context.parent.spawn<listener_actor>(context.path, seat);
        },
        tree.listeners.back());
  };
  supervision::supervisor_spec spec;
  spec.rules.strategy = supervision::strategy::rest_for_one;
  spec.children.push_back(child("admin", admin_seat));
  spec.children.push_back(child("public", public_seat));
  metrics.watch_listener([seat = public_seat] { return seat->numbers(); });
  std::vector<supervision::child_spec> result;
  result.push_back(supervision::supervisor_child("http", std::move(spec)));
  return result;
}

void gateway::parts::start_tree() {
  caf::scoped_actor self{threads.system()};
  // The references need the slots that the description makes, the routes need the references, and
  // the listeners, last in the description, need the routes.
  auto spec = actors::describe_tree(tree, threads.loops().size(), {});
  make_refs();
  make_routes();
  metrics.watch_cache({tree.cache_counters.begin(), tree.cache_counters.end()});
  metrics.watch_purges(tree.purge_counters);
  if (tree.redis != nullptr) metrics.watch_redis(tree.redis->name, tree.redis->links);
  if (tree.redis_cache != tree.redis) {
    metrics.watch_redis(tree.redis_cache->name, tree.redis_cache->links);
  }
  if (tree.market != nullptr) {
    actors::market::watch_market(*tree.market, metrics.metrics());
    watch_streams(metrics.metrics(), streams);
  }
  if (!tree.part_caches.empty()) {
    metrics.watch_part_cache({tree.part_cache_counters.begin(), tree.part_cache_counters.end()});
  }
  for (auto& branch : http_branch()) spec.children.push_back(std::move(branch));
  root = threads.system().spawn<supervision::supervisor>("/", std::move(spec), self->address());
  supervision::watch_root(root, [this](const caf::error& why) {
    std::function<void(std::string)> report;
    {
      const std::lock_guard lock{mutex};
      report = std::exchange(on_failure, nullptr);
    }
    if (report) report("the supervision tree has given up: " + supervision::describe(why));
  });
  const auto deadline = std::chrono::steady_clock::now() + start_limit;
  auto ready = false;
  while (!ready) {
    self->receive([&](supervision::child_ready) { ready = true; }, caf::after(10ms) >> [] {});
    const std::lock_guard lock{mutex};
    if (!bind_failure.empty()) throw std::runtime_error{bind_failure};
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error{"the actors did not come up in time"};
    }
  }
}

gateway::gateway(config::settings settings, gateway_hooks hooks)
    : settings_(actors::market::with_provider_upstreams(std::move(settings))),
      hooks_(std::move(hooks)) {}

gateway::~gateway() { stop(true); }

void gateway::start(std::function<void(std::string)> on_failure) {
  parts_ = std::make_unique<parts>(settings_);
  try {
    if (hooks_.resolver == nullptr) hooks_.resolver = client::make_system_resolver();
    parts_->open_pools(hooks_.resolver);
    parts_->connect_stores(hooks_.resolver);
    parts_->start_tree();
  } catch (...) {
    stop(true);
    throw;
  }
  rt::runtime::leave_thread();  // so that any thread may stop what this one has started
  const std::lock_guard lock{parts_->mutex};
  parts_->on_failure = std::move(on_failure);
  parts_->metrics.config_generation.set(1);
  parts_->health.ready = true;
}

/// What is done in each phase; see `coordinated_shutdown` for their order.
void gateway::parts::plan_shutdown(supervision::coordinated_shutdown& shutdown,
                                   blocking_schedule<int>& schedule, milliseconds delay) {
  using supervision::shutdown_phase;
  using supervision::task_completion;
  const auto drain = settings.server.drain_timeout;
  shutdown.add(shutdown_phase::unready,
               {"readiness", delay + margin, true, [this, &schedule, delay](task_completion done) {
                  health.ready = false;
                  // Load balancers see `/readyz` fail while requests are still taken.
                  schedule.after(delay, [done] { done({}); });
                }});
  shutdown.add(shutdown_phase::drain,
               {"listeners", 2 * (drain + margin), true, [this, drain](task_completion done) {
                  // The operators' one stays open while the public one drains.
                  close_seat(public_seat, drain, [this, drain, done] {
                    close_seat(admin_seat, drain, [done] { done({}); });
                  });
                }});
  if (root) {
    shutdown.add(shutdown_phase::stop_workers, supervision::stop_tree_task(root, stop_limit));
  }
  shutdown.add(shutdown_phase::flush,
               {"connections", 5s, true, [this, &schedule](task_completion done) {
                  // On the waiting thread: it waits for each worker in turn.
                  schedule.after(0ms, [this, done] {
                    close_connections();
                    done({});
                  });
                }});
}

void gateway::stop(bool at_once) {
  if (parts_ == nullptr) return;
  {
    const std::lock_guard lock{parts_->mutex};
    parts_->on_failure = nullptr;
  }
  blocking_schedule<int> schedule;
  supervision::shutdown_hooks hooks;
  hooks.schedule = [&](milliseconds delay, std::function<void()> f) {
    schedule.after(delay, std::move(f));
  };
  hooks.on_phase = [](supervision::shutdown_phase phase) {
    telemetry::log().write(config::log_level::debug, telemetry::events::server_draining,
                           "the next phase of the shutdown begins", {{"phase", to_string(phase)}});
  };
  hooks.on_task = [](const supervision::task_outcome& task) {
    if (task.error.empty()) return;
    telemetry::log().write(
        config::log_level::warning, telemetry::events::server_draining,
        "a step of the shutdown failed",
        {{"phase", to_string(task.phase)}, {"task", task.name}, {"error", task.error}});
  };
  hooks.on_done = [&](int code) { schedule.finish(code); };
  supervision::coordinated_shutdown shutdown{std::move(hooks)};
  parts_->plan_shutdown(shutdown, schedule, at_once ? 0ms : settings_.server.drain_delay);
  shutdown.request();
  schedule.wait();
  parts_->root = nullptr;
  parts_.reset();
}

std::uint16_t gateway::port() const { return parts_->public_seat->port(); }
std::uint16_t gateway::admin_port() const { return parts_->admin_seat->port(); }
actors::runtime::runtime& gateway::threads() { return parts_->threads; }
actors::tree_state& gateway::tree() { return parts_->tree; }

}  // namespace tributary::http::server
