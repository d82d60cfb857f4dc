// SPDX-License-Identifier: MIT
#include "http/server/gateway/shutdown_plan.hpp"

#include "actors/supervision/coordinated_shutdown.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "http/server/gateway/blocking_schedule.hpp"
#include "http/server/gateway/listener_actor.hpp"

#include <span>
#include <utility>

namespace tributary::http::server {

namespace telemetry = actors::telemetry;
using namespace std::chrono_literals;
using actors::supervision::coordinated_shutdown;
using actors::supervision::shutdown_phase;
using actors::supervision::task_completion;
using std::chrono::milliseconds;

namespace {

/// Longest wait for all actors to end; each child has its own, shorter limit.
constexpr auto stop_limit = 60s;
/// Beyond the limit that a step keeps by itself, before it is given up.
constexpr auto margin = 5s;

using schedule = blocking_schedule<int>;
using seats = std::span<const std::shared_ptr<listener_seat>>;

/// Closes the first, then the others.
void close_in_turn(seats open, milliseconds limit, std::function<void()> done) {
  if (open.empty()) return done();
  const auto then = [rest = open.subspan(1), limit, done] { close_in_turn(rest, limit, done); };
  if (open.front() == nullptr) return then();
  open.front()->close(limit, then);
}

actors::supervision::shutdown_hooks logged(schedule& on) {
  actors::supervision::shutdown_hooks hooks;
  hooks.schedule = [&on](milliseconds delay, std::function<void()> f) {
    on.after(delay, std::move(f));
  };
  hooks.on_phase = [](shutdown_phase phase) {
    telemetry::log().write(config::log_level::debug, telemetry::events::server_draining,
                           "the next phase of the shutdown begins", {{"phase", to_string(phase)}});
  };
  hooks.on_task = [](const actors::supervision::task_outcome& task) {
    if (task.error.empty()) return;
    telemetry::log().write(
        config::log_level::warning, telemetry::events::server_draining,
        "a step of the shutdown failed",
        {{"phase", to_string(task.phase)}, {"task", task.name}, {"error", task.error}});
  };
  hooks.on_done = [&on](int code) { on.finish(code); };
  return hooks;
}

void plan(const shutdown_steps& steps, coordinated_shutdown& shutdown, schedule& on) {
  shutdown.add(shutdown_phase::unready,
               {"readiness", steps.delay + margin, true, [&steps, &on](task_completion done) {
                  steps.unready();
                  on.after(steps.delay, [done] { done({}); });
                }});
  const auto limit = steps.drain_timeout;
  shutdown.add(shutdown_phase::drain,
               {"listeners", 2 * (limit + margin), true, [&steps, limit](task_completion done) {
                  close_in_turn(steps.listeners, limit, [done] { done({}); });
                }});
  if (steps.root) {
    shutdown.add(shutdown_phase::stop_workers,
                 actors::supervision::stop_tree_task(steps.root, stop_limit));
  }
  shutdown.add(shutdown_phase::flush,
               {"connections", margin, true, [&steps, &on](task_completion done) {
                  // On the waiting thread: it waits for each worker in turn.
                  on.after(0ms, [&steps, done] {
                    steps.close_connections();
                    done({});
                  });
                }});
  for (const auto& add : steps.more) add(shutdown);
}

}  // namespace

void run_shutdown(const shutdown_steps& steps) {
  schedule on;
  coordinated_shutdown shutdown{logged(on)};
  plan(steps, shutdown, on);
  shutdown.request();
  on.wait();
}

}  // namespace tributary::http::server
