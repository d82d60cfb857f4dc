// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tributary::actors::guards {

/// Why the guards of an upstream would let no call pass.
enum class obstacle : std::uint8_t { none, rate_limit, breaker, pause, bulkhead };

/// How many calls the guards would let pass.
struct room {
  std::size_t calls = 0;
  obstacle why = obstacle::none;            ///< with no calls
  std::chrono::nanoseconds retry_after{0};  ///< with no calls: look again then; 0: not known
};

/// Looks at an upstream's guards without asking them: nothing is charged, and by the time of a call
/// others may have been quicker. For those who can let work lie until there is room for it. A
/// half-open breaker has room for one, if nothing is in flight. Any thread.
room look_for_room(upstream_resources& upstream, std::chrono::steady_clock::time_point now);

}  // namespace tributary::actors::guards
