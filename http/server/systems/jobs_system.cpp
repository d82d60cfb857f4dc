// SPDX-License-Identifier: MIT
#include "http/server/systems/jobs_system.hpp"

#include "actors/actor_tree.hpp"
#include "actors/jobs/jobs_branch.hpp"
#include "actors/jobs/jobs_metrics.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/coordinated_shutdown.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "config/sections/jobs_section.hpp"
#include "http/server/handlers/jobs/job_operators.hpp"
#include "http/server/handlers/jobs/jobs_handlers.hpp"
#include "http/server/handlers/jobs/payload_job.hpp"
#include "http/server/handlers/jobs/vendor_webhooks.hpp"
#include "http/server/handlers/operations/health_report.hpp"
#include "http/server/router.hpp"
#include "providers/jobs/sqlite/sqlite_job_store.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace tributary::http::server {

namespace jobs = actors::jobs;
namespace pj = providers::jobs;
namespace supervision = actors::supervision;
namespace telemetry = actors::telemetry;
using namespace std::chrono_literals;

namespace {

/// How often the end of attempts is looked for while the process stops, and how long they have
/// after they were told to end.
constexpr auto drain_look = 10ms;
constexpr auto drain_grace = 2s;

bool is_embedded(const config::jobs_settings& settings) {
  return settings.postgresql.empty() && settings.mongodb.empty();
}

pj::instant system_time() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::shared_ptr<pj::job_store> open_store(const config::jobs_settings& settings,
                                          const process& in) {
  if (!is_embedded(settings)) {
    throw std::runtime_error{"jobs.store: this version keeps jobs in `data_dir` alone"};
  }
  for (const auto* role : {"api", "worker"}) {
    if (in.roles.contains(role)) continue;
    throw std::runtime_error{std::string{"jobs in `data_dir` are of one process, which needs the "
                                         "role `"} +
                             role + "` too; or name a database in `jobs.store`"};
  }
  return pj::make_sqlite_job_store({.folder = in.tree.data_dir, .clock = system_time});
}

/// Vendors must be told where webhooks arrive, and where that is not here, nobody else knows.
void check_public_url(const config::jobs_settings& settings, const process& in) {
  if (in.roles.contains("api") || !settings.public_url.empty()) return;
  for (const auto& vendor : settings.vendors) {
    if (vendor.kind != config::vendor_kind::async) continue;
    throw std::runtime_error{"the vendor `" + vendor.name +
                             "` answers by webhook: without the role `api`, `jobs.public_url` "
                             "(PUBLIC_URL) has to say where"};
  }
}

void warn_of_unsigned(const config::jobs_settings& settings) {
  for (const auto& vendor : settings.vendors) {
    if (vendor.kind != config::vendor_kind::async || vendor.auth != config::webhook_auth::none) {
      continue;
    }
    telemetry::log().write(config::log_level::warning, telemetry::events::webhook_unsigned,
                           "webhooks of this vendor are believed without a signature",
                           {{"vendor", vendor.name}});
  }
}

std::string own_url(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

}  // namespace

system_declaration jobs_system::declaration() {
  return {"jobs",
          {"api", "worker"},
          config::jobs_section(),
          [](const config::settings& settings, const process& in) -> std::unique_ptr<system> {
            return std::make_unique<jobs_system>(settings, in);
          }};
}

jobs_system::jobs_system(const config::settings& settings, const process& in)
    : tree_(in.tree),
      has_api_(in.roles.contains("api")),
      state_(*settings.section<config::jobs_settings>(), in.tree,
             open_store(*settings.section<config::jobs_settings>(), in)) {
  check_public_url(state_.settings, in);
  state_.clean = make_json_cleaner(state_.settings.cleaning);
  auto& url = state_.public_url;
  while (url.ends_with('/')) url.pop_back();
  if (url.empty() && settings.server.port != 0) url = own_url(settings.server.port);
  // Nothing can be begun before vendors can be told where to answer.
  state_.draining = url.empty();
  for (std::size_t i = 0; i < in.loops.size(); ++i) refs_.emplace_back(unguessable_bits);
  warn_of_unsigned(state_.settings);
}

std::vector<supervision::child_spec> jobs_system::branches() {
  std::vector<supervision::child_spec> result;
  result.push_back(jobs::jobs_branch(tree_, state_));
  for (auto& each : refs_) {
    each.writer = supervision::supervised_ref{state_.writer};
    for (const auto& place : state_.readers) each.readers.emplace_back(place);
  }
  return result;
}

void jobs_system::add_routes(const config::settings& settings, route_tables& routes) {
  const jobs_wiring wiring{state_, refs_};
  add_job_operator_routes(routes.operators, wiring, settings.admin.token);
  if (!has_api_) return;
  add_job_routes(routes.clients, wiring, make_job_maker(state_.settings, state_.clean));
  add_webhook_route(routes.clients, wiring, make_text_cleaner(state_.settings.cleaning));
}

void jobs_system::watch(telemetry::registry& metrics) { jobs::watch_jobs(state_, metrics); }

void jobs_system::on_listening(std::uint16_t port) {
  if (!state_.public_url.empty()) return;
  // Whoever sees that jobs may be begun sees the address, too.
  state_.public_url = own_url(port);
  state_.draining = false;
  for (const auto& each : state_.vendors) {
    const auto dispatcher = each->dispatcher->current();
    if (dispatcher) actors::runtime::tell(dispatcher, jobs::work_arrived{});
  }
}

void jobs_system::plan_stop(supervision::coordinated_shutdown& shutdown) {
  const auto limit = state_.settings.drain;
  shutdown.add(supervision::shutdown_phase::unready,
               {.name = "jobs", .run = [this](supervision::task_completion done) {
                  state_.draining = true;
                  done({});
                }});
  shutdown.add(supervision::shutdown_phase::drain,
               {.name = "jobs",
                .timeout = limit + 2 * drain_grace,
                .run = [this, limit](supervision::task_completion done) {
                  drain_ = std::jthread{[this, limit, done](const std::stop_token& stop) {
                    const auto wait_until = [&](std::chrono::steady_clock::time_point end) {
                      while (state_.running.size() != 0 && std::chrono::steady_clock::now() < end &&
                             !stop.stop_requested()) {
                        std::this_thread::sleep_for(drain_look);
                      }
                    };
                    wait_until(std::chrono::steady_clock::now() + limit);
                    jobs::stop_attempts(state_);
                    wait_until(std::chrono::steady_clock::now() + drain_grace);
                    done(state_.running.size() == 0 ? "" : "attempts still run");
                  }};
                }});
}

bool jobs_system::is_ready() const { return state_.condition.was_open; }

void jobs_system::add_health(health_report& report) const {
  const auto& condition = state_.condition;
  const auto is_open = condition.open.load();
  std::string detail{state_.store->engine()};
  if (!is_open) detail += " cannot be reached";
  const auto since = condition.since_ms.load();
  report.add("jobs_store", is_open ? health::ok : health::down, std::move(detail),
             since == 0 ? std::nullopt : std::optional{since});
  report.add("jobs_queue", health::ok, "memory");
}

}  // namespace tributary::http::server
