// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/market/universe.hpp"

#include <span>
#include <string_view>

namespace tributary::providers::mock::market {

struct known_stock {
  std::string_view ticker;
  std::string_view name;
  listing exchange;
  stock_kind kind;
  double base;
};

/// Instruments that exist, at invented prices.
std::span<const known_stock> known_stocks();
std::span<const coin> known_coins();
std::span<const currency> known_currencies();

}  // namespace tributary::providers::mock::market
