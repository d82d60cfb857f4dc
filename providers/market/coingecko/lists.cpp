// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/coingecko/coingecko.hpp"
#include "providers/market/coingecko/errors.hpp"
#include "providers/market/json_tree.hpp"

#include <unordered_map>
#include <unordered_set>

namespace tributary::providers::market::coingecko {

namespace {

listed_coin coin_of(const json_value& row) {
  listed_coin result{row["symbol"].as_text(), row["id"].as_text(), {}};
  const auto rank = row["market_cap_rank"].as_number();
  if (rank && rank->value >= 1 && rank->value <= 1e9) {
    result.rank = static_cast<std::uint32_t>(rank->value);
  }
  return result;
}

/// The rows whose coin is the one that its ticker means, each once.
std::vector<asset> meant_coins(const json_value& rows, const id_book& book) {
  std::vector<asset> result;
  result.reserve(rows.items.size());
  std::unordered_set<std::string_view> seen;
  for (const auto& row : rows.items) {
    const auto id = row["id"].as_text();
    const auto ticker = row["symbol"].as_text();
    if (id.empty() || ticker.empty() || book.id_of(ticker) != id) continue;
    if (!seen.insert(id).second) continue;
    const auto name = row["name"].as_text();
    auto symbol = upper_case(ticker) + "-USD";
    result.push_back({symbol, name.empty() ? symbol : std::string(name), "crypto", "", "USD"});
  }
  return result;
}

/// The rows, or the error in `out`.
std::optional<json_value> open_list(const wire_answer& answer, assets_result& out) {
  auto [body, error] = open(answer);
  if (!error && body->kind != json_value::kind_type::array) {
    error = failed(error_kind::malformed, "the list is no array");
  }
  out.error = std::move(error);
  if (out.error) return {};
  return std::move(body);
}

}  // namespace

assets_result read_markets_page(const wire_answer& answer, id_book& book) {
  assets_result result;
  const auto rows = open_list(answer, result);
  if (!rows) return result;
  for (const auto& row : rows->items) book.learn(coin_of(row));
  result.assets = meant_coins(*rows, book);
  result.last = rows->items.size() < max_per_call;
  return result;
}

assets_result read_coins_list(const wire_answer& answer, id_book& book) {
  assets_result result;
  const auto rows = open_list(answer, result);
  if (!rows) return result;
  std::unordered_map<std::string, int> holders;
  for (const auto& row : rows->items) ++holders[upper_case(row["symbol"].as_text())];
  for (const auto& row : rows->items) {
    const auto ticker = row["symbol"].as_text();
    if (holders[upper_case(ticker)] == 1 && !book.id_of(ticker)) book.learn(coin_of(row));
  }
  result.assets = meant_coins(*rows, book);
  // A provider without coins is at fault, and must not empty a list we have.
  if (result.assets.empty()) result.error = failed(error_kind::no_data, "the list is empty");
  return result;
}

}  // namespace tributary::providers::market::coingecko
