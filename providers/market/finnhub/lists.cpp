// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/finnhub/errors.hpp"
#include "providers/market/finnhub/finnhub.hpp"
#include "providers/market/json_tree.hpp"
#include "providers/market/symbol.hpp"

#include <utility>

namespace tributary::providers::market::finnhub {

namespace {

wire_request list_request(std::string_view path, std::string_view exchange, const settings& with) {
  wire_request result{std::string(base_path), {}};
  result.target += path;
  result.target += "?exchange=";
  append_encoded(result.target, exchange);
  result.headers = {{"Accept", "application/json"}, {"X-Finnhub-Token", with.key}};
  return result;
}

/// Reads the rows of a list; `to_asset` says nothing for those that do not belong in ours.
template <typename Reader>
assets_result read_list(const wire_answer& answer, Reader to_asset) {
  assets_result result;
  auto [body, error] = open(answer);
  if (!error && body->kind != json_value::kind_type::array) {
    error = failed(error_kind::malformed, "the list is no array");
  }
  if (!error) {
    result.assets.reserve(body->items.size());
    for (const auto& row : body->items) {
      if (auto one = to_asset(row)) result.assets.push_back(std::move(*one));
    }
    // An exchange without symbols is a fault of the provider, and must not empty a list we have.
    if (result.assets.empty()) error = failed(error_kind::no_data, "the list is empty");
  }
  result.error = std::move(error);
  return result;
}

std::string_view type_of(std::string_view type) noexcept {
  if (type == "Common Stock" || type == "ADR" || type == "REIT") return "stock";
  return type == "ETP" ? "etf" : "other";
}

std::string text_or(std::string_view text, std::string_view otherwise) {
  return std::string(text.empty() ? otherwise : text);
}

std::optional<asset> stock_of(const json_value& row) {
  const auto name = row["symbol"].as_text();
  if (name.empty()) return {};
  return asset{std::string(name), text_or(row["description"].as_text(), name),
               std::string(type_of(row["type"].as_text())), std::string(row["mic"].as_text()),
               std::string(row["currency"].as_text())};
}

/// Both sides of the one `separator`; nothing when there is none, or nothing on a side.
std::optional<std::pair<std::string, std::string>> halves(std::string_view text, char separator) {
  const auto at = text.find(separator);
  if (at == text.npos || at == 0 || at + 1 == text.size()) return {};
  if (text.find(separator, at + 1) != text.npos) return {};
  return std::pair{upper_case(text.substr(0, at)), upper_case(text.substr(at + 1))};
}

/// What a row of a list of pairs says: `OANDA:EUR_USD` shown as `EUR/USD`.
struct pair_row {
  std::string base;
  std::string quote;
  std::string exchange;
  std::string name;
};

/// @param separator of the symbol itself, for rows that are shown in another way
std::optional<pair_row> pair_of(const json_value& row, char separator) {
  const auto full = row["symbol"].as_text();
  const auto colon = full.find(':');
  if (colon == full.npos || colon == 0) return {};
  auto sides = halves(row["displaySymbol"].as_text(), '/');
  if (!sides) sides = halves(full.substr(colon + 1), separator);
  if (!sides) return {};
  return pair_row{std::move(sides->first), std::move(sides->second),
                  std::string(full.substr(0, colon)), text_or(row["description"].as_text(), full)};
}

}  // namespace

wire_request stock_list_request(const settings& with, std::string_view exchange) {
  return list_request("/stock/symbol", exchange, with);
}

assets_result read_stock_list(const wire_answer& answer) { return read_list(answer, stock_of); }

wire_request crypto_list_request(const settings& with, std::string_view exchange) {
  return list_request("/crypto/symbol", exchange, with);
}

assets_result read_crypto_list(const wire_answer& answer) {
  return read_list(answer, [](const json_value& row) -> std::optional<asset> {
    const auto pair = pair_of(row, '-');
    if (!pair) return {};
    return asset{pair->base + "-" + pair->quote, pair->name, "crypto", pair->exchange, pair->quote};
  });
}

wire_request forex_list_request(const settings& with, std::string_view exchange) {
  return list_request("/forex/symbol", exchange, with);
}

assets_result read_forex_list(const wire_answer& answer) {
  return read_list(answer, [](const json_value& row) -> std::optional<asset> {
    const auto pair = pair_of(row, '_');
    if (!pair || !is_national_currency(pair->base) || !is_national_currency(pair->quote)) return {};
    return asset{pair->base + "/" + pair->quote, pair->name, "forex", pair->exchange, pair->quote};
  });
}

}  // namespace tributary::providers::market::finnhub
