// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/symbol.hpp"
#include "providers/market/yahoo/errors.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <array>
#include <initializer_list>
#include <utility>

namespace tributary::providers::market::yahoo {

namespace {

/// The first member that is a text and not empty.
std::string_view first_text(const json_value& row, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto text = row[name].as_text(); !text.empty()) return text;
  }
  return {};
}

/// Lookup writes types in lower case.
std::string type_of(const json_value& row) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> types{
      {{"EQUITY", "stock"},
       {"ETF", "etf"},
       {"MUTUALFUND", "fund"},
       {"INDEX", "index"},
       {"CRYPTOCURRENCY", "crypto"},
       {"CURRENCY", "forex"},
       {"FUTURE", "future"}}};
  const auto wanted = upper_case(row["quoteType"].as_text());
  for (auto& [theirs, ours] : types) {
    if (theirs == wanted) return std::string{ours};
  }
  return "other";
}

/// Rows that are left out: of others than Yahoo, which have no symbol; options; the delisted.
bool is_listed(const json_value& row) {
  const auto& own = row["isYahooFinance"];
  if (own.kind == json_value::kind_type::boolean && !own.truth) return false;
  const auto type = upper_case(row["quoteType"].as_text());
  return !row["symbol"].as_text().empty() && type != "OPTION" && type != "NONE";
}

std::optional<asset> read_row(const json_value& row) {
  if (!is_listed(row)) return {};
  asset result;
  result.symbol = unified_symbol(row["symbol"].as_text());
  const auto parsed = parse_symbol(result.symbol);
  if (!parsed) return {};
  result.name = first_text(row, {"longname", "longName", "shortname", "shortName", "symbol"});
  result.type = type_of(row);
  result.exchange = first_text(row, {"exchDisp", "fullExchangeName", "exchange"});
  if (result.type == "forex" &&
      (parsed->kind != asset_class::forex || !is_national_currency(parsed->base) ||
       !is_national_currency(parsed->quote))) {
    return {};
  }
  const bool pair = result.type == "forex" || result.type == "crypto";
  result.currency = pair && !parsed->quote.empty() ? parsed->quote : row["currency"].as_text();
  return result;
}

assets_result no_list(failure why) {
  assets_result result;
  result.error = std::move(why);
  return result;
}

assets_result read_rows(const json_value& rows) {
  if (!rows.is_array()) return no_list(failed(error_kind::malformed, "there is no list of assets"));
  assets_result result;
  result.assets.reserve(rows.items.size());
  for (auto& row : rows.items) {
    if (auto read = read_row(row)) result.assets.push_back(*std::move(read));
  }
  return result;
}

/// `finance.result[0]` and the list in it, of which an answer is one page.
assets_result read_page(const wire_answer& answer, std::string_view list) {
  auto opened = open_answer(answer, "finance");
  if (auto* why = std::get_if<failure>(&opened)) return no_list(std::move(*why));
  const auto& found = std::get<json_value>(opened)["finance"]["result"];
  if (found.items.empty()) {
    return no_list(failed(error_kind::malformed, "there is no list of assets"));
  }
  const auto& page = found.items.front();
  auto result = read_rows(page[list]);
  const auto start = page["start"].as_number();
  const auto total = page["total"].as_number();
  const auto rows = page[list].items.size();
  result.last =
      !start || !total || rows == 0 || start->value + static_cast<double>(rows) >= total->value;
  return result;
}

}  // namespace

assets_result read_search(const wire_answer& answer) {
  auto opened = open_answer(answer, "finance");
  if (auto* why = std::get_if<failure>(&opened)) return no_list(std::move(*why));
  return read_rows(std::get<json_value>(opened)["quotes"]);
}

assets_result read_lookup(const wire_answer& answer) { return read_page(answer, "documents"); }

assets_result read_screener(const wire_answer& answer) { return read_page(answer, "quotes"); }

}  // namespace tributary::providers::market::yahoo
