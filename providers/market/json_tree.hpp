// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::providers::market {

/// A JSON value that keeps the spelling of its numbers, which nlohmann's own tree does not.
struct json_value {
  enum class kind_type : std::uint8_t { null, boolean, number, string, array, object };

  kind_type kind = kind_type::null;
  bool truth = false;
  std::string text;  ///< of a string; the spelling of a number
  std::vector<json_value> items;
  std::vector<std::pair<std::string, json_value>> members;  ///< in their order

  // Elsewhere, since not every compiler sees through a vector of pairs with this very type here.
  json_value();
  json_value(const json_value&);
  json_value(json_value&&) noexcept;
  json_value& operator=(const json_value&);
  json_value& operator=(json_value&&) noexcept;
  ~json_value();

  bool is_null() const noexcept { return kind == kind_type::null; }

  bool is_array() const noexcept { return kind == kind_type::array; }
  bool is_object() const noexcept { return kind == kind_type::object; }

  /// The last member of that name; a null value when there is none, or this is no object.
  const json_value& operator[](std::string_view name) const noexcept;

  /// A finite number; also out of a string that is one (Alpha Vantage). Nothing for anything else.
  std::optional<number> as_number() const;
  /// A string; empty for anything else.
  std::string_view as_text() const noexcept;
};

/// Reads a whole document, nested 64 deep at most; nothing when it is not JSON. A number that no
/// double holds is in the tree and is none to `as_number`; from 1e4933 on it fails the document.
std::optional<json_value> parse_json(std::string_view text);

/// Reads a finite number. Its spelling is kept where JSON allows it and is the shortest otherwise
/// (`+1.5`, `.5`). White space around it is allowed, a unit is not.
std::optional<number> parse_number(std::string_view text);

/// A number we worked out, in its shortest spelling.
number derived(double value);

/// Change and percent from the price and the previous close, or from percent alone. A close of 0 is
/// none; of one below zero there is no percentage, and of a price below zero none that says how far
/// it came.
struct changes {
  std::optional<number> change;
  std::optional<number> percent;
};
changes changes_from_close(const number& price, const std::optional<number>& previous_close);
changes changes_from_percent(const number& price, const std::optional<number>& percent);

}  // namespace tributary::providers::market
