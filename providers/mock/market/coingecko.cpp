// SPDX-License-Identifier: MIT
#include "providers/mock/market/providers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace tributary::providers::mock::market::coingecko {

namespace {

using json = nlohmann::ordered_json;

reply json_reply(unsigned status, const json& body) {
  auto result = make_reply(status, body.dump(), "application/json; charset=utf-8");
  add_field(result, "Server", "cloudflare");
  if (status == 200) add_field(result, "Cache-Control", "public, max-age=30");
  return result;
}

reply plain_error(unsigned status, std::string_view message) {
  return json_reply(status, {{"error", message}});
}

reply ping(const call&) { return json_reply(200, {{"gecko_says", "(V3) To the Moon!"}}); }

reply vs_currencies(const call&) {
  json codes = json::array();
  for (const auto& each : universe::currencies()) codes.push_back(lower(each.code));
  return json_reply(200, codes);
}

/// National currencies only; a coin such as USDT is none.
const currency* vs_of(std::string_view code) { return universe::find_currency(upper(code)); }

/// Only those with the status asked for; all of them for who does not say. (Documented is that the
/// active ones are meant then. Who relies on that is to notice here.)
reply coins_list(const call& asked) {
  const bool platforms = asked.parameter("include_platform") == "true";
  const auto status = asked.parameter("status");
  json rows = json::array();
  for (const auto& each : universe::coins()) {
    if (!status.empty() && each.active != (status == "active")) continue;
    json row{{"id", each.gecko_id}, {"symbol", lower(each.ticker)}, {"name", each.name}};
    if (platforms) row["platforms"] = json::object();
    rows.push_back(std::move(row));
  }
  return json_reply(200, rows);
}

bool listed(const std::vector<std::string_view>& wanted, std::string_view what) {
  return std::find(wanted.begin(), wanted.end(), what) != wanted.end();
}

/// Those asked for, or all that are traded; the largest market cap first.
std::vector<const coin*> chosen_coins(const call& asked) {
  const auto ids = split(asked.parameter("ids"));
  const auto symbols_text = lower(asked.parameter("symbols"));
  const auto symbols = split(symbols_text);
  std::vector<const coin*> chosen;
  for (const auto& each : universe::coins()) {
    const bool wanted = !ids.empty()       ? listed(ids, each.gecko_id)
                        : !symbols.empty() ? listed(symbols, lower(each.ticker))
                                           : each.active;
    if (wanted) chosen.push_back(&each);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const coin* a, const coin* b) { return a->rank < b->rank; });
  return chosen;
}

/// The fields that a coin has when it is traded; null in one that is not.
void add_market(json& row, const coin& what, const quotation& q, const call& asked) {
  const auto places = places_of(q.price);
  row["current_price"] = rounded(q.price, places);
  row["market_cap"] = std::round(q.price * what.supply);
  row["market_cap_rank"] = what.rank;
  row["fully_diluted_valuation"] = std::round(q.price * what.supply);
  row["total_volume"] = std::round(q.price * what.supply / 40);
  row["high_24h"] = rounded(q.high, places);
  row["low_24h"] = rounded(q.low, places);
  row["price_change_24h"] = q.change_24h();
  row["price_change_percentage_24h"] = rounded(q.percent_24h(), 5);
  row["market_cap_change_24h"] = q.change_24h() * what.supply;
  row["market_cap_change_percentage_24h"] = rounded(q.percent_24h(), 5);
  row["circulating_supply"] = what.supply;
  row["total_supply"] = what.supply;
  row["max_supply"] = what.ticker == "BTC" ? json(21000000.0) : json();
  row["ath"] = rounded(what.base * 1.6, places);
  row["ath_change_percentage"] = -37.5;
  row["ath_date"] = "2025-10-06T10:57:42.000Z";
  row["atl"] = rounded(what.base / 50, 12);
  row["atl_change_percentage"] = 4900.0;
  row["atl_date"] = "2015-10-20T00:00:00.000Z";
  row["roi"] = what.ticker == "ETH"
                   ? json{{"times", 38.52}, {"currency", "btc"}, {"percentage", 3852.4}}
                   : json();
  row["last_updated"] = iso_time(asked.second());
}

void add_nothing(json& row) {
  for (const auto name : {"current_price",
                          "market_cap",
                          "market_cap_rank",
                          "fully_diluted_valuation",
                          "total_volume",
                          "high_24h",
                          "low_24h",
                          "price_change_24h",
                          "price_change_percentage_24h",
                          "market_cap_change_24h",
                          "market_cap_change_percentage_24h",
                          "circulating_supply",
                          "total_supply",
                          "max_supply",
                          "ath",
                          "ath_change_percentage",
                          "ath_date",
                          "atl",
                          "atl_change_percentage",
                          "atl_date",
                          "roi",
                          "last_updated"}) {
    row[name] = nullptr;
  }
}

reply markets(const call& asked) {
  const auto code = asked.parameter("vs_currency");
  if (code.empty()) return plain_error(422, "Missing parameter vs_currency");
  const auto* vs = vs_of(code);
  if (vs == nullptr) return plain_error(400, "invalid vs_currency");
  const auto chosen = chosen_coins(asked);
  const auto per_page = asked.number("per_page", 100, 1, 250);
  const auto first = std::min(chosen.size(), (asked.number("page", 1, 1, 100'000) - 1) * per_page);
  const auto last = std::min(chosen.size(), first + per_page);
  json rows = json::array();
  for (auto i = first; i < last; ++i) {
    const auto& each = *chosen[i];
    json row{{"id", each.gecko_id},
             {"symbol", lower(each.ticker)},
             {"name", each.name},
             {"image", "https://coin-images.coingecko.com/coins/images/0/large/x.png?1"}};
    if (each.active) {
      add_market(row, each, asked.world.quote(each, *vs, asked.second()), asked);
    } else {
      add_nothing(row);
    }
    rows.push_back(std::move(row));
  }
  return json_reply(200, rows);
}

reply simple_price(const call& asked) {
  if (asked.parameter("vs_currencies").empty()) {
    return plain_error(422, "Missing parameter vs_currencies");
  }
  std::vector<const currency*> versus;
  for (const auto code : split(asked.parameter("vs_currencies"))) {
    versus.push_back(vs_of(code));
    if (versus.back() == nullptr) return plain_error(400, "invalid vs_currency");
  }
  if (asked.parameter("ids").empty() && asked.parameter("symbols").empty()) {
    return plain_error(422, "Missing parameter ids");
  }
  const bool full = asked.parameter("precision") == "full";
  json body = json::object();
  for (const auto* each : chosen_coins(asked)) {
    json prices = json::object();
    for (const auto* vs : each->active ? versus : std::vector<const currency*>{}) {
      const auto q = asked.world.quote(*each, *vs, asked.second());
      const auto name = lower(vs->code);
      prices[name] = full ? q.price : rounded(q.price, places_of(q.price));
      if (asked.parameter("include_24hr_change") == "true") {
        prices[name + "_24h_change"] = q.percent_24h();
      }
    }
    if (each->active && asked.parameter("include_last_updated_at") == "true") {
      prices["last_updated_at"] = asked.second().time_since_epoch().count();
    }
    body[each->gecko_id] = std::move(prices);
  }
  return json_reply(200, body);
}

constexpr std::array routes{
    route{"/api/v3/ping", &ping}, route{"/api/v3/simple/price", &simple_price},
    route{"/api/v3/simple/supported_vs_currencies", &vs_currencies},
    route{"/api/v3/coins/list", &coins_list}, route{"/api/v3/coins/markets", &markets}};

reply status_error(unsigned status, json fields) {
  return json_reply(status, {{"status", std::move(fields)}});
}

/// `2025-11-21T20:00:00.892+00:00`
std::string offset_time(const call& asked) {
  auto text = iso_time(asked.now);
  text.back() = '+';
  return text + "00:00";
}

reply too_many(const call& asked, sys_seconds reset) {
  auto result = make_reply(
      429,
      R"({"status":{"error_code":429,"error_message":"You've exceeded the Rate Limit. Please )"
      R"(visit https://www.coingecko.com/en/api/pricing to subscribe to our API plans for )"
      R"(higher rate limits."}})",
      "application/json");
  add_field(result, "Retry-After", std::to_string((reset - asked.second()).count()));
  add_field(result, "Server", "cloudflare");
  add_field(result, "Cache-Control", "private, max-age=0, no-store, no-cache, must-revalidate");
  return result;
}

constexpr std::uint32_t keyless_limit = 30;
constexpr std::uint32_t demo_limit = 100;

}  // namespace

reply answer(const call& asked) {
  if (asked.headers.find("User-Agent").empty()) {
    return status_error(403, {{"error_code", 403},
                              {"error_message",
                               "Please add a descriptive User-Agent header to "
                               "your requests."}});
  }
  if (!asked.headers.find("x-cg-pro-api-key").empty() ||
      !asked.parameter("x_cg_pro_api_key").empty()) {
    return json_reply(400, {{"timestamp", offset_time(asked)},
                            {"error_code", 10011},
                            {"status",
                             {{"error_message",
                               "If you are using Pro API key, please change your root URL from "
                               "api.coingecko.com to pro-api.coingecko.com"}}}});
  }
  auto key = asked.headers.find("x-cg-demo-api-key");
  if (key.empty()) key = asked.parameter("x_cg_demo_api_key");
  // Errors count too.
  const auto used =
      asked.count(key, key.empty() ? keyless_limit : demo_limit, std::chrono::minutes{1});
  if (used.over) return too_many(asked, used.reset);
  if (key == "invalid") {
    return status_error(
        401, {{"timestamp", offset_time(asked)},
              {"error_code", 10002},
              {"error_message",
               "API Key Missing. Please make sure you're using the right authentication method. "
               "For Pro API, ensure you pass in x_cg_pro_api_key parameter with a Pro Key. For "
               "Demo API, ensure you pass in x_cg_demo_api_key parameter with a Demo Key."}});
  }
  if (const auto* to = find_route(routes, asked.path)) return to->answer(asked);
  return plain_error(404, "Incorrect path. Please check https://docs.coingecko.com/");
}

}  // namespace tributary::providers::mock::market::coingecko
