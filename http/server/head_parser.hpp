// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"

#include <string_view>

namespace tributary::http::server {

/// Fills method, target, path, query and header fields of `into` from a head that was judged
/// already, with Beast's parser as a second opinion. All views point into `head`.
/// @returns false when Beast does not take it for a request
bool parse_head(std::string_view head, request& into);

}  // namespace tributary::http::server
