// SPDX-License-Identifier: MIT
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "http/server/handlers/market/quote_hub.hpp"
#include "http/server/handlers/market/quote_hub_state.hpp"
#include "http/server/handlers/market/quotes_output.hpp"

#include <algorithm>

namespace tributary::http::server {

namespace market = actors::market;
namespace telemetry = actors::telemetry;

namespace {

constexpr auto heartbeat_comment = ": heartbeat\n\n";
/// Beyond so many slices one copy is cheaper than the kernel's work with them.
constexpr std::size_t most_frame_slices = 56;

wire::byte_slice joined(std::span<const wire::byte_slice> slices) {
  std::size_t size = 0;
  for (const auto& each : slices) size += each.size();
  return wire::byte_slice{wire::shared_bytes::make(size, [&](char* to) {
    for (const auto& each : slices) to = std::copy_n(each.data(), each.size(), to);
  })};
}

}  // namespace

const quote_event& quote_hub::event_of(topic& of) {
  if (of.event.bytes.empty()) {
    of.event = render_quote_event(shared_->epoch, of.latest->revision, of.latest->json);
  }
  return of.event;
}

void quote_hub::deliver(const market::quote_update& update) {
  const busy_guard busy{*this};
  follow_all_anew();
  delivered_ = update.revision;
  touched_.clear();
  for (const auto& quote : update.quotes) {
    const auto found = topics_.find(quote->quote.symbol);
    if (found == topics_.end()) continue;
    auto& at = *found->second;
    // The board may have said this one or a newer one already. The update of a newer one is still
    // to come, to all.
    const auto known = at.latest == nullptr ? 0 : at.latest->revision;
    if (known > quote->revision) continue;
    if (known < quote->revision) {
      at.latest = quote;
      at.event = {};
    }
    for (auto& each : at.subscribers) {
      if (!each.who->over) tell(each, quote->revision, event_of(at));
    }
  }
  const auto now = std::chrono::steady_clock::now();
  for (const auto& quote : update.stale) deliver_stale(quote, update.revision, now);
  for (const auto& why : update.withdrawn) deliver_withdrawn(why, update.revision);
  for (auto* each : touched_) send(*each, now);
}

/// The quote says what it said, but for the mark: an event of the update's revision.
void quote_hub::deliver_stale(const market::quote_ptr& quote, std::uint64_t revision,
                              steady_time now) {
  const auto found = topics_.find(quote->quote.symbol);
  if (found == topics_.end()) return;
  auto& at = *found->second;
  if (at.latest != nullptr && at.latest->revision > quote->revision) return;
  at.latest = quote;
  at.event = {};
  at.stale_since = revision;
  at.marked = render_quote_event(shared_->epoch, revision, stale_quote_json(*quote, now));
  for (auto& each : at.subscribers) {
    if (!each.who->over) tell(each, revision, at.marked);
  }
}

/// Those who have heard the same already do not hear it again.
void quote_hub::deliver_withdrawn(const providers::market::failure& why, std::uint64_t revision) {
  const auto found = topics_.find(why.symbol);
  if (found == topics_.end()) return;
  auto& at = *found->second;
  const auto again = at.latest == nullptr && at.withdrawn && at.withdrawn->kind == why.kind;
  at.latest.reset();
  at.event = {};
  at.withdrawn = why;
  at.withdrawn_at = revision;
  for (auto& each : at.subscribers) {
    auto& who = *each.who;
    if (who.over || (again && !each.waiting)) continue;
    if (std::exchange(each.waiting, false)) --who.waiting;
    touch(who);
    append_error_event(who.errors, why);
    each.seen = revision;
    who.newest = std::max(who.newest, revision);
  }
}

/// Before anything is made ready for this client.
void quote_hub::touch(client& who) {
  if (who.batch.empty() && who.errors.empty()) touched_.push_back(&who);
}

/// Makes an event ready, unless the client has it.
void quote_hub::tell(subscriber& to, std::uint64_t revision, const quote_event& event) {
  auto& who = *to.who;
  if (std::exchange(to.waiting, false)) --who.waiting;
  if (revision <= to.seen) return;
  to.seen = revision;
  touch(who);
  who.newest = std::max(who.newest, revision);
  who.batch.push_back({revision, &event});
}

/// All that was made ready for this client, in one write.
void quote_hub::send(client& to, steady_time now) {
  slices_.clear();
  render(to);
  write(to, slices_, now);
}

/// Events without an id leave that of the event before them in force. So those that come while
/// something is awaited have none: what is still to come may be of an older revision than they are.
/// For the same reason no id is ahead of the updates, though a quote that the board gave may be.
void quote_hub::render(client& to) {
  auto& batch = to.batch;
  if (!std::ranges::is_sorted(batch, {}, &news::revision)) {
    std::ranges::stable_sort(batch, {}, &news::revision);
  }
  const auto complete = to.waiting == 0;
  const auto all_up_to = std::min(to.newest, delivered_);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto [revision, event] = batch[i];
    const auto last = i + 1 == batch.size();
    // Of several events of one revision only the last may name it.
    const auto shared = !last && batch[i + 1].revision == revision;
    const auto up_to = last ? all_up_to : std::min(all_up_to, shared ? revision - 1 : revision);
    if (complete && up_to == revision) {
      to.id = revision;
      slices_.push_back(event->whole());
      continue;
    }
    if (complete) add_id(to, up_to);
    slices_.push_back(event->without_id());
  }
  if (!to.errors.empty()) {
    if (complete && batch.empty() && all_up_to > to.id) add_id(to, all_up_to);
    slices_.emplace_back(wire::shared_bytes{std::exchange(to.errors, {})});
  }
  shared_->events.fetch_add(batch.size(), std::memory_order_relaxed);
  batch.clear();
}

void quote_hub::add_id(client& to, std::uint64_t revision) {
  if (revision == 0 || revision < to.id) return;
  to.id = revision;
  if (std::exchange(id_line_of_, revision) != revision) {
    id_line_ = wire::byte_slice{render_id_line(shared_->epoch, revision)};
  }
  slices_.push_back(id_line_);
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
  to.backlog = to.out.backlog();
  if (to.backlog > shared_->max_backlog) drop(to);
}

void quote_hub::drop(client& slow) {
  note_drop(slow, "backlog");
  slow.out.discard_unsent();
  slow.out.write(wire::byte_slice{wire::shared_bytes{dropped_event("slow client")}});
  slow.out.finish(true);
  leave(slow);
}

void quote_hub::note_drop(const client& slow, std::string_view reason) {
  shared_->dropped.fetch_add(1, std::memory_order_relaxed);
  telemetry::log().write(config::log_level::warning, telemetry::events::stream_dropped,
                         "a client of the stream reads too slowly and is dropped",
                         {{"remote_address", slow.remote_address},
                          {"reason", reason},
                          {"symbols", slow.subscriptions.size()},
                          {"backlog", slow.backlog}});
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
