// SPDX-License-Identifier: MIT
#include "providers/mock/market/coinmarketcap.hpp"

#include "providers/mock/market/providers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace tributary::providers::mock::market::coinmarketcap {

namespace {

using json = nlohmann::ordered_json;

constexpr std::uint32_t per_minute = 30;
constexpr std::size_t coins_per_credit = 100;

reply json_reply(unsigned status, std::string body) {
  return make_reply(status, std::move(body), "application/json; charset=utf-8");
}

/// Active or not, by rank or by id.
std::vector<const coin*> sorted_coins(bool active, bool by_id) {
  std::vector<const coin*> result;
  for (const auto& each : universe::coins()) {
    if (each.active == active) result.push_back(&each);
  }
  std::sort(result.begin(), result.end(), [&](const coin* a, const coin* b) {
    return by_id ? a->cmc_id < b->cmc_id : a->rank < b->rank;
  });
  return result;
}

constexpr std::size_t highest_start = 1'000'000;
constexpr std::size_t most_rows = 5000;

/// What is wrong with `start` or `limit`, if anything.
std::optional<reply> page_problem(const call& asked) {
  constexpr std::array bounds{std::pair{"start", highest_start}, std::pair{"limit", most_rows}};
  for (const auto& [name, high] : bounds) {
    const auto text = asked.parameter(name);
    if (text.empty() || asked.number(name, 0, 1, high) != 0) continue;
    return error(asked, 400, 400,
                 "Invalid value for \"" + std::string{name} + "\": \"" + std::string{text} + '"');
  }
  return std::nullopt;
}

/// The page that `start` and `limit` ask for.
std::vector<const coin*> page_of(const call& asked, std::vector<const coin*> all) {
  constexpr std::size_t usual = 100;
  const auto first = std::min(all.size(), asked.number("start", 1, 1, highest_start) - 1);
  const auto count = std::min(all.size() - first, asked.number("limit", usual, 1, most_rows));
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

json map_row(const coin& what, const call& asked) {
  json row{{"id", what.cmc_id},     {"rank", what.active ? json(what.rank) : json()},
           {"name", what.name},     {"symbol", what.ticker},
           {"slug", what.gecko_id}, {"is_active", what.active ? 1 : 0}};
  if (what.active) {
    row["first_historical_data"] = "2013-04-28T18:45:00.000Z";
    row["last_historical_data"] = iso_time(asked.second());
  }
  row["platform"] = nullptr;
  return row;
}

reply map(const call& asked) {
  if (auto problem = page_problem(asked)) return *std::move(problem);
  const bool inactive = asked.parameter("listing_status") == "inactive";
  auto all = sorted_coins(!inactive, asked.parameter("sort") != "cmc_rank");
  if (const auto wanted = asked.parameter("symbol"); !wanted.empty()) {
    const auto text = upper(wanted);
    const auto symbols = split(text);
    std::erase_if(all, [&](const coin* each) {
      return std::find(symbols.begin(), symbols.end(), each->ticker) == symbols.end();
    });
  }
  const auto page = page_of(asked, std::move(all));
  json rows = json::array();
  for (const auto* each : page) rows.push_back(map_row(*each, asked));
  return data_reply(asked, rows.dump(), 1);
}

template <version Shape>
reply listings(const call& asked) {
  if (auto problem = page_problem(asked)) return *std::move(problem);
  const auto to = conversions(asked);
  if (!to) return error(asked, 400, 400, "Invalid value for \"convert\"");
  const auto page = page_of(asked, sorted_coins(true, false));
  json rows = json::array();
  for (const auto* each : page) rows.push_back(coin_entry(*each, *to, Shape, asked));
  return data_reply(asked, rows.dump(), page.size() * to->size(), Shape);
}

reply key_info(const call& asked) {
  const json usage{{"credits_used", 0}, {"credits_left", 10'000}};
  return data_reply(asked,
                    json{{"plan",
                          {{"credit_limit_monthly", 10'000},
                           {"credit_limit_monthly_reset", "In 9 days, 4 hours and 2 minutes"},
                           {"rate_limit_minute", per_minute}}},
                         {"usage",
                          {{"current_minute", {{"requests_made", 1}, {"requests_left", 29}}},
                           {"current_day", usage},
                           {"current_month", usage}}}}
                        .dump(),
                    0);
}

constexpr std::array routes{route{"/v1/cryptocurrency/quotes/latest", &quotes_v1},
                            route{"/v2/cryptocurrency/quotes/latest", &quotes_v2},
                            route{"/v3/cryptocurrency/quotes/latest", &quotes_v3},
                            route{"/v1/cryptocurrency/listings/latest", &listings<version::v1>},
                            route{"/v3/cryptocurrency/listings/latest", &listings<version::v3>},
                            route{"/v1/cryptocurrency/map", &map},
                            route{"/v1/key/info", &key_info}};

reply too_many(const call& asked, sys_seconds reset) {
  auto result = error(asked, 429, 1008,
                      "You've exceeded your API Key's HTTP request rate limit. Rate limits reset "
                      "every minute.");
  add_field(result, "X-Ratelimit-Reset", date_and_time(reset) + " +0000");
  return result;
}

}  // namespace

reply data_reply(const call& asked, std::string_view data, std::size_t coins, version shape) {
  // Newer endpoints have their numbers in strings, and no message instead of null.
  const bool newer = shape == version::v3;
  const auto credits = (coins + coins_per_credit - 1) / coins_per_credit;
  const json status{{"timestamp", iso_time(asked.now)},
                    {"error_code", newer ? json("0") : json(0)},
                    {"error_message", newer ? json("") : json()},
                    {"elapsed", newer ? json("13") : json(13)},
                    {"credit_count", credits},
                    {"notice", nullptr}};
  return json_reply(200, R"({"status":)" + status.dump() + R"(,"data":)" + std::string{data} + '}');
}

reply error(const call& asked, unsigned status, int code, std::string_view message) {
  return json_reply(status, json{{"status",
                                  {{"timestamp", iso_time(asked.now)},
                                   {"error_code", code},
                                   {"error_message", message},
                                   {"elapsed", 0},
                                   {"credit_count", 0}}}}
                                .dump());
}

reply answer(const call& asked) {
  auto key = asked.headers.find("X-CMC_PRO_API_KEY");
  if (key.empty()) key = asked.parameter("CMC_PRO_API_KEY");
  if (key.empty()) return error(asked, 401, 1002, "API key missing.");
  if (key == "invalid") return error(asked, 401, 1001, "This API Key is invalid.");
  const auto used = asked.count(key, per_minute, std::chrono::minutes{1});
  if (used.over) return too_many(asked, used.reset);
  if (const auto* to = find_route(routes, asked.path)) return to->answer(asked);
  return json_reply(404, R"({"statusCode":404,"error":"Not Found","message":"Not Found"})");
}

}  // namespace tributary::providers::mock::market::coinmarketcap
