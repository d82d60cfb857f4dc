// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/child_spec.hpp"
#include "actors/supervision/commands.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

/// Messages of supervisors; they never leave the node.
namespace tributary::actors::supervision {

/// A child tells its supervisor that it is ready (`readiness::reported`).
struct child_ready {};

/// Asks a pool for one more child; answered with its `caf::actor`, or with `pool_refused` or
/// `spawn_failed`. `factory` stands in for the template's when it is not empty.
struct add_child {
  std::string id;  ///< empty: a number
  child_factory factory;
};

/// A timer of the supervisor itself.
struct timer_due {
  timer_kind kind = timer_kind::start;
  child_index child = no_child;
  std::uint64_t generation = 0;
};

}  // namespace tributary::actors::supervision

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::supervision::child_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::supervision::add_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::supervision::timer_due)
