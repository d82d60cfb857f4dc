// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/aggregate_call.hpp"
#include "http/io/timer_wheel.hpp"

#include <memory>

namespace tributary::actors::aggregation {

class aggregator;
class gather;

/// The own deadline of one caller of a gather; only callers that are in a greater hurry than the
/// gather itself have one.
struct caller_timer {
  caller_timer(aggregator& a, gather& g, std::shared_ptr<aggregate_call> c)
      : timer(&fired, this), owner(a), parent(g), call(std::move(c)) {}

  /// Timer callback; defined with the aggregator.
  static void fired(void* self);

  http::io::timer timer;
  aggregator& owner;
  gather& parent;
  std::shared_ptr<aggregate_call> call;
};

}  // namespace tributary::actors::aggregation
