// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/part_course.hpp"
#include "http/io/timer_wheel.hpp"

#include <cstddef>

namespace tributary::actors::aggregation {

class aggregator;
class gather;

/// A part of a gather whose first call brought nothing usable: its course since then, and the timer
/// of the next attempt. Most parts never have one.
struct attempts {
  attempts(aggregator& a, gather& g, std::size_t p, part_course c)
      : course(std::move(c)), timer(&due, this), owner(a), parent(g), part(p) {}

  /// Timer callback; defined with the aggregator.
  static void due(void* self);

  part_course course;
  http::io::timer timer;
  aggregator& owner;
  gather& parent;
  const std::size_t part;
};

}  // namespace tributary::actors::aggregation
