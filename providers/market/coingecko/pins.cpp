// SPDX-License-Identifier: MIT
#include "providers/market/coingecko/coingecko.hpp"

#include <array>

namespace tributary::providers::market::coingecko {

namespace {

/// CoinGecko's ids do not change; several of them are not what the name suggests.
constexpr auto pins = std::to_array<pinned_id>({
    {"AAVE", "aave"},
    {"ADA", "cardano"},
    {"ALGO", "algorand"},
    {"APT", "aptos"},
    {"ARB", "arbitrum"},
    {"ATOM", "cosmos"},
    {"AVAX", "avalanche-2"},
    {"AXS", "axie-infinity"},
    {"BAT", "basic-attention-token"},
    {"BCH", "bitcoin-cash"},
    {"BNB", "binancecoin"},
    {"BONK", "bonk"},
    {"BTC", "bitcoin"},
    {"CHZ", "chiliz"},
    {"COMP", "compound-governance-token"},
    {"CRO", "crypto-com-chain"},
    {"CRV", "curve-dao-token"},
    {"DAI", "dai"},
    {"DASH", "dash"},
    {"DOGE", "dogecoin"},
    {"DOT", "polkadot"},
    {"EGLD", "elrond-erd-2"},
    {"ETC", "ethereum-classic"},
    {"ETH", "ethereum"},
    {"FIL", "filecoin"},
    {"GRT", "the-graph"},
    {"HBAR", "hedera-hashgraph"},
    {"HYPE", "hyperliquid"},
    {"ICP", "internet-computer"},
    {"IMX", "immutable-x"},
    {"INJ", "injective-protocol"},
    {"KAS", "kaspa"},
    {"LDO", "lido-dao"},
    {"LEO", "leo-token"},
    {"LINK", "chainlink"},
    {"LTC", "litecoin"},
    {"MANA", "decentraland"},
    {"MKR", "maker"},
    {"NEAR", "near"},
    {"NEO", "neo"},
    {"OKB", "okb"},
    {"OP", "optimism"},
    {"PEPE", "pepe"},
    {"POL", "polygon-ecosystem-token"},
    {"QNT", "quant-network"},
    {"RUNE", "thorchain"},
    {"SAND", "the-sandbox"},
    {"SHIB", "shiba-inu"},
    {"SNX", "havven"},
    {"SOL", "solana"},
    {"STX", "blockstack"},
    {"SUI", "sui"},
    {"TAO", "bittensor"},
    {"THETA", "theta-token"},
    {"TIA", "celestia"},
    {"TON", "the-open-network"},
    {"TRX", "tron"},
    {"UNI", "uniswap"},
    {"USDC", "usd-coin"},
    {"USDT", "tether"},
    {"VET", "vechain"},
    {"WBTC", "wrapped-bitcoin"},
    {"XLM", "stellar"},
    {"XMR", "monero"},
    {"XRP", "ripple"},
    {"XTZ", "tezos"},
    {"ZEC", "zcash"},
});

}  // namespace

std::span<const pinned_id> pinned_ids() noexcept { return pins; }

}  // namespace tributary::providers::market::coingecko
