// SPDX-License-Identifier: MIT
#include "actors/market/quote_fetches.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace tributary::actors::market {

using pm::error_kind;

bool may_pass(error_kind kind) noexcept {
  return kind == error_kind::rate_limited || kind == error_kind::unavailable;
}

pm::failure worse_of(pm::failure first, pm::failure second) {
  const auto first_passes = may_pass(first.kind);
  const auto second_passes = may_pass(second.kind);
  if (!first_passes && second_passes) return second;
  if (first_passes && second_passes && second.retry_after &&
      (!first.retry_after || *second.retry_after < *first.retry_after)) {
    first.retry_after = second.retry_after;
  }
  return first;
}

const std::vector<std::size_t>& quote_fetches::chain_of(const pm::symbol& what) const noexcept {
  return chains_[static_cast<std::size_t>(what.kind)];
}

void quote_fetches::begin(std::span<const pm::symbol> symbols, purpose why) {
  for (const auto& each : symbols) courses_.try_emplace(each.text).first->second.why = why;
}

std::optional<std::size_t> quote_fetches::hurry(const pm::symbol& what) noexcept {
  const auto found = courses_.find(what.text);
  if (found == courses_.end()) return std::nullopt;
  auto& state = found->second;
  const auto& chain = chain_of(what);
  if (state.why != purpose::loop || std::exchange(state.hurried, true)) return std::nullopt;
  return state.at < chain.size() ? std::optional{chain[state.at]} : std::nullopt;
}

void quote_fetches::forget(std::string_view symbol) {
  const auto found = courses_.find(symbol);
  if (found != courses_.end()) courses_.erase(found);
}

quote_fetches::progress quote_fetches::start(std::span<const pm::symbol> symbols) {
  progress result;
  for (const auto& each : symbols) {
    const auto found = courses_.find(each.text);
    if (found != courses_.end()) ask(found->second, each, result);
  }
  return result;
}

/// Puts the symbol into the batch of the provider whose turn it is, or ends its course.
void quote_fetches::ask(course& state, const pm::symbol& what, progress& into) {
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
  settled over{what, state.why, std::nullopt, {}};
  if (state.so_far) {
    over.reason = std::move(*state.so_far);
  } else {
    over.reason.kind = error_kind::auth;
    over.reason.detail = "no provider of " + std::string{list_name(what.kind)} + " is enabled";
  }
  over.reason.symbol = what.text;
  into.done.push_back(std::move(over));
  forget(what.text);
}

void quote_fetches::failed(const pm::symbol& what, const pm::failure& why, progress& into) {
  const auto found = courses_.find(what.text);
  if (found == courses_.end()) return;
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
    const auto found = courses_.find(what.text);
    if (found == courses_.end()) continue;
    if (const auto quote = quotes.find(what.text); quote != quotes.end()) {
      into.done.push_back(
          {what, found->second.why, std::move(result.quotes[quote->second]), pm::failure{}});
      courses_.erase(found);
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
