// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/symbol.hpp"
#include "providers/market/types.hpp"

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::tests {

namespace pm = providers::market;

inline const std::chrono::system_clock::time_point noon{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours{12}};

inline pm::symbol symbol_of(std::string_view text) {
  auto parsed = pm::parse_symbol(text);
  if (!parsed) throw std::invalid_argument{std::string{text}};
  return *parsed;
}

inline std::vector<pm::symbol> symbols_of(std::initializer_list<std::string_view> texts) {
  std::vector<pm::symbol> result;
  for (const auto text : texts) result.push_back(symbol_of(text));
  return result;
}

inline std::vector<std::string> texts_of(const std::vector<pm::symbol>& symbols) {
  std::vector<std::string> result;
  for (const auto& each : symbols) result.push_back(each.text);
  return result;
}

inline pm::number number_of(std::string_view text) { return *pm::parse_number(text); }

inline pm::quote quote_of(std::string_view symbol, std::string_view price,
                          std::string_view source = "yfinance") {
  pm::quote result;
  result.symbol = symbol;
  result.price = number_of(price);
  result.source = source;
  return result;
}

inline pm::failure failure_of(pm::error_kind kind, std::string_view symbol = {},
                              std::optional<std::chrono::milliseconds> wait = std::nullopt) {
  pm::failure result;
  result.kind = kind;
  result.symbol = symbol;
  result.detail = "as scripted";
  result.retry_after = wait;
  return result;
}

}  // namespace tributary::tests
