// SPDX-License-Identifier: MIT
#pragma once

#include "answers.hpp"
#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/coingecko/coingecko.hpp"
#include "providers/market/coinmarketcap/coinmarketcap.hpp"
#include "providers/market/finnhub/finnhub.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <cstddef>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The one place where rows of the manifest meet adapters: from a provider's name to what it asks
/// for and reads.
namespace tributary::tests {

using namespace providers::market;

/// What the stand-ins `<key>` and so on of the manifest are here.
inline constexpr std::string_view fixture_key = "K3Y-0123456789";

/// What a row of the manifest says about the call.
struct fixture_call {
  std::string path;
  std::map<std::string, std::string> query;    ///< decoded
  std::map<std::string, std::string> headers;  ///< of the request
  std::vector<symbol> asked;
  std::map<std::string, std::string> ids;  ///< a provider's ids by symbol, where the row has them
  wire_answer answer;
  bool wants_assets = false;  ///< a list is what is to be read, or an error in place of one

  /// A parameter of the query; empty where there is none.
  std::string parameter(const std::string& name) const {
    const auto at = query.find(name);
    return at == query.end() ? std::string{} : at->second;
  }

  /// A number in the query; `otherwise` where there is none.
  std::size_t count(const std::string& name, std::size_t otherwise) const {
    const auto text = parameter(name);
    return text.empty() ? otherwise : std::stoul(text);
  }
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

inline std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, ',');) result.push_back(part);
  return result;
}

/// The coins asked for: by id where the query has the parameter `by`. A coin's id is what the row
/// says it is, else the one in its place in the query, else the one in the book.
inline coin_call coins_of(const fixture_call& call, const std::string& by, const id_book& book) {
  coin_call result{{}, call.query.contains(by)};
  const auto listed = split_list(call.parameter(by));
  for (std::size_t at = 0; at < call.asked.size(); ++at) {
    const auto& what = call.asked[at];
    const auto said = call.ids.find(what.text);
    std::string id{book.id_of(what.base).value_or("")};
    if (listed.size() == call.asked.size()) id = listed[at];
    if (said != call.ids.end()) id = said->second;
    result.asked.push_back({what, result.by_id ? id : ""});
  }
  return result;
}

inline fixture_outcome read_yahoo(const fixture_call& call) {
  using namespace yahoo;
  const session with{"A3=d=xyz&S=abc", call.parameter("crumb")};
  const auto& path = call.path;
  if (path == "/v7/finance/quote") {
    return quotes_outcome(quote_request(call.asked, with), read_quotes(call.asked, call.answer));
  }
  if (path == "/v7/finance/spark" || path == "/v8/finance/spark") {
    const auto version = path.starts_with("/v7") ? spark_version::v7 : spark_version::v8;
    return quotes_outcome(spark_request(call.asked, version), read_spark(call.asked, call.answer));
  }
  if (path.starts_with("/v8/finance/chart/")) {
    return quotes_outcome(chart_request(call.asked.at(0)),
                          read_chart(call.asked.at(0), call.answer));
  }
  if (path == "/v1/finance/search") {
    return assets_outcome(search_request(call.parameter("q"), call.count("quotesCount", 6)),
                          yahoo::read_search(call.answer));
  }
  if (path == "/v1/finance/lookup") {
    return assets_outcome(lookup_request(call.parameter("query"), call.parameter("type"),
                                         call.count("start", 0), call.count("count", 100)),
                          read_lookup(call.answer));
  }
  if (path == "/v1/finance/screener/predefined/saved") {
    return assets_outcome(screener_request(call.parameter("scrIds"), call.count("start", 0),
                                           call.count("count", 100), with),
                          read_screener(call.answer));
  }
  throw std::invalid_argument{path};
}

inline fixture_outcome read_finnhub(const fixture_call& call) {
  using namespace finnhub;
  const bool binance = call.parameter("symbol").starts_with("BINANCE:");
  const settings with{std::string{fixture_key},
                      binance ? crypto_venue::binance : crypto_venue::coinbase};
  const auto exchange = call.parameter("exchange");
  if (call.path == "/api/v1/quote") {
    return quotes_outcome(finnhub::quote_request(call.asked.at(0), with),
                          finnhub::read_quote(call.asked.at(0), call.answer));
  }
  if (call.path == "/api/v1/forex/rates") {
    return quotes_outcome(forex_rates_request(call.parameter("base"), with),
                          read_forex_rates(call.asked, call.answer));
  }
  if (call.path == "/api/v1/stock/symbol") {
    return assets_outcome(stock_list_request(with, exchange), read_stock_list(call.answer));
  }
  if (call.path == "/api/v1/crypto/symbol") {
    return assets_outcome(crypto_list_request(with, exchange), read_crypto_list(call.answer));
  }
  if (call.path == "/api/v1/forex/symbol") {
    return assets_outcome(forex_list_request(with, exchange), read_forex_list(call.answer));
  }
  throw std::invalid_argument{call.path};
}

inline fixture_outcome read_coingecko(const fixture_call& call) {
  using namespace coingecko;
  const bool pro = call.headers.contains("x-cg-pro-api-key");
  const settings with{pro ? key_tier::pro : key_tier::demo, std::string{fixture_key},
                      "tributary/1.0"};
  id_book book{pinned_ids()};
  const auto coins = coins_of(call, "ids", book);
  if (call.path == "/api/v3/simple/price") {
    return quotes_outcome(simple_price_request(coins, with), read_simple_price(coins, call.answer));
  }
  if (call.path == "/api/v3/coins/markets") {
    const bool named = call.query.contains("ids") || call.query.contains("symbols");
    auto request =
        named ? markets_request(coins, with) : markets_page_request(call.count("page", 1), with);
    return call.wants_assets
               ? assets_outcome(std::move(request), read_markets_page(call.answer, book))
               : quotes_outcome(std::move(request), read_markets(coins, call.answer));
  }
  if (call.path == "/api/v3/coins/list") {
    return assets_outcome(coins_list_request(with), read_coins_list(call.answer, book));
  }
  throw std::invalid_argument{call.path};
}

inline fixture_outcome read_coinmarketcap(const fixture_call& call) {
  using namespace coinmarketcap;
  const auto version = call.path.starts_with("/v2")   ? path_version::v2
                       : call.path.starts_with("/v3") ? path_version::v3
                                                      : path_version::v1;
  const settings with{std::string{fixture_key}, version};
  id_book book{pinned_ids()};
  const auto coins = coins_of(call, "id", book);
  const auto page = (call.count("start", 1) - 1) / rows_per_page + 1;
  wire_request request;
  if (call.path.ends_with("/cryptocurrency/map")) {
    request = map_request(page, with);
  } else if (call.path.ends_with("/cryptocurrency/listings/latest")) {
    request = listings_request(page, with);
  } else if (call.path.ends_with("/cryptocurrency/quotes/latest")) {
    request = quotes_request(coins, with);
  } else {
    throw std::invalid_argument{call.path};
  }
  return call.wants_assets
             ? assets_outcome(std::move(request), read_list_page(call.answer, book))
             : quotes_outcome(std::move(request), coinmarketcap::read_quotes(coins, call.answer));
}

inline fixture_outcome read_alpha_vantage(const fixture_call& call) {
  using namespace alpha_vantage;
  const auto key = fixture_key;
  if (call.path == "/physical_currency_list/") {
    return assets_outcome(physical_currencies_request(),
                          read_physical_currencies(call.answer, key));
  }
  if (call.path == "/digital_currency_list/") {
    return assets_outcome(digital_currencies_request(), read_digital_currencies(call.answer, key));
  }
  const auto function = call.parameter("function");
  if (function == "LISTING_STATUS") {
    return assets_outcome(listing_request(key), read_listing(call.answer, key));
  }
  if (function == "SYMBOL_SEARCH") {
    return assets_outcome(alpha_vantage::search_request(call.parameter("keywords"), key),
                          alpha_vantage::read_search(call.answer, key));
  }
  const auto& asked = call.asked.at(0);
  if (function == "FX_DAILY") {
    return quotes_outcome(daily_rates_request(asked, key).value(),
                          read_daily_rates(asked, call.answer, key));
  }
  if (function == "GLOBAL_QUOTE" || function == "CURRENCY_EXCHANGE_RATE") {
    return quotes_outcome(alpha_vantage::quote_request(asked, key).value(),
                          alpha_vantage::read_quote(asked, call.answer, key));
  }
  throw std::invalid_argument{call.path + ' ' + function};
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

}  // namespace tributary::tests
