// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/entries.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/symbol.hpp"
#include "providers/market/yahoo/yahoo.hpp"

namespace tributary::providers::market::yahoo {

bool is_price(const std::optional<number>& price, std::string_view type, std::string_view wire) {
  if (!price || price->value > 0) return price.has_value();
  const auto kind = upper_case(type);
  return kind == "FUTURE" || kind == "INDEX" || may_be_below_zero(wire);
}

void entry_index::add(std::string_view wire, const json_value& entry) {
  if (!wire.empty()) entries_.emplace(unified_symbol(wire), &entry);
}

quotes_result entry_index::read(std::span<const symbol> asked,
                                reading (*read_entry)(const json_value&)) const {
  quotes_result result;
  for (auto& what : asked) {
    const auto wire = wire_symbol(what);
    const auto found = wire ? entries_.find(unified_symbol(*wire)) : entries_.end();
    put(result, what,
        found == entries_.end() ? failed(error_kind::not_found, "the symbol is not known")
                                : read_entry(*found->second));
  }
  return result;
}

void put(quotes_result& out, const symbol& what, reading from) {
  if (auto* got = std::get_if<quote>(&from)) {
    got->symbol = what.text;
    got->source = source;
    out.quotes.push_back(std::move(*got));
  } else {
    auto& why = std::get<failure>(from);
    why.symbol = what.text;
    out.errors.push_back(std::move(why));
  }
}

}  // namespace tributary::providers::market::yahoo
