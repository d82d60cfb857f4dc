// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/aggregate_call.hpp"
#include "http/server/exchange.hpp"

#include <chrono>

namespace tributary::http::server {

/// The HTTP answer to a reply, for the request that it is for: conditional requests, freshness and
/// what the cache did included (RFC 9110, RFC 9111, RFC 9211).
response render_aggregate(const request& asked, actors::aggregation::aggregate_reply&& reply,
                          actors::aggregation::strictness handling,
                          std::chrono::steady_clock::time_point now);

}  // namespace tributary::http::server
