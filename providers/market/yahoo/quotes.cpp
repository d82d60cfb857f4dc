// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/yahoo/entries.hpp"
#include "providers/market/yahoo/errors.hpp"
#include "providers/market/yahoo/yahoo.hpp"

namespace tributary::providers::market::yahoo {

namespace {

/// Takes over what `out` lacks of the two.
void add_missing(const changes& from, quote& out) {
  if (!out.change) out.change = from.change;
  if (!out.percent_change) out.percent_change = from.percent;
}

/// Change or percent from the other one.
void fill_from_each_other(quote& out) {
  if (out.change) {
    add_missing(changes_from_close(out.price, derived(out.price.value - out.change->value)), out);
  } else {
    add_missing(changes_from_percent(out.price, out.percent_change), out);
  }
}

/// As given; what is missing comes from the previous close, and where there is none from the other
/// one. Crypto's are of 24 hours and its previous close is that of midnight, which does not fit
/// them, so there the close comes last.
void fill_changes(const json_value& entry, quote& out) {
  out.change = entry["regularMarketChange"].as_number();
  out.percent_change = entry["regularMarketChangePercent"].as_number();
  if (out.change && out.percent_change) return;
  const bool crypto = upper_case(entry["quoteType"].as_text()) == "CRYPTOCURRENCY";
  if (crypto) fill_from_each_other(out);
  add_missing(changes_from_close(out.price, entry["regularMarketPreviousClose"].as_number()), out);
  if (!crypto) fill_from_each_other(out);
}

/// Only the regular session counts.
reading read_v7_entry(const json_value& entry) {
  if (upper_case(entry["quoteType"].as_text()) == "NONE") {
    return failed(error_kind::not_found, "the symbol is delisted");
  }
  const auto price = entry["regularMarketPrice"].as_number();
  if (!is_price(price, entry["quoteType"].as_text(), entry["symbol"].as_text())) {
    return failed(error_kind::no_data, "there is no price");
  }
  quote result;
  result.price = *price;
  result.timestamp = read_unix_seconds(entry["regularMarketTime"]);
  result.currency = entry["currency"].as_text();
  fill_changes(entry, result);
  return result;
}

}  // namespace

quotes_result read_quotes(std::span<const symbol> asked, const wire_answer& answer) {
  const auto opened = open_answer(answer, {});
  if (const auto* why = std::get_if<failure>(&opened)) return all_failed(asked, *why);
  const auto& result = std::get<json_value>(opened)["quoteResponse"]["result"];
  if (!result.is_array()) {
    return all_failed(asked, failed(error_kind::malformed, "there is no list of quotes"));
  }
  entry_index index;
  for (auto& entry : result.items) index.add(entry["symbol"].as_text(), entry);
  return index.read(asked, read_v7_entry);
}

}  // namespace tributary::providers::market::yahoo
