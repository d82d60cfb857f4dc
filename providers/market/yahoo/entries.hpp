// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

namespace tributary::providers::market::yahoo {

/// A quote without its symbol, or why there is none.
using reading = std::variant<quote, failure>;

/// Entries of an answer that come in any order, by our form of their symbols. Yahoo may answer with
/// another form of its own than the one asked for (`JPY=X` for `USDJPY=X`).
class entry_index {
 public:
  /// The first entry of a symbol stays. `entry` must outlive the index.
  void add(std::string_view wire, const json_value& entry);

  /// Answers each symbol from its entry; those without one are `not_found`.
  quotes_result read(std::span<const symbol> asked, reading (*read_entry)(const json_value&)) const;

 private:
  std::unordered_map<std::string, const json_value*> entries_;
};

/// True where an entry has a price that its kind may have: above zero, or finite for what Yahoo
/// calls a future or an index, or what has such a symbol.
/// @param type Yahoo's word for the kind
bool is_price(const std::optional<number>& price, std::string_view type, std::string_view wire);

/// One element of a chart or a nested spark: `meta`, `timestamp`, `indicators`.
reading read_series(const json_value& series);

/// Adds a quote or a failure of that symbol.
void put(quotes_result& out, const symbol& what, reading from);

}  // namespace tributary::providers::market::yahoo
