// SPDX-License-Identifier: MIT
#include "actors/guards/call_verdict.hpp"

#include "actors/guards/upstream_resources.hpp"
#include "actors/runtime/observed_actor.hpp"

#include <utility>

namespace tributary::actors::guards {

call_verdict::call_verdict(upstream_resources& shared, caf::actor breaker, const call_ended& ended)
    : shared_(shared), breaker_(std::move(breaker)), ended_(ended) {
  // How long the breaker stays open is the requester's to decide as well.
  ended_.retry_after.reset();
}

call_verdict::~call_verdict() { say(call_outcome::neutral); }

void call_verdict::say(call_outcome outcome) {
  if (std::exchange(said_, true)) return;
  ended_.outcome = outcome;
  {
    const std::lock_guard lock{shared_.mutex};
    if (shared_.breaker.record_uneventful(ended_.permit, outcome, ended_.duration, ended_.at)) {
      return;
    }
  }
  runtime::tell(breaker_, ended_);
}

}  // namespace tributary::actors::guards
