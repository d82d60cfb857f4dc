// SPDX-License-Identifier: MIT
#include "providers/market/coinmarketcap/coinmarketcap.hpp"

#include <array>

namespace tributary::providers::market::coinmarketcap {

namespace {

/// CoinMarketCap's ids never change, while names and tickers do.
constexpr auto pins = std::to_array<pinned_id>({
    {"AAVE", "7278"}, {"ADA", "2010"},   {"ALGO", "4030"},  {"APT", "21794"},  {"ARB", "11841"},
    {"ATOM", "3794"}, {"AVAX", "5805"},  {"AXS", "6783"},   {"BAT", "1697"},   {"BCH", "1831"},
    {"BNB", "1839"},  {"BONK", "23095"}, {"BTC", "1"},      {"CHZ", "4066"},   {"COMP", "5692"},
    {"CRO", "3635"},  {"CRV", "6538"},   {"DAI", "4943"},   {"DASH", "131"},   {"DOGE", "74"},
    {"DOT", "6636"},  {"EGLD", "6892"},  {"ETC", "1321"},   {"ETH", "1027"},   {"FIL", "2280"},
    {"GRT", "6719"},  {"HBAR", "4642"},  {"HYPE", "32196"}, {"ICP", "8916"},   {"IMX", "10603"},
    {"INJ", "7226"},  {"KAS", "20396"},  {"LDO", "8000"},   {"LEO", "3957"},   {"LINK", "1975"},
    {"LTC", "2"},     {"MANA", "1966"},  {"MKR", "1518"},   {"NEAR", "6535"},  {"NEO", "1376"},
    {"OKB", "3897"},  {"OP", "11840"},   {"PEPE", "24478"}, {"POL", "28321"},  {"QNT", "3155"},
    {"RUNE", "4157"}, {"SAND", "6210"},  {"SHIB", "5994"},  {"SNX", "2586"},   {"SOL", "5426"},
    {"STX", "4847"},  {"SUI", "20947"},  {"TAO", "22974"},  {"THETA", "2416"}, {"TIA", "22861"},
    {"TON", "11419"}, {"TRX", "1958"},   {"UNI", "7083"},   {"USDC", "3408"},  {"USDT", "825"},
    {"VET", "3077"},  {"WBTC", "3717"},  {"XLM", "512"},    {"XMR", "328"},    {"XRP", "52"},
    {"XTZ", "2011"},  {"ZEC", "1437"},
});

}  // namespace

std::span<const pinned_id> pinned_ids() noexcept { return pins; }

}  // namespace tributary::providers::market::coinmarketcap
