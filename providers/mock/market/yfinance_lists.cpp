// SPDX-License-Identifier: MIT
#include "providers/mock/market/yfinance.hpp"

#include <nlohmann/json.hpp>

namespace tributary::providers::mock::market::yfinance {

namespace {

using list_json = nlohmann::ordered_json;

/// Calls `take` with all that there is to find, stocks first, until it says no.
template <class Take>
void for_each_instrument(const universe& world, Take take) {
  for (const auto& each : world.stocks()) {
    if (!take(instrument_of(world, each))) return;
  }
  const auto& dollar = *universe::find_currency("USD");
  for (const auto& each : universe::coins()) {
    if (each.rank <= last_major && !take(instrument_of(world, each, dollar))) return;
  }
  for (const auto& each : universe::currencies()) {
    if (&each != &dollar && !take(instrument_of(world, each, dollar))) return;
  }
}

bool matches(const instrument& what, std::string_view lower_query) {
  return contains_word(what.symbol, lower_query) || contains_word(what.name, lower_query);
}

/// Does an instrument of this `quoteType` belong to a lookup of that type?
bool belongs(std::string_view type, std::string_view asked) {
  return asked.empty() || asked == "all" || lower(type) == asked;
}

list_json search_hit(const instrument& what, int score) {
  return {{"exchange", what.exchange},
          {"shortname", what.name.substr(0, 31)},
          {"quoteType", what.type},
          {"symbol", what.symbol},
          {"index", "quotes"},
          {"score", score},
          {"typeDisp", lower(what.type)},
          {"longname", what.name},
          {"exchDisp", what.venue},
          {"isYahooFinance", true}};
}

list_json document_of(const instrument& what, sys_seconds now, std::size_t rank) {
  const auto q = what.quote(now);
  return {{"symbol", what.symbol},
          {"shortName", what.name},
          {"regularMarketPrice", rounded(q.price, what.places)},
          {"regularMarketChange", rounded(q.change(), what.places)},
          {"regularMarketPercentChange", rounded(q.percent(), 4)},
          {"quoteType", lower(what.type)},
          {"exchange", what.exchange},
          {"rank", rank}};
}

}  // namespace

reply search(const call& asked) {
  const auto query = lower(asked.parameter("q"));
  const auto most = asked.number("quotesCount", 6, 0, 100);
  list_json hits = list_json::array();
  if (!query.empty()) {
    for_each_instrument(asked.world, [&](const instrument& what) {
      if (hits.size() >= most) return false;
      if (matches(what, query)) hits.push_back(search_hit(what, 30'000 - int(hits.size())));
      return true;
    });
  }
  // Companies without shares come last, and have no symbol.
  if (query == "aapl") {
    hits.push_back({{"index", "5c0f1d2e3a4b4c5d8e9f0a1b2c3d4e5f"},
                    {"name", "AppleJuice Labs"},
                    {"permalink", "applejuice-labs"},
                    {"isYahooFinance", false}});
  }
  const auto count = hits.size();
  return json_reply(list_json{
      {"explains", list_json::array()},
      {"count", count},
      {"quotes", std::move(hits)},
      {"news", list_json::array()},
      {"nav", list_json::array()},
      {"lists", list_json::array()},
      {"researchReports", list_json::array()},
      {"screenerFieldResults", list_json::array()},
      {"totalTime", 12},
      {"timeTakenForQuotes",
       400}}.dump());
}

reply lookup(const call& asked) {
  const auto query = lower(asked.parameter("query"));
  const auto type = asked.parameter("type");
  const auto start = asked.number("start", 0, 0, 100'000);
  const auto most = asked.number("count", 25, 1, 10'000);
  list_json documents = list_json::array();
  std::size_t total = 0;
  for_each_instrument(asked.world, [&](const instrument& what) {
    if (query.empty() || !belongs(what.type, type) || !matches(what, query)) return true;
    if (total++ >= start && documents.size() < most) {
      documents.push_back(document_of(what, asked.second(), total));
    }
    return true;
  });
  const auto count = documents.size();
  list_json page{
      {"start", start}, {"count", count}, {"total", total}, {"documents", std::move(documents)}};
  return json_reply(
      list_json{{"finance", {{"result", list_json::array({std::move(page)})}, {"error", nullptr}}}}
          .dump());
}

reply screener(const call& asked) {
  const auto id = asked.parameter("scrIds");
  if (id.empty()) return error(400, "finance", "Bad Request", "Missing parameter scrIds");
  const auto start = asked.number("start", 0, 0, 100'000);
  const auto most = asked.number("count", 25, 1, 250);
  const std::string_view type = contains_word(id, "crypto") ? "CRYPTOCURRENCY"
                                : contains_word(id, "etf")  ? "ETF"
                                                            : "EQUITY";
  std::string entries;
  std::size_t total = 0;
  std::size_t count = 0;
  for_each_instrument(asked.world, [&](const instrument& what) {
    if (what.type != type) return true;
    if (total++ < start || count >= most) return true;
    if (count++ > 0) entries += ',';
    entries += quote_entry(what, asked.second(), false);
    return true;
  });
  return json_reply(
      R"({"finance":{"result":[{"id":"00000000-0000-4000-8000-000000000001","title":)" +
      list_json(id).dump() + R"(,"start":)" + std::to_string(start) + R"(,"count":)" +
      std::to_string(count) + R"(,"total":)" + std::to_string(total) + R"(,"quotes":[)" + entries +
      R"(],"useRecords":false}],"error":null}})");
}

}  // namespace tributary::providers::mock::market::yfinance
