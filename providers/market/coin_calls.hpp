// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/id_book.hpp"
#include "providers/market/types.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tributary::providers::market {

/// A symbol to ask for, of a provider that names coins by ids of its own.
struct asked_coin {
  symbol what;
  std::string id;  ///< empty in a call by ticker
};

/// Symbols that go into one call: of one quote currency, all by id or all by ticker.
struct coin_call {
  std::vector<asked_coin> asked;
  bool by_id = true;
};

std::vector<symbol> symbols_in(const coin_call& what);

/// Divides symbols into calls of `limit` coins at most, by id for all that the book knows. Those
/// that are not supported are in none.
std::vector<coin_call> plan_coin_calls(std::span<const symbol> symbols, const id_book& book,
                                       std::size_t limit, bool (*supports)(const symbol&) noexcept);

}  // namespace tributary::providers::market
