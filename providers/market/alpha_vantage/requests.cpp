// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/answer.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace tributary::providers::market::alpha_vantage {

namespace {

using parameter = std::pair<std::string_view, std::string_view>;

wire_request ask(std::string target) {
  // Anything but `*/*` may be refused.
  return {std::move(target), {{"Accept", "*/*"}}};
}

wire_request ask_function(std::string_view function, std::initializer_list<parameter> parameters,
                          std::string_view key) {
  std::string target = "/query?function=";
  target += function;
  for (auto& [name, value] : parameters) {
    target += '&';
    target += name;
    target += '=';
    append_encoded(target, value);
  }
  target += "&apikey=";
  append_encoded(target, key);
  return ask(std::move(target));
}

/// Exchanges by the suffix that others use and the one used here. Only London's was seen in
/// answers; the rest are from the provider's examples.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> exchanges{{{"L", "LON"},
                                                                                  {"TO", "TRT"},
                                                                                  {"V", "TRV"},
                                                                                  {"DE", "DEX"},
                                                                                  {"BO", "BSE"},
                                                                                  {"SS", "SHH"},
                                                                                  {"SZ", "SHZ"}}};

}  // namespace

std::string wire_symbol(const symbol& what) {
  auto base = what.base;
  std::replace(base.begin(), base.end(), '.', '-');
  if (what.suffix.empty()) return base;
  if (!what.exchange_suffix) return base + '-' + what.suffix;
  const auto* const known =
      std::ranges::find(exchanges, std::string_view{what.suffix}, &parameter::first);
  return base + '.' + (known == exchanges.end() ? what.suffix : std::string{known->second});
}

std::string unified_symbol(std::string_view theirs) {
  auto result = upper_case(theirs);
  if (const auto point = result.rfind('.'); point != std::string::npos) {
    const auto* const known = std::ranges::find(
        exchanges, std::string_view{result}.substr(point + 1), &parameter::second);
    if (known != exchanges.end()) result.replace(point + 1, std::string::npos, known->first);
    return result;
  }
  const auto dash = result.rfind('-');
  if (dash == std::string::npos || dash + 2 != result.size()) return result;
  auto dotted = result;
  dotted[dash] = '.';
  const auto parsed = parse_symbol(dotted);
  return parsed && !parsed->exchange_suffix ? dotted : result;
}

std::optional<wire_request> quote_request(const symbol& what, std::string_view key) {
  if (what.kind != asset_class::stock) {
    return ask_function("CURRENCY_EXCHANGE_RATE",
                        {{"from_currency", what.base}, {"to_currency", what.quote}}, key);
  }
  if (what.text.starts_with('^') || what.text.find('=') != std::string::npos) return {};
  return ask_function("GLOBAL_QUOTE", {{"symbol", wire_symbol(what)}}, key);
}

std::optional<wire_request> daily_rates_request(const symbol& what, std::string_view key) {
  if (what.kind != asset_class::forex) return {};
  return ask_function(
      "FX_DAILY",
      {{"from_symbol", what.base}, {"to_symbol", what.quote}, {"outputsize", "compact"}}, key);
}

wire_request listing_request(std::string_view key) {
  return ask_function("LISTING_STATUS", {}, key);
}

wire_request physical_currencies_request() { return ask("/physical_currency_list/"); }

wire_request digital_currencies_request() { return ask("/digital_currency_list/"); }

wire_request search_request(std::string_view keywords, std::string_view key) {
  return ask_function("SYMBOL_SEARCH", {{"keywords", keywords}}, key);
}

}  // namespace tributary::providers::market::alpha_vantage
