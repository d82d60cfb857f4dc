// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"

#include <cstdint>

namespace tributary::actors::guards {

/// Who found out that a breaker had to change its state.
enum class found_by : std::uint8_t { us, another_instance };

/// Tells health, metrics and log of a change of the breaker's state since the last call, and keeps
/// it in `upstream.record` for other instances. With the lock of `upstream` held.
/// @returns whether there was one
bool report_breaker(upstream_resources& upstream, steady_time now, found_by who = found_by::us);

}  // namespace tributary::actors::guards
