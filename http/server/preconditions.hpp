// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"

namespace tributary::http::server {

/// True when the request has an If-Match that this answer to it does not fulfil (RFC 9110, 13.1.1):
/// it is a success, or 304, and has none of the entity tags by strong comparison. `*` is fulfilled
/// by any. Of the other preconditions nothing is left to do: If-None-Match is its handlers', and
/// If-Unmodified-Since and If-Range are to be ignored where there is no Last-Modified and no range
/// (13.1.4, 13.1.5).
bool breaks_if_match(const request& asked, const response& answer) noexcept;

/// 412 PRECONDITION_FAILED, with the entity tag of `answer` if that has one.
response precondition_failed(const request& asked, const response& answer);

}  // namespace tributary::http::server
