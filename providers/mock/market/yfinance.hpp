// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/market/call.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Yahoo Finance, in parts: who may ask (yfinance.cpp), prices, lists.
namespace tributary::providers::mock::market::yfinance {

/// Something with a symbol of Yahoo's.
struct instrument {
  std::string symbol;         ///< `AAPL`, `BRK-B`, `BTC-USD`, `EURUSD=X`, `^GSPC`
  std::string_view type;      ///< `EQUITY`, `CRYPTOCURRENCY` …
  std::string_view exchange;  ///< `NMS`
  std::string_view venue;     ///< `NasdaqGS`
  std::string name;
  std::string_view currency;  ///< `GBp` is pence
  std::string_view from;      ///< of a coin or a pair: what it is a price of
  int places = 2;             ///< of a price
  std::function<quotation(sys_seconds)> quote;
  std::function<double(sys_seconds)> price;
};

/// Nothing when Yahoo does not know the symbol, in any case. The result refers to `world`.
std::optional<instrument> find_instrument(const universe& world, std::string_view symbol);
instrument instrument_of(const universe& world, const stock& what);
instrument instrument_of(const universe& world, const coin& what, const currency& vs);
instrument instrument_of(const universe& world, const currency& from, const currency& to);

/// An entry of quotes and screeners, as JSON. `formatted`: its numbers are objects with a text.
std::string quote_entry(const instrument& what, sys_seconds now, bool formatted);

reply quotes(const call& asked);
reply spark_v7(const call& asked);
reply spark_v8(const call& asked);
reply chart(const call& asked);
reply search(const call& asked);
reply lookup(const call& asked);
reply screener(const call& asked);

/// `{"<key>":{"result":null,"error":{"code":…,"description":…}}}`
reply error(unsigned status, std::string_view key, std::string_view code,
            std::string_view description);
reply json_reply(std::string body);

}  // namespace tributary::providers::mock::market::yfinance
