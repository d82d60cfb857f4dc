// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/rules.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tributary::actors::supervision {

/// Errors of the supervision tree, as codes of CAF's error category `supervise`.
enum class supervision_error : std::uint8_t {
  child_unavailable = 1,  ///< the child is not running now; try again after its restart
  intensity_exceeded,     ///< a supervisor gave up; see `escalation`
  start_timeout,          ///< a child did not become ready in time
  spawn_failed,           ///< the factory of a child threw
  pool_refused,           ///< not a pool, full, or stopping
};

caf::error make_error(supervision_error code);

/// `spawn_failed` with the text of the factory's exception.
caf::error make_spawn_error(std::string text);

/// What `intensity_exceeded` carries.
struct escalation {
  std::string child;      ///< path
  std::uint32_t count;    ///< restarts in the period
  caf::error last_error;  ///< why the child failed the last time: the original cause
};

caf::error make_escalation(const escalation& what);

/// The content of an `intensity_exceeded`; nullopt for every other error.
std::optional<escalation> as_escalation(const caf::error& error);

/// The first error of a chain of escalations: what really happened.
caf::error root_cause(const caf::error& error);

/// Text of any error; those of this category with their cause.
std::string describe(const caf::error& error);

/// Class of an exit. A lost remote link counts as a shutdown while the node drains.
exit_class classify(const caf::error& reason, bool draining = false);

}  // namespace tributary::actors::supervision
