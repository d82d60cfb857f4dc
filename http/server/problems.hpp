// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"
#include "http/wire/problem.hpp"

namespace tributary::http::server {

/// A response with problem details; `p.instance` is set to the request's id when it is empty.
response problem_response(const request& asked, wire::problem p);

/// 503 OVERLOADED with `Retry-After: 1`.
response overloaded(const request& asked, std::string detail);

/// 508 LOOP_DETECTED with `Proxy-Status: tributary; error=proxy_loop_detected`.
response loop_detected(const request& asked);

/// 500 INTERNAL_ERROR. `detail` must not tell internals.
response internal_error(const request& asked, std::string detail);

}  // namespace tributary::http::server
