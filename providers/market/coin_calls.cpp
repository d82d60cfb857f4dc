// SPDX-License-Identifier: MIT
#include "providers/market/coin_calls.hpp"

#include <algorithm>

namespace tributary::providers::market {

std::vector<coin_call> plan_coin_calls(std::span<const symbol> symbols, const id_book& book,
                                       std::size_t limit,
                                       bool (*supports)(const symbol&) noexcept) {
  std::vector<coin_call> result;
  for (const auto& what : symbols) {
    if (!supports(what)) continue;
    const auto id = book.id_of(what.base);
    const auto fits = [&](const coin_call& one) {
      return one.by_id == id.has_value() && one.asked.size() < limit &&
             one.asked.front().what.quote == what.quote;
    };
    auto at = std::find_if(result.begin(), result.end(), fits);
    if (at == result.end()) at = result.insert(result.end(), coin_call{{}, id.has_value()});
    at->asked.push_back({what, std::string(id.value_or(""))});
  }
  return result;
}

std::vector<symbol> symbols_in(const coin_call& what) {
  std::vector<symbol> result;
  result.reserve(what.asked.size());
  for (const auto& coin : what.asked) result.push_back(coin.what);
  return result;
}

}  // namespace tributary::providers::market
