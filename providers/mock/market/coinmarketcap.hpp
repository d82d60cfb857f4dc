// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/market/call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// CoinMarketCap, in parts: keys, limits and lists (coinmarketcap.cpp), quotes.
namespace tributary::providers::mock::market::coinmarketcap {

/// Of a path; each has a shape of its own.
enum class version : unsigned { v1 = 1, v2, v3 };

/// The currencies to convert to, or nothing when one of them is unknown.
std::optional<std::vector<const currency*>> conversions(const call& asked);

/// A coin as quotes and listings show it.
nlohmann::ordered_json coin_entry(const coin& what, const std::vector<const currency*>& to,
                                  version shape, const call& asked);

reply quotes_v1(const call& asked);
reply quotes_v2(const call& asked);
reply quotes_v3(const call& asked);

/// `data` (JSON) with its status object.
reply data_reply(const call& asked, std::string_view data, std::size_t coins,
                 version shape = version::v1);
reply error(const call& asked, unsigned status, int code, std::string_view message);

}  // namespace tributary::providers::mock::market::coinmarketcap
