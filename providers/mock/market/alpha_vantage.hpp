// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/market/call.hpp"

#include <string>
#include <string_view>

/// Alpha Vantage, in parts: keys, limits and prices (alpha_vantage.cpp), lists.
namespace tributary::providers::mock::market::alpha_vantage {

reply symbol_search(const call& asked);
reply listing_status(const call& asked);
reply physical_currencies(const call& asked);
reply digital_currencies(const call& asked);

/// By its symbol here: `AAPL`, `BRK-B` or `BRK.B`, `OCDO.LON`; nullptr for an index.
const stock* find_stock(const universe& world, std::string_view symbol);

reply json_reply(std::string body);
/// What a wrong symbol or currency gets.
reply invalid_call(std::string_view function);

}  // namespace tributary::providers::mock::market::alpha_vantage
