// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/node_records.hpp"
#include "actors/supervision/slot.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::supervision {

/// What a factory gets to make one incarnation of a child.
struct child_context {
  caf::local_actor& parent;    ///< the supervisor: spawn with `parent.spawn<my_actor>(...)`
  const std::string& path;     ///< the child's place in the tree
  unsigned incarnation;        ///< 1 for the first of the process
  caf::actor_addr supervisor;  ///< to whom a child with `readiness::reported` says `child_ready`
};

/// Makes one incarnation. Holds no state of an earlier one; a decision that must survive a restart
/// (a breaker, a limiter) is an object that the factory shares with its children. Runs on the
/// supervisor; must not block. An exception is a failed start.
using child_factory = std::function<caf::actor(const child_context&)>;

/// When a child counts as running.
enum class readiness : std::uint8_t {
  automatic,  ///< once it is initialised and handles messages; for event-based actors
  reported,   ///< when it sends `child_ready` to its supervisor
};

/// Everything about one child.
struct child_spec {
  child_rules rules;
  child_factory factory;
  supervision::readiness readiness = supervision::readiness::automatic;
  /// CAF registry name that always denotes the running incarnation; at most 10 characters; "":
  /// none.
  std::string registered_name;
  /// Where callers find the child; pass one in to hand out references before the start.
  slot_ptr place = std::make_shared<slot>();
};

/// Everything about one supervisor.
struct supervisor_spec {
  supervisor_rules rules;
  std::vector<child_spec> children;       ///< in order of start; of a pool: the template alone
  jitter_source jitter;                   ///< empty: random
  std::shared_ptr<node_records> records;  ///< of the node; may be null
};

/// `validate` for a whole specification, with names and factories.
rules_report validate(const supervisor_spec& spec);

}  // namespace tributary::actors::supervision
