// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/backoff.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Supervision tree: who restarts whom, when, and how often. See README.md in this folder.
namespace tributary::actors::supervision {

using std::chrono::milliseconds;
using steady_time = std::chrono::steady_clock::time_point;

/// What becomes of the other children when one fails.
enum class strategy : std::uint8_t {
  one_for_one,         ///< only the failed child is restarted
  one_for_all,         ///< all are stopped and started again
  rest_for_one,        ///< the failed one and those started after it
  simple_one_for_one,  ///< a pool: one template, children added at run time
};

/// Which exits lead to a restart.
enum class restart_kind : std::uint8_t {
  permanent,  ///< every exit
  transient,  ///< abnormal exits alone
  temporary,  ///< none
};

enum class child_type : std::uint8_t { leaf, supervisor };

/// How an actor ended.
enum class exit_class : std::uint8_t { normal, shutdown, abnormal };

/// When the supervisor stops by itself because children that matter ended by themselves.
enum class auto_shutdown : std::uint8_t { never, any_significant, all_significant };

/// Where a child is in its life.
enum class child_state : std::uint8_t {
  pending,   ///< declared, never started
  starting,  ///< spawned, not ready yet
  running,
  stopping,  ///< asked to exit, or killed
  backoff,   ///< down, waiting to be started again
  disabled,  ///< taken out of service by its restart budget; reserved
  zombie,    ///< did not die after kill
  gone,      ///< ended for good
};

/// How a child is asked to end.
struct shutdown_rule {
  enum class how : std::uint8_t { by_type, brutal_kill, timed, infinity };
  how kind = how::by_type;   ///< by_type: 5 s for a leaf, no limit for a supervisor
  milliseconds limit{5000};  ///< kind timed: from the exit message to the kill

  static shutdown_rule kill() { return {how::brutal_kill, milliseconds{0}}; }
  static shutdown_rule within(milliseconds limit) { return {how::timed, limit}; }
  static shutdown_rule forever() { return {how::infinity, milliseconds{0}}; }
};

/// The decisions about one child; everything of a child specification but its factory.
struct child_rules {
  std::string id;  ///< unique within the supervisor; may be empty in a pool's template
  restart_kind restart = restart_kind::permanent;
  child_type type = child_type::leaf;
  milliseconds start_timeout{5000};  ///< spawn to ready; 0: ready when spawned
  shutdown_rule shutdown;
  bool significant = false;  ///< see auto_shutdown; not with permanent
  backoff_rules backoff;
  bool counted = true;  ///< false: retried for ever, never escalates (upstream connections)
  bool block_on_zombie = false;  ///< true: no new incarnation while the old one does not die

  /// `shutdown` with the default of the child's type filled in.
  shutdown_rule effective_shutdown() const;
};

/// The decisions of one supervisor.
struct supervisor_rules {
  supervision::strategy strategy = supervision::strategy::one_for_one;
  std::size_t intensity = 5;  ///< restarts allowed in `period`; 0: never restart
  milliseconds period{30'000};
  supervision::auto_shutdown auto_shutdown = supervision::auto_shutdown::never;
  bool keep_order = true;  ///< false: stop all children at once, each with its own limit
  std::size_t max_children = 100'000;  ///< of a pool; over: refused
};

/// Time between a kill and giving the child up as a zombie.
inline constexpr milliseconds kill_grace{2000};

/// What `validate` found. With errors the supervisor must not be built.
struct rules_report {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

/// Checks a supervisor's rules together with those of its children (in a pool: of the template).
/// Warns of children that can fail to start for ever without an escalation, because intensity ×
/// (start timeout + delay) is longer than the period.
rules_report validate(const supervisor_rules& rules, const std::vector<child_rules>& children);

/// The restart table: does a child of this kind come back after an exit of this class?
/// A child that was stopped or killed by its supervisor never asks.
bool restarts_after(restart_kind kind, exit_class how) noexcept;

std::string_view to_string(strategy value) noexcept;
std::string_view to_string(restart_kind value) noexcept;
std::string_view to_string(exit_class value) noexcept;
std::string_view to_string(child_state value) noexcept;

}  // namespace tributary::actors::supervision
