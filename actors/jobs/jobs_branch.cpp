// SPDX-License-Identifier: MIT
#include "actors/jobs/jobs_branch.hpp"

#include "actors/actor_tree.hpp"
#include "actors/jobs/dispatcher.hpp"
#include "actors/jobs/job_actor.hpp"
#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/reaper.hpp"
#include "actors/jobs/store_reader.hpp"
#include "actors/jobs/store_writer.hpp"
#include "actors/supervision/supervisor.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tributary::actors::jobs {

using supervision::child_context;
using supervision::child_spec;

namespace {

/// Its library blocks, so each of these has a thread of its own.
child_spec store_children(jobs_state& jobs) {
  std::vector<child_spec> children;
  children.push_back(supervision::leaf_child(
      "writer",
      [&jobs](const child_context& context) {
        return context.parent.spawn<store_writer, caf::detached>(context.path, jobs);
      },
      jobs.writer));
  for (std::size_t i = 0; i < jobs.readers.size(); ++i) {
    children.push_back(supervision::leaf_child(
        "reader-" + std::to_string(i),
        [&jobs](const child_context& context) {
          return context.parent.spawn<store_reader, caf::detached>(context.path, jobs);
        },
        jobs.readers[i]));
  }
  return supervision::one_for_one("store", std::move(children));
}

/// A job that fails to run is no reason to give up others: nothing here is ever restarted.
child_spec running_children(jobs_state& jobs) {
  child_spec one;
  one.rules.restart = supervision::restart_kind::temporary;
  one.rules.counted = false;
  one.factory = [](const child_context&) { return caf::actor{}; };
  supervision::supervisor_spec pool;
  pool.rules.strategy = supervision::strategy::simple_one_for_one;
  pool.rules.keep_order = false;
  pool.children.push_back(std::move(one));
  auto result = supervision::supervisor_child("running", std::move(pool));
  result.place = jobs.pool;
  return result;
}

child_spec vendor_children(jobs_state& jobs) {
  std::vector<child_spec> children;
  for (const auto& each : jobs.vendors) {
    auto* vendor = each.get();
    attempt_factory make = [&jobs, vendor](const child_context& context, attempt_kit kit) {
      return context.parent.spawn<job_actor>(context.path, jobs, *vendor, std::move(kit));
    };
    auto child = supervision::leaf_child(
        vendor->settings.name,
        [&jobs, vendor, make](const child_context& context) {
          return context.parent.spawn<dispatcher>(context.path, jobs, *vendor, make);
        },
        vendor->dispatcher);
    child.rules.counted = false;  // no vendor is a reason to give up others
    children.push_back(std::move(child));
  }
  auto result = supervision::one_for_one("vendors", std::move(children));
  result.rules.counted = false;
  return result;
}

}  // namespace

child_spec jobs_branch(const tree_state&, jobs_state& jobs) {
  std::vector<child_spec> children;
  children.push_back(store_children(jobs));
  children.push_back(running_children(jobs));
  children.push_back(vendor_children(jobs));
  children.push_back(supervision::leaf_child(
      "reaper",
      [&jobs](const child_context& context) {
        return context.parent.spawn<reaper>(context.path, jobs);
      },
      jobs.reaper));
  return supervision::one_for_one("jobs", std::move(children));
}

void stop_attempts(const jobs_state& jobs) {
  for (const auto& each : jobs.running.all()) {
    runtime::tell(each.actor, stop_attempt{stop_reason::going_down});
  }
}

}  // namespace tributary::actors::jobs
