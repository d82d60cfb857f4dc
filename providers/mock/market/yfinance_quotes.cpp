// SPDX-License-Identifier: MIT
#include "providers/mock/market/yfinance.hpp"

#include "providers/mock/market/price_json.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace tributary::providers::mock::market::yfinance {

namespace {

using json = nlohmann::ordered_json;

struct disp_name {
  std::string_view type;
  std::string_view shown;
};
constexpr std::array shown_types{
    disp_name{"EQUITY", "Equity"}, disp_name{"ETF", "ETF"}, disp_name{"INDEX", "Index"},
    disp_name{"CRYPTOCURRENCY", "Cryptocurrency"}, disp_name{"CURRENCY", "Currency"}};

std::string_view shown_type(std::string_view type) {
  for (const auto& each : shown_types) {
    if (each.type == type) return each.shown;
  }
  return type;
}

bool is_coin(const instrument& what) { return what.type == "CRYPTOCURRENCY"; }
bool is_pair(const instrument& what) { return what.type == "CURRENCY"; }

/// What does not depend on the price.
json description_of(const instrument& what) {
  const bool round_the_clock = is_coin(what) || is_pair(what);
  return {{"language", "en-US"},
          {"region", "US"},
          {"quoteType", what.type},
          {"typeDisp", shown_type(what.type)},
          {"quoteSourceName", is_coin(what) ? "CoinMarketCap" : "Delayed Quote"},
          {"triggerable", true},
          {"customPriceAlertConfidence", "HIGH"},
          {"currency", what.currency},
          {"exchange", what.exchange},
          {"fullExchangeName", what.venue},
          {"shortName", what.name.substr(0, 31)},
          {"longName", what.name},
          {"exchangeTimezoneName", round_the_clock ? "UTC" : "America/New_York"},
          {"exchangeTimezoneShortName", round_the_clock ? "UTC" : "EST"},
          {"gmtOffSetMilliseconds", round_the_clock ? 0 : -18'000'000},
          {"market", is_coin(what)   ? "ccc_market"
                     : is_pair(what) ? "ccy_market"
                                     : "us_market"},
          {"esgPopulated", false},
          {"marketState", "REGULAR"},
          {"corporateActions", json::array()},
          {"hasPrePostMarketData", !round_the_clock},
          {"cryptoTradeable", what.symbol == "BTC-USD"},
          {"priceHint", what.places}};
}

/// Left over of those that no longer trade, or have not traded yet.
const char* stale_entry(std::string_view symbol) {
  if (symbol == "BRKS") {
    return R"({"language":"en-US","region":"US","quoteType":"NONE","triggerable":false,)"
           R"("customPriceAlertConfidence":"NONE","tradeable":false,"cryptoTradeable":false,)"
           R"("symbol":"BRKS"})";
  }
  if (symbol == "ADH") {
    return R"({"language":"en-US","region":"US","quoteType":"EQUITY","typeDisp":"Equity",)"
           R"("exchange":"ASX","fullExchangeName":"ASX","currency":"AUD","shortName":"ADH FPO",)"
           R"("regularMarketTime":1732165800,"marketState":"REGULAR","symbol":"ADH"})";
  }
  return nullptr;
}

}  // namespace

namespace {

/// What `formatted=true` does: each price and time becomes `{"raw":…,"fmt":…}`.
void format_numbers(json& entry, const instrument& what, sys_seconds now) {
  for (auto& [name, value] : entry.items()) {
    const bool of_market = name.starts_with("regularMarket") || name == "bid" || name == "ask";
    if (!of_market || !value.is_number()) continue;
    auto text = fixed(value.get<double>(), what.places);
    if (name == "regularMarketTime") text = date_and_time(now).substr(11, 5) + " UTC";
    if (name.ends_with("Percent")) text += '%';
    value = json{{"raw", value}, {"fmt", std::move(text)}};
  }
}

}  // namespace

std::string quote_entry(const instrument& what, sys_seconds now, bool formatted) {
  const auto q = what.quote(now);
  const auto price = [&](double value) { return price_json(value, what.places); };
  const bool daily = is_coin(what);  // coins count the last 24 hours, others since the close
  const auto kept = rounded(q.price, what.places);
  const auto before = daily ? q.day_ago : rounded(q.previous_close, what.places);
  auto entry = description_of(what);
  entry["regularMarketPrice"] = price(q.price);
  entry["regularMarketChange"] = rounded(kept - before, what.places + 4);
  entry["regularMarketChangePercent"] = rounded((kept - before) / before * 100, 7);
  entry["regularMarketTime"] = now.time_since_epoch().count();
  entry["regularMarketPreviousClose"] = price(q.previous_close);
  entry["regularMarketOpen"] = price(q.open);
  entry["regularMarketDayHigh"] = price(q.high);
  entry["regularMarketDayLow"] = price(q.low);
  entry["regularMarketDayRange"] = fixed(q.low, what.places) + " - " + fixed(q.high, what.places);
  entry["regularMarketVolume"] = now.time_since_epoch().count() % 86'400 * 431;
  entry["bid"] = price(q.price * 0.9999);
  entry["ask"] = price(q.price * 1.0001);
  if (daily) {
    entry["fromCurrency"] = what.from;
    entry["toCurrency"] = std::string{what.currency} + "=X";
    entry["lastMarket"] = "CoinMarketCap";
  }
  entry["sourceInterval"] = 15;
  entry["exchangeDataDelayedBy"] = 0;
  entry["tradeable"] = false;
  entry["symbol"] = what.symbol;
  if (formatted) format_numbers(entry, what, now);
  return entry.dump();
}

reply quotes(const call& asked) {
  const auto symbols = split(asked.parameter("symbols"));
  if (symbols.empty()) {
    return error(400, "quoteResponse", "argument-error",
                 "Missing value for the \"symbols\" argument");
  }
  const bool formatted = asked.parameter("formatted") == "true";
  std::string entries;
  // Not in the order asked for: nobody may rely on it.
  for (auto each = symbols.rbegin(); each != symbols.rend(); ++each) {
    const auto found = find_instrument(asked.world, *each);
    const auto* stale = found ? nullptr : stale_entry(*each);
    if (!found && !stale) continue;
    if (!entries.empty()) entries += ',';
    entries += found ? quote_entry(*found, asked.second(), formatted) : std::string{stale};
  }
  return json_reply(R"({"quoteResponse":{"result":[)" + entries + R"(],"error":null}})");
}

}  // namespace tributary::providers::mock::market::yfinance
