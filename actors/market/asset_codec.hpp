// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/asset_table.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Lists of assets as they lie in Redis, for the next process that starts. Pure.
namespace tributary::actors::market {

/// Larger values are not written: they would hold up everything else on the connection.
inline constexpr std::size_t largest_stored_list = std::size_t{8} * 1024 * 1024;

/// `assets:stocks` …
std::string asset_key(pm::asset_class kind);

/// `{"asset_type":"stocks","as_of":"2026-11-21T14:52:12Z","assets":[…]}`, with rows as they are
/// served.
std::string write_assets(const asset_table& table);

/// Reads what `write_assets` has written. Nothing for anything else: another class, no rows, a row
/// that is no object with a symbol, no time.
std::optional<asset_list> read_assets(pm::asset_class kind, std::string_view text);

}  // namespace tributary::actors::market
