// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

/// Arithmetic of the one time budget of a request. Attempts, retries, fallbacks, waits for a cache
/// and for Redis all draw from it; nothing has time of its own. All functions are pure; time limits
/// are not negative.
namespace tributary::actors::guards {

using steady_time = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

/// Time limits that a client may send. They lower what the endpoint allows, never raise it.
struct client_limits {
  std::optional<milliseconds> prefer_wait;      ///< `Prefer: wait=<seconds>`
  std::optional<milliseconds> request_timeout;  ///< `X-Request-Timeout-Ms`
};

/// Time that one client has: the least of the endpoint's and its own limits.
constexpr milliseconds allowed_time(milliseconds endpoint_timeout,
                                    const client_limits& client) noexcept {
  auto result = endpoint_timeout;
  if (client.prefer_wait) result = std::min(result, *client.prefer_wait);
  if (client.request_timeout) result = std::min(result, *client.request_timeout);
  return std::max(result, milliseconds{0});
}

/// When one waiter is told what there is, counted from its own arrival, `merge_reserve` early so
/// that its answer leaves in time. A limit shorter than the reserve is over at once.
constexpr steady_time waiter_deadline(steady_time arrived, milliseconds endpoint_timeout,
                                      milliseconds merge_reserve,
                                      const client_limits& client) noexcept {
  return arrived +
         std::max(milliseconds{0}, allowed_time(endpoint_timeout, client) - merge_reserve);
}

/// When a gather must have its parts, counted from its start. It runs on the endpoint's own limit,
/// whatever those who share it may wait for.
constexpr steady_time gather_deadline(steady_time started, milliseconds endpoint_timeout,
                                      milliseconds merge_reserve) noexcept {
  return waiter_deadline(started, endpoint_timeout, merge_reserve, {});
}

/// When a part must be there: its own limit counts from its start, for all its attempts together.
constexpr steady_time part_deadline(steady_time started, steady_time gather,
                                    std::optional<milliseconds> part_timeout) noexcept {
  return part_timeout ? std::min(gather, started + *part_timeout) : gather;
}

/// When one attempt must have its answer; nothing when the part has less than `min_attempt` left,
/// so that it is not to be started. The upstream's own limit of one call does not prevent a start.
constexpr std::optional<steady_time> attempt_deadline(steady_time now, steady_time part,
                                                      std::optional<milliseconds> upstream_timeout,
                                                      milliseconds min_attempt) noexcept {
  if (part <= now || part - now < min_attempt) return std::nullopt;
  return upstream_timeout ? std::min(part, now + *upstream_timeout) : part;
}

/// Whole milliseconds left, rounded down, for the header that tells an upstream; 0 when over.
constexpr milliseconds remaining(steady_time now, steady_time deadline) noexcept {
  return std::max(milliseconds{0}, std::chrono::floor<milliseconds>(deadline - now));
}

}  // namespace tributary::actors::guards
