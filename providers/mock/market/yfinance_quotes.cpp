// SPDX-License-Identifier: MIT
#include "providers/mock/market/yfinance.hpp"

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

/// A price; those that are whole have no point, as with Yahoo.
json price_of(double value, int places) {
  const auto kept = rounded(value, places);
  const auto whole = static_cast<std::int64_t>(kept);
  return static_cast<double>(whole) == kept ? json(whole) : json(kept);
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
          {"market", is_coin(what) ? "ccc_market" : is_pair(what) ? "ccy_market" : "us_market"},
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

json meta_of(const instrument& what, const quotation& now, sys_seconds at) {
  return {{"currency", what.currency},
          {"symbol", what.symbol},
          {"exchangeName", what.exchange},
          {"fullExchangeName", what.venue},
          {"instrumentType", what.type},
          {"regularMarketTime", at.time_since_epoch().count()},
          {"hasPrePostMarketData", !is_coin(what) && !is_pair(what)},
          {"gmtoffset", 0},
          {"timezone", "UTC"},
          {"exchangeTimezoneName", "UTC"},
          {"regularMarketPrice", price_of(now.price, what.places)},
          {"regularMarketDayHigh", price_of(now.high, what.places)},
          {"regularMarketDayLow", price_of(now.low, what.places)},
          {"longName", what.name},
          {"shortName", what.name},
          {"priceHint", what.places}};
}

/// What a chart covers.
struct window {
  std::vector<sys_seconds> points;  ///< the last one is now
  sys_seconds before;               ///< of the last close before it
  std::string range, interval;
  bool intraday = true;
};

std::chrono::seconds interval_of(std::string_view name) {
  using namespace std::chrono;
  if (name == "1m") return 60s;
  if (name == "5m") return 300s;
  if (name == "15m") return 900s;
  if (name == "1h" || name == "60m") return 3600s;
  return 86'400s;
}

int days_of(std::string_view range) {
  if (range == "5d") return 5;
  if (range == "1mo") return 30;
  if (range == "3mo") return 90;
  return 1;
}

window window_of(const call& asked, std::string_view usual_interval, std::size_t most_points) {
  using namespace std::chrono;
  window result;
  result.range = asked.parameter("range").empty() ? "1d" : asked.parameter("range");
  result.interval =
      asked.parameter("interval").empty() ? usual_interval : asked.parameter("interval");
  const auto step = interval_of(result.interval);
  result.intraday = step < 86'400s;
  const auto now = asked.second();
  sys_seconds start = floor<days>(now) - days{days_of(result.range) - 1};
  result.before = start - 1s;
  // The latest ones, where there are too many.
  const auto span = step * static_cast<std::int64_t>(most_points);
  if (now - start > span) start += ceil<seconds>((now - start - span) / step * step);
  for (auto at = start; at < now; at += step) result.points.push_back(at);
  if (!result.intraday && !result.points.empty()) result.points.pop_back();
  result.points.push_back(now);
  return result;
}

/// An element of charts and nested sparks.
json series_of(const instrument& what, const call& asked, const window& over, bool whole) {
  auto meta = meta_of(what, what.quote(asked.second()), asked.second());
  const auto before = price_of(what.price(over.before), what.places);
  meta["chartPreviousClose"] = before;
  if (over.intraday) {
    meta["previousClose"] =
        price_of(what.quote(asked.second()).previous_close, what.places);
  }
  meta["dataGranularity"] = over.interval;
  meta["range"] = over.range;
  meta["validRanges"] = {"1d", "5d", "1mo", "3mo"};
  json times = json::array();
  json closes = json::array();
  json zeros = json::array();
  for (const auto at : over.points) {
    times.push_back(at.time_since_epoch().count());
    closes.push_back(price_of(what.price(at), what.places));
    zeros.push_back(0);
  }
  json lines{{"close", closes}};
  if (whole) {
    lines["open"] = lines["high"] = lines["low"] = closes;
    lines["volume"] = std::move(zeros);
  }
  json indicators{{"quote", json::array({std::move(lines)})}};
  if (whole && !over.intraday) {
    indicators["adjclose"] = json::array({json{{"adjclose", closes}}});
  }
  return {{"meta", std::move(meta)},
          {"timestamp", std::move(times)},
          {"indicators", std::move(indicators)}};
}

json flat_series(const instrument& what, const window& over) {
  json times = json::array();
  json closes = json::array();
  for (const auto at : over.points) {
    times.push_back(at.time_since_epoch().count());
    closes.push_back(price_of(what.price(at), what.places));
  }
  return {{"symbol", what.symbol},
          {"timestamp", std::move(times)},
          {"close", std::move(closes)},
          {"chartPreviousClose", price_of(what.price(over.before), what.places)},
          {"previousClose", nullptr},
          {"start", nullptr},
          {"end", nullptr},
          {"dataGranularity", interval_of(over.interval).count()}};
}

/// As many points as the session of a stock has in steps of five minutes.
constexpr std::size_t spark_points = 78;
constexpr std::size_t chart_points = 390;

/// What is wrong with the symbols of a spark, if anything.
std::optional<reply> spark_problem(const std::vector<std::string_view>& symbols) {
  if (symbols.empty()) {
    return error(400, "spark", "Bad Request", "Missing value for the \"symbols\" argument");
  }
  if (symbols.size() > 20) {
    return error(400, "spark", "Bad Request",
                 "Number of symbols needs to be less than or equal to 20");
  }
  return std::nullopt;
}

}  // namespace

std::string quote_entry(const instrument& what, sys_seconds now) {
  const auto q = what.quote(now);
  const auto price = [&](double value) { return price_of(value, what.places); };
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
  return entry.dump();
}

reply quotes(const call& asked) {
  const auto symbols = split(asked.parameter("symbols"));
  if (symbols.empty()) {
    return error(400, "quoteResponse", "argument-error",
                 "Missing value for the \"symbols\" argument");
  }
  std::string entries;
  // Not in the order asked for: nobody may rely on it.
  for (auto each = symbols.rbegin(); each != symbols.rend(); ++each) {
    const auto found = find_instrument(asked.world, *each);
    const auto* stale = found ? nullptr : stale_entry(*each);
    if (!found && !stale) continue;
    if (!entries.empty()) entries += ',';
    entries += found ? quote_entry(*found, asked.second()) : std::string{stale};
  }
  return json_reply(R"({"quoteResponse":{"result":[)" + entries + R"(],"error":null}})");
}

reply spark_v7(const call& asked) {
  const auto symbols = split(asked.parameter("symbols"));
  if (auto problem = spark_problem(symbols)) return *std::move(problem);
  const auto over = window_of(asked, "5m", spark_points);
  json result = json::array();
  for (auto each = symbols.rbegin(); each != symbols.rend(); ++each) {
    const auto found = find_instrument(asked.world, *each);
    if (!found) continue;
    result.push_back({{"symbol", found->symbol},
                      {"response", json::array({series_of(*found, asked, over, false)})}});
  }
  return json_reply(
      json{{"spark", {{"result", std::move(result)}, {"error", nullptr}}}}.dump());
}

reply spark_v8(const call& asked) {
  const auto symbols = split(asked.parameter("symbols"));
  if (auto problem = spark_problem(symbols)) return *std::move(problem);
  const auto over = window_of(asked, "5m", spark_points);
  json result = json::object();
  for (const auto each : symbols) {
    if (const auto found = find_instrument(asked.world, each)) {
      result[found->symbol] = flat_series(*found, over);
    }
  }
  return json_reply(result.dump());
}

reply chart(const call& asked) {
  const auto symbol = std::string_view{asked.path}.substr(std::string_view{"/v8/finance/chart/"}.size());
  const auto found = find_instrument(asked.world, symbol);
  if (!found) {
    return error(404, "chart", "Not Found", "No data found, symbol may be delisted");
  }
  const auto over = window_of(asked, "1d", chart_points);
  return json_reply(
      json{{"chart",
            {{"result", json::array({series_of(*found, asked, over, true)})}, {"error", nullptr}}}}
          .dump());
}

}  // namespace tributary::providers::mock::market::yfinance
