// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>
#include <string_view>

namespace tributary::providers::market::coingecko {

inline constexpr std::string_view tiers[] = {"demo", "pro"};
inline constexpr own_setting own_settings[] = {
    {"tier", tiers,
     "Which kind of key CoinGecko is called with. It does not choose the `url`: keys of `pro` "
     "are for `https://pro-api.coingecko.com` alone, those of `demo` for "
     "`https://api.coingecko.com`."}};

/// Without a `tier` of `pro` it is the demo tier, which a key is not needed for.
std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::coingecko
