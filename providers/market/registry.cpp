// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/provider.hpp"
#include "providers/market/coingecko/provider.hpp"
#include "providers/market/coinmarketcap/provider.hpp"
#include "providers/market/finnhub/provider.hpp"
#include "providers/market/provider.hpp"
#include "providers/market/yahoo/provider.hpp"

#include <algorithm>
#include <array>

namespace tributary::providers::market {

namespace {

constexpr std::array built_in{
    registration{"yfinance", false, yahoo::make_provider},
    registration{"finnhub", true, finnhub::make_provider, finnhub::own_settings},
    registration{"coingecko", false, coingecko::make_provider, coingecko::own_settings},
    registration{"coinmarketcap", true, coinmarketcap::make_provider, coinmarketcap::own_settings},
    registration{"alpha_vantage", true, alpha_vantage::make_provider, alpha_vantage::own_settings},
};

}  // namespace

std::span<const registration> registrations() noexcept { return built_in; }

const registration* find_registration(std::string_view source) noexcept {
  const auto* const found = std::ranges::find(built_in, source, &registration::source);
  return found == built_in.end() ? nullptr : found;
}

}  // namespace tributary::providers::market
