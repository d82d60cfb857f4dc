// SPDX-License-Identifier: MIT
#include "actors/market/quote_fetches.hpp"

#include "providers/market/meant_symbol.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tributary::actors::market {

using pm::error_kind;

bool may_pass(error_kind kind) noexcept {
  return kind == error_kind::rate_limited || kind == error_kind::unavailable;
}

namespace {

/// How little an error says of the symbol itself; of two the one that says less counts. What may
/// pass says nothing at all, a plan that lacks it leaves the word to whoever has it.
int vagueness(error_kind kind) noexcept {
  switch (kind) {
    case error_kind::rate_limited:
    case error_kind::unavailable:
      return 4;
    case error_kind::malformed:
    case error_kind::bad_request:
    case error_kind::auth:
      return 3;
    case error_kind::no_data:
      return 2;
    case error_kind::not_found:
      return 1;
    case error_kind::not_entitled:
      break;
  }
  return 0;
}

}  // namespace

pm::failure worse_of(pm::failure first, pm::failure second) {
  if (vagueness(second.kind) > vagueness(first.kind)) return second;
  const auto wait = [](const pm::failure& why) { return why.retry_after.value_or(usual_wait); };
  if (may_pass(first.kind) && may_pass(second.kind) && wait(second) < wait(first)) {
    first.retry_after = second.retry_after;
  }
  return first;
}

const std::vector<std::size_t>& quote_fetches::chain_of(const pm::symbol& what) const noexcept {
  return chains_[static_cast<std::size_t>(what.kind)];
}

void quote_fetches::begin(std::span<const pm::symbol> symbols, purpose why) {
  for (const auto& each : symbols) pending_.try_emplace(each.text).first->second.why = why;
}

std::optional<std::size_t> quote_fetches::hurry(const pm::symbol& what) noexcept {
  const auto found = pending_.find(what.text);
  if (found == pending_.end()) return std::nullopt;
  auto& state = found->second;
  const auto& chain = chain_of(what);
  if (state.why != purpose::loop || std::exchange(state.hurried, true)) return std::nullopt;
  return state.at < chain.size() ? std::optional{chain[state.at]} : std::nullopt;
}

void quote_fetches::forget(std::string_view symbol) {
  const auto found = pending_.find(symbol);
  if (found != pending_.end()) pending_.erase(found);
}

quote_fetches::progress quote_fetches::start(std::span<const pm::symbol> symbols) {
  progress result;
  for (const auto& each : symbols) {
    const auto found = pending_.find(each.text);
    if (found == pending_.end()) continue;
    auto& state = found->second;
    if (pm::is_pair_with_coin(each)) {
      state.at = chain_of(each).size();
      state.so_far = pm::failure{};
      state.so_far->kind = error_kind::not_found;
      state.so_far->detail = "the pair is not known";
    }
    ask(state, each, result);
  }
  return result;
}

/// Puts the symbol into the batch of the provider whose turn it is, or ends its fetch.
void quote_fetches::ask(pending& state, const pm::symbol& what, progress& into) {
  const auto& chain = chain_of(what);
  if (state.at < chain.size()) {
    const auto provider = chain[state.at];
    const auto why = state.hurried ? purpose::demand : state.why;
    auto found = std::find_if(into.next.begin(), into.next.end(), [&](const batch& each) {
      return each.provider == provider && each.why == why;
    });
    if (found == into.next.end()) found = into.next.insert(found, batch{provider, why, {}});
    found->symbols.push_back(what);
    return;
  }
  ended over{what, state.why, std::nullopt, {}};
  if (state.so_far) {
    over.reason = std::move(*state.so_far);
  } else {
    over.reason.kind = error_kind::auth;
    over.reason.detail = "no provider of " + std::string{list_name(what.kind)} + " is enabled";
  }
  over.reason.detail = pm::with_meant_symbol(std::move(over.reason.detail), what.text);
  over.reason.symbol = what.text;
  into.done.push_back(std::move(over));
  forget(what.text);
}

void quote_fetches::failed(const pm::symbol& what, const pm::failure& why, progress& into) {
  const auto found = pending_.find(what.text);
  if (found == pending_.end()) return;
  auto& state = found->second;
  state.so_far = state.so_far ? worse_of(std::move(*state.so_far), why) : why;
  ++state.at;
  ask(state, what, into);
}

quote_fetches::progress quote_fetches::take(const batch& asked, pm::quotes_result&& result) {
  progress into;
  by_symbol<std::size_t> quotes;
  for (std::size_t i = 0; i < result.quotes.size(); ++i) quotes.emplace(result.quotes[i].symbol, i);
  by_symbol<const pm::failure*> failures;
  for (const auto& each : result.errors) failures.emplace(each.symbol, &each);
  const auto for_all = failures.find(std::string_view{});
  pm::failure silence;
  silence.kind = error_kind::unavailable;
  silence.detail = "the provider said nothing of it";
  for (const auto& what : asked.symbols) {
    const auto found = pending_.find(what.text);
    if (found == pending_.end()) continue;
    if (const auto quote = quotes.find(what.text); quote != quotes.end()) {
      auto& got = result.quotes[quote->second];
      if (what.kind != pm::asset_class::stock) got.currency = what.quote;
      into.done.push_back({what, found->second.why, std::move(got), pm::failure{}});
      pending_.erase(found);
      continue;
    }
    const auto own = failures.find(what.text);
    const auto* why = own != failures.end()       ? own->second
                      : for_all != failures.end() ? for_all->second
                                                  : &silence;
    failed(what, *why, into);
  }
  return into;
}

}  // namespace tributary::actors::market
