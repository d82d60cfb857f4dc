// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Alpha Vantage: one symbol a call, few calls a day, errors with status 200. Requests out, answers
/// in; no I/O. The key is part of every target that needs one, and answers echo it: neither may be
/// logged. Readers take the key to keep it out of details.
namespace tributary::providers::market::alpha_vantage {

inline constexpr std::string_view source = "alpha_vantage";

/// The symbol of a stock as Alpha Vantage writes it: `BRK-B`, `OCDO.LON`.
std::string wire_symbol(const symbol& what);
/// The way back: `BRK-B` is `BRK.B`, except where the letter after a point would be an exchange,
/// and `OCDO.LON` is `OCDO.L`. What has no form of ours stays as it is.
std::string unified_symbol(std::string_view theirs);

/// GLOBAL_QUOTE for stocks, CURRENCY_EXCHANGE_RATE for pairs; nothing for an index.
std::optional<wire_request> quote_request(const symbol& what, std::string_view key);
quotes_result read_quote(const symbol& asked, const wire_answer& answer, std::string_view key);

/// FX_DAILY: the rate of the day and its change, at the price of another call; for forex only.
std::optional<wire_request> daily_rates_request(const symbol& what, std::string_view key);
quotes_result read_daily_rates(const symbol& asked, const wire_answer& answer,
                               std::string_view key);

/// Stocks and funds of the United States that are traded today.
wire_request listing_request(std::string_view key);
assets_result read_listing(const wire_answer& answer, std::string_view key);

/// Currencies of the world, each as its rate to the dollar; national ones only. Needs no key.
wire_request physical_currencies_request();
assets_result read_physical_currencies(const wire_answer& answer, std::string_view key = {});
/// Coins, likewise.
wire_request digital_currencies_request();
assets_result read_digital_currencies(const wire_answer& answer, std::string_view key = {});

/// SYMBOL_SEARCH.
wire_request search_request(std::string_view keywords, std::string_view key);
assets_result read_search(const wire_answer& answer, std::string_view key);

}  // namespace tributary::providers::market::alpha_vantage
