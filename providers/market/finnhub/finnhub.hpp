// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Finnhub: one symbol a call, for stocks, crypto and forex (the last on paid plans). Requests out,
/// answers in; no I/O.
namespace tributary::providers::market::finnhub {

inline constexpr std::string_view source = "finnhub";
/// What every target begins with. Leave it out where the configured origin ends in it already.
inline constexpr std::string_view base_path = "/api/v1";

/// Where crypto is quoted. Coinbase trades in true dollars (`COINBASE:BTC-USD`), Binance in USDT
/// (`BINANCE:BTCUSDT`), which stands for USD there.
enum class crypto_venue : std::uint8_t { coinbase, binance };

struct settings {
  std::string key;  ///< sent in the header X-Finnhub-Token and nowhere else
  crypto_venue venue = crypto_venue::coinbase;
};

/// The symbol as Finnhub writes it: `BRK.B`, `COINBASE:BTC-USD`, `OANDA:EUR_USD`.
std::string wire_symbol(const symbol& what, crypto_venue venue);

wire_request quote_request(const symbol& what, const settings& with);
/// The body does not name the symbol, so it must be the one the request was for.
quotes_result read_quote(const symbol& asked, const wire_answer& answer);

/// All rates of one base currency; a paid endpoint.
wire_request forex_rates_request(std::string_view base, const settings& with);
/// Any pair of currencies that are both in the answer, by way of its base where it has to be.
quotes_result read_forex_rates(std::span<const symbol> asked, const wire_answer& answer);

/// @param exchange `US`; others need a paid plan
wire_request stock_list_request(const settings& with, std::string_view exchange = "US");
assets_result read_stock_list(const wire_answer& answer);

/// @param exchange `coinbase`, `binance` …
wire_request crypto_list_request(const settings& with, std::string_view exchange);
assets_result read_crypto_list(const wire_answer& answer);

/// Pairs of national currencies; the list's CFDs and metals are left out.
wire_request forex_list_request(const settings& with, std::string_view exchange = "oanda");
assets_result read_forex_list(const wire_answer& answer);

/// What is left of the allowance, where the answer says so. The fields are not documented, so
/// nothing may depend on them.
struct allowance {
  std::optional<std::uint32_t> limit;
  std::optional<std::uint32_t> remaining;
  std::optional<std::chrono::seconds> reset;  ///< since 1970, or from now on where below 10^9
};
allowance read_allowance(std::string_view header_block);

/// How long it is from the answer to the reset; 0 or less: it is over. Nothing where none is named
/// that could be one of an allowance per minute.
std::optional<std::chrono::milliseconds> time_to_reset(
    const allowance& of, std::chrono::system_clock::time_point received);

/// How long to make no call after an answer that is good and says that nothing is left.
std::optional<std::chrono::milliseconds> pause_after(const wire_answer& answer);

}  // namespace tributary::providers::market::finnhub
