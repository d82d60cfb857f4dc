// SPDX-License-Identifier: MIT
#include "actors/market/asset_loop.hpp"

#include "actors/market/asset_codec.hpp"
#include "actors/market/orders.hpp"
#include "actors/store/redis_call.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tributary::actors::market {

using config::log_level;
using std::chrono::milliseconds;
using telemetry::log;
namespace events = telemetry::events;
using namespace std::chrono_literals;

namespace {

/// No tick waits for longer, so that few of them can pile up when plans change.
constexpr milliseconds longest_tick = 60s;

/// Tags of commands: reading a class is its number.
constexpr std::uint64_t write_tag = 100;

milliseconds elapsed(steady_time then, steady_time now) {
  return std::chrono::duration_cast<milliseconds>(now - then);
}

pm::failure unavailable(std::string_view detail) {
  pm::failure why;
  why.kind = pm::error_kind::unavailable;
  why.detail = detail;
  return why;
}

/// What comes back the same, however soon it is asked again.
bool is_refusal(pm::error_kind kind) noexcept {
  return kind == pm::error_kind::not_entitled || kind == pm::error_kind::bad_request ||
         kind == pm::error_kind::not_found;
}

}  // namespace

asset_loop::asset_loop(caf::actor_config& cfg, std::string path, asset_loop_wiring wiring)
    : observed_actor(cfg, std::move(path), "asset-loop"),
      wiring_(std::move(wiring)),
      schedule_(wiring_.times) {}

caf::behavior asset_loop::make_behavior() {
  begin();
  return {
      [this](asset_tick) { on_tick(); },
      [this](page_arrived& m) { on_page(m); },
      [this](assets_answered& m) { on_answer(m); },
      [this](redis_answered& m) { on_redis(m); },
  };
}

/// What an incarnation before this one has fetched is as good as ever. Of classes without a list
/// Redis is asked first, and given the time of a command for it.
void asset_loop::begin() {
  const auto now = clock().now();
  const auto today = wiring_.system_now();
  for (const auto kind : all_asset_classes) {
    const auto& sources = wiring_.providers[static_cast<std::size_t>(kind)];
    const auto served = wiring_.shelf->table(kind) != nullptr;
    const auto reads = !served && !sources.empty() && wiring_.redis.target() != nullptr;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      auto due = reads ? now + wiring_.redis_timeout : now;
      const auto then = wiring_.shelf->fetched(kind, sources[i].source);
      if (then && served) due = due_after(*then, today, now);
      schedule_.add(sources[i].source, due);
      entries_.push_back({kind, i, {}});
    }
    if (reads) send_to_redis({"GET", asset_key(kind)}, static_cast<std::uint64_t>(kind));
  }
  on_tick();
}

/// When a list that was fetched at `then` is due again. A time to come, which only a clock that was
/// set back gives, counts as now.
steady_time asset_loop::due_after(system_time then, system_time today, steady_time now) const {
  const auto age = std::max(std::chrono::duration_cast<milliseconds>(today - then), 0ms);
  return std::max(now, now + wiring_.times.interval - age);
}

void asset_loop::on_tick() {
  const auto now = clock().now();
  if (tick_at_ && *tick_at_ <= now) tick_at_.reset();
  for (const auto index : schedule_.give_up(now)) {
    fail(index, unavailable("nothing was heard of the order for too long"), now);
  }
  for (const auto& each : schedule_.start_due(now)) ask(each, now);
  arm(now);
}

void asset_loop::arm(steady_time now) {
  const auto next = schedule_.next();
  if (!next) return;
  const auto when = std::min(std::max(*next, now), now + longest_tick);
  if (tick_at_ && *tick_at_ <= when) return;
  tick_at_ = when;
  delayed_send(this, when - now, asset_tick{});
}

void asset_loop::ask(const asset_schedule::asking& what, steady_time now) {
  auto& asked = entries_[what.entry];
  auto& source = source_of(asked);
  const auto* provider = source.provider.get();
  if (provider == nullptr) {
    fail(what.entry, unavailable("the provider's actor is being restarted"), now);
    return;
  }
  auto order = std::make_shared<assets_order>(assets_wanted{asked.kind, what.ticket},
                                              caf::actor_cast<caf::actor>(this));
  asked.order = order;
  runtime::tell(*provider, ask_assets{std::move(order)});
}

void asset_loop::on_page(page_arrived& message) {
  const auto expected = std::ranges::find_if(entries_, [&](const entry& each) {
    return !each.order.owner_before(message.order) && !message.order.owner_before(each.order);
  });
  auto why = message.conversation->take(
      {message.status, message.header_block, message.body.view(), message.received});
  if (expected != entries_.end()) {
    schedule_.heard_of(static_cast<std::size_t>(expected - entries_.begin()), clock().now());
  }
  runtime::tell(message.provider, page_read{std::move(message.order), std::move(why)});
}

/// The list of an order that was given up is welcome nevertheless; its failure is told already.
void asset_loop::on_answer(assets_answered& message) {
  const auto index = schedule_.entry_of(message.ticket);
  if (!index) return;
  const auto now = clock().now();
  const auto awaited = schedule_.waits_for(message.ticket);
  auto& result = message.result;
  if (!result.error && result.assets.empty()) result.error = unavailable("the list is empty");
  if (!result.error) result.error = why_cut(*index, result.assets.size());
  if (!result.error) {
    if (awaited || !schedule_.is_under_way(*index)) {
      schedule_.succeeded(*index, now, wiring_.random());
    }
    take_list(*index, {std::make_shared<const std::vector<pm::asset>>(std::move(result.assets)),
                       wiring_.system_now()});
  } else if (awaited) {
    fail(*index, *result.error, now);
  }
  on_tick();
}

/// How many rows the lists of the other providers of this class have, at most, once they all have
/// given one: what they list alike is counted twice. Before that as many as there can be.
std::size_t asset_loop::rows_of_others(std::size_t index) {
  const auto& of = entries_[index];
  std::size_t result = 0;
  for (const auto& each : wiring_.providers[static_cast<std::size_t>(of.kind)]) {
    if (each.source == source_of(of).source) continue;
    const auto list = wiring_.shelf->list(of.kind, each.source);
    if (!list) return std::numeric_limits<std::size_t>::max() / 2;
    result += list->rows->size();
  }
  return result;
}

/// A list that suddenly has a small part of its rows is treated like one that lacks a page: the one
/// before stays for as long again as lists are fresh. After a restart the one before is that of all
/// providers in Redis, which gives way to the last list that is missing.
std::optional<pm::failure> asset_loop::why_cut(std::size_t index, std::size_t rows) {
  const auto& of = entries_[index];
  auto before = wiring_.shelf->list(of.kind, source_of(of).source);
  if (!before) {
    before = wiring_.shelf->restored(of.kind);
    rows += rows_of_others(index);
  }
  if (!before || !looks_cut(rows, before->rows->size())) return std::nullopt;
  if (wiring_.system_now() - before->fetched >= 2 * wiring_.shelf->ttl()) return std::nullopt;
  return pm::failure{pm::error_kind::malformed,
                     {},
                     "the list has " + std::to_string(rows) + " rows, and had " +
                         std::to_string(before->rows->size()),
                     {}};
}

void asset_loop::take_list(std::size_t index, asset_list list) {
  const auto& of = entries_[index];
  const auto source = source_of(of).source;
  const auto rows = list.rows->size();
  const auto began = schedule_.asked_at(index);
  wiring_.shelf->keep(of.kind, source, std::move(list));
  const auto published = merge_and_publish(of.kind);
  const auto took = elapsed(began, clock().now()).count();
  if (auto* counted = wiring_.counters->find(source)) ++counted->refreshed;
  if (published) counters_of(of.kind).duration_ms = took;
  log().write(log_level::info, events::assets_refreshed, "a list of assets was fetched",
              {{"asset_type", list_name(of.kind)},
               {"source", source},
               {"rows", rows},
               {"served", counters_of(of.kind).rows.load()},
               {"duration_ms", took}});
}

void asset_loop::fail(std::size_t index, const pm::failure& why, steady_time now) {
  const auto& of = entries_[index];
  const auto source = source_of(of).source;
  const auto delay =
      schedule_.failed(index, now, wiring_.random(), why.retry_after, is_refusal(why.kind));
  if (auto* counted = wiring_.counters->find(source)) ++counted->failed;
  log().write(log_level::warning, events::assets_failed, "a list of assets could not be fetched",
              {{"asset_type", list_name(of.kind)},
               {"source", source},
               {"kind", pm::to_string(why.kind)},
               {"detail", why.detail},
               {"retry_in_ms", delay.count()}});
}

bool asset_loop::merge_and_publish(pm::asset_class kind) {
  std::vector<std::string_view> sources;
  for (const auto& each : wiring_.providers[static_cast<std::size_t>(kind)]) {
    sources.push_back(each.source);
  }
  const auto now = wiring_.system_now();
  const auto lists = wiring_.shelf->lists(kind, sources, now - wiring_.shelf->ttl());
  auto table = asset_table::merge(kind, lists);
  if (table == nullptr) return false;
  counters_of(kind).rows = table->size();
  counters_of(kind).last_success_ms =
      std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
  wiring_.shelf->publish(table);
  write_to_redis(*table);
  return true;
}

// -- Redis ----------------------------------------------------------------------------------------

void asset_loop::on_redis(redis_answered& message) {
  if (message.tag >= asset_class_count) return;
  const auto kind = static_cast<pm::asset_class>(message.tag);
  // A list fetched meanwhile is newer than any that lies there.
  if (wiring_.shelf->table(kind) == nullptr) {
    const auto& results = message.results;
    const auto found = results.size() == 1 && results[0].why == providers::redis::failure::none &&
                       results[0].reply.kind == providers::redis::reply_kind::text;
    restore(kind, found ? std::string_view{results[0].reply.text} : std::string_view{});
  }
  on_tick();
}

/// An empty text stands for nothing found: then its providers are asked at once.
void asset_loop::restore(pm::asset_class kind, std::string_view text) {
  const auto now = clock().now();
  const auto today = wiring_.system_now();
  auto list = text.empty() ? std::nullopt : read_assets(kind, text);
  auto due = now;
  if (list) {
    // A time to come is one of a clock that is wrong; the list is as old as it can be without it.
    list->fetched = std::min(list->fetched, today);
    const auto age = std::chrono::duration_cast<milliseconds>(today - list->fetched);
    auto table = age < wiring_.shelf->ttl() ? asset_table::merge(kind, {&*list, 1}) : nullptr;
    if (table != nullptr) {
      due = due_after(list->fetched, today, now);
      counters_of(kind).rows = table->size();
      wiring_.shelf->publish(std::move(table));
      wiring_.shelf->keep_restored(kind, std::move(*list));
    }
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].kind == kind) schedule_.set_due(i, due);
  }
}

void asset_loop::write_to_redis(const asset_table& table) {
  if (wiring_.redis.target() == nullptr) return;
  auto text = write_assets(table);
  if (text.size() > largest_stored_list) {
    log().write(log_level::warning, events::assets_not_stored,
                "a list of assets is too large for Redis",
                {{"asset_type", list_name(table.kind())}, {"bytes", text.size()}});
    return;
  }
  send_to_redis({"SET", asset_key(table.kind()), std::move(text), "PX",
                 std::to_string(wiring_.shelf->ttl().count())},
                write_tag);
}

/// What cannot be written is written after the next fetch.
void asset_loop::send_to_redis(store::redis_command command, std::uint64_t tag) {
  const auto* redis = wiring_.redis.get();
  if (redis == nullptr) return;
  store::redis_batch batch;
  batch.large = true;
  batch.commands.push_back(std::move(command));
  batch.deadline = clock().now() + wiring_.redis_timeout;
  runtime::tell(*redis, redis_request{std::make_shared<store::redis_call>(
                            std::move(batch), caf::actor_cast<caf::actor>(this), nullptr, tag)});
}

}  // namespace tributary::actors::market
