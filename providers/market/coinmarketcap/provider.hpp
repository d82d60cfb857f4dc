// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>
#include <string_view>

namespace tributary::providers::market::coinmarketcap {

inline constexpr std::string_view versions[] = {"v2", "v1", "v3"};
inline constexpr own_setting own_settings[] = {
    {"version", versions, "Which quotes CoinMarketCap is asked for."}};

std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::coinmarketcap
