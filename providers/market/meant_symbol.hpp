// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Exchanges and libraries have spellings of their own, which ours are easily taken for.
namespace tributary::providers::market {

/// The unified symbol that is probably meant by a text in the form of an exchange or a library:
/// `BTC-USDT` by `BTCUSDT`, `BTC/USDT`, `BTC_USDT` and `BINANCE:BTCUSDT`; `EUR/USD` by `EURUSD`,
/// `EUR-USD` and `EURUSD=X`; `AAPL` by `NASDAQ:AAPL` and `$AAPL`; `BRK.B` by `BRK/B`. Letters in
/// any case. A guess: the text may be a symbol by itself.
/// @returns nothing where none comes to mind; never the text itself
std::optional<std::string> meant_symbol(std::string_view text);

/// `detail` and behind it the question for the symbol that is probably meant by `text`, where one
/// comes to mind: ``the symbol is not known; did you mean `EUR/USD`?``
std::string with_meant_symbol(std::string detail, std::string_view text);

/// True for a pair of currencies by its form (`BTC/USDT`) of which one half is a well-known coin:
/// no provider need be asked for it.
bool is_pair_with_coin(const symbol& what) noexcept;

}  // namespace tributary::providers::market
