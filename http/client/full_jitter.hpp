// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

namespace tributary::http::client {

/// How long to wait before something is tried again: a random share of `min(cap, base·2^earlier)`,
/// so that what failed together does not come back together.
/// @param earlier tries that were waited for before; 0 for the first
/// @param random in [0, 1]
/// @returns 0 to `cap`; 0 for a `base` or `cap` below 0
std::chrono::milliseconds full_jitter(std::chrono::milliseconds base, std::chrono::milliseconds cap,
                                      std::size_t earlier, double random) noexcept;

}  // namespace tributary::http::client
