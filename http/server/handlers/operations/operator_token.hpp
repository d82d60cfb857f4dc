// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"

#include <string_view>

namespace tributary::http::server {

/// True when an operator's call shows the bearer token, or none is asked for.
bool has_operator_token(const request& asked, std::string_view token) noexcept;

/// 401, which is logged.
response operator_token_missing(const request& asked);

}  // namespace tributary::http::server
