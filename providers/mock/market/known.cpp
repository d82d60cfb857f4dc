// SPDX-License-Identifier: MIT
#include "providers/mock/market/known.hpp"

#include <array>

namespace tributary::providers::mock::market {

namespace {

constexpr auto nasdaq = listing::nasdaq;
constexpr auto nyse = listing::nyse;
constexpr auto arca = listing::arca;
constexpr auto london = listing::london;
constexpr auto common = stock_kind::common;
constexpr auto adr = stock_kind::adr;
constexpr auto etf = stock_kind::etf;

constexpr std::array stock_table{
    known_stock{"AAPL", "Apple Inc.", nasdaq, common, 231.4},
    known_stock{"MSFT", "Microsoft Corporation", nasdaq, common, 472.1},
    known_stock{"GOOGL", "Alphabet Inc.", nasdaq, common, 298.7},
    known_stock{"GOOG", "Alphabet Inc. Class C", nasdaq, common, 299.3},
    known_stock{"AMZN", "Amazon.com, Inc.", nasdaq, common, 220.6},
    known_stock{"NVDA", "NVIDIA Corporation", nasdaq, common, 178.9},
    known_stock{"META", "Meta Platforms, Inc.", nasdaq, common, 594.2},
    known_stock{"TSLA", "Tesla, Inc.", nasdaq, common, 391.1},
    known_stock{"AVGO", "Broadcom Inc.", nasdaq, common, 340.2},
    known_stock{"NFLX", "Netflix, Inc.", nasdaq, common, 104.3},
    known_stock{"AMD", "Advanced Micro Devices, Inc.", nasdaq, common, 203.8},
    known_stock{"INTC", "Intel Corporation", nasdaq, common, 34.5},
    known_stock{"CSCO", "Cisco Systems, Inc.", nasdaq, common, 76.1},
    known_stock{"ADBE", "Adobe Inc.", nasdaq, common, 324.6},
    known_stock{"PEP", "PepsiCo, Inc.", nasdaq, common, 146.3},
    known_stock{"COST", "Costco Wholesale Corporation", nasdaq, common, 899.0},
    known_stock{"BRK.B", "Berkshire Hathaway Inc. Class B", nyse, common, 504.0},
    known_stock{"BRK.A", "Berkshire Hathaway Inc. Class A", nyse, common, 756000.0},
    known_stock{"JPM", "JPMorgan Chase & Co.", nyse, common, 298.0},
    known_stock{"V", "Visa Inc.", nyse, common, 327.9},
    known_stock{"MA", "Mastercard Incorporated", nyse, common, 535.4},
    known_stock{"WMT", "Walmart Inc.", nyse, common, 105.3},
    known_stock{"XOM", "Exxon Mobil Corporation", nyse, common, 117.1},
    known_stock{"JNJ", "Johnson & Johnson", nyse, common, 203.9},
    known_stock{"PG", "Procter & Gamble Company", nyse, common, 150.8},
    known_stock{"KO", "Coca-Cola Company", nyse, common, 72.9},
    known_stock{"DIS", "Walt Disney Company", nyse, common, 104.3},
    known_stock{"BAC", "Bank of America Corporation", nyse, common, 51.6},
    known_stock{"IBM", "International Business Machines Corporation", nyse, common, 297.4},
    known_stock{"ORCL", "Oracle Corporation", nyse, common, 198.8},
    known_stock{"CRM", "Salesforce, Inc.", nyse, common, 227.1},
    known_stock{"MCD", "McDonald's Corporation", nyse, common, 309.1},
    known_stock{"BABA", "Alibaba Group Holding Limited", nyse, adr, 152.9},
    known_stock{"TSM", "Taiwan Semiconductor Manufacturing Company Limited", nyse, adr, 275.1},
    known_stock{"SPY", "SPDR S&P 500 ETF Trust", arca, etf, 659.0},
    known_stock{"VOO", "Vanguard S&P 500 ETF", arca, etf, 606.1},
    known_stock{"IWM", "iShares Russell 2000 ETF", arca, etf, 235.6},
    known_stock{"GLD", "SPDR Gold Shares", arca, etf, 374.3},
    known_stock{"QQQ", "Invesco QQQ Trust", nasdaq, etf, 590.1},
    known_stock{"OCDO.L", "Ocado Group PLC", london, common, 308.8},
    known_stock{"VOD.L", "Vodafone Group PLC", london, common, 91.6},
    known_stock{"^GSPC", "S&P 500", nyse, stock_kind::index, 6603.0},
    known_stock{"^IXIC", "NASDAQ Composite", nasdaq, stock_kind::index, 22273.1}};

/// Sorted by the id at CoinGecko. Those of high rank bear the ticker of a coin that people know,
/// and most of them come before it in lists; GONE has a ticker of its own and is no longer traded.
constexpr std::array coin_table{
    coin{"AAVE", "Aave", "aave", 7278, 40, 168.2, 1.52e7},
    coin{"SOL", "Allbridge Bridged SOL", "allbridge-bridged-sol", 11223, 4120, 131.4, 900},
    coin{"AVAX", "Avalanche", "avalanche-2", 5805, 24, 13.4, 4.28e8},
    coin{"BTC", "batcat", "batcat", 31652, 4711, 0.0000213, 1e9, false},
    coin{"BNB", "BNB", "binancecoin", 1839, 4, 832.7, 1.38e8},
    coin{"BTC", "Bitcoin", "bitcoin", 1, 1, 97210, 19949728},
    coin{"BCH", "Bitcoin Cash", "bitcoin-cash", 1831, 13, 551.8, 1.996e7},
    coin{"ADA", "Cardano", "cardano", 2010, 10, 0.4123, 3.6e10},
    coin{"LINK", "Chainlink", "chainlink", 1975, 14, 12.31, 6.97e8},
    coin{"ATOM", "Cosmos Hub", "cosmos", 3794, 60, 2.48, 4.8e8},
    coin{"DOGE", "Department Of Government Efficiency", "department-of-government-efficiency",
         34094, 3990, 0.0007, 1e9, false},
    coin{"DOGE", "Dogecoin", "dogecoin", 74, 9, 0.1391, 1.52e11},
    coin{"ETH", "Ether Cat", "ether-cat", 33101, 4802, 0.00000104, 1e12, false},
    coin{"ETC", "Ethercoin", "ethercoin", 1020, 4999, 0.0001, 3e7, false},
    coin{"ETH", "Ethereum", "ethereum", 1027, 2, 3187.4, 1.207e8},
    coin{"ETC", "Ethereum Classic", "ethereum-classic", 1321, 45, 13.6, 1.54e8},
    coin{"FIL", "Filecoin", "filecoin", 2280, 70, 1.61, 7.1e8},
    coin{"GONE", "Gone Coin", "gone-coin", 9911, 5100, 0.02, 1e8, false},
    coin{"HBAR", "Hedera", "hedera-hashgraph", 4642, 22, 0.1312, 4.25e10},
    coin{"ICP", "Internet Computer", "internet-computer", 8916, 43, 4.11, 5.45e8},
    coin{"LTC", "Litecoin", "litecoin", 2, 20, 83.2, 7.66e7},
    coin{"XMR", "Monero", "monero", 328, 15, 341.7, 1.845e7},
    coin{"NEAR", "NEAR Protocol", "near", 6535, 38, 1.94, 1.28e9},
    coin{"DOT", "Polkadot", "polkadot", 6636, 30, 2.33, 1.64e9},
    coin{"XRP", "XRP", "ripple", 52, 5, 1.952, 6.03e10},
    coin{"SHIB", "Shiba Inu", "shiba-inu", 5994, 26, 0.00000783, 5.89e14},
    coin{"SOL", "Solana", "solana", 5426, 6, 127.6, 5.59e8},
    coin{"XLM", "Stellar", "stellar", 512, 18, 0.2291, 3.22e10},
    coin{"SUI", "Sui", "sui", 20947, 21, 1.38, 3.68e9},
    coin{"USDT", "Tether", "tether", 825, 3, 1, 1.84e11},
    coin{"TRX", "TRON", "tron", 1958, 8, 0.2742, 9.47e10},
    coin{"UNI", "Uniswap", "uniswap", 7083, 28, 6.21, 6.3e8},
    coin{"USDC", "USDC", "usd-coin", 3408, 7, 1, 7.4e10}};

constexpr std::array currency_table{currency{"AUD", "Australian Dollar", 0.6452},
                                    currency{"BRL", "Brazilian Real", 0.1851},
                                    currency{"CAD", "Canadian Dollar", 0.7093},
                                    currency{"CHF", "Swiss Franc", 1.2372},
                                    currency{"CNY", "Chinese Yuan", 0.1407},
                                    currency{"CZK", "Czech Republic Koruna", 0.04763},
                                    currency{"DKK", "Danish Krone", 0.1452},
                                    currency{"EUR", "Euro", 1.0843},
                                    currency{"GBP", "British Pound Sterling", 1.3094},
                                    currency{"HKD", "Hong Kong Dollar", 0.1285},
                                    currency{"HUF", "Hungarian Forint", 0.003014},
                                    currency{"ILS", "Israeli New Sheqel", 0.3057},
                                    currency{"INR", "Indian Rupee", 0.01117},
                                    currency{"JPY", "Japanese Yen", 0.006395},
                                    currency{"KRW", "South Korean Won", 0.0006783},
                                    currency{"MXN", "Mexican Peso", 0.05412},
                                    currency{"NOK", "Norwegian Krone", 0.09763},
                                    currency{"NZD", "New Zealand Dollar", 0.5612},
                                    currency{"PLN", "Polish Zloty", 0.2718},
                                    currency{"SEK", "Swedish Krona", 0.1047},
                                    currency{"SGD", "Singapore Dollar", 0.7651},
                                    currency{"THB", "Thai Baht", 0.03083},
                                    currency{"TRY", "Turkish Lira", 0.02357},
                                    currency{"TWD", "New Taiwan Dollar", 0.03187},
                                    currency{"USD", "United States Dollar", 1},
                                    currency{"ZAR", "South African Rand", 0.05763}};

}  // namespace

std::span<const known_stock> known_stocks() { return stock_table; }
std::span<const coin> known_coins() { return coin_table; }
std::span<const currency> known_currencies() { return currency_table; }

}  // namespace tributary::providers::mock::market
