// SPDX-License-Identifier: MIT
#include "actors/market/quote_board.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::market {

namespace {

const quotes_reply::row* row_of(const std::vector<quotes_reply::row>& rows,
                                std::string_view symbol) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& each) {
    return each.quote->quote.symbol == symbol;
  });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

quote_board::quote_board(caf::actor_config& cfg, std::string path, quote_board_wiring wiring)
    : observed_actor(cfg, std::move(path), "quote-board"),
      wiring_(std::move(wiring)),
      quotes_(wiring_.most_symbols) {}

caf::behavior quote_board::make_behavior() {
  // The book cannot find it by its place yet, which is taken once it has begun.
  if (const auto* book = wiring_.book.get()) {
    runtime::tell(*book, board_started{caf::actor_cast<caf::actor>(this)});
  }
  return {
      [this](look_up_quotes& m) { on_look_up(m); },
      [this](const quotes_published& m) { on_published(m); },
      [this](const quotes_withdrawn& m) { on_withdrawn(m); },
      [this](quotes_fetched& m) { on_fetched(m); },
      [this](board_tick) { on_tick(); },
  };
}

/// Who waits is told now, whoever may still hold a reference to this actor; its own reference to
/// the book, which refers to it, ends here.
bool quote_board::cleanup(caf::error&& reason, caf::execution_unit* host) {
  waiting_.clear();
  wiring_.book = {};
  return observed_actor::cleanup(std::move(reason), host);
}

void quote_board::on_look_up(look_up_quotes& message) {
  auto& call = *message.call;
  const auto now = clock().now();
  quotes_reply reply;
  reply.quotes.reserve(call.symbols.size());
  std::vector<pm::symbol> missing;
  for (const auto& each : call.symbols) {
    auto known = quotes_.find(each.text);
    if (fresh(known, now)) {
      reply.quotes.push_back({std::move(known), false});
    } else {
      missing.push_back(each);
    }
  }
  if (!missing.empty()) {
    if (call.gone) return;
    waiter who{std::move(message.call), {}};
    if (call.in_parts) {
      tell(who, std::move(reply));
    } else {
      who.known = std::move(reply.quotes);
    }
    return wait(std::move(who), std::move(missing));
  }
  wiring_.metrics.hits.add();
  reply.hit = true;
  call.answer(std::move(reply));
}

/// To a caller that takes parts.
void quote_board::tell(waiter& who, quotes_reply&& part) {
  if (part.quotes.empty() && part.errors.empty()) return;
  for (const auto& each : who.call->symbols) {
    const auto is_error = [&](const auto& why) { return why.symbol == each.text; };
    if (row_of(part.quotes, each.text) != nullptr ||
        std::any_of(part.errors.begin(), part.errors.end(), is_error)) {
      who.told.insert(each.text);
    }
  }
  who.call->tell(std::move(part));
}

void quote_board::wait(waiter who, std::vector<pm::symbol> missing) {
  wiring_.metrics.misses.add();
  if (waiting_.size() >= wiring_.most_waiters) return give_up(who, "too many requests wait");
  const auto ticket = next_++;
  auto order =
      std::make_shared<fetch_order>(fetch_wanted{std::move(missing), ticket, who.call->in_parts},
                                    caf::actor_cast<caf::actor>(this));
  deadlines_.emplace(who.call->deadline, ticket);
  waiting_.emplace(ticket, std::move(who));
  arm(clock().now());
  // While the book is being restarted, the order goes unread and says so by itself.
  if (const auto* book = wiring_.book.get()) runtime::tell(*book, fetch_quotes{std::move(order)});
}

/// What was fetched came by `quotes_published` too, but other quotes may have put it out by now, as
/// they may those that were known when the call came.
void quote_board::on_fetched(quotes_fetched& message) {
  const auto found = waiting_.find(message.ticket);
  if (found == waiting_.end()) return;
  auto& who = found->second;
  auto& call = *who.call;
  quotes_reply reply;
  reply.quotes.reserve(call.symbols.size());
  for (const auto& each : call.symbols) {
    if (who.told.contains(each.text)) continue;
    const auto error = std::find_if(message.errors.begin(), message.errors.end(),
                                    [&](const auto& e) { return e.symbol == each.text; });
    if (const auto* known = row_of(who.known, each.text)) {
      reply.quotes.push_back(*known);
    } else if (const auto* row = row_of(message.quotes, each.text)) {
      if (row->stale) wiring_.metrics.stale.add();
      reply.quotes.push_back(*row);
    } else if (error != message.errors.end()) {
      reply.errors.push_back(std::move(*error));
    }
  }
  if (!message.last) return tell(who, std::move(reply));
  const auto over = waiting_.extract(found);
  call.answer(std::move(reply));
}

void quote_board::on_published(const quotes_published& message) {
  for (const auto& each : *message.quotes) quotes_.put(each);
}

void quote_board::on_withdrawn(const quotes_withdrawn& message) {
  for (const auto& each : *message.why) quotes_.erase(each.symbol);
}

/// What is known by now, however old, of what is not told, and an error for the rest.
void quote_board::give_up(waiter& who, std::string_view detail) {
  const auto now = clock().now();
  quotes_reply reply;
  for (const auto& each : who.call->symbols) {
    if (who.told.contains(each.text)) continue;
    if (const auto* known = row_of(who.known, each.text)) {
      reply.quotes.push_back(*known);
      continue;
    }
    if (auto known = usable(each.text, now)) {
      if (known->stale) wiring_.metrics.stale.add();
      reply.quotes.push_back(*std::move(known));
      continue;
    }
    pm::failure why;
    why.kind = pm::error_kind::unavailable;
    why.symbol = each.text;
    why.detail = detail;
    reply.errors.push_back(std::move(why));
  }
  who.call->answer(std::move(reply));
}

std::optional<quotes_reply::row> quote_board::usable(std::string_view symbol,
                                                     steady_time now) const {
  auto known = quotes_.find(symbol);
  if (known == nullptr || now - known->fetched >= wiring_.quote_ttl + wiring_.stale_for) {
    return std::nullopt;
  }
  const auto stale = !fresh(known, now);
  return quotes_reply::row{std::move(known), stale};
}

void quote_board::on_tick() {
  armed_ = false;
  const auto now = clock().now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto late = waiting_.extract(deadlines_.begin()->second);
    deadlines_.erase(deadlines_.begin());
    if (!late.empty()) give_up(late.mapped(), "no answer in time");
  }
  // Of calls that were answered in time only the deadline is left.
  while (!deadlines_.empty() && !waiting_.contains(deadlines_.begin()->second)) {
    deadlines_.erase(deadlines_.begin());
  }
  arm(now);
}

void quote_board::arm(steady_time now) {
  if (armed_ || deadlines_.empty()) return;
  armed_ = true;
  delayed_send(this, std::max<steady_time::duration>(deadlines_.begin()->first - now, {}),
               board_tick{});
}

bool quote_board::fresh(const quote_ptr& quote, steady_time now) const noexcept {
  return quote != nullptr && now - quote->fetched < wiring_.quote_ttl;
}

}  // namespace tributary::actors::market
