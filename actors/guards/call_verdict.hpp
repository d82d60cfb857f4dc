// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/circuit_breaker.hpp"
#include "actors/messages.hpp"

#include <caf/actor.hpp>

namespace tributary::actors::guards {

struct upstream_resources;

/// What whoever asked for a call says of the answer, for those upstreams whose status tells too
/// little: an error may come with 200, and a page for people where data was asked for. Dropped
/// without a word the answer says nothing of the upstream.
///
/// Touched by one thread at a time.
class call_verdict {
 public:
  /// @param shared must outlive this
  call_verdict(upstream_resources& shared, caf::actor breaker, const call_ended& ended);
  ~call_verdict();
  call_verdict(const call_verdict&) = delete;
  call_verdict& operator=(const call_verdict&) = delete;

  /// Once; what is said later counts no more.
  void say(call_outcome outcome);

 private:
  upstream_resources& shared_;
  caf::actor breaker_;
  call_ended ended_;
  bool said_ = false;
};

}  // namespace tributary::actors::guards
