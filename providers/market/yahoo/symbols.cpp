// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/yahoo.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>

namespace tributary::providers::market::yahoo {

namespace {

constexpr std::size_t code_length = 3;

bool is_code(std::string_view text) noexcept {
  return text.size() == code_length &&
         std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// The letters that are exchanges after a point, so that as share classes they keep their dash.
bool is_class_after_point(std::string_view suffix) noexcept {
  return suffix.size() == 1 && suffix[0] >= 'A' && suffix[0] <= 'Z' &&
         !is_exchange_letter(suffix[0]);
}

}  // namespace

bool has_wire_symbol(const symbol& what) noexcept {
  // Longer codes put together could spell another pair.
  return what.kind != asset_class::forex || (is_code(what.base) && is_code(what.quote));
}

std::optional<std::string> wire_symbol(const symbol& what) {
  if (!has_wire_symbol(what)) return {};
  if (what.kind == asset_class::forex) return what.base + what.quote + "=X";
  if (what.kind == asset_class::crypto) return what.text;
  auto result = what.text;
  // `RCI.B.TO` has both a class and an exchange; only the latter keeps its point.
  const auto end = what.exchange_suffix ? what.base.size() : result.size();
  std::replace(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(end), '.', '-');
  return result;
}

std::string unified_symbol(std::string_view wire) {
  auto result = upper_case(wire);
  const std::string_view text = result;
  if (text.ends_with("=X")) {
    const auto codes = text.substr(0, text.size() - 2);
    const auto first = codes.substr(0, std::min(codes.size(), code_length));
    if (codes.size() == 2 * code_length && is_code(first) && is_code(codes.substr(code_length))) {
      return std::string{first} + '/' + std::string{codes.substr(code_length)};
    }
    // A code alone is the price of a dollar.
    if (is_code(codes)) return "USD/" + std::string{codes};
    return result;
  }
  const auto dash = text.rfind('-');
  if (dash != text.npos && is_class_after_point(text.substr(dash + 1))) result[dash] = '.';
  return result;
}

}  // namespace tributary::providers::market::yahoo
