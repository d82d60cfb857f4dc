// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/coingecko/coingecko.hpp"
#include "providers/market/coingecko/errors.hpp"
#include "providers/market/json_tree.hpp"

#include "http/wire/characters.hpp"

#include <limits>

namespace tributary::providers::market::coingecko {

namespace {

using kind = json_value::kind_type;

failure about(const symbol& what, error_kind why) {
  auto result =
      failed(why, why == error_kind::not_found ? "the coin is not known" : "no market data");
  result.symbol = what.text;
  return result;
}

/// The row of a coin: by id, or the one with the lowest rank of those with the ticker. Among those
/// without rank it is the first, since rows come in the order of market cap.
const json_value* row_of(const asked_coin& coin, bool by_id, const json_value& rows) {
  const json_value* found = nullptr;
  double lowest = std::numeric_limits<double>::infinity();
  for (const auto& row : rows.items) {
    if (by_id) {
      if (row["id"].as_text() == coin.id) return &row;
      continue;
    }
    if (!http::wire::same_without_case(row["symbol"].as_text(), coin.what.base)) continue;
    const auto rank = row["market_cap_rank"].as_number();
    if (found && (!rank || rank->value >= lowest)) continue;
    found = &row;
    if (rank) lowest = rank->value;
  }
  return found;
}

/// Change and percent as given; a change that is missing is worked out of the percentage.
std::optional<quote> quote_of(const symbol& what, const json_value& row) {
  auto price = row["current_price"].as_number();
  if (!price || !(price->value > 0)) return {};
  quote result{what.text,
               std::move(*price),
               row["price_change_24h"].as_number(),
               row["price_change_percentage_24h"].as_number(),
               source,
               read_iso_time(row["last_updated"].as_text())};
  if (!result.change) {
    result.change = changes_from_percent(result.price, result.percent_change).change;
  }
  return result;
}

std::optional<quote> simple_quote_of(const symbol& what, const json_value& row) {
  const auto currency = lower_case(what.quote);
  auto price = row[currency].as_number();
  if (!price || !(price->value > 0)) return {};
  quote result{what.text, std::move(*price),
               {},        row[currency + "_24h_change"].as_number(),
               source,    read_unix_seconds(row["last_updated_at"])};
  result.change = changes_from_percent(result.price, result.percent_change).change;
  return result;
}

/// Reads each coin asked for from the row that `find` gives for it, null for none.
template <typename Find, typename Read>
quotes_result read_each(const call& asked, opened got, kind shape, Find find, Read read) {
  quotes_result result;
  if (!got.error && got.body->kind != shape) {
    got.error = failed(error_kind::malformed, "the answer has not the shape of quotes");
  }
  if (got.error) {
    result.errors.push_back(std::move(*got.error));
    return result;
  }
  for (const auto& coin : asked.asked) {
    const json_value* row = find(coin, *got.body);
    auto found = row ? read(coin.what, *row) : std::optional<quote>{};
    if (found) {
      result.quotes.push_back(std::move(*found));
    } else {
      result.errors.push_back(about(coin.what, row ? error_kind::no_data : error_kind::not_found));
    }
  }
  return result;
}

}  // namespace

quotes_result read_markets(const call& asked, const wire_answer& answer) {
  const auto find = [&](const asked_coin& coin, const json_value& body) {
    return row_of(coin, asked.by_id, body);
  };
  return read_each(asked, open(answer), kind::array, find, quote_of);
}

quotes_result read_simple_price(const call& asked, const wire_answer& answer) {
  const auto find = [](const asked_coin& coin, const json_value& body) -> const json_value* {
    const auto& row = body[coin.id];
    return row.kind == kind::object ? &row : nullptr;
  };
  return read_each(asked, open(answer), kind::object, find, simple_quote_of);
}

}  // namespace tributary::providers::market::coingecko
