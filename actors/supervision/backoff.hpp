// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>

namespace tributary::actors::supervision {

using std::chrono::milliseconds;

/// Source of randomness: a number from [-1, 1]. Injected, so that tests know what comes.
using jitter_source = std::function<double()>;

/// How long to wait before a restart.
struct backoff_rules {
  milliseconds min{100};
  double factor = 2.0;
  milliseconds max{5000};
  double jitter = 0.2;                      ///< share by which a delay may be longer or shorter
  std::optional<milliseconds> reset_after;  ///< of running without failure; unset: (min + max) / 2

  milliseconds effective_reset_after() const { return reset_after.value_or((min + max) / 2); }
};

/// min(max, min × factor^failures): the curve without jitter. Never overflows.
milliseconds base_delay(const backoff_rules& rules, unsigned failures);

/// The curve with jitter applied: × (1 + jitter × unit), `unit` from [-1, 1]. The jitter applies to
/// the capped value too, so that children at the cap do not restart in step.
milliseconds jittered_delay(const backoff_rules& rules, unsigned failures, double unit);

/// The run of failures of one child.
class backoff {
 public:
  explicit backoff(backoff_rules rules) : rules_(rules) {}

  /// Takes note of a failure after `ran_for` of running (0: failed to start) and returns the delay
  /// until the restart.
  milliseconds next(milliseconds ran_for, double unit);

  /// The delay of the last failure, or the first delay if there was none, or none that counts after
  /// `ran_for` of running; for the members of a group that did not fail now.
  milliseconds current(milliseconds ran_for, double unit) const;

  /// Failures in a row.
  unsigned failures() const noexcept { return failures_; }

 private:
  backoff_rules rules_;
  unsigned failures_ = 0;
};

}  // namespace tributary::actors::supervision
