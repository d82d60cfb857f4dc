// SPDX-License-Identifier: MIT
#include "providers/market/quote_sheet.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace tributary::providers::market {

namespace {

bool is_of_symbol(error_kind kind) noexcept {
  return kind == error_kind::not_found || kind == error_kind::no_data;
}

}  // namespace

quote_sheet::quote_sheet(std::vector<symbol> asked) : asked_(std::move(asked)) {
  came_.resize(asked_.size());
}

quote_sheet::outcome* quote_sheet::find(std::string_view text) noexcept {
  // Answers are read in the order asked for, so the next one is mostly behind the last one.
  for (std::size_t tried = 0; tried < asked_.size(); ++tried) {
    if (next_ >= asked_.size()) next_ = 0;
    const auto at = next_++;
    if (asked_[at].text == text) return &came_[at];
  }
  return nullptr;
}

bool quote_sheet::asks_for(std::string_view text) const noexcept {
  return std::ranges::any_of(asked_, [&](const symbol& each) { return each.text == text; });
}

void quote_sheet::enter(quotes_result part) {
  for (auto& one : part.quotes) {
    if (auto* const at = find(one.symbol)) *at = std::move(one);
  }
  for (const auto& one : part.errors) {
    auto* const at = one.symbol.empty() ? nullptr : find(one.symbol);
    if (at && !std::holds_alternative<quote>(*at)) *at = one;
  }
  for (const auto& one : part.errors) {
    if (one.symbol.empty()) enter_rest(one);
  }
}

void quote_sheet::enter_rest(const failure& why) {
  for (std::size_t at = 0; at < came_.size(); ++at) {
    if (!std::holds_alternative<std::monostate>(came_[at])) continue;
    auto& one = came_[at].emplace<failure>(why);
    one.symbol = asked_[at].text;
  }
}

std::vector<symbol> quote_sheet::without_quote(std::size_t limit) const {
  std::vector<symbol> result;
  for (std::size_t at = 0; at < came_.size() && result.size() < limit; ++at) {
    if (!std::holds_alternative<quote>(came_[at])) result.push_back(asked_[at]);
  }
  return result;
}

quotes_result quote_sheet::finish(const failure& otherwise) {
  enter_rest(otherwise);
  quotes_result result;
  result.quotes.reserve(came_.size());
  for (auto& one : came_) {
    if (auto* const got = std::get_if<quote>(&one)) {
      result.quotes.push_back(std::move(*got));
    } else {
      result.errors.push_back(std::move(std::get<failure>(one)));
    }
  }
  asked_.clear();
  came_.clear();
  return result;
}

std::optional<failure> failure_of_all(const quotes_result& part) {
  if (!part.quotes.empty() || part.errors.empty()) return {};
  const auto serves = [](const failure& one) { return is_of_symbol(one.kind); };
  if (std::ranges::any_of(part.errors, serves)) return {};
  auto result = part.errors.front();
  result.symbol.clear();
  return result;
}

}  // namespace tributary::providers::market
