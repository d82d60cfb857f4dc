// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::providers::market {

/// Characters of a symbol at most.
inline constexpr std::size_t longest_symbol = 32;

/// Reads a unified symbol, letters in any case. `/` makes a currency pair, `X-YYY` with a known
/// quote currency a crypto pair, anything else is a stock: `-X` a share class, `.L`, `.F`, `.T`,
/// `.V` and every suffix of two or more letters an exchange, any other `.X` a share class.
/// @returns nothing when it is none: 1–32 characters of letters, digits, `.`, `-`, `/`, `^`, `&`,
///   `=`, with what belongs on both sides of a separator
std::optional<symbol> parse_symbol(std::string_view text);

/// The same for people who wrote what is none: `1 to 32 letters, …`.
inline constexpr std::string_view symbol_form =
    "1 to 32 letters, digits, and . - / ^ & = between them";

/// What keeps `text` from being a symbol: `is longer than 32 characters`, `has other characters
/// than …` or `is not a symbol`; nothing for one that `parse_symbol` reads.
std::optional<std::string> flaw_of_symbol(std::string_view text);

/// `a` to `z` in upper case, any other as it is.
char upper_of(char c) noexcept;

/// True for what symbols are made of between their separators: `A` to `Z` and digits.
bool is_symbol_word(char c) noexcept;

/// True for the letters that are an exchange by themselves behind a point (London, Frankfurt,
/// Tokyo, the TSX Venture); any other single one is a share class.
bool is_exchange_letter(char c) noexcept;

/// True for symbols of indices and futures by their form (`^IRX`, `CL=F`): those may stand at zero
/// and below.
bool may_be_below_zero(std::string_view text) noexcept;

/// True for the national currencies of ISO 4217: no metals, no funds, no test codes.
bool is_national_currency(std::string_view code) noexcept;

/// True for what is traded against currencies without being a coin: national currencies and their
/// variants abroad, metals, the special drawing right.
bool is_currency(std::string_view code) noexcept;

/// True for the coins that other coins are priced in (`USDT`, `BTC`).
bool is_quote_coin(std::string_view code) noexcept;

/// True for what coins are priced in: national currencies and some coins.
bool is_quote_currency(std::string_view code) noexcept;

}  // namespace tributary::providers::market
