// SPDX-License-Identifier: MIT
#include "providers/mock/market/coinmarketcap.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace tributary::providers::mock::market::coinmarketcap {

namespace {

using quotes_json = nlohmann::ordered_json;

/// The number of the dollar here; other currencies follow in our own order.
constexpr int dollar_id = 2781;

int id_of(const currency& what) {
  return what.code == "USD"
             ? dollar_id
             : dollar_id + 1 + static_cast<int>(&what - universe::currencies().data());
}

quotes_json price_entry(const coin& what, const currency& to, const call& asked) {
  if (!what.active) {
    return {{"price", nullptr},
            {"volume_24h", nullptr},
            {"percent_change_24h", nullptr},
            {"market_cap", nullptr},
            {"last_updated", "2022-03-01T00:00:00.000Z"}};
  }
  const auto q = asked.world.quote(what, to, asked.second());
  const auto before = asked.world.price(what, to, asked.second() - std::chrono::hours{1});
  const auto week = asked.world.price(what, to, asked.second() - std::chrono::hours{168});
  return {{"price", q.price},
          {"volume_24h", q.price * what.supply / 40},
          {"volume_change_24h", -7.3119},
          {"percent_change_1h", rounded((q.price - before) / before * 100, 8)},
          {"percent_change_24h", rounded(q.percent_24h(), 8)},
          {"percent_change_7d", rounded((q.price - week) / week * 100, 8)},
          {"market_cap", q.price * what.supply},
          {"market_cap_dominance", 1.5},
          {"fully_diluted_market_cap", q.price * what.supply},
          {"tvl", nullptr},
          {"last_updated", iso_time(asked.second())}};
}

/// What the coins are asked by.
enum class selector { id, symbol, slug };

struct selection {
  selector by;
  std::string name;                 ///< of the parameter
  std::vector<std::string> values;  ///< as in answers: tickers in upper case
};

std::optional<selection> selection_of(const call& asked) {
  for (const auto by : {selector::id, selector::slug, selector::symbol}) {
    const std::string name = by == selector::id ? "id" : by == selector::slug ? "slug" : "symbol";
    const auto values = split(asked.parameter(name));
    if (values.empty()) continue;
    selection result{by, name, {}};
    for (const auto each : values) {
      result.values.push_back(by == selector::symbol ? upper(each) : std::string{each});
    }
    return result;
  }
  return std::nullopt;
}

/// All coins of one value; the one that people mean is the last.
std::vector<const coin*> coins_of(const selection& what, std::string_view value) {
  std::vector<const coin*> result;
  for (const auto& each : universe::coins()) {
    const bool same = what.by == selector::id     ? std::to_string(each.cmc_id) == value
                      : what.by == selector::slug ? each.gecko_id == value
                                                  : each.ticker == value;
    if (same) result.push_back(&each);
  }
  std::sort(result.begin(), result.end(),
            [](const coin* a, const coin* b) { return a->rank > b->rank; });
  return result;
}

/// `Invalid value for "symbol": "NOSUCH"`, or empty.
std::string complaint_about(const selection& what) {
  std::string unknown;
  std::size_t count = 0;
  for (const auto& each : what.values) {
    if (!coins_of(what, each).empty()) continue;
    if (count++ > 0) unknown += ',';
    unknown += each;
  }
  if (count == 0) return {};
  return std::string{count == 1 ? "Invalid value" : "Invalid values"} + " for \"" + what.name +
         "\": \"" + unknown + '"';
}

/// Adds the coins of one value in the shape of that version. @returns how many
std::size_t add_coins(quotes_json& data, const selection& what, const std::string& value,
                      const std::vector<const currency*>& to, version shape, const call& asked) {
  const auto found = coins_of(what, value);
  const auto entry = [&](const coin* each) { return coin_entry(*each, to, shape, asked); };
  if (shape == version::v3) {
    for (const auto* each : found) data.push_back(entry(each));
    return found.size();
  }
  if (shape == version::v2 && what.by == selector::symbol) {
    auto& all = data[value] = quotes_json::array();
    for (const auto* each : found) all.push_back(entry(each));
    return found.size();
  }
  if (found.empty()) return 0;
  const auto* meant = found.back();
  data[what.by == selector::symbol ? value : std::to_string(meant->cmc_id)] = entry(meant);
  return 1;
}

reply quotes(const call& asked, version shape) {
  const auto what = selection_of(asked);
  if (!what) {
    return error(asked, 400, 400, "\"value\" must contain at least one of [id, symbol, slug]");
  }
  const auto to = conversions(asked);
  if (!to) return error(asked, 400, 400, "Invalid value for \"convert\"");
  if (asked.parameter("skip_invalid") != "true") {
    if (const auto complaint = complaint_about(*what); !complaint.empty()) {
      return error(asked, 400, 400, complaint);
    }
  }
  auto data = shape == version::v3 ? quotes_json::array() : quotes_json::object();
  std::size_t count = 0;
  for (const auto& value : what->values) count += add_coins(data, *what, value, *to, shape, asked);
  return data_reply(asked, data.dump(), std::max<std::size_t>(count, 1) * to->size(), shape);
}

}  // namespace

std::optional<std::vector<const currency*>> conversions(const call& asked) {
  const auto wanted = asked.parameter("convert");
  std::vector<const currency*> result;
  for (const auto code : split(wanted.empty() ? "USD" : wanted)) {
    result.push_back(universe::find_currency(upper(code)));
    if (result.back() == nullptr) return std::nullopt;
  }
  return result;
}

nlohmann::ordered_json coin_entry(const coin& what, const std::vector<const currency*>& to,
                                  version shape, const call& asked) {
  quotes_json prices = shape == version::v3 ? quotes_json::array() : quotes_json::object();
  for (const auto* each : to) {
    auto entry = price_entry(what, *each, asked);
    if (shape == version::v3) {
      entry["id"] = id_of(*each);
      entry["symbol"] = each->code;
      prices.push_back(std::move(entry));
    } else {
      prices[std::string{each->code}] = std::move(entry);
    }
  }
  return {{"id", what.cmc_id},
          {"name", what.name},
          {"symbol", what.ticker},
          {"slug", what.gecko_id},
          {"num_market_pairs", what.active ? 1200 : 0},
          {"date_added", "2013-04-28T00:00:00.000Z"},
          {"tags", quotes_json::array()},
          {"max_supply", what.ticker == "BTC" ? quotes_json(21'000'000) : quotes_json()},
          {"circulating_supply", what.supply},
          {"total_supply", what.supply},
          {"is_active", what.active ? 1 : 0},
          {"platform", nullptr},
          {"cmc_rank", what.active ? quotes_json(what.rank) : quotes_json()},
          {"is_fiat", 0},
          {"last_updated", iso_time(asked.second())},
          {"quote", std::move(prices)}};
}

reply quotes_v1(const call& asked) { return quotes(asked, version::v1); }
reply quotes_v2(const call& asked) { return quotes(asked, version::v2); }
reply quotes_v3(const call& asked) { return quotes(asked, version::v3); }

}  // namespace tributary::providers::mock::market::coinmarketcap
