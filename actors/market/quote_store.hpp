// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/quotes.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary::actors::market {

/// Looks up by a view where strings are the keys.
struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};
template <class Value>
using by_symbol = std::unordered_map<std::string, Value, text_hash, std::equal_to<>>;

/// The last quote of each symbol, of a bounded number of them: when one more comes, those fetched
/// longest ago go. A value without locks or clock: one thread at a time.
class quote_store {
 public:
  /// @param most above 0
  explicit quote_store(std::size_t most) : most_(most) {}

  /// Null when there is none.
  quote_ptr find(std::string_view symbol) const noexcept;

  /// Keeps a quote just fetched. It has `revision` if it says something new, else the one that it
  /// had. @param is_news true where even the same words say something new. @returns the quote as
  /// kept
  quote_ptr put(pm::quote&& got, steady_time fetched, std::uint64_t revision, bool is_news = false);

  /// Keeps a quote of another store, unless it is older than the one here.
  void put(const quote_ptr& quote);

  /// @returns whether there was one
  bool erase(std::string_view symbol);

  std::size_t size() const noexcept { return quotes_.size(); }
  std::vector<quote_ptr> all() const;

 private:
  void make_room();

  std::size_t most_;
  by_symbol<quote_ptr> quotes_;
};

/// True when both providers give a time and that of `got` is the earlier one. A time of `known`
/// that is more than a minute ahead of `today` is an error of its provider's, and keeps nothing
/// out.
bool goes_back(const pm::quote& got, const pm::quote& known, system_time today) noexcept;

}  // namespace tributary::actors::market
