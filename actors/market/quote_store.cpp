// SPDX-License-Identifier: MIT
#include "actors/market/quote_store.hpp"

#include "actors/market/quote_json.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::market {

quote_ptr quote_store::find(std::string_view symbol) const noexcept {
  const auto found = quotes_.find(symbol);
  return found == quotes_.end() ? nullptr : found->second;
}

quote_ptr quote_store::put(pm::quote&& got, steady_time fetched, std::uint64_t revision,
                           bool is_news) {
  auto made = std::make_shared<published_quote>();
  const auto known = find(got.symbol);
  if (!is_news && known != nullptr && same_content(known->quote, got)) {
    made->json = known->json;
    made->revision = known->revision;
  } else {
    made->json = render_quote(got);
    made->revision = revision;
  }
  made->quote = std::move(got);
  made->fetched = fetched;
  if (known == nullptr) make_room();
  return quotes_[made->quote.symbol] = std::move(made);
}

void quote_store::put(const quote_ptr& quote) {
  const auto found = quotes_.find(quote->quote.symbol);
  if (found == quotes_.end()) {
    make_room();
    quotes_.emplace(quote->quote.symbol, quote);
  } else if (found->second->fetched <= quote->fetched) {
    found->second = quote;
  }
}

bool quote_store::erase(std::string_view symbol) {
  const auto found = quotes_.find(symbol);
  if (found == quotes_.end()) return false;
  quotes_.erase(found);
  return true;
}

std::vector<quote_ptr> quote_store::all() const {
  std::vector<quote_ptr> result;
  result.reserve(quotes_.size());
  for (const auto& [symbol, quote] : quotes_) result.push_back(quote);
  return result;
}

/// A tenth goes at once, so that finding the oldest costs little for each that comes.
void quote_store::make_room() {
  if (quotes_.size() < most_) return;
  auto oldest_first = all();
  const auto going = std::max<std::size_t>(1, most_ / 10);
  std::nth_element(
      oldest_first.begin(), oldest_first.begin() + static_cast<std::ptrdiff_t>(going - 1),
      oldest_first.end(), [](const auto& a, const auto& b) { return a->fetched < b->fetched; });
  for (std::size_t i = 0; i < going; ++i) quotes_.erase(oldest_first[i]->quote.symbol);
}

bool goes_back(const pm::quote& got, const pm::quote& known, system_time today) noexcept {
  constexpr std::chrono::minutes clocks_differ{1};
  return got.timestamp && known.timestamp && *got.timestamp < *known.timestamp &&
         *known.timestamp <= today + clocks_differ;
}

}  // namespace tributary::actors::market
