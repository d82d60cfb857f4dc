// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quote_hub.hpp"

#include "http/server/handlers/market/quote_hub_state.hpp"
#include "http/server/handlers/market/quotes_output.hpp"
#include "http/server/problems.hpp"

#include <algorithm>
#include <random>

namespace tributary::http::server {

namespace market = actors::market;
namespace pm = providers::market;

namespace {

constexpr auto greeting = "retry: 3000\n\n";

/// Letters and digits that no other process is likely to have.
std::string random_epoch() {
  std::random_device source;
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string result;
  for (int i = 0; i < 2; ++i) {
    auto bits = source();
    for (int k = 0; k < 6; ++k, bits >>= 5U) result += digits[bits & 31U];
  }
  return result;
}

response event_stream() {
  response head;
  head.content_type = "text/event-stream";
  head.headers = "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
  return head;
}

response too_many_streams(const request& asked) {
  auto p = wire::make_problem("TOO_MANY_STREAMS");
  p.extra_error = "\"retry_after\":5";
  auto answer = problem_response(asked, std::move(p));
  answer.headers += "Retry-After: 5\r\n";
  return answer;
}

}  // namespace

quote_streams::quote_streams(const config::market_settings& settings)
    : epoch(random_epoch()),
      max_streams(settings.max_streams),
      max_backlog(settings.stream_backlog),
      heartbeat(settings.heartbeat),
      timeout(settings.timeout),
      quote_ttl(settings.quote_ttl) {}

/// Asks the board on behalf of topics. Dropped unanswered, it says so of each symbol.
class quote_hub::look_up final : public market::quotes_call {
 public:
  look_up(std::shared_ptr<quote_hub> owner, std::shared_ptr<question> asked)
      : owner_(std::move(owner)), asked_(std::move(asked)) {}

  ~look_up() override {
    if (owner_ == nullptr) return;
    market::quotes_reply reply;
    for (const auto& each : symbols) {
      reply.errors.push_back(
          {pm::error_kind::unavailable, each.text, "the request was dropped", std::nullopt});
    }
    answer(std::move(reply));
  }

  void answer(market::quotes_reply&& reply) override {
    auto owner = std::exchange(owner_, nullptr);
    if (owner == nullptr) return;
    auto& loop = owner->loop_;
    loop.post([owner = std::move(owner), asked = std::move(asked_), about = std::move(symbols),
               reply = std::move(reply)] { owner->on_answer(asked, about, reply); });
  }

  void tell(market::quotes_reply&& part) override {
    if (owner_ == nullptr) return;
    owner_->loop_.post(
        [owner = owner_, asked = asked_, part = std::move(part)] { owner->on_part(asked, part); });
  }

 private:
  std::shared_ptr<quote_hub> owner_;
  std::shared_ptr<question> asked_;
};

quote_hub::quote_hub(io::event_loop& loop, std::shared_ptr<quote_streams> shared, quote_links to)
    : loop_(loop),
      shared_(std::move(shared)),
      to_(std::move(to)),
      beat_(io::call_member<&quote_hub::on_beat, quote_hub>, this) {}

quote_hub::~quote_hub() = default;

void quote_hub::publish(std::shared_ptr<const market::quote_update> update) {
  loop_.post([self = shared_from_this(), update = std::move(update)] { self->deliver(*update); });
}

void quote_hub::open(const request& asked, std::vector<pm::symbol> symbols, responder answer) {
  if (asked.is_head) {
    std::move(answer).start_stream(event_stream());
    return;
  }
  auto& clients = shared_->clients;
  if (clients.fetch_add(1, std::memory_order_relaxed) >= shared_->max_streams) {
    clients.fetch_sub(1, std::memory_order_relaxed);
    shared_->refused.fetch_add(1, std::memory_order_relaxed);
    return std::move(answer).respond(too_many_streams(asked));
  }
  admit(asked, std::move(symbols), std::move(answer));
}

/// Subscribes before it asks, so that no change falls between the answer and the first update.
void quote_hub::admit(const request& asked, std::vector<pm::symbol> symbols, responder answer) {
  const busy_guard busy{*this};
  const auto now = std::chrono::steady_clock::now();
  const auto made = clients_.insert(clients_.end(), std::make_shared<client>());
  auto& who = **made;
  who.place = made;
  who.last_news = now;
  who.remote_address = asked.remote_address;
  who.id = revision_of(shared_->epoch, asked.header("Last-Event-ID")).value_or(0);
  subscribe(who, std::move(symbols));
  if (!begin(who, now)) {
    leave(who);
    return std::move(answer).respond(overloaded(asked, "the board of quotes is being restarted"));
  }
  who.out = std::move(answer).start_stream(event_stream());
  if (!who.out) return leave(who);
  who.out.on_end([this, at = &who](stream_end why) { on_stream_end(*at, why); });
  slices_.clear();
  slices_.push_back(wire::byte_slice::literal(greeting));
  render(who);
  write(who, slices_, now);
  arm_beat();
}

void quote_hub::subscribe(client& who, std::vector<pm::symbol> symbols) {
  follow_all_anew();
  std::vector<pm::symbol> added;
  who.subscriptions.reserve(symbols.size());
  who.waiting = symbols.size();
  for (auto& each : symbols) {
    auto found = topics_.find(each.text);
    if (found == topics_.end()) {
      auto made = std::make_unique<topic>();
      added.push_back(each);
      made->symbol = std::move(each);
      const std::string_view name = made->symbol.text;
      found = topics_.emplace(name, std::move(made)).first;
    }
    auto& at = *found->second;
    const auto place = static_cast<std::uint32_t>(who.subscriptions.size());
    who.subscriptions.push_back({&at, static_cast<std::uint32_t>(at.subscribers.size())});
    at.subscribers.push_back({&who, place, who.id, true});
  }
  if (added.empty() || told_life_ == 0) return;
  if (!to_.follow(std::move(added), {})) told_life_ = 0;
}

void quote_hub::unsubscribe(client& who) {
  std::vector<std::string> emptied;
  for (const auto& each : who.subscriptions) {
    auto& at = *each.at;
    auto& hole = at.subscribers[each.place];
    hole = at.subscribers.back();
    hole.who->subscriptions[hole.place].place = each.place;
    at.subscribers.pop_back();
    if (!at.subscribers.empty()) continue;
    end_question(at);
    emptied.push_back(at.symbol.text);
    topics_.erase(emptied.back());
  }
  who.subscriptions.clear();
  if (emptied.empty() || told_life_ == 0) return;
  if (told_life_ == to_.book_life() && !to_.follow({}, std::move(emptied))) told_life_ = 0;
}

/// A book that was restarted, or was not there the last time, knows nothing of what is followed.
void quote_hub::follow_all_anew() {
  const auto life = to_.book_life();
  if (life == told_life_) return;
  told_life_ = 0;
  std::vector<pm::symbol> all;
  all.reserve(topics_.size());
  for (const auto& [name, each] : topics_) all.push_back(each->symbol);
  if (all.empty() || to_.follow(std::move(all), {})) told_life_ = life;
}

// -- what is not known here -----------------------------------------------------------------------

bool quote_hub::fresh(const market::quote_ptr& quote, steady_time now) const noexcept {
  return quote != nullptr && now - quote->fetched < shared_->quote_ttl;
}

/// Makes ready what is known, and asks for the rest unless somebody has done so.
/// @returns false when there is nobody to ask
bool quote_hub::begin(client& who, steady_time now) {
  std::vector<topic*> unknown;
  for (const auto& each : who.subscriptions) {
    auto& at = *each.at;
    if (fresh(at.latest, now)) {
      tell(at.subscribers[each.place], at.latest->revision, event_of(at));
    } else if (at.asked == nullptr) {
      unknown.push_back(&at);
    }
  }
  touched_.clear();  // whoever is admitted is written to in any case
  return unknown.empty() || ask(unknown, now + shared_->timeout);
}

/// All symbols are asked for together, so that what has to be fetched is fetched together, and in
/// parts, so that none waits for the slowest.
/// @returns false when there is nobody to ask; the answer, which comes in any case, says so
bool quote_hub::ask(const std::vector<topic*>& about, steady_time deadline) {
  const auto asked = std::make_shared<question>();
  auto call = std::make_shared<look_up>(shared_from_this(), asked);
  for (auto* each : about) {
    each->asked = asked;
    call->symbols.push_back(each->symbol);
  }
  call->deadline = deadline;
  call->in_parts = true;
  asked->topics = about.size();
  asked->call = call;
  return to_.look_up(std::move(call));
}

void quote_hub::on_part(const std::shared_ptr<question>& asked, const market::quotes_reply& part) {
  const busy_guard busy{*this};
  const auto now = std::chrono::steady_clock::now();
  touched_.clear();
  learn(asked, part, now);
  for (auto* each : touched_) send(*each, now);
}

void quote_hub::on_answer(const std::shared_ptr<question>& asked,
                          const std::vector<pm::symbol>& symbols,
                          const market::quotes_reply& reply) {
  const busy_guard busy{*this};
  const auto now = std::chrono::steady_clock::now();
  touched_.clear();
  learn(asked, reply, now);
  // Nothing more comes of those that nobody has said anything of.
  for (const auto& symbol : symbols) {
    const auto found = topics_.find(symbol.text);
    if (found == topics_.end() || found->second->asked != asked) continue;
    end_question(*found->second);
    tell_waiting(*found->second, nullptr, nullptr, now);
  }
  for (auto* each : touched_) send(*each, now);
}

/// Takes what the reply says of symbols that were asked for with this question.
void quote_hub::learn(const std::shared_ptr<question>& asked, const market::quotes_reply& reply,
                      steady_time now) {
  const auto answered = [&](std::string_view symbol) -> topic* {
    const auto found = topics_.find(symbol);
    if (found == topics_.end() || found->second->asked != asked) return nullptr;
    end_question(*found->second);
    return found->second.get();
  };
  for (const auto& row : reply.quotes) {
    if (auto* at = answered(row.quote->quote.symbol)) tell_waiting(*at, &row, nullptr, now);
  }
  for (const auto& why : reply.errors) {
    if (auto* at = answered(why.symbol)) tell_waiting(*at, nullptr, &why, now);
  }
}

/// The board is asked for this symbol no longer; for none of them: the call is nobody's.
void quote_hub::end_question(topic& of) {
  const auto asked = std::exchange(of.asked, nullptr);
  if (asked == nullptr || --asked->topics != 0) return;
  if (const auto call = asked->call.lock()) call->gone = true;
}

/// Tells all who have been told nothing of this symbol yet.
void quote_hub::tell_waiting(topic& of, const market::quotes_reply::row* row,
                             const pm::failure* why, steady_time now) {
  // The board may have answered before it heard that the quote is withdrawn.
  if (row != nullptr && row->quote->revision < of.withdrawn_at) {
    row = nullptr;
    why = &*of.withdrawn;
  }
  if (row != nullptr) {
    const auto known = of.latest == nullptr ? 0 : of.latest->revision;
    if (row->quote->revision > known) of.event = {};
    if (row->quote->revision >= known) of.latest = row->quote;
  }
  const auto as_is = of.latest != nullptr && (row != nullptr || fresh(of.latest, now));
  const auto stale = row != nullptr && row->stale && row->quote == of.latest;
  const auto revision =
      as_is ? std::max(of.latest->revision, stale ? of.stale_since : 0) : std::uint64_t{0};
  if (stale) {
    of.marked = render_quote_event(shared_->epoch, revision, stale_quote_json(*of.latest, now));
  }
  for (auto& each : of.subscribers) {
    if (!each.waiting || each.who->over) continue;
    if (as_is) tell(each, revision, stale ? of.marked : event_of(of));
    if (row == nullptr && why != nullptr) {
      touch(*each.who);
      append_error_event(each.who->errors, *why);
    }
    if (std::exchange(each.waiting, false)) --each.who->waiting;
  }
}

// -- the end of a stream --------------------------------------------------------------------------

void quote_hub::on_stream_end(client& who, stream_end why) {
  if (why == stream_end::stopping) {
    who.out.write(wire::byte_slice{wire::shared_bytes{dropped_event("the server is stopping")}});
    who.out.finish(true);
  }
  if (why == stream_end::too_slow) note_drop(who, "write timeout");
  leave(who);
}

void quote_hub::leave(client& who) {
  if (std::exchange(who.over, true)) return;
  if (busy_) {
    left_.push_back(&who);
  } else {
    remove(who);
  }
}

void quote_hub::remove(client& who) {
  unsubscribe(who);
  clients_.erase(who.place);
  shared_->clients.fetch_sub(1, std::memory_order_relaxed);
  if (clients_.empty()) beat_.cancel();
}

}  // namespace tributary::http::server
