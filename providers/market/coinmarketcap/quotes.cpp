// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/coinmarketcap/coinmarketcap.hpp"
#include "providers/market/coinmarketcap/errors.hpp"
#include "providers/market/json_tree.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <limits>

namespace tributary::providers::market::coinmarketcap {

namespace {

using kind = json_value::kind_type;
using http::wire::same_without_case;

/// A coin of the answer, with the key it stood under, if any.
struct candidate {
  std::string_view key;
  const json_value* row;
};

/// All coins of the answer, in whichever of the shapes: a flat array, an object of coins, or an
/// object of arrays of coins.
std::vector<candidate> coins_of(const json_value& data) {
  std::vector<candidate> result;
  const auto add = [&](std::string_view key, const json_value& value) {
    if (value.kind == kind::object) result.push_back({key, &value});
  };
  for (const auto& row : data.items) add({}, row);
  for (const auto& [key, value] : data.members) {
    add(key, value);
    for (const auto& row : value.items) add(key, row);
  }
  return result;
}

bool is_meant(const candidate& one, const asked_coin& coin, bool by_id) {
  const auto& row = *one.row;
  if (by_id) {
    const auto id = row["id"].as_number();
    return (id ? std::string_view{id->text} : one.key) == coin.id;
  }
  const auto ticker = row["symbol"].as_text();
  return same_without_case(ticker.empty() ? one.key : ticker, coin.what.base);
}

/// A coin without the mark counts as active: not every list has it.
bool is_active(const json_value& row) {
  const auto& mark = row["is_active"];
  if (mark.kind == kind::boolean) return mark.truth;
  const auto number = mark.as_number();
  return !number || number->value != 0;
}

/// The part of `quote` in that currency: an object by currency, or an array of them.
const json_value& prices_in(const json_value& row, std::string_view currency) {
  const auto& quotes = row["quote"];
  for (const auto& one : quotes.items) {
    if (same_without_case(one["symbol"].as_text(), currency)) return one;
  }
  return quotes[currency];
}

bool has_price(const json_value& row, std::string_view currency) {
  const auto price = prices_in(row, currency)["price"].as_number();
  return price && price->value > 0;
}

double rank_of(const json_value& row) {
  const auto rank = row["cmc_rank"].as_number();
  return rank && rank->value > 0 ? rank->value : std::numeric_limits<double>::infinity();
}

quote quote_of(const symbol& what, const json_value& row) {
  const auto& prices = prices_in(row, what.quote);
  quote result{what.text, *prices["price"].as_number(),
               {},        prices["percent_change_24h"].as_number(),
               source,    read_iso_time(prices["last_updated"].as_text())};
  result.change = changes_from_percent(result.price, result.percent_change).change;
  return result;
}

/// Asks `coins` for one coin and adds what comes of it.
void read_coin(const asked_coin& coin, bool by_id, const std::vector<candidate>& coins,
               quotes_result& out) {
  bool known = false;
  const json_value* best = nullptr;
  for (const auto& one : coins) {
    if (!is_meant(one, coin, by_id)) continue;
    known = true;
    if (!is_active(*one.row) || !has_price(*one.row, coin.what.quote)) continue;
    if (!best || rank_of(*one.row) < rank_of(*best)) best = one.row;
  }
  if (best) {
    out.quotes.push_back(quote_of(coin.what, *best));
    return;
  }
  auto error = known ? failed(error_kind::no_data, "no active coin of that ticker has a price")
                     : failed(error_kind::not_found, "the coin is not known");
  error.symbol = coin.what.text;
  out.errors.push_back(std::move(error));
}

/// A call that failed whole because of some of its symbols: these are not found, and nothing is
/// said of the others.
quotes_result without_refused(const call& asked, opened& got) {
  quotes_result result;
  for (const auto& coin : asked.asked) {
    const auto is_named = [&](const std::string& value) {
      return value == coin.id || same_without_case(value, coin.what.base);
    };
    if (std::none_of(got.refused.begin(), got.refused.end(), is_named)) continue;
    auto error = failed(error_kind::not_found, "the coin is not known");
    error.symbol = coin.what.text;
    result.errors.push_back(std::move(error));
  }
  // With nobody to blame the call would fail again.
  if (result.errors.empty()) result.errors.push_back(std::move(*got.error));
  return result;
}

}  // namespace

quotes_result read_quotes(const call& asked, const wire_answer& answer) {
  auto got = open(answer);
  if (got.error) return without_refused(asked, got);
  quotes_result result;
  const auto& data = (*got.body)["data"];
  if (data.kind != kind::object && data.kind != kind::array) {
    result.errors.push_back(failed(error_kind::malformed, "no data in the answer"));
    return result;
  }
  const auto coins = coins_of(data);
  for (const auto& coin : asked.asked) read_coin(coin, asked.by_id, coins, result);
  return result;
}

call left_to_ask(const call& asked, const quotes_result& known) {
  call result{{}, asked.by_id};
  for (const auto& coin : asked.asked) {
    const auto& text = coin.what.text;
    const bool told =
        std::any_of(known.quotes.begin(), known.quotes.end(),
                    [&](const quote& one) { return one.symbol == text; }) ||
        std::any_of(known.errors.begin(), known.errors.end(),
                    [&](const failure& one) { return one.symbol.empty() || one.symbol == text; });
    if (!told) result.asked.push_back(coin);
  }
  return result;
}

assets_result read_list_page(const wire_answer& answer, id_book& book) {
  assets_result result;
  auto got = open(answer);
  const json_value none;
  const auto& rows = got.error ? none : (*got.body)["data"];
  if (!got.error && rows.kind != kind::array) {
    got.error = failed(error_kind::malformed, "no array of data in the answer");
  }
  result.error = std::move(got.error);
  if (result.error) return result;

  struct coin {
    const json_value* row;
    std::string id;
  };
  std::vector<coin> coins;
  for (const auto& row : rows.items) {
    const auto id = row["id"].as_number();
    if (!id || row["symbol"].as_text().empty() || !is_active(row)) continue;
    const auto rank = row["rank"].is_null() ? row["cmc_rank"].as_number() : row["rank"].as_number();
    listed_coin listed{row["symbol"].as_text(), id->text, {}};
    if (rank && rank->value >= 1 && rank->value < 1e9) {
      listed.rank = static_cast<std::uint32_t>(rank->value);
    }
    book.learn(listed);
    coins.push_back({&row, id->text});
  }
  for (const auto& [row, id] : coins) {
    const auto ticker = (*row)["symbol"].as_text();
    if (book.id_of(ticker) != std::string_view{id}) continue;
    auto symbol = upper_case(ticker) + "-USD";
    const auto name = (*row)["name"].as_text();
    result.assets.push_back(
        {symbol, name.empty() ? symbol : std::string(name), "crypto", "", "USD"});
  }
  result.last = rows.items.size() < rows_per_page;
  return result;
}

}  // namespace tributary::providers::market::coinmarketcap
