// SPDX-License-Identifier: MIT
#include "actors/market/quote_book.hpp"

#include <algorithm>
#include <utility>

/// What boards and feeds hear of the book: new quotes, and those that grow old.
namespace tributary::actors::market {

using pm::error_kind;

// -- what came ----------------------------------------------------------------------------------

void quote_book::keep(pm::quote&& quote, steady_time fetched, news& all) {
  const auto next = wiring_.knowledge->revision + 1;
  if (const auto found = failures_.find(quote.symbol); found != failures_.end()) {
    failures_.erase(found);
  }
  missed_.erase(quote.symbol);
  auto was = told::nothing;
  if (const auto found = follows_.find(quote.symbol); found != follows_.end()) {
    found->second.rests_until = steady_time::min();
    was = std::exchange(found->second.last, told::quote);
    watch_expiry(fetched + wiring_.quote_ttl);
  }
  // That it is fresh again is news, also where the price has not moved.
  all.kept.push_back(
      wiring_.knowledge->quotes.put(std::move(quote), fetched, next, was == told::stale));
}

bool quote_book::is_kept_out(const pm::quote& got, steady_time now) const {
  const auto known = usable(got.symbol, now);
  return known != nullptr && goes_back(got, known->quote, std::chrono::system_clock::now());
}

/// Those who wait get what is known in its place; whoever comes soon is not worth another call.
pm::failure quote_book::kept_out(const pm::quote& got, steady_time now) {
  pm::failure result;
  result.kind = error_kind::unavailable;
  result.symbol = got.symbol;
  result.detail = "there is no newer price";
  hold(result, now, usual_wait);
  return result;
}

/// Tells the boards of all, and the feeds of what is new.
void quote_book::publish(const news& all) {
  // Boards first: who begins to follow a symbol between the two has the news from its board.
  const auto kept = std::make_shared<const std::vector<quote_ptr>>(all.kept);
  const auto withdrawn = std::make_shared<const std::vector<pm::failure>>(all.withdrawn);
  for (auto& board : wiring_.boards) {
    const auto* to = board.get();
    if (to == nullptr) continue;
    if (!kept->empty()) runtime::tell(*to, quotes_published{kept});
    if (!withdrawn->empty()) runtime::tell(*to, quotes_withdrawn{withdrawn});
  }
  tell_feeds(all);
  wiring_.metrics.quotes_known.set(static_cast<double>(wiring_.knowledge->quotes.size()));
}

void quote_book::tell_feeds(const news& all) {
  auto& knowledge = *wiring_.knowledge;
  auto update = std::make_shared<quote_update>();
  update->revision = knowledge.revision + 1;
  for (const auto& each : all.kept) {
    if (each->revision == update->revision) update->quotes.push_back(each);
  }
  update->stale = all.stale;
  update->withdrawn = all.withdrawn;
  if (update->quotes.empty() && update->stale.empty() && update->withdrawn.empty()) return;
  knowledge.revision = update->revision;
  for (const auto& feed : wiring_.feeds) feed->publish(update);
}

// -- what grows old -----------------------------------------------------------------------------

void quote_book::watch_expiry(steady_time at) {
  if (at >= next_expiry_) return;
  next_expiry_ = at;
  delayed_send(this, std::max<steady_time::duration>(at - clock().now(), {}), expiry_tick{});
}

/// Tells the feeds which quotes have become stale: whoever only listens cannot know. What is too
/// old to be served at all is withdrawn.
void quote_book::on_expiry() {
  const auto now = clock().now();
  if (now < next_expiry_) return;  // of a time that an earlier one has taken the place of
  next_expiry_ = steady_time::max();
  auto next = steady_time::max();
  news all;
  for (auto& [symbol, each] : follows_) {
    const auto known = wiring_.knowledge->quotes.find(symbol);
    if (known == nullptr) continue;
    if (fresh(known, now)) {
      next = std::min(next, known->fetched + wiring_.quote_ttl);
    } else if (usable(symbol, now) == nullptr) {
      withdraw({error_kind::unavailable, symbol, "there is no newer price", {}}, all);
    } else {
      next = std::min(next, known->fetched + wiring_.quote_ttl + wiring_.stale_for);
      if (std::exchange(each.last, told::stale) != told::stale) all.stale.push_back(known);
    }
  }
  publish(all);
  if (next != steady_time::max()) watch_expiry(next);
}

}  // namespace tributary::actors::market
