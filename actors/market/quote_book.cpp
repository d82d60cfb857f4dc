// SPDX-License-Identifier: MIT
#include "actors/market/quote_book.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tributary::actors::market {

using namespace std::chrono_literals;
using pm::error_kind;
using std::chrono::milliseconds;
namespace events = telemetry::events;

namespace {

/// For which a symbol that providers do not know, or have no price of, is not asked for again.
constexpr auto hold_unknown = 30s;
/// For which a symbol that failed for a passing reason is not asked for again: callers that come
/// together share one failure.
constexpr auto hold_passing = 250ms;
/// One warning in this time says that the provider's fallbacks are in use.
constexpr auto fallback_log_interval = 60s;
/// Deadline of what the price loop asks for.
constexpr auto round_limit = 20s;

/// Tells callers apart from rounds of the price loop in `waiting_for_`.
constexpr std::uint64_t the_round = 0;

bool unknown(error_kind kind) noexcept {
  return kind == error_kind::not_found || kind == error_kind::no_data;
}

/// Takes the symbols out of a batch of which a result says something.
quote_fetches::batch take_out(quote_fetches::batch& from, const pm::quotes_result& result) {
  by_symbol<bool> known;
  for (const auto& each : result.quotes) known.emplace(each.symbol, true);
  for (const auto& each : result.errors) known.emplace(each.symbol, true);
  quote_fetches::batch part{from.provider, from.why, {}};
  std::erase_if(from.symbols, [&](const pm::symbol& each) {
    if (!known.contains(each.text)) return false;
    part.symbols.push_back(each);
    return true;
  });
  return part;
}

/// Worth a word to operators when it makes another provider step in.
bool remarkable(error_kind kind) noexcept {
  return !unknown(kind) && kind != error_kind::rate_limited;
}

}  // namespace

quote_book::quote_book(caf::actor_config& cfg, std::string path, quote_book_wiring wiring)
    : observed_actor(cfg, std::move(path), "quote-book"),
      wiring_(std::move(wiring)),
      fetches_(wiring_.chains),
      fallback_logged_(wiring_.providers.size()) {
  for (const auto& each : wiring_.knowledge->active) {
    follow(each);
    if (const auto found = follows_.find(each.text); found != follows_.end()) {
      found->second.active = true;
    }
  }
}

caf::behavior quote_book::make_behavior() {
  return {
      [this](fetch_quotes& m) { on_fetch(m); },    [this](quotes_answered& m) { on_answered(m); },
      [this](redis_answered& m) { on_redis(m); },  [this](refresh_prices& m) { on_refresh(m); },
      [this](follow_symbols& m) { on_follow(m); }, [this](const board_started& m) { on_board(m); },
      [this](expiry_tick) { on_expiry(); },
  };
}

/// Who waits is told now, whoever may still hold a reference to this actor; and since the boards
/// do, as it does to them, the references end here.
bool quote_book::cleanup(caf::error&& reason, caf::execution_unit* host) {
  waiters_.clear();
  round_.reset();
  wiring_ = {};
  return observed_actor::cleanup(std::move(reason), host);
}

// -- who wants what -----------------------------------------------------------------------------

void quote_book::on_fetch(fetch_quotes& message) {
  const auto now = clock().now();
  const auto id = next_++;
  waiting mine;
  std::vector<pm::symbol> missing;
  std::map<std::size_t, std::vector<std::string>> hurried;  // by provider
  for (const auto& each : message.order->request().symbols) {
    if (const auto known = wiring_.knowledge->quotes.find(each.text); fresh(known, now)) {
      mine.quotes.push_back({known, false});
    } else if (const auto* why = held(each.text, now)) {
      add(mine, *why, now);
    } else {
      ++mine.left;
      waiting_for_[each.text].push_back(id);
      if (!fetches_.under_way(each.text)) {
        missing.push_back(each);
      } else if (const auto provider = fetches_.hurry(each)) {
        hurried[*provider].push_back(each.text);
      }
    }
  }
  if (mine.left == 0) {
    return message.order->answer(
        {message.order->request().ticket, std::move(mine.quotes), std::move(mine.errors)});
  }
  mine.order = std::move(message.order);
  if (mine.order->request().in_parts) with_parts_.insert(id);
  waiters_.emplace(id, std::move(mine));
  tell_parts();
  fetch(std::move(missing), purpose::demand);
  for (auto& [provider, symbols] : hurried) {
    if (const auto* to = wiring_.providers[provider].actor.get()) {
      runtime::tell(*to, hurry_quotes{std::move(symbols), now + wiring_.timeout / 2});
    }
  }
}

/// The configured symbols come before what clients follow, and among these those asked for longest
/// ago, so that each has its turn under a small allowance. What no provider knows is left alone for
/// a time.
std::vector<pm::symbol> quote_book::due_in_round(steady_time now) {
  std::vector<followed*> due;
  for (auto& [symbol, each] : follows_) {
    if (each.rests_until <= now) due.push_back(&each);
  }
  std::sort(due.begin(), due.end(), [](const followed* a, const followed* b) {
    if (a->active != b->active) return a->active;
    return a->asked != b->asked ? a->asked < b->asked : a->what.text < b->what.text;
  });
  std::vector<pm::symbol> result;
  result.reserve(due.size());
  for (auto* each : due) {
    each->asked = now;
    result.push_back(each->what);
  }
  return result;
}

void quote_book::on_refresh(refresh_prices& message) {
  round_ = round{std::move(message.order), 0, 0};
  // A round that the loop gave up is nobody's any more.
  for (auto each = waiting_for_.begin(); each != waiting_for_.end();) {
    std::erase(each->second, the_round);
    each = each->second.empty() ? waiting_for_.erase(each) : std::next(each);
  }
  auto due = due_in_round(clock().now());
  auto& mine = waiters_[the_round];
  mine = {};
  mine.left = due.size();
  std::vector<pm::symbol> missing;
  for (auto& what : due) {
    waiting_for_[what.text].push_back(the_round);
    if (!fetches_.under_way(what.text)) missing.push_back(std::move(what));
  }
  if (due.empty()) {
    round_.reset();
    waiters_.erase(the_round);
    return;
  }
  fetch(std::move(missing), purpose::loop);
}

void quote_book::on_follow(follow_symbols& message) {
  for (const auto& each : message.follow) follow(each);
  for (const auto& each : message.unfollow) {
    if (const auto refused = unserved_.find(each); refused != unserved_.end()) {
      if (--refused->second == 0) unserved_.erase(refused);
      continue;
    }
    const auto found = follows_.find(each);
    if (found != follows_.end() && --found->second.times == 0) follows_.erase(found);
  }
}

void quote_book::follow(const pm::symbol& what) {
  auto found = follows_.find(what.text);
  if (found == follows_.end()) {
    if (follows_.size() >= wiring_.knowledge->most_symbols) {
      ++unserved_[what.text];
      return;
    }
    found = follows_.emplace(what.text, followed{what}).first;
    if (const auto known = wiring_.knowledge->quotes.find(what.text)) {
      // Whoever begins to follow it hears from a board how old it is.
      const auto now = clock().now();
      found->second.last = fresh(known, now) ? told::quote : told::stale;
      watch_expiry(std::max(now, known->fetched + wiring_.quote_ttl));
    }
  }
  ++found->second.times;
}

void quote_book::on_board(const board_started& message) {
  runtime::tell(message.board, quotes_published{std::make_shared<const std::vector<quote_ptr>>(
                                   wiring_.knowledge->quotes.all())});
}

// -- fetching -----------------------------------------------------------------------------------

void quote_book::fetch(std::vector<pm::symbol> symbols, purpose why) {
  if (symbols.empty()) return;
  fetches_.begin(symbols, why);
  if (!ask_redis(symbols, why)) start(symbols);
}

void quote_book::start(const std::vector<pm::symbol>& symbols) {
  if (!symbols.empty()) carry_on(fetches_.start(symbols));
}

void quote_book::ask(quote_fetches::batch&& batch) {
  const auto id = next_++;
  auto& provider = wiring_.providers[batch.provider];
  const auto limit =
      batch.why == purpose::demand ? share_of_wait(batch.symbols) : milliseconds{round_limit};
  auto order = std::make_shared<quotes_order>(
      quotes_wanted{batch.symbols, batch.why, clock().now() + limit, id},
      caf::actor_cast<caf::actor>(this));
  asked_.emplace(id, std::move(batch));
  // While the provider's actor is being restarted, the order goes unread and says so by itself.
  if (const auto* to = provider.actor.get()) runtime::tell(*to, ask_quotes{std::move(order)});
}

/// Each provider of a chain has its part of the time that callers wait, less what lies between: one
/// that is slow must leave some to the next.
milliseconds quote_book::share_of_wait(const std::vector<pm::symbol>& symbols) const noexcept {
  std::size_t longest = 1;
  for (const auto& each : symbols) {
    longest = std::max(longest, wiring_.chains[static_cast<std::size_t>(each.kind)].size());
  }
  return wiring_.timeout * 9 / 10 / longest;
}

void quote_book::on_answered(quotes_answered& message) {
  const auto found = asked_.find(message.ticket);
  if (found == asked_.end()) return;
  const auto part = message.last ? std::move(asked_.extract(found).mapped())
                                 : take_out(found->second, message.result);
  std::optional<pm::failure> why;
  if (!message.result.errors.empty()) why = message.result.errors.front();
  auto progress = fetches_.take(part, std::move(message.result));
  if (why) {
    std::size_t passed_on = 0;
    for (const auto& each : progress.next) passed_on += each.symbols.size();
    note_passing_on(part.provider, passed_on, *why);
  }
  carry_on(std::move(progress));
}

void quote_book::carry_on(quote_fetches::progress&& progress) {
  const auto now = clock().now();
  news all;
  std::vector<pm::failure> without;
  std::vector<pm::symbol> again;
  for (auto& over : progress.done) {
    if (over.quote && !is_kept_out(*over.quote, now)) {
      keep(std::move(*over.quote), now, all);
    } else if (over.quote) {
      without.push_back(kept_out(*over.quote, now));
    } else if (is_wanted_again(over)) {
      again.push_back(std::move(over.what));
    } else {
      failed(over, now, all);
      without.push_back(std::move(over.reason));
    }
  }
  keep_in_redis(all);
  publish(all);
  for (const auto& each : all.kept) tell_waiting(each->quote.symbol, each, nullptr);
  for (const auto& each : without) tell_waiting(each.symbol, nullptr, &each);
  tell_parts();
  for (auto& batch : progress.next) ask(std::move(batch));
  if (!again.empty()) {
    fetches_.begin(again, purpose::demand);
    start(again);
  }
}

/// What the loop could not have, for lack of allowance for example, is tried again for those who
/// wait.
bool quote_book::is_wanted_again(const quote_fetches::ended& over) const {
  if (over.why != purpose::loop || !may_pass(over.reason.kind)) return false;
  const auto callers = waiting_for_.find(over.what.text);
  return callers != waiting_for_.end() &&
         std::any_of(callers->second.begin(), callers->second.end(),
                     [](auto id) { return id != the_round; });
}

void quote_book::failed(const quote_fetches::ended& over, steady_time now, news& all) {
  const auto& why = over.reason;
  if (!unknown(why.kind)) {
    // A loop's share being used up says nothing to those who come later.
    if (over.why == purpose::demand || !may_pass(why.kind)) hold(why, now, hold_passing);
    return;
  }
  if (is_first_absence(over.what.text, now)) return;
  hold(why, now, hold_unknown);
  let_rest(over.what.text, now);
  withdraw(why, all);
}

/// True when a symbol is lacking of which there is a fresh quote, for the first time since.
bool quote_book::is_first_absence(const std::string& symbol, steady_time now) {
  if (!fresh(wiring_.knowledge->quotes.find(symbol), now)) return false;
  if (missed_.size() >= wiring_.knowledge->most_symbols) missed_.clear();
  return missed_.insert(symbol).second;
}

/// There is no quote of this symbol any more.
void quote_book::withdraw(const pm::failure& why, news& all) {
  missed_.erase(why.symbol);
  auto is_news = wiring_.knowledge->quotes.erase(why.symbol);
  if (const auto found = follows_.find(why.symbol); found != follows_.end()) {
    is_news |= std::exchange(found->second.last, told::withdrawn) != told::withdrawn;
  }
  if (is_news) all.withdrawn.push_back(why);
}

/// A symbol that somebody only thinks there is must not use up what others are refreshed with.
void quote_book::let_rest(const std::string& symbol, steady_time now) {
  const auto found = follows_.find(symbol);
  if (found == follows_.end()) return;
  auto& each = found->second;
  each.rests_until = now + (each.active ? milliseconds{hold_unknown} : wiring_.quote_ttl);
}

void quote_book::note_passing_on(std::size_t from, std::size_t symbols, const pm::failure& why) {
  if (symbols == 0) return;
  const auto& provider = wiring_.providers[from];
  provider.passed_on.add(symbols);
  auto& logged = fallback_logged_[from];
  const auto now = clock().now();
  if (!remarkable(why.kind) || (logged && now - *logged < fallback_log_interval)) return;
  logged = now;
  telemetry::log().write(config::log_level::warning, events::prices_fallback,
                         "symbols are asked of the next provider",
                         {{"provider", provider.source},
                          {"kind", to_string(why.kind)},
                          {"detail", why.detail},
                          {"symbols", static_cast<std::uint64_t>(symbols)}});
}

// -- who waits ----------------------------------------------------------------------------------

/// Whoever waits for this symbol waits no longer for it.
void quote_book::tell_waiting(const std::string& symbol, const quote_ptr& quote,
                              const pm::failure* why) {
  const auto found = waiting_for_.extract(symbol);
  if (found.empty()) return;
  for (const auto id : found.mapped()) tell(id, quote, why);
}

void quote_book::tell(std::uint64_t waiter, const quote_ptr& quote, const pm::failure* why) {
  const auto found = waiters_.find(waiter);
  if (found == waiters_.end()) return;
  auto& mine = found->second;
  --mine.left;
  if (waiter == the_round) {
    ++(quote != nullptr ? round_->fetched : round_->failed);
    if (mine.left != 0) return;
    round_->order->answer({round_->order->request().round, round_->fetched, round_->failed});
    round_.reset();
    waiters_.erase(found);
    return;
  }
  if (quote != nullptr) {
    mine.quotes.push_back({quote, false});
  } else {
    add(mine, *why, clock().now());
  }
  if (mine.left != 0) {
    if (mine.order->request().in_parts) with_parts_.insert(waiter);
    return;
  }
  const auto node = waiters_.extract(found);
  auto& over = node.mapped();
  over.order->answer(
      {over.order->request().ticket, std::move(over.quotes), std::move(over.errors)});
}

/// What came in one go is told in one go.
void quote_book::tell_parts() {
  for (const auto id : std::exchange(with_parts_, {})) {
    const auto found = waiters_.find(id);
    if (found == waiters_.end()) continue;
    auto& mine = found->second;
    if (mine.quotes.empty() && mine.errors.empty()) continue;
    mine.order->tell({mine.order->request().ticket, std::exchange(mine.quotes, {}),
                      std::exchange(mine.errors, {}), false});
  }
}

/// What a caller gets for a symbol that could not be fetched.
void quote_book::add(waiting& to, const pm::failure& why, steady_time now) const {
  if (auto known = usable(why.symbol, now)) {
    const auto is_fresh = fresh(known, now);
    to.quotes.push_back({std::move(known), !is_fresh});
  } else {
    to.errors.push_back(why);
  }
}

// -- what is known ------------------------------------------------------------------------------

bool quote_book::fresh(const quote_ptr& quote, steady_time now) const noexcept {
  return quote != nullptr && now - quote->fetched < wiring_.quote_ttl;
}

/// A quote that may stand in while there is no newer one.
quote_ptr quote_book::usable(std::string_view symbol, steady_time now) const noexcept {
  auto known = wiring_.knowledge->quotes.find(symbol);
  const auto limit = wiring_.quote_ttl + wiring_.stale_for;
  return known != nullptr && now - known->fetched < limit ? known : nullptr;
}

void quote_book::hold(const pm::failure& why, steady_time now, milliseconds time) {
  if (failures_.size() >= wiring_.knowledge->most_symbols) {
    std::erase_if(failures_, [&](const auto& each) { return each.second.until <= now; });
    if (failures_.size() >= wiring_.knowledge->most_symbols) failures_.clear();
  }
  failures_.insert_or_assign(why.symbol, held_failure{why, now + time});
}

const pm::failure* quote_book::held(std::string_view symbol, steady_time now) {
  const auto found = failures_.find(symbol);
  if (found == failures_.end()) return nullptr;
  if (now < found->second.until) return &found->second.why;
  failures_.erase(found);
  return nullptr;
}

}  // namespace tributary::actors::market
