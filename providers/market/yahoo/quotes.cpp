// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/yahoo/entries.hpp"
#include "providers/market/yahoo/errors.hpp"
#include "providers/market/yahoo/yahoo.hpp"

namespace tributary::providers::market::yahoo {

namespace {

/// As given. Crypto's change is that of 24 hours and does not fit the previous close, which is that
/// of midnight; so what is missing of the two comes from the other one first.
void fill_changes(const json_value& entry, quote& out) {
  out.change = entry["regularMarketChange"].as_number();
  out.percent_change = entry["regularMarketChangePercent"].as_number();
  if (out.change && out.percent_change) return;
  if (out.percent_change) {
    out.change = changes_from_percent(out.price, out.percent_change).change;
    if (out.change) return;
  }
  auto close = entry["regularMarketPreviousClose"].as_number();
  if (out.change) close = derived(out.price.value - out.change->value);
  const auto from_close = changes_from_close(out.price, close);
  if (!out.change) out.change = from_close.change;
  if (!out.percent_change) out.percent_change = from_close.percent;
}

/// Only the regular session counts.
reading read_v7_entry(const json_value& entry) {
  if (upper_case(entry["quoteType"].as_text()) == "NONE")
    return failed(error_kind::not_found, "the symbol is delisted");
  const auto price = entry["regularMarketPrice"].as_number();
  if (!price || !(price->value > 0)) return failed(error_kind::no_data, "there is no price");
  quote out;
  out.price = *price;
  out.timestamp = read_unix_seconds(entry["regularMarketTime"]);
  fill_changes(entry, out);
  return out;
}

}  // namespace

quotes_result read_quotes(std::span<const symbol> asked, const wire_answer& answer,
                          const session& with) {
  const auto opened = open_answer(answer, with);
  if (const auto* why = std::get_if<failure>(&opened)) return all_failed(asked, *why);
  const auto& result = std::get<json_value>(opened)["quoteResponse"]["result"];
  if (!result.is_array())
    return all_failed(asked, failed(error_kind::malformed, "there is no list of quotes"));
  entry_index index;
  for (auto& entry : result.items) index.add(entry["symbol"].as_text(), entry);
  return index.read(asked, read_v7_entry);
}

}  // namespace tributary::providers::market::yahoo
