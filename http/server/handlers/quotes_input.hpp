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

/// The symbols that a request names, or everything that is wrong with them.
struct quotes_input {
  std::vector<providers::market::symbol> symbols;  ///< each once, in the order of their first place
  std::vector<symbols_error> errors;
};

/// Most symbols of one request.
inline constexpr std::size_t max_asked_symbols = 100;

/// Reads `symbols=AAPL,EUR%2FUSD` from a raw query: decoded first, so an escaped comma separates
/// too, then each symbol without the blanks around it and in any case. `+` is a plus sign, as
/// everywhere here. Other parameters are ignored.
quotes_input read_quotes_input(std::string_view query);

/// 400 INVALID_PARAMETER; `errors` has all of `wrong`, which is not empty.
response refuse_symbols(const request& asked, const std::vector<symbols_error>& wrong);

}  // namespace tributary::http::server
