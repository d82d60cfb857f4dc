// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/judge.hpp"
#include "actors/guards/deadline.hpp"
#include "http/server/exchange.hpp"

#include <vector>

namespace tributary::http::server {

/// What a request asks of an aggregated endpoint, or everything that is wrong with it.
struct aggregate_input {
  actors::aggregation::bound_parameters values;
  std::vector<actors::aggregation::parameter_error> errors;
  actors::aggregation::strictness handling = actors::aggregation::strictness::unsaid;
  actors::guards::client_limits limits;
};

/// Reads parameters from query, path and header fields, `Prefer` (RFC 7240) and the client's time
/// limit `X-Request-Timeout-Ms` (whole milliseconds).
aggregate_input read_aggregate_input(const actors::aggregation::endpoint_plan& plan,
                                     const request& asked);

}  // namespace tributary::http::server
