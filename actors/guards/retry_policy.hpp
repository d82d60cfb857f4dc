// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/upstream_settings.hpp"
#include "http/wire/error_token.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

/// Whether and when a failed call is made again. All functions are pure; who may
/// retry at all, by `retry.max` and the budget, is asked elsewhere.
namespace tributary::actors::guards {

using steady_time = std::chrono::steady_clock::time_point;

/// True when the request cannot have reached the upstream: the name did not resolve, or there was
/// no connection. Not for a handshake that failed, which is no reason to try again.
bool never_sent(http::wire::error_token error) noexcept;

/// True when another attempt may do better than one that ended so. `status` is that of the answer,
/// 0 without one; `error` may be `none` or `http_response_status` with it.
///
/// - Yes when there was no connection (`never_sent`), for any method.
/// - Yes, for idempotent methods, when the connection ended before the first byte of an answer
///   (`connection_terminated`), and at 502, 503 and 504.
/// - 429 only when the upstream named a time (`has_retry_after`).
/// - No for all else: TLS and protocol errors would come again, a broken body
///   (`http_response_incomplete`) has begun already, after a time limit nothing is left, and what
///   our own guards refused (breaker open, back-off, bulkhead, rate) must not be asked again.
bool worth_retrying(http::wire::error_token error, int status, std::string_view method,
                    bool has_retry_after) noexcept;

/// Time to wait before retry number `retry` (the first is 0): a random share of the exponential
/// limit `min(max_delay, base_delay * 2^retry)`, so that retries of many calls do not come
/// together. `random` is in [0, 1).
std::chrono::milliseconds retry_delay(const config::retry_settings& settings, std::size_t retry,
                                      double random) noexcept;

/// When that retry begins; the time that the upstream named takes the place of the delay, not
/// shortened. Nothing when less than `min_attempt` would be left until `deadline`.
std::optional<steady_time> retry_at(const config::retry_settings& settings, std::size_t retry,
                                    double random,
                                    std::optional<std::chrono::milliseconds> retry_after,
                                    steady_time now, steady_time deadline,
                                    std::chrono::milliseconds min_attempt) noexcept;

}  // namespace tributary::actors::guards
