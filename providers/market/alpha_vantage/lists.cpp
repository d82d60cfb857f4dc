// SPDX-License-Identifier: MIT
#include "http/wire/characters.hpp"
#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/alpha_vantage/csv.hpp"
#include "providers/market/alpha_vantage/errors.hpp"
#include "providers/market/answer.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>

namespace tributary::providers::market::alpha_vantage {

namespace {

using columns = std::vector<std::string>;

assets_result no_assets(failure why) {
  assets_result result;
  result.error = std::move(why);
  return result;
}

/// A list that holds nothing is no list: whoever keeps the last one is to keep it.
assets_result read_csv(const wire_answer& answer, std::string_view key,
                       std::initializer_list<std::string_view> wanted,
                       std::optional<asset> (*read_row)(const columns& header,
                                                        const columns& row)) {
  if (auto why = failure_of_csv(answer, key)) return no_assets(*std::move(why));
  csv_reader reader{answer.body};
  columns header;
  const bool any = reader.next(header);
  if (!any || !std::ranges::all_of(
                  wanted, [&](auto name) { return column_of(header, name).has_value(); })) {
    return no_assets(failed(error_kind::malformed, "the list has not the columns expected"));
  }
  assets_result result;
  bool is_short = false;  // the last row
  for (columns row; reader.next(row);) {
    is_short = row.size() < header.size();
    // A row of another length has lost its columns.
    if (row.size() != header.size()) continue;
    if (auto read = read_row(header, row)) result.assets.push_back(*std::move(read));
  }
  if (reader.broken()) {
    return no_assets(failed(error_kind::malformed, "the list ends within a quoted field"));
  }
  if (is_short && !answer.body.ends_with('\n')) {
    return no_assets(failed(error_kind::malformed, "the list ends within a row"));
  }
  if (result.assets.empty()) return no_assets(failed(error_kind::no_data, "the list is empty"));
  return result;
}

/// A field without white space around it; empty where it is absent or says `null`.
std::string_view field_of(const columns& header, const columns& row, std::string_view name) {
  const auto column = column_of(header, name);
  if (!column) return {};
  const auto text = http::wire::trim(row[*column]);
  return http::wire::same_without_case(text, "null") ? std::string_view{} : text;
}

/// Either column may say that it is not: a row may have a date and still be called `Active`.
bool is_traded(const columns& header, const columns& row) {
  if (!field_of(header, row, "delistingDate").empty()) return false;
  const auto status = field_of(header, row, "status");
  return status.empty() || http::wire::same_without_case(status, "active");
}

std::string stock_type(std::string_view theirs) {
  using http::wire::same_without_case;
  if (same_without_case(theirs, "stock") || same_without_case(theirs, "equity")) return "stock";
  if (same_without_case(theirs, "etf")) return "etf";
  if (same_without_case(theirs, "mutual fund")) return "fund";
  return "other";
}

std::optional<asset> read_stock(const columns& header, const columns& row) {
  if (!is_traded(header, row)) return {};
  const auto column = column_of(header, "symbol");
  asset result;
  // `NULL` may be a ticker.
  result.symbol = unified_symbol(http::wire::trim(row[*column]));
  if (!parse_symbol(result.symbol)) return {};
  result.name = field_of(header, row, "name");
  if (result.name.empty()) result.name = result.symbol;
  result.type = stock_type(field_of(header, row, "assetType"));
  result.exchange = field_of(header, row, "exchange");
  result.currency = "USD";
  return result;
}

std::optional<asset> read_currency(const columns& header, const columns& row, char separator,
                                   std::string_view type) {
  const auto code = upper_case(field_of(header, row, "currency code"));
  if (code.empty() || code == "USD") return {};
  asset result;
  result.symbol = code + separator + "USD";
  if (!parse_symbol(result.symbol)) return {};
  result.name = field_of(header, row, "currency name");
  if (result.name.empty()) result.name = code;
  result.type = type;
  result.currency = "USD";
  return result;
}

std::optional<asset> read_physical(const columns& header, const columns& row) {
  auto result = read_currency(header, row, '/', "forex");
  if (!result || !is_national_currency(result->symbol.substr(0, result->symbol.find('/')))) {
    return {};
  }
  return result;
}

std::optional<asset> read_digital(const columns& header, const columns& row) {
  return read_currency(header, row, '-', "crypto");
}

std::optional<asset> read_match(const json_value& row) {
  asset result;
  result.symbol = unified_symbol(numbered(row, "symbol").as_text());
  if (!parse_symbol(result.symbol)) return {};
  result.name = numbered(row, "name").as_text();
  if (result.name.empty()) result.name = result.symbol;
  result.type = stock_type(numbered(row, "type").as_text());
  result.currency = numbered(row, "currency").as_text();
  return result;
}

}  // namespace

assets_result read_listing(const wire_answer& answer, std::string_view key) {
  return read_csv(answer, key, {"symbol", "name", "exchange", "assetType"}, read_stock);
}

assets_result read_physical_currencies(const wire_answer& answer, std::string_view key) {
  return read_csv(answer, key, {"currency code", "currency name"}, read_physical);
}

assets_result read_digital_currencies(const wire_answer& answer, std::string_view key) {
  return read_csv(answer, key, {"currency code", "currency name"}, read_digital);
}

assets_result read_search(const wire_answer& answer, std::string_view key) {
  auto opened = open_document(answer);
  if (auto* why = std::get_if<failure>(&opened)) return no_assets(std::move(*why));
  const auto& document = std::get<json_value>(opened);
  const auto& matches = document["bestMatches"];
  if (!matches.is_array()) {
    auto why = stated_error(document, answer, key);
    if (!why) why = failure_of_status(answer);
    return no_assets(why ? *std::move(why)
                         : failed(error_kind::malformed, "there is no list of assets"));
  }
  assets_result result;
  for (auto& row : matches.items) {
    if (auto read = read_match(row)) result.assets.push_back(*std::move(read));
  }
  return result;
}

}  // namespace tributary::providers::market::alpha_vantage
