// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/asset_table.hpp"
#include "http/server/exchange.hpp"
#include "http/server/handlers/market/assets_input.hpp"

#include <chrono>

namespace tributary::http::server {

/// A page of a list: 200, or 304 when the client has it (RFC 9110, 13). Without a search its rows
/// are not copied.
/// @param input of a known type, without errors
/// @param ttl   how long the list counts as fresh
response render_assets(const request& asked, const assets_input& input,
                       const actors::market::asset_table& table, std::chrono::milliseconds ttl,
                       actors::market::system_time now);

/// 404: there is no such type of assets.
response unknown_asset_type(const request& asked);

/// 400 with all errors of `input`.
response refuse_assets(const request& asked, const assets_input& input);

/// 503: the list was not fetched yet.
response assets_not_fetched(const request& asked, const assets_input& input);

}  // namespace tributary::http::server
