// SPDX-License-Identifier: MIT
#include "actors/supervision/rules.hpp"

#include <algorithm>
#include <set>

namespace tributary::actors::supervision {

namespace {

/// Time that `intensity` failed starts take at least, delays without jitter.
milliseconds failed_starts_take(const child_rules& child, std::size_t intensity) {
  milliseconds sum{0};
  for (std::size_t i = 0; i < intensity; ++i) {
    sum += child.start_timeout + base_delay(child.backoff, static_cast<unsigned>(i));
  }
  return sum;
}

void check_backoff(const child_rules& child, const std::string& who, rules_report& out) {
  const auto& b = child.backoff;
  if (b.min <= milliseconds{0} || b.max < b.min) {
    out.errors.push_back(who + "backoff needs 0 < min <= max");
  }
  if (!(b.factor >= 1.0)) out.errors.push_back(who + "backoff factor must be at least 1");
  if (!(b.jitter >= 0.0 && b.jitter < 1.0)) {
    out.errors.push_back(who + "backoff jitter must be in [0, 1)");
  }
}

void check_child(const child_rules& child, const std::string& who, rules_report& out) {
  if (child.significant && child.restart == restart_kind::permanent) {
    out.errors.push_back(who + "a permanent child cannot be significant");
  }
  if (child.start_timeout < milliseconds{0}) {
    out.errors.push_back(who + "start_timeout must not be negative");
  }
  if (child.shutdown.kind == shutdown_rule::how::timed && child.shutdown.limit < milliseconds{0}) {
    out.errors.push_back(who + "shutdown must not be negative");
  }
  check_backoff(child, who, out);
}

void warn_of_silent_start_failures(const supervisor_rules& rules, const child_rules& child,
                                   const std::string& who, rules_report& out) {
  // A child that is not counted is meant to be retried for ever.
  if (!child.counted || child.start_timeout == milliseconds{0} || rules.intensity == 0) return;
  const auto needed = failed_starts_take(child, rules.intensity);
  if (needed > rules.period) {
    out.warnings.push_back(
        who + "cannot escalate by failing to start: " + std::to_string(rules.intensity) +
        " failed starts take " + std::to_string(needed.count()) + " ms, the period is " +
        std::to_string(rules.period.count()) + " ms");
  }
}

void check_ids(const std::vector<child_rules>& children, rules_report& out) {
  std::set<std::string_view> seen;
  for (const auto& child : children) {
    if (child.id.empty() || child.id.find('/') != std::string::npos) {
      out.errors.push_back("a child id must not be empty or contain '/': \"" + child.id + "\"");
    }
    if (!seen.insert(child.id).second) {
      out.errors.push_back("duplicate child id \"" + child.id + "\"");
    }
  }
}

}  // namespace

shutdown_rule child_rules::effective_shutdown() const {
  if (shutdown.kind != shutdown_rule::how::by_type) return shutdown;
  return type == child_type::supervisor ? shutdown_rule::forever()
                                        : shutdown_rule::within(milliseconds{5000});
}

rules_report validate(const supervisor_rules& rules, const std::vector<child_rules>& children) {
  rules_report result;
  if (rules.period <= milliseconds{0}) {
    result.errors.emplace_back("the period must be longer than 0");
  }
  const bool pool = rules.strategy == strategy::simple_one_for_one;
  if (pool && children.size() != 1) {
    result.errors.emplace_back("simple_one_for_one takes exactly one template");
  }
  if (!pool) check_ids(children, result);
  for (const auto& child : children) {
    const auto who = "child \"" + child.id + "\": ";
    check_child(child, who, result);
    warn_of_silent_start_failures(rules, child, who, result);
  }
  const bool significant = std::any_of(children.begin(), children.end(),
                                       [](const auto& child) { return child.significant; });
  if (rules.auto_shutdown != auto_shutdown::never && !significant) {
    result.errors.emplace_back("auto_shutdown needs a significant child");
  }
  return result;
}

bool restarts_after(restart_kind kind, exit_class how) noexcept {
  switch (kind) {
    case restart_kind::permanent:
      return true;
    case restart_kind::transient:
      return how == exit_class::abnormal;
    case restart_kind::temporary:
      return false;
  }
  return false;
}

std::string_view to_string(strategy value) noexcept {
  switch (value) {
    case strategy::one_for_one:
      return "one_for_one";
    case strategy::one_for_all:
      return "one_for_all";
    case strategy::rest_for_one:
      return "rest_for_one";
    case strategy::simple_one_for_one:
      return "simple_one_for_one";
  }
  return "unknown";
}

std::string_view to_string(restart_kind value) noexcept {
  switch (value) {
    case restart_kind::permanent:
      return "permanent";
    case restart_kind::transient:
      return "transient";
    case restart_kind::temporary:
      return "temporary";
  }
  return "unknown";
}

std::string_view to_string(exit_class value) noexcept {
  switch (value) {
    case exit_class::normal:
      return "normal";
    case exit_class::shutdown:
      return "shutdown";
    case exit_class::abnormal:
      return "abnormal";
  }
  return "unknown";
}

std::string_view to_string(child_state value) noexcept {
  switch (value) {
    case child_state::pending:
      return "pending";
    case child_state::starting:
      return "starting";
    case child_state::running:
      return "running";
    case child_state::stopping:
      return "stopping";
    case child_state::backoff:
      return "backoff";
    case child_state::disabled:
      return "disabled";
    case child_state::zombie:
      return "zombie";
    case child_state::gone:
      return "gone";
  }
  return "unknown";
}

}  // namespace tributary::actors::supervision
