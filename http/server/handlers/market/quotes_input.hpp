// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"
#include "providers/market/types.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace tributary::http::server {

/// Something that is wrong with the parameter `symbols`.
struct symbols_error {
  std::string detail;
  std::string symbol;  ///< as sent, when one of them is meant; else empty
};

/// Most errors that are listed: an answer must not be many times as large as its request.
inline constexpr std::size_t max_listed_errors = 100;

/// The symbols that a request names, or everything that is wrong with them.
struct quotes_input {
  std::vector<providers::market::symbol> symbols;  ///< each once, in the order of their first place
  std::vector<symbols_error> errors;               ///< the first `max_listed_errors` of them
  std::size_t wrong = 0;                           ///< how many there are
};

/// Most symbols of one request.
inline constexpr std::size_t max_asked_symbols = 100;

/// Reads `symbols=AAPL,EUR%2FUSD` from a raw query: decoded first, so an escaped comma separates
/// too, then each symbol without the blanks around it and in any case. A raw `+` at either end of a
/// symbol is the blank that form encoders write there; elsewhere it is a plus sign. Other parameters
/// are ignored.
quotes_input read_quotes_input(std::string_view query);

/// 400 INVALID_PARAMETER; `errors` has those of `input`, of which there are some.
response refuse_symbols(const request& asked, const quotes_input& input);

}  // namespace tributary::http::server
