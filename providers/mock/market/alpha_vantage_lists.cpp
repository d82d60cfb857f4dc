// SPDX-License-Identifier: MIT
#include "providers/mock/market/alpha_vantage.hpp"

#include <nlohmann/json.hpp>

namespace tributary::providers::mock::market::alpha_vantage {

namespace {

using list_json = nlohmann::ordered_json;

std::string_view exchange_of(listing exchange) {
  switch (exchange) {
    case listing::nasdaq:
      return "NASDAQ";
    case listing::nyse:
      return "NYSE";
    case listing::arca:
      return "NYSE ARCA";
    case listing::london:
      return "LSE";
  }
  return {};
}

/// RFC 4180: quoted where it holds a comma.
std::string csv_field(std::string_view text) {
  if (text.find(',') == text.npos) return std::string{text};
  return '"' + std::string{text} + '"';
}

reply csv_reply(std::string body, std::string_view file) {
  auto result = make_reply(200, std::move(body), "application/x-download");
  add_field(result, "Content-Disposition", "attachment; filename=" + std::string{file});
  return result;
}

/// `BRK-B`, `OCDO.LON`.
std::string spelling_of(const stock& what) {
  auto symbol = what.ticker;
  const auto dot = symbol.find('.');
  if (what.exchange == listing::london) {
    symbol += "ON";
  } else if (dot != symbol.npos) {
    symbol[dot] = '-';
  }
  return symbol;
}

}  // namespace

reply symbol_search(const call& asked) {
  constexpr std::size_t most_matches = 10;
  const auto keywords = lower(asked.parameter("keywords"));
  if (keywords.empty()) return invalid_call("SYMBOL_SEARCH");
  list_json matches = list_json::array();
  for (const auto& each : asked.world.stocks()) {
    if (matches.size() == most_matches) break;
    if (each.kind == stock_kind::index) continue;
    if (!contains_word(each.ticker, keywords) && !contains_word(each.name, keywords)) continue;
    const bool british = each.exchange == listing::london;
    matches.push_back({{"1. symbol", spelling_of(each)},
                       {"2. name", each.name},
                       {"3. type", each.kind == stock_kind::etf ? "ETF" : "Equity"},
                       {"4. region", british ? "United Kingdom" : "United States"},
                       {"5. marketOpen", british ? "08:00" : "09:30"},
                       {"6. marketClose", british ? "16:30" : "16:00"},
                       {"7. timezone", british ? "UTC+01" : "UTC-04"},
                       {"8. currency", british ? "GBX" : "USD"},
                       {"9. matchScore", lower(each.ticker) == keywords ? "1.0000" : "0.6667"}});
  }
  return json_reply(list_json{{"bestMatches", std::move(matches)}}.dump(4));
}

reply listing_status(const call& asked) {
  std::string body = "symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n";
  // One that was delisted is in the usual list too: its column is there to be read.
  body += "BRKS,Brooks Automation,NASDAQ,Stock,1995-02-01,2021-12-01,Delisted\r\n";
  const bool active = asked.parameter("state") != "delisted";
  for (const auto& each : asked.world.stocks()) {
    if (!active || each.kind == stock_kind::index || each.exchange == listing::london) continue;
    body += spelling_of(each) + ',' + csv_field(each.name) + ',';
    body += exchange_of(each.exchange);
    body += each.kind == stock_kind::etf ? ",ETF" : ",Stock";
    body += ",1999-11-18,null,Active\r\n";
  }
  return csv_reply(std::move(body), "listing_status.csv");
}

reply physical_currencies(const call&) {
  std::string body = "currency code,currency name\r\n";
  for (const auto& each : universe::currencies()) {
    body += std::string{each.code} + ',' + csv_field(each.name) + "\r\n";
  }
  // Not all of these are currencies of nations.
  body += "XAG,Silver Ounce\r\nXAU,Gold Ounce\r\nXDR,Special Drawing Rights\r\n";
  return csv_reply(std::move(body), "physical_currency_list.csv");
}

reply digital_currencies(const call&) {
  std::string body = "currency code,currency name\r\n";
  for (const auto& each : universe::coins()) {
    if (each.rank > last_major) continue;
    body += std::string{each.ticker} + ',' + csv_field(each.name) + "\r\n";
  }
  return csv_reply(std::move(body), "digital_currency_list.csv");
}

}  // namespace tributary::providers::mock::market::alpha_vantage
