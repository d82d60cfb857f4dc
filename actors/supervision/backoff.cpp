// SPDX-License-Identifier: MIT
#include "actors/supervision/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace tributary::actors::supervision {

milliseconds base_delay(const backoff_rules& rules, unsigned failures) {
  // pow may reach infinity, which the minimum takes care of.
  const double grown = static_cast<double>(rules.min.count()) * std::pow(rules.factor, failures);
  const double capped = std::min(grown, static_cast<double>(rules.max.count()));
  return milliseconds{std::llround(capped)};
}

milliseconds jittered_delay(const backoff_rules& rules, unsigned failures, double unit) {
  const auto base = static_cast<double>(base_delay(rules, failures).count());
  return milliseconds{std::llround(base * (1.0 + rules.jitter * std::clamp(unit, -1.0, 1.0)))};
}

milliseconds backoff::next(milliseconds ran_for, double unit) {
  if (ran_for >= rules_.effective_reset_after()) failures_ = 0;
  const auto delay = jittered_delay(rules_, failures_, unit);
  ++failures_;
  return delay;
}

milliseconds backoff::current(milliseconds ran_for, double unit) const {
  const bool fresh = failures_ == 0 || ran_for >= rules_.effective_reset_after();
  return jittered_delay(rules_, fresh ? 0 : failures_ - 1, unit);
}

}  // namespace tributary::actors::supervision
