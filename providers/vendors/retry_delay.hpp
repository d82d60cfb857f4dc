// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tributary::providers::vendors {

/// However long a vendor asks to be left alone, a job waits no longer than this for it.
inline constexpr std::chrono::milliseconds longest_retry_after = std::chrono::hours{1};

/// How a vendor's jobs are retried.
struct retry_terms {
  std::chrono::milliseconds base{1'000};
  std::chrono::milliseconds cap{15 * 60 * 1'000};
};

/// How long a job waits after a failed attempt: `max(Retry-After, rand(0, min(cap,
/// base·2^(n−1))))`.
/// @param failed n, the attempts of this round so far, at least 1
/// @param random in [0, 1)
/// @param retry_after what the vendor asked for; more than `longest_retry_after` counts as that
std::chrono::milliseconds retry_delay(
    const retry_terms& terms, std::uint32_t failed, double random,
    std::optional<std::chrono::milliseconds> retry_after) noexcept;

}  // namespace tributary::providers::vendors
