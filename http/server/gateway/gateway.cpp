// SPDX-License-Identifier: MIT
#include "http/server/gateway/gateway.hpp"

#include "actors/actor_tree.hpp"
#include "actors/runtime/runtime.hpp"
#include "actors/supervision/errors.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "config/url.hpp"
#include "http/io/name_resolver.hpp"
#include "http/server/gateway/connections.hpp"
#include "http/server/gateway/generations.hpp"
#include "http/server/gateway/listener_actor.hpp"
#include "http/server/gateway/shutdown_plan.hpp"
#include "http/server/handlers/operations/health.hpp"

#include <caf/scoped_actor.hpp>

#include <mutex>
#include <stdexcept>
#include <utility>

namespace tributary::http::server {

namespace rt = actors::runtime;
namespace supervision = actors::supervision;
namespace telemetry = actors::telemetry;
using namespace std::chrono_literals;

namespace {

/// Longest wait for all actors to be up.
constexpr auto start_limit = 30s;

config::server_settings operators_listener(const config::settings& all) {
  auto result = all.server;
  result.address = all.admin.address;
  result.port = all.admin.port;
  result.socket_mode = all.admin.socket_mode;
  return result;
}

std::string where(const config::server_settings& listening) {
  if (config::unix_socket_path(listening.address)) return listening.address;
  return listening.address + ":" + std::to_string(listening.port);
}

}  // namespace

/// In the order of construction; destroyed in the opposite one.
struct gateway::parts {
  parts(const config::settings& settings, const gateway_options& options);

  void add_systems(const config::settings& settings);
  void watch();
  std::shared_ptr<listener_seat> make_seat(const config::server_settings& listening,
                                           std::shared_ptr<const generation> served);
  supervision::child_spec listeners_branch();
  supervision::supervisor_spec describe();
  void start_tree();
  void await_tree(caf::scoped_actor& self);

  const gateway_options& options;
  telemetry::server_metrics metrics;
  rt::runtime threads;
  actors::tree_state tree;
  health_view health{tree};
  const process shared{tree, threads.loops(), options.roles, health};
  std::vector<std::unique_ptr<system>> systems;
  process_generation current;
  std::shared_ptr<listener_seat> public_seat;
  std::shared_ptr<listener_seat> admin_seat;
  std::vector<supervision::slot_ptr> listeners;

  std::mutex mutex;  ///< guards the next two
  std::string bind_failure;
  std::function<void(std::string)> on_failure;
  caf::actor root;
};

gateway::parts::parts(const config::settings& settings, const gateway_options& o)
    : options(o), threads(settings.runtime), tree(settings, threads.loops().size(), metrics) {
  metrics.watch_actors(threads.directory());
  metrics.watch_log(telemetry::log());
  add_systems(settings);
}

void gateway::parts::add_systems(const config::settings& settings) {
  const auto declared = systems_of(settings, options.roles);
  for (const auto& upstream : settings.upstreams) tree.upstreams.add(upstream);
  for (const auto* each : declared) {
    if (each->section == nullptr) continue;
    for (const auto& upstream : each->section->upstreams_of(settings)) {
      tree.upstreams.add(upstream);
    }
  }
  for (const auto* each : declared) systems.push_back(each->make(settings, shared));
  for (const auto& each : systems) {
    health.reporters.push_back([at = each.get()](health_report& to) { at->add_health(to); });
    health.judges.push_back([at = each.get()] { return at->is_ready(); });
  }
}

void gateway::parts::watch() {
  for (const auto& each : systems) each->watch(metrics.metrics());
  metrics.watch_listener([seat = public_seat] { return seat->numbers(); });
}

std::shared_ptr<listener_seat> gateway::parts::make_seat(const config::server_settings& listening,
                                                         std::shared_ptr<const generation> served) {
  return std::make_shared<listener_seat>(
      listening.port, std::move(served),
      [this, listening](std::uint16_t port, std::shared_ptr<const generation> with) {
        auto at = listening;
        at.port = port;
        return std::make_shared<listener>(at, threads.loops(), std::move(with));
      },
      [this, listening](std::error_code why) {
        const std::lock_guard lock{mutex};
        bind_failure = "cannot listen on " + where(listening) + ": " + why.message();
      });
}

supervision::child_spec gateway::parts::listeners_branch() {
  public_seat = make_seat(current.settings->server, current.clients);
  admin_seat = make_seat(operators_listener(*current.settings), current.operators);
  const auto child = [this](std::string id, std::shared_ptr<listener_seat> seat) {
    const auto& place = listeners.emplace_back(std::make_shared<supervision::slot>());
    return supervision::leaf_child(
        std::move(id),
        [seat](const supervision::child_context& context) {
          return context.parent.spawn<listener_actor>(context.path, seat);
        },
        place);
  };
  supervision::supervisor_spec spec;
  spec.rules.strategy = supervision::strategy::rest_for_one;
  spec.children.push_back(child("admin", admin_seat));
  spec.children.push_back(child("public", public_seat));
  return supervision::supervisor_child("http", std::move(spec));
}

supervision::supervisor_spec gateway::parts::describe() {
  std::vector<supervision::child_spec> upper;
  for (const auto& each : systems) {
    for (auto& branch : each->branches()) upper.push_back(std::move(branch));
  }
  upper.push_back(listeners_branch());
  return actors::describe_tree(tree, std::move(upper));
}

void gateway::parts::start_tree() {
  auto spec = describe();
  watch();
  caf::scoped_actor self{threads.system()};
  root = threads.system().spawn<supervision::supervisor>("/", std::move(spec), self->address());
  supervision::watch_root(root, [this](const caf::error& why) {
    std::function<void(std::string)> report;
    {
      const std::lock_guard lock{mutex};
      report = std::exchange(on_failure, nullptr);
    }
    if (report) report("the supervision tree has given up: " + supervision::describe(why));
  });
  await_tree(self);
}

void gateway::parts::await_tree(caf::scoped_actor& self) {
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

gateway::gateway(config::settings settings, gateway_options options)
    : settings_(std::make_shared<const config::settings>(std::move(settings))),
      options_(std::move(options)) {}

gateway::~gateway() { stop(true); }

void gateway::start(std::function<void(std::string)> on_failure) {
  parts_ = std::make_unique<parts>(*settings_, options_);
  try {
    if (options_.resolver == nullptr) options_.resolver = io::make_system_resolver();
    open_connections(parts_->tree, parts_->threads, options_.resolver);
    parts_->current = make_generation(settings_, parts_->systems, parts_->metrics);
    parts_->start_tree();
    for (const auto& each : parts_->systems) each->on_listening(port());
  } catch (...) {
    stop(true);
    throw;
  }
  rt::runtime::leave_thread();  // so that any thread may stop what this one has started
  const std::lock_guard lock{parts_->mutex};
  parts_->on_failure = std::move(on_failure);
  parts_->health.serving = true;
}

void gateway::stop(bool at_once) {
  if (parts_ == nullptr) return;
  {
    const std::lock_guard lock{parts_->mutex};
    parts_->on_failure = nullptr;
  }
  shutdown_steps steps;
  steps.unready = [this] {
    parts_->health.serving = false;
    parts_->public_seat->say_close();
  };
  steps.delay = at_once ? 0ms : settings_->server.drain_delay;
  // The operators' listener stays open while the public one drains.
  steps.listeners = {parts_->public_seat, parts_->admin_seat};
  steps.drain_timeout = settings_->server.drain_timeout;
  steps.root = parts_->root;
  steps.close_connections = [this] { close_connections(parts_->tree, parts_->threads); };
  for (const auto& each : parts_->systems) {
    steps.more.push_back([at = each.get()](auto& shutdown) { at->plan_stop(shutdown); });
  }
  run_shutdown(steps);
  steps.root = nullptr;
  parts_->root = nullptr;
  parts_.reset();
}

std::uint16_t gateway::port() const { return parts_->public_seat->port(); }
std::uint16_t gateway::admin_port() const { return parts_->admin_seat->port(); }
actors::runtime::runtime& gateway::threads() { return parts_->threads; }
actors::tree_state& gateway::tree() { return parts_->tree; }

const process_generation& gateway::current() const { return parts_->current; }

const std::vector<supervision::slot_ptr>& gateway::listeners() const { return parts_->listeners; }

std::vector<const system*> gateway::systems() const {
  std::vector<const system*> result;
  for (const auto& each : parts_->systems) result.push_back(each.get());
  return result;
}

}  // namespace tributary::http::server
