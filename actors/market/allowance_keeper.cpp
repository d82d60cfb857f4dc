// SPDX-License-Identifier: MIT
#include "actors/market/allowance_keeper.hpp"

#include "actors/store/redis_call.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace tributary::actors::market {

namespace {

using namespace std::chrono_literals;
using providers::storage::stored_usage;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using store::redis::reply_kind;

constexpr auto save_pause = 100ms;
constexpr auto share_interval = 5s;
/// How long Redis keeps a count: beyond its day or month, whatever the clocks of instances say.
constexpr auto kept_days = "172800";
constexpr auto kept_months = "3456000";

stored_usage to_stored(std::string_view source, const allowance_usage& usage) {
  return {std::string{source}, usage.date,      usage.day.all,
          usage.day.loop,      usage.month.all, usage.month.loop};
}

allowance_usage from_stored(const stored_usage& stored) {
  return {stored.date, {stored.day, stored.day_loop}, {stored.month, stored.month_loop}};
}

/// What has been told of days and months that are over is of no use any more.
allowance_usage still_good(const allowance_usage& told, sys_days date) {
  if (told.date == date) return told;
  return {date, {}, same_month(told.date, date) ? told.month : used_calls{}};
}

/// One of the four counts that Redis has of a provider.
struct count_place {
  bool month;
  bool loop;

  std::uint64_t& in(allowance_usage& usage) const {
    auto& calls = month ? usage.month : usage.day;
    return loop ? calls.loop : calls.all;
  }
};
constexpr count_place places[] = {{false, false}, {false, true}, {true, false}, {true, true}};

/// What an answer of INCRBY or GET says; nothing for what is no count.
std::optional<std::uint64_t> count_of(const store::redis::result& result) {
  const auto& reply = result.reply;
  if (result.why != store::redis::failure::none) return std::nullopt;
  if (reply.kind == reply_kind::nil) return 0;
  if (reply.kind == reply_kind::integer) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(reply.integer, 0));
  }
  if (reply.kind != reply_kind::text) return std::nullopt;
  std::uint64_t value = 0;
  const auto* end = reply.text.data() + reply.text.size();
  const auto [stop, error] = std::from_chars(reply.text.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
}

bool is_counted(const config::call_allowance& limits) {
  return limits.per_day != 0 || limits.per_month != 0;
}

}  // namespace

/// What a batch carries: for each provider asked about, its date and what is added by it.
struct allowance_keeper::sent_counts {
  struct entry {
    std::shared_ptr<guarded_allowance> allowance;
    allowance_usage added;  ///< with the date
  };
  std::vector<entry> entries;
};

std::string calls_key(std::string_view source, sys_days date, bool month, bool loop) {
  auto spelled = providers::storage::print_date(date);
  if (month) spelled.resize(spelled.size() - 3);
  auto key = std::string{"market:calls:"}.append(source).append(":").append(spelled);
  return loop ? key.append(":loop") : key;
}

allowance_keeper::allowance_keeper(caf::actor_config& cfg, std::string path,
                                   allowance_keeper_wiring wiring)
    : observed_actor(cfg, std::move(path), "allowance-keeper"), wiring_(std::move(wiring)) {}

caf::behavior allowance_keeper::make_behavior() {
  restore();
  if (unsaved_) save();  // of a predecessor that failed
  if (wiring_.redis.target() != nullptr) {
    share();
    delayed_send(this, share_interval, sharing_calls_tick{});
  }
  return {
      [this](allowance_used) { on_used(); },
      [this](save_tick) { on_save_tick(); },
      [this](sharing_calls_tick) {
        share();
        delayed_send(this, share_interval, sharing_calls_tick{});
      },
      [this](const redis_answered& m) { on_answer(m); },
  };
}

void allowance_keeper::on_exit() {
  if (unsaved_) save();
}

/// Once a process: what the file says later is what this process has told it. With Redis the counts
/// are known once it has answered too.
void allowance_keeper::restore() {
  providers::storage::usage_read read;
  if (!wiring_.data_dir.empty()) read = providers::storage::read_usage(wiring_.data_dir);
  if (!read.trouble.empty()) {
    telemetry::log().write(config::log_level::warning, telemetry::events::allowance_unreadable,
                           "counts of calls to providers begin at 0: " + read.trouble);
  }
  const auto today = wiring_.today();
  for (auto& each : read.values) {
    const auto found = std::find_if(wiring_.allowances.begin(), wiring_.allowances.end(),
                                    [&](const auto& one) { return one.source == each.source; });
    if (found == wiring_.allowances.end()) {
      if (same_month(each.date, floor<days>(today))) others_.push_back(std::move(each));
      continue;
    }
    const std::lock_guard lock{found->allowance->mutex};
    if (!found->allowance->restored) found->allowance->value.note_used(from_stored(each), today);
  }
  for (auto& each : wiring_.allowances) {
    const std::lock_guard lock{each.allowance->mutex};
    if (each.allowance->restored) unsaved_ = true;
    each.allowance->restored |= wiring_.redis.target() == nullptr;
  }
}

void allowance_keeper::on_used() {
  unsaved_ = true;
  if (resting_) return;
  resting_ = true;
  delayed_send(this, save_pause, save_tick{});
  save();
  share();
}

void allowance_keeper::on_save_tick() {
  resting_ = false;
  if (unsaved_) on_used();
}

void allowance_keeper::save() {
  unsaved_ = false;
  if (wiring_.data_dir.empty()) return;
  const auto today = wiring_.today();
  auto values = others_;
  for (const auto& each : wiring_.allowances) {
    if (!is_counted(each.allowance->value.limits())) continue;
    const std::lock_guard lock{each.allowance->mutex};
    values.push_back(to_stored(each.source, each.allowance->value.usage(today)));
  }
  if (values == saved_) return;
  note_trouble(providers::storage::write_usage(wiring_.data_dir, values));
  saved_ = troubled_ ? std::vector<stored_usage>{} : std::move(values);
}

/// Said when it begins, not each time.
void allowance_keeper::note_trouble(const std::string& trouble) {
  if (!trouble.empty() && !troubled_) {
    telemetry::log().write(config::log_level::warning, telemetry::events::allowance_unsaved,
                           "counts of calls to providers will not survive a restart: " + trouble);
  }
  troubled_ = !trouble.empty();
}

/// One batch at a time, so that nothing is added twice: for each provider four counts, each raised
/// by what is new or just read, and how long those that were raised are kept.
void allowance_keeper::share() {
  if (wiring_.redis.target() == nullptr) return;
  if (asking_) {
    ask_again_ = true;
    return;
  }
  const auto* redis = wiring_.redis.get();
  if (redis == nullptr) return;
  auto sent = std::make_shared<sent_counts>();
  store::redis_batch batch;
  std::vector<store::redis_command> expiries;
  const auto today = wiring_.today();
  for (const auto& each : wiring_.allowances) {
    if (!is_counted(each.allowance->value.limits())) continue;
    const std::lock_guard lock{each.allowance->mutex};
    auto own = each.allowance->value.own(today);
    auto told = still_good(each.allowance->told, own.date);
    for (const auto& place : places) {
      auto key = calls_key(each.source, own.date, place.month, place.loop);
      // Less than told: calls were given back, and Redis hears of it when others take their place.
      auto& count = place.in(own);
      count -= std::min(count, place.in(told));
      if (count == 0) {
        batch.commands.push_back({"GET", std::move(key)});
      } else {
        expiries.push_back({"EXPIRE", key, place.month ? kept_months : kept_days});
        batch.commands.push_back({"INCRBY", std::move(key), std::to_string(count)});
      }
    }
    sent->entries.push_back({each.allowance, own});
  }
  if (batch.commands.empty()) return;
  std::move(expiries.begin(), expiries.end(), std::back_inserter(batch.commands));
  batch.deadline = clock().now() + wiring_.redis_timeout;
  asking_ = true;
  runtime::tell(*redis, redis_request{std::make_shared<store::redis_call>(
                            std::move(batch), caf::actor_cast<caf::actor>(this), std::move(sent))});
}

/// What Redis did not confirm is told again: a call counted twice by others is better than one not
/// counted.
void allowance_keeper::on_answer(const redis_answered& message) {
  asking_ = false;
  const auto sent = std::static_pointer_cast<sent_counts>(message.context);
  const auto today = wiring_.today();
  std::size_t next = 0;
  for (auto& each : sent->entries) {
    const std::lock_guard lock{each.allowance->mutex};
    auto told = still_good(each.allowance->told, each.added.date);
    allowance_usage elsewhere{each.added.date, {}, {}};
    for (const auto& place : places) {
      const auto total = count_of(message.results[next++]);
      if (!total) continue;
      place.in(told) += place.in(each.added);
      place.in(elsewhere) = *total - std::min(*total, place.in(told));
    }
    each.allowance->told = told;
    each.allowance->value.note_used(elsewhere, today);
    each.allowance->restored = true;
  }
  if (std::exchange(ask_again_, false)) share();
}

}  // namespace tributary::actors::market
