// SPDX-License-Identifier: MIT
#include "http/server/handlers/quote_hub.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "http/server/handlers/quotes_output.hpp"
#include "http/server/problems.hpp"

#include <algorithm>
#include <optional>
#include <random>

namespace tributary::http::server {

namespace market = actors::market;
namespace pm = providers::market;
namespace telemetry = actors::telemetry;
using namespace std::chrono_literals;

namespace {

constexpr auto greeting = "retry: 3000\n\n";
constexpr auto heartbeat_comment = ": heartbeat\n\n";
/// Beyond so many slices one copy is cheaper than the kernel's work with them.
constexpr std::size_t most_frame_slices = 56;

/// Letters and digits that no other process is likely to have.
std::string random_epoch() {
  std::random_device source;
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string out;
  for (int i = 0; i < 2; ++i) {
    auto bits = source();
    for (int k = 0; k < 6; ++k, bits >>= 5U) out += digits[bits & 31U];
  }
  return out;
}

response event_stream() {
  response head;
  head.content_type = "text/event-stream";
  head.headers = "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
  return head;
}

response too_many_streams(const request& asked) {
  wire::problem p;
  p.status = 503;
  p.code = "TOO_MANY_STREAMS";
  p.title = "The server serves as many streams as it may";
  p.extra_error = "\"retry_after\":5";
  auto answer = problem_response(asked, std::move(p));
  answer.headers += "Retry-After: 5\r\n";
  return answer;
}

wire::byte_slice joined(std::span<const wire::byte_slice> slices) {
  std::size_t size = 0;
  for (const auto& each : slices) size += each.size();
  return wire::byte_slice{wire::shared_bytes::make(size, [&](char* to) {
    for (const auto& each : slices) to = std::copy_n(each.data(), each.size(), to);
  })};
}

}  // namespace

quote_streams::quote_streams(const config::market_settings& settings)
    : epoch(random_epoch()),
      max_streams(settings.max_streams),
      max_backlog(settings.stream_backlog),
      heartbeat(settings.heartbeat),
      timeout(settings.timeout) {}

/// A symbol that some client here follows.
struct quote_hub::topic {
  pm::symbol symbol;
  market::quote_ptr latest;  ///< as far as it has come by here
  quote_event event;         ///< of `latest`; rendered when it is first needed
  std::vector<subscriber> subscribers;
};

struct quote_hub::client {
  stream out;
  std::vector<subscription> subscriptions;  ///< in the order of the request
  std::vector<topic*> batch;                ///< of the update that is being delivered
  std::weak_ptr<market::quotes_call> opening;
  std::optional<std::uint64_t> since;  ///< has all up to this revision already
  std::list<client_ptr>::iterator place;
  steady_time last_news;
  std::string remote_address;
  bool begun = false;  ///< was sent what is known at the beginning
  bool over = false;
};

/// Asks for the quotes that a stream begins with. Dropped unanswered, it says so of each symbol.
class quote_hub::opening_call final : public market::quotes_call {
 public:
  opening_call(std::shared_ptr<quote_hub> owner, std::weak_ptr<client> who)
      : owner_(std::move(owner)), who_(std::move(who)) {}

  ~opening_call() override {
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
    loop.post([owner = std::move(owner), who = std::move(who_), reply = std::move(reply)] {
      if (const auto still = who.lock(); still != nullptr && !still->over) {
        owner->begin(*still, reply);
      }
    });
  }

 private:
  std::shared_ptr<quote_hub> owner_;
  std::weak_ptr<client> who_;
};

/// While it lives no client is removed; those who have left meanwhile are at its end.
class quote_hub::busy_guard {
 public:
  explicit busy_guard(quote_hub& of) noexcept : of_(of), outer_(std::exchange(of.busy_, true)) {}
  ~busy_guard() {
    of_.busy_ = outer_;
    if (outer_) return;
    for (auto* each : std::exchange(of_.left_, {})) of_.remove(*each);
  }
  busy_guard(const busy_guard&) = delete;
  busy_guard& operator=(const busy_guard&) = delete;

 private:
  quote_hub& of_;
  bool outer_;
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
  who.since = revision_of(shared_->epoch, asked.header("Last-Event-ID"));
  subscribe(who, symbols);
  const auto opening = std::make_shared<opening_call>(shared_from_this(), *made);
  opening->symbols = std::move(symbols);
  opening->deadline = now + shared_->timeout;
  who.opening = opening;
  if (!to_.look_up(opening)) {
    leave(who);
    return std::move(answer).respond(overloaded(asked, "the board of quotes is being restarted"));
  }
  who.out = std::move(answer).start_stream(event_stream());
  if (!who.out) return leave(who);
  who.out.on_end([this, at = &who](stream_end why) { on_stream_end(*at, why); });
  const auto first = wire::byte_slice::literal(greeting);
  write(who, {&first, 1}, now);
  arm_beat();
}

void quote_hub::subscribe(client& who, std::vector<pm::symbol> symbols) {
  follow_all_anew();
  std::vector<pm::symbol> added;
  who.subscriptions.reserve(symbols.size());
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
    at.subscribers.push_back({&who, place, 0});
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

const quote_event& quote_hub::event_of(topic& of) {
  if (of.event.bytes.empty()) {
    of.event = render_quote_event(shared_->epoch, of.latest->revision, of.latest->json);
  }
  return of.event;
}

/// Sends what is known at the beginning: by revision, so that each event's id is true whatever
/// comes after it.
void quote_hub::begin(client& who, const market::quotes_reply& reply) {
  const busy_guard busy{*this};
  const auto now = std::chrono::steady_clock::now();
  struct first_event {
    std::uint64_t revision;
    quote_event event;
  };
  std::vector<first_event> firsts;
  for (const auto& mine : who.subscriptions) {
    auto& at = *mine.at;
    const auto row = std::ranges::find_if(
        reply.quotes, [&](const auto& each) { return each.quote->quote.symbol == at.symbol.text; });
    const auto has_row = row != reply.quotes.end();
    const auto is_newer =
        has_row && (at.latest == nullptr || row->quote->revision > at.latest->revision);
    if (is_newer) {
      at.latest = row->quote;
      at.event = {};
    }
    if (at.latest == nullptr) continue;
    const auto revision = at.latest->revision;
    at.subscribers[mine.place].seen = revision;
    if (who.since && revision <= *who.since) continue;
    const auto stale = has_row && row->stale && row->quote->revision == revision;
    firsts.push_back({revision, stale ? render_quote_event(shared_->epoch, revision,
                                                           stale_quote_json(*row->quote, now))
                                      : event_of(at)});
  }
  std::ranges::stable_sort(firsts, {}, &first_event::revision);
  slices_.clear();
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    const auto& [revision, event] = firsts[i];
    const auto last = i + 1 == firsts.size() || firsts[i + 1].revision != revision;
    if (!last) {
      slices_.emplace_back(
          render_id_line(shared_->epoch, revision - std::min<std::uint64_t>(revision, 1)));
    }
    slices_.push_back(last ? event.whole() : event.without_id());
  }
  std::string errors;
  for (const auto& each : reply.errors) {
    const auto known = topics_.find(each.symbol);
    const auto has_none = known == topics_.end() || known->second->latest == nullptr;
    if (has_none) append_error_event(errors, each);
  }
  if (!errors.empty()) slices_.emplace_back(wire::shared_bytes{errors});
  shared_->events.fetch_add(firsts.size(), std::memory_order_relaxed);
  who.begun = true;
  write(who, slices_, now);
}

void quote_hub::deliver(const market::quote_update& update) {
  const busy_guard busy{*this};
  follow_all_anew();
  touched_.clear();
  for (const auto& quote : update.quotes) {
    const auto found = topics_.find(quote->quote.symbol);
    if (found == topics_.end()) continue;
    auto& at = *found->second;
    // A client that began just now may have brought this one or a newer one from the board. The
    // update of a newer one is still to come, to all.
    const auto known = at.latest == nullptr ? 0 : at.latest->revision;
    if (known > quote->revision) continue;
    if (known < quote->revision) {
      at.latest = quote;
      at.event = {};
    }
    for (auto& each : at.subscribers) {
      if (!each.who->begun || each.who->over || quote->revision <= each.seen) continue;
      each.seen = quote->revision;
      if (each.who->batch.empty()) touched_.push_back(each.who);
      each.who->batch.push_back(&at);
    }
  }
  if (touched_.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  for (auto* each : touched_) send(*each, now);
}

/// All of an update that this client follows, in one write.
void quote_hub::send(client& to, steady_time now) {
  slices_.clear();
  std::uint64_t id_of = 0;
  wire::byte_slice id;
  for (std::size_t i = 0; i < to.batch.size(); ++i) {
    auto& at = *to.batch[i];
    const auto revision = at.latest->revision;
    const auto& event = event_of(at);
    if (i + 1 == to.batch.size() || to.batch[i + 1]->latest->revision != revision) {
      slices_.push_back(event.whole());
      continue;
    }
    if (id.empty() || id_of != revision) {
      id = wire::byte_slice{render_id_line(shared_->epoch, revision - 1)};
      id_of = revision;
    }
    slices_.push_back(id);
    slices_.push_back(event.without_id());
  }
  shared_->events.fetch_add(to.batch.size(), std::memory_order_relaxed);
  to.batch.clear();
  write(to, slices_, now);
}

void quote_hub::write(client& to, std::span<const wire::byte_slice> slices, steady_time now) {
  if (slices.empty() || to.over) return;
  if (slices.size() > most_frame_slices) {
    to.out.write(joined(slices));
  } else {
    to.out.write(slices);
  }
  after_write(to, now);
}

void quote_hub::after_write(client& to, steady_time now) {
  if (to.over) return;
  to.last_news = now;
  clients_.splice(clients_.end(), clients_, to.place);
  if (to.out.backlog() > shared_->max_backlog) drop(to);
}

void quote_hub::drop(client& slow) {
  const auto backlog = slow.out.backlog();
  shared_->dropped.fetch_add(1, std::memory_order_relaxed);
  telemetry::log().write(config::log_level::warning, telemetry::events::stream_dropped,
                         "a client of the stream reads too slowly and is dropped",
                         {{"remote_address", slow.remote_address},
                          {"symbols", slow.subscriptions.size()},
                          {"backlog", backlog}});
  slow.out.discard_unsent();
  slow.out.write(wire::byte_slice{wire::shared_bytes{dropped_event("slow client")}});
  slow.out.finish(true);
  leave(slow);
}

void quote_hub::on_stream_end(client& who, stream_end why) {
  if (why == stream_end::stopping) {
    who.out.write(wire::byte_slice{wire::shared_bytes{dropped_event("the server is stopping")}});
    who.out.finish(true);
  }
  leave(who);
}

void quote_hub::leave(client& who) {
  if (std::exchange(who.over, true)) return;
  if (const auto opening = who.opening.lock()) opening->gone = true;
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

/// One timer for all: the list is in the order in which clients are due. Those that are nearly due
/// are served too, so that clients who came together stay together.
void quote_hub::on_beat() {
  const busy_guard busy{*this};
  follow_all_anew();
  const auto now = std::chrono::steady_clock::now();
  const auto due = now - shared_->heartbeat + shared_->heartbeat / 16;
  const auto comment = wire::byte_slice::literal(heartbeat_comment);
  // Each turn puts the first at the end, or marks it as over where it stands.
  for (auto left = clients_.size(); left > 0; --left) {
    auto& first = *clients_.front();
    if (first.last_news > due) break;
    if (first.over) {
      first.last_news = now;
      clients_.splice(clients_.end(), clients_, first.place);
    } else {
      write(first, {&comment, 1}, now);
    }
  }
  arm_beat();
}

void quote_hub::arm_beat() {
  if (beat_.armed() || clients_.empty()) return;
  loop_.arm_at(beat_, clients_.front()->last_news + shared_->heartbeat);
}

}  // namespace tributary::http::server
