// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>
#include <string_view>

namespace tributary::providers::market::finnhub {

inline constexpr std::string_view venues[] = {"coinbase", "binance"};
inline constexpr own_setting own_settings[] = {
    {"venue", venues, "Where Finnhub takes the prices of crypto currencies from."}};

std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::finnhub
