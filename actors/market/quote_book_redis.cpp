// SPDX-License-Identifier: MIT
#include "actors/market/quote_book.hpp"
#include "actors/market/quote_json.hpp"
#include "actors/runtime/worker.hpp"

#include <utility>

/// What the quote book shares with other instances.
namespace tributary::actors::market {

using namespace std::chrono_literals;
using store::redis::reply_kind;

namespace {

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

}  // namespace

std::string quote_key(std::string_view symbol) { return std::string{"quote:"}.append(symbol); }

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
  news all;
  std::vector<quote_ptr> good_enough;
  for (std::size_t i = 0; i < question->symbols.size(); ++i) {
    auto& what = question->symbols[i];
    auto record = record_of(message.results.front(), i, what.text, sources);
    const auto known = wiring_.knowledge->quotes.find(what.text);
    const auto age = record ? today - record->fetched : system_time::duration::max();
    if (record && age >= 0s && age < wiring_.quote_ttl &&
        (known == nullptr || now - age > known->fetched) && !is_kept_out(record->quote, now)) {
      keep(std::move(record->quote), now - age, all);
      wiring_.metrics.redis_hits.add();
      if (age <= limit) {
        fetches_.forget(what.text);
        good_enough.push_back(all.kept.back());
        continue;
      }
    }
    missing.push_back(std::move(what));
  }
  publish(all);
  for (const auto& each : good_enough) tell_waiting(each->quote.symbol, each, nullptr);
  tell_parts();
  start(missing);
}

/// What is withdrawn goes from there too, or the next one who asks would be given it again.
void quote_book::keep_in_redis(const news& all) {
  const auto* to = redis();
  if (to == nullptr || (all.kept.empty() && all.withdrawn.empty())) return;
  const auto now = std::chrono::system_clock::now();
  const auto life = std::to_string(wiring_.quote_ttl.count());
  store::redis_batch batch;
  batch.deadline = clock().now() + wiring_.redis_timeout;
  batch.commands.reserve(all.kept.size() + 1);
  for (const auto& each : all.kept) {
    batch.commands.push_back(
        {"SET", quote_key(each->quote.symbol), quote_record(each->json, now), "PX", life});
  }
  if (!all.withdrawn.empty()) {
    store::redis_command forget{"DEL"};
    for (const auto& each : all.withdrawn) forget.push_back(quote_key(each.symbol));
    batch.commands.push_back(std::move(forget));
  }
  runtime::tell(*to, redis_request{std::make_shared<store::redis_call>(std::move(batch))});
}

}  // namespace tributary::actors::market
