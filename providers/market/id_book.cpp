// SPDX-License-Identifier: MIT
#include "providers/market/id_book.hpp"

#include "providers/market/answer.hpp"

#include <limits>

namespace tributary::providers::market {

id_book::id_book(std::span<const pinned_id> pins) {
  entries_.reserve(pins.size());
  for (const auto& pin : pins) {
    entries_.emplace(std::string(pin.ticker), entry{std::string(pin.id), 0, true});
  }
}

void id_book::learn(const listed_coin& coin) {
  if (coin.ticker.empty() || coin.id.empty()) return;
  const auto rank = coin.rank.value_or(std::numeric_limits<std::uint32_t>::max());
  auto ticker = upper_case(coin.ticker);
  const auto at = entries_.find(ticker);
  if (at == entries_.end()) {
    if (entries_.size() >= max_tickers) return;
    entries_.emplace(std::move(ticker), entry{std::string(coin.id), rank, false});
    return;
  }
  auto& known = at->second;
  if (known.pinned) return;
  // The coin itself may have fallen since it was learned.
  if (known.id == coin.id) {
    known.rank = rank;
  } else if (rank < known.rank) {
    known.id = coin.id;
    known.rank = rank;
  }
}

std::optional<std::string_view> id_book::id_of(std::string_view ticker) const {
  auto at = entries_.find(ticker);
  if (at == entries_.end()) at = entries_.find(upper_case(ticker));
  if (at == entries_.end()) return {};
  return std::string_view{at->second.id};
}

}  // namespace tributary::providers::market
