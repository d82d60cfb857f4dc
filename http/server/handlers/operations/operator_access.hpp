// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tributary::http::server {

/// Whom a call on the operators' port is for.
enum class callers : std::uint8_t { operators, operators_and_scrapers };

/// Why a call on the operators' port is refused, which is logged; nothing when it may go on.
/// @param token that it must show; empty: none is in place, and only pages of other sites are kept
/// away
std::optional<response> refuse_call(const request& asked, std::string_view token, callers of);

}  // namespace tributary::http::server
