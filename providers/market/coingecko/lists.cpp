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
  listed_coin out{row["symbol"].as_text(), row["id"].as_text(), {}};
  const auto rank = row["market_cap_rank"].as_number();
  if (rank && rank->value >= 1 && rank->value <= 1e9) {
    out.rank = static_cast<std::uint32_t>(rank->value);
  }
  return out;
}

/// The rows whose coin is the one that its ticker means, each once.
std::vector<asset> meant_coins(const json_value& rows, const id_book& book) {
  std::vector<asset> out;
  out.reserve(rows.items.size());
  std::unordered_set<std::string_view> seen;
  for (const auto& row : rows.items) {
    const auto id = row["id"].as_text();
    const auto ticker = row["symbol"].as_text();
    if (id.empty() || ticker.empty() || book.id_of(ticker) != id) continue;
    if (!seen.insert(id).second) continue;
    const auto name = row["name"].as_text();
    auto symbol = upper_case(ticker) + "-USD";
    out.push_back({symbol, name.empty() ? symbol : std::string(name), "crypto", "", "USD"});
  }
  return out;
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
  assets_result out;
  const auto rows = open_list(answer, out);
  if (!rows) return out;
  for (const auto& row : rows->items) book.learn(coin_of(row));
  out.assets = meant_coins(*rows, book);
  out.last = rows->items.size() < max_per_call;
  return out;
}

assets_result read_coins_list(const wire_answer& answer, id_book& book) {
  assets_result out;
  const auto rows = open_list(answer, out);
  if (!rows) return out;
  std::unordered_map<std::string, int> holders;
  for (const auto& row : rows->items) ++holders[upper_case(row["symbol"].as_text())];
  for (const auto& row : rows->items) {
    const auto ticker = row["symbol"].as_text();
    if (holders[upper_case(ticker)] == 1 && !book.id_of(ticker)) book.learn(coin_of(row));
  }
  out.assets = meant_coins(*rows, book);
  // A provider without coins is at fault, and must not empty a list we have.
  if (out.assets.empty()) out.error = failed(error_kind::no_data, "the list is empty");
  return out;
}

}  // namespace tributary::providers::market::coingecko
