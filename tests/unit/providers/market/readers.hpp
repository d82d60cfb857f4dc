// SPDX-License-Identifier: MIT
#pragma once

#include "answers.hpp"
#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/coingecko/coingecko.hpp"
#include "providers/market/coinmarketcap/coinmarketcap.hpp"
#include "providers/market/finnhub/finnhub.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The one place where rows of the manifest meet adapters: from a provider's name to what it asks
/// for and reads.
namespace tributary::providers::market::tests {

/// What the stand-ins `<key>` and so on of the manifest are here.
inline constexpr std::string_view fixture_key = "K3Y-0123456789";

/// What a row of the manifest says about the call.
struct fixture_call {
  std::string path;
  std::map<std::string, std::string> query;  ///< decoded
  std::vector<symbol> asked;
  std::map<std::string, std::string> ids;  ///< a provider's ids by symbol, where the row has them
  wire_answer answer;
};

/// The request we would have sent, and what we read from the answer.
struct fixture_outcome {
  wire_request request;
  quotes_result quotes;
  assets_result assets;
};

inline fixture_outcome quotes_outcome(wire_request request, quotes_result read) {
  return {std::move(request), std::move(read), {}};
}

inline fixture_outcome assets_outcome(wire_request request, assets_result read) {
  return {std::move(request), {}, std::move(read)};
}

inline fixture_outcome read_yahoo(const fixture_call& call) {
  using namespace yahoo;
  const session with{"A3=d=xyz&S=abc", call.query.contains("crumb") ? call.query.at("crumb") : ""};
  if (call.path == "/v7/finance/quote")
    return quotes_outcome(quote_request(call.asked, with),
                          read_quotes(call.asked, call.answer, with));
  if (call.path == "/v7/finance/spark")
    return quotes_outcome(spark_request(call.asked), read_spark(call.asked, call.answer));
  if (call.path.starts_with("/v8/finance/chart/"))
    return quotes_outcome(chart_request(call.asked.at(0)),
                          read_chart(call.asked.at(0), call.answer));
  if (call.path == "/v1/finance/search")
    return assets_outcome(search_request(call.query.at("q"), 6), yahoo::read_search(call.answer));
  throw std::invalid_argument{call.path};
}

inline fixture_outcome read_finnhub(const fixture_call& call) {
  using namespace finnhub;
  const settings with{std::string{fixture_key}, crypto_venue::coinbase};
  if (call.path == "/api/v1/quote")
    return quotes_outcome(finnhub::quote_request(call.asked.at(0), with),
                          finnhub::read_quote(call.asked.at(0), call.answer));
  if (call.path == "/api/v1/forex/rates")
    return quotes_outcome(forex_rates_request(call.query.at("base"), with),
                          read_forex_rates(call.asked, call.answer));
  if (call.path == "/api/v1/stock/symbol")
    return assets_outcome(stock_list_request(with), read_stock_list(call.answer));
  throw std::invalid_argument{call.path};
}

inline fixture_outcome read_coingecko(const fixture_call& call) {
  using namespace coingecko;
  const settings with{key_tier::demo, std::string{fixture_key}, "tributary/1.0"};
  id_book book{pinned_ids()};
  coingecko::call coins;
  for (auto& what : call.asked) {
    const auto id = call.ids.find(what.text);
    const auto known = book.id_of(what.base);
    coins.asked.push_back(
        {what, id != call.ids.end() ? id->second : std::string{known.value_or("")}});
  }
  if (call.path == "/api/v3/simple/price")
    return quotes_outcome(simple_price_request(coins, with), read_simple_price(coins, call.answer));
  if (call.path == "/api/v3/coins/markets")
    return quotes_outcome(markets_request(coins, with), read_markets(coins, call.answer));
  if (call.path == "/api/v3/coins/list")
    return assets_outcome(coins_list_request(with), read_coins_list(call.answer, book));
  throw std::invalid_argument{call.path};
}

inline fixture_outcome read_coinmarketcap(const fixture_call& call) {
  using namespace coinmarketcap;
  const auto version = call.path.starts_with("/v2")   ? path_version::v2
                       : call.path.starts_with("/v3") ? path_version::v3
                                                      : path_version::v1;
  const settings with{std::string{fixture_key}, version};
  if (call.path.ends_with("/map")) {
    id_book book{pinned_ids()};
    return assets_outcome(map_request(1, with), read_list_page(call.answer, book));
  }
  coinmarketcap::call coins{{}, false};
  for (auto& what : call.asked) coins.asked.push_back({what, ""});
  return quotes_outcome(quotes_request(coins, with),
                        coinmarketcap::read_quotes(coins, call.answer));
}

inline fixture_outcome read_alpha_vantage(const fixture_call& call) {
  using namespace alpha_vantage;
  const auto key = fixture_key;
  const auto& function = call.query.at("function");
  if (function == "LISTING_STATUS")
    return assets_outcome(listing_request(key), read_listing(call.answer, key));
  const auto& asked = call.asked.at(0);
  if (function == "FX_DAILY")
    return quotes_outcome(daily_rates_request(asked, key).value(),
                          read_daily_rates(asked, call.answer, key));
  return quotes_outcome(alpha_vantage::quote_request(asked, key).value(),
                        alpha_vantage::read_quote(asked, call.answer, key));
}

using fixture_reader = fixture_outcome (*)(const fixture_call&);

inline fixture_reader reader_of(std::string_view provider) {
  static const std::map<std::string_view, fixture_reader> readers{
      {"yfinance", read_yahoo},
      {"finnhub", read_finnhub},
      {"coingecko", read_coingecko},
      {"coinmarketcap", read_coinmarketcap},
      {"alpha_vantage", read_alpha_vantage}};
  return readers.at(provider);
}

}  // namespace tributary::providers::market::tests
