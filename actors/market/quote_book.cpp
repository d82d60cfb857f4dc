// SPDX-License-Identifier: MIT
#include "actors/market/quote_book.hpp"

#include "actors/market/quote_json.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tributary::actors::market {

using namespace std::chrono_literals;
using pm::error_kind;
using store::redis::reply_kind;
namespace events = telemetry::events;

namespace {

/// For which a symbol that providers do not know, or have no price of, is not asked for again.
constexpr auto hold_unknown = 30s;
/// The same for what may pass by itself: callers that come together share one failure.
constexpr auto hold_passing = 250ms;
/// One warning in this time says that fallbacks are in use.
constexpr auto log_interval = 60s;
/// Deadline of what the price loop asks for.
constexpr auto round_limit = 20s;

/// Tells callers apart from rounds of the price loop in `waiting_for_`.
constexpr std::uint64_t the_round = 0;

bool unknown(error_kind kind) noexcept {
  return kind == error_kind::not_found || kind == error_kind::no_data;
}

/// The i-th value of an MGET.
std::optional<recorded_quote> record_of(const store::redis::result& result, std::size_t i,
                                        std::string_view symbol,
                                        const std::vector<std::string_view>& sources) {
  if (result.why != store::redis::failure::none || result.reply.kind != reply_kind::array ||
      i >= result.reply.items.size() || result.reply.items[i].kind != reply_kind::text) {
    return std::nullopt;
  }
  return read_quote_record(result.reply.items[i].text, symbol, sources);
}

/// Worth a word to operators when it makes another provider step in.
bool remarkable(error_kind kind) noexcept {
  return !unknown(kind) && kind != error_kind::rate_limited;
}

}  // namespace

std::string quote_key(std::string_view symbol) { return std::string{"quote:"}.append(symbol); }

quote_book::quote_book(caf::actor_config& cfg, std::string path, quote_book_wiring wiring)
    : observed_actor(cfg, std::move(path), "quote-book"),
      wiring_(std::move(wiring)),
      fetches_(wiring_.chains) {
  for (const auto& each : wiring_.knowledge->active) follow(each);
}

caf::behavior quote_book::make_behavior() {
  return {
      [this](fetch_quotes& m) { on_fetch(m); },    [this](quotes_answered& m) { on_answered(m); },
      [this](redis_answered& m) { on_redis(m); },  [this](refresh_prices& m) { on_refresh(m); },
      [this](follow_symbols& m) { on_follow(m); }, [this](const board_started& m) { on_board(m); },
  };
}

/// Who waits is told now, whoever may still hold a reference to this actor; and since the boards
/// do, as it does to them, the references end here.
bool quote_book::cleanup(caf::error&& reason, caf::execution_unit* host) {
  waiters_.clear();
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
  for (const auto& each : message.order->symbols()) {
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
    return message.order->answer(std::move(mine.quotes), std::move(mine.errors));
  }
  mine.order = std::move(message.order);
  waiters_.emplace(id, std::move(mine));
  fetch(std::move(missing), purpose::demand);
  for (auto& [provider, symbols] : hurried) {
    if (const auto* to = wiring_.providers[provider].actor.get()) {
      runtime::tell(*to, hurry_quotes{std::move(symbols)});
    }
  }
}

/// Those fetched longest ago come first, so that each has its turn under a small allowance.
void quote_book::on_refresh(refresh_prices& message) {
  const auto& knowledge = *wiring_.knowledge;
  round_ = round{message.round, message.reply_to, 0, 0};
  // A round that the loop gave up is nobody's any more.
  for (auto each = waiting_for_.begin(); each != waiting_for_.end();) {
    std::erase(each->second, the_round);
    each = each->second.empty() ? waiting_for_.erase(each) : std::next(each);
  }
  std::vector<std::pair<steady_time, pm::symbol>> due;
  for (const auto& [symbol, each] : follows_) {
    const auto known = knowledge.quotes.find(symbol);
    due.emplace_back(known == nullptr ? steady_time::min() : known->fetched, each.what);
  }
  std::sort(due.begin(), due.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.text < b.second.text;
  });
  auto& mine = waiters_[the_round];
  mine = {};
  mine.left = due.size();
  std::vector<pm::symbol> missing;
  for (auto& [fetched, what] : due) {
    waiting_for_[what.text].push_back(the_round);
    if (!fetches_.under_way(what.text)) missing.push_back(std::move(what));
  }
  if (due.empty()) {
    runtime::tell(message.reply_to, prices_refreshed{message.round, 0, 0});
    round_.reset();
    return;
  }
  fetch(std::move(missing), purpose::loop);
}

void quote_book::on_follow(follow_symbols& message) {
  for (const auto& each : message.follow) follow(each);
  for (const auto& each : message.unfollow) {
    const auto found = follows_.find(each);
    if (found != follows_.end() && --found->second.times == 0) follows_.erase(found);
  }
}

void quote_book::follow(const pm::symbol& what) {
  auto found = follows_.find(what.text);
  if (found == follows_.end()) {
    if (follows_.size() >= wiring_.knowledge->most_symbols) return;
    found = follows_.emplace(what.text, followed{what, 0}).first;
  }
  ++found->second.times;
}

void quote_book::on_board(const board_started& message) {
  if (const auto* board = wiring_.boards[message.board].get()) {
    runtime::tell(*board, quotes_published{std::make_shared<const std::vector<quote_ptr>>(
                              wiring_.knowledge->quotes.all())});
  }
}

// -- fetching -----------------------------------------------------------------------------------

void quote_book::fetch(std::vector<pm::symbol> symbols, purpose why) {
  if (symbols.empty()) return;
  fetches_.begin(symbols, why);
  if (!ask_redis(symbols, why)) start(symbols);
}

const caf::actor* quote_book::redis() {
  if (wiring_.redis.empty()) return nullptr;
  const auto* here = runtime::worker::current();
  return wiring_.redis[here == nullptr ? 0 : here->index()].get();
}

bool quote_book::ask_redis(std::vector<pm::symbol>& symbols, purpose why) {
  const auto* to = redis();
  if (to == nullptr) return false;
  store::redis_command command{"MGET"};
  command.reserve(symbols.size() + 1);
  for (const auto& each : symbols) command.push_back(quote_key(each.text));
  auto asked = std::make_shared<redis_question>(redis_question{std::move(symbols), why});
  runtime::tell(*to,
                redis_request{std::make_shared<store::redis_call>(
                    store::redis_batch{{std::move(command)}, clock().now() + wiring_.redis_timeout},
                    caf::actor_cast<caf::actor>(this), std::move(asked))});
  return true;
}

/// Takes what another instance has fetched, or this one before it was started anew. What is too old
/// for the purpose is kept for the case that nothing newer can be had.
void quote_book::on_redis(redis_answered& message) {
  const auto question = std::static_pointer_cast<redis_question>(message.context);
  const auto now = clock().now();
  const auto today = std::chrono::system_clock::now();
  const auto limit =
      question->why == purpose::loop ? wiring_.price_interval * 9 / 10 : wiring_.quote_ttl;
  std::vector<std::string_view> sources;
  for (const auto& each : wiring_.providers) sources.push_back(each.source);
  std::vector<pm::symbol> missing;
  std::vector<quote_ptr> kept;
  std::vector<quote_ptr> settled;
  for (std::size_t i = 0; i < question->symbols.size(); ++i) {
    auto& what = question->symbols[i];
    auto record = record_of(message.results.front(), i, what.text, sources);
    const auto known = wiring_.knowledge->quotes.find(what.text);
    const auto age = record ? today - record->fetched : system_time::duration::max();
    if (record && age >= 0s && age < wiring_.quote_ttl &&
        (known == nullptr || now - age > known->fetched)) {
      keep(std::move(record->quote), now - age, kept);
      wiring_.metrics.redis_hits.add();
      if (age <= limit) {
        fetches_.forget(what.text);
        settled.push_back(kept.back());
        continue;
      }
    }
    missing.push_back(std::move(what));
  }
  publish(kept);
  for (const auto& each : settled) settle(each->quote.symbol, each, nullptr);
  start(missing);
}

void quote_book::start(const std::vector<pm::symbol>& symbols) {
  if (!symbols.empty()) carry_on(fetches_.start(symbols));
}

void quote_book::ask(quote_fetches::batch&& batch) {
  const auto id = next_++;
  auto& provider = wiring_.providers[batch.provider];
  const auto limit = batch.why == purpose::demand ? std::chrono::milliseconds{wiring_.timeout}
                                                  : std::chrono::milliseconds{round_limit};
  auto order =
      std::make_shared<quotes_order>(provider.source, batch.symbols, batch.why,
                                     clock().now() + limit, caf::actor_cast<caf::actor>(this), id);
  asked_.emplace(id, std::move(batch));
  // While the provider's actor is being restarted, the order goes unread and says so by itself.
  if (const auto* to = provider.actor.get()) runtime::tell(*to, ask_quotes{std::move(order)});
}

void quote_book::on_answered(quotes_answered& message) {
  if (message.more) return on_part(message);
  const auto found = asked_.extract(message.ticket);
  if (found.empty()) return;
  note_passing_on(found.mapped(), message.result);
  carry_on(fetches_.take(found.mapped(), std::move(message.result)));
}

/// These symbols go on at once, by themselves; the batch that they were in knows them no longer.
void quote_book::on_part(quotes_answered& message) {
  const auto found = asked_.find(message.ticket);
  if (found == asked_.end()) return;
  const auto& result = message.result;
  const auto is_told = [&](const pm::symbol& what) {
    const auto same = [&](const auto& each) { return each.symbol == what.text; };
    return std::any_of(result.quotes.begin(), result.quotes.end(), same) ||
           std::any_of(result.errors.begin(), result.errors.end(), same);
  };
  auto& whole = found->second;
  quote_fetches::batch part{whole.provider, whole.why, {}};
  std::erase_if(whole.symbols, [&](const pm::symbol& what) {
    return is_told(what) ? (part.symbols.push_back(what), true) : false;
  });
  if (part.symbols.empty()) return;
  note_passing_on(part, message.result);
  carry_on(fetches_.take(part, std::move(message.result)));
}

void quote_book::carry_on(quote_fetches::progress&& progress) {
  const auto now = clock().now();
  std::vector<quote_ptr> kept;
  std::vector<pm::symbol> again;
  for (auto& over : progress.done) {
    if (over.quote) {
      keep(std::move(*over.quote), now, kept);
    } else {
      failed(std::move(over), again);
    }
  }
  if (!kept.empty()) keep_in_redis(kept);
  publish(kept);
  for (const auto& each : kept) settle(each->quote.symbol, each, nullptr);
  for (auto& batch : progress.next) ask(std::move(batch));
  if (!again.empty()) {
    fetches_.begin(again, purpose::demand);
    start(again);
  }
}

/// What the loop could not have, for lack of allowance for example, is tried again for those who
/// wait.
void quote_book::failed(quote_fetches::settled&& over, std::vector<pm::symbol>& again) {
  const auto callers = waiting_for_.find(over.what.text);
  if (over.why == purpose::loop && may_pass(over.reason.kind) && callers != waiting_for_.end() &&
      std::any_of(callers->second.begin(), callers->second.end(),
                  [](auto id) { return id != the_round; })) {
    again.push_back(std::move(over.what));
    return;
  }
  // A loop's share being used up says nothing to those who come later.
  if (over.why == purpose::demand || !may_pass(over.reason.kind)) hold(over.reason, clock().now());
  if (unknown(over.reason.kind)) wiring_.knowledge->quotes.erase(over.what.text);
  settle(over.what.text, nullptr, &over.reason);
}

void quote_book::note_passing_on(const quote_fetches::batch& asked,
                                 const pm::quotes_result& result) {
  if (result.errors.empty() || asked.symbols.empty()) return;
  const auto& provider = wiring_.providers[asked.provider];
  const auto count = asked.symbols.size() - result.quotes.size();
  const auto& chain = wiring_.chains[static_cast<std::size_t>(asked.symbols.front().kind)];
  if (chain.empty() || chain.back() == asked.provider) return;
  provider.passed_on.add(count);
  const auto& why = result.errors.front();
  const auto now = clock().now();
  if (!remarkable(why.kind) || now - fallback_logged_ < log_interval) return;
  fallback_logged_ = now;
  telemetry::log().write(config::log_level::warning, events::prices_fallback,
                         "symbols are asked of the next provider",
                         {{"provider", provider.source},
                          {"kind", to_string(why.kind)},
                          {"detail", why.detail},
                          {"symbols", static_cast<std::uint64_t>(count)}});
}

// -- what came ----------------------------------------------------------------------------------

void quote_book::keep(pm::quote&& quote, steady_time fetched, std::vector<quote_ptr>& kept) {
  const auto next = wiring_.knowledge->revision + 1;
  if (const auto found = failures_.find(quote.symbol); found != failures_.end()) {
    failures_.erase(found);
  }
  kept.push_back(wiring_.knowledge->quotes.put(std::move(quote), fetched, next));
}

/// Tells the boards of all, and the feeds of what is new.
void quote_book::publish(const std::vector<quote_ptr>& kept) {
  if (kept.empty()) return;
  auto& knowledge = *wiring_.knowledge;
  auto news = std::make_shared<quote_update>();
  news->revision = knowledge.revision + 1;
  for (const auto& each : kept) {
    if (each->revision == news->revision) news->quotes.push_back(each);
  }
  if (!news->quotes.empty()) {
    knowledge.revision = news->revision;
    for (const auto& feed : wiring_.feeds) feed->publish(news);
  }
  const auto all = std::make_shared<const std::vector<quote_ptr>>(kept);
  for (auto& board : wiring_.boards) {
    if (const auto* to = board.get()) runtime::tell(*to, quotes_published{all});
  }
  wiring_.metrics.quotes_known.set(static_cast<double>(knowledge.quotes.size()));
}

void quote_book::keep_in_redis(const std::vector<quote_ptr>& quotes) {
  const auto* to = redis();
  if (to == nullptr) return;
  const auto now = std::chrono::system_clock::now();
  const auto life = std::to_string(wiring_.quote_ttl.count());
  store::redis_batch batch;
  batch.deadline = clock().now() + wiring_.redis_timeout;
  batch.commands.reserve(quotes.size());
  for (const auto& each : quotes) {
    batch.commands.push_back(
        {"SET", quote_key(each->quote.symbol), quote_record(each->json, now), "PX", life});
  }
  runtime::tell(*to, redis_request{std::make_shared<store::redis_call>(std::move(batch))});
}

/// Whoever waits for this symbol waits no longer for it.
void quote_book::settle(const std::string& symbol, const quote_ptr& quote, const pm::failure* why) {
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
    runtime::tell(round_->reply_to,
                  prices_refreshed{round_->number, round_->fetched, round_->failed});
    round_.reset();
    waiters_.erase(found);
    return;
  }
  if (quote != nullptr) {
    mine.quotes.push_back({quote, false});
  } else {
    add(mine, *why, clock().now());
  }
  if (mine.left != 0) return;
  const auto over = waiters_.extract(found);
  over.mapped().order->answer(std::move(over.mapped().quotes), std::move(over.mapped().errors));
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

void quote_book::hold(const pm::failure& why, steady_time now) {
  if (failures_.size() >= wiring_.knowledge->most_symbols) {
    std::erase_if(failures_, [&](const auto& each) { return each.second.until <= now; });
    if (failures_.size() >= wiring_.knowledge->most_symbols) failures_.clear();
  }
  const auto time = unknown(why.kind) ? std::chrono::milliseconds{hold_unknown} : hold_passing;
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
