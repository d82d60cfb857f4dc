// SPDX-License-Identifier: MIT
#include "providers/mock/market/yfinance.hpp"

#include "providers/mock/market/price_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace tributary::providers::mock::market::yfinance {

namespace {

using chart_json = nlohmann::ordered_json;

chart_json meta_of(const instrument& what, const quotation& now, sys_seconds at) {
  return {{"currency", what.currency},
          {"symbol", what.symbol},
          {"exchangeName", what.exchange},
          {"fullExchangeName", what.venue},
          {"instrumentType", what.type},
          {"regularMarketTime", at.time_since_epoch().count()},
          {"hasPrePostMarketData", what.from.empty()},
          {"gmtoffset", 0},
          {"timezone", "UTC"},
          {"exchangeTimezoneName", "UTC"},
          {"regularMarketPrice", price_json(now.price, what.places)},
          {"regularMarketDayHigh", price_json(now.high, what.places)},
          {"regularMarketDayLow", price_json(now.low, what.places)},
          {"longName", what.name},
          {"shortName", what.name},
          {"priceHint", what.places}};
}

/// What a chart covers.
struct window {
  std::vector<sys_seconds> points;  ///< the last one is now, unless the window ends before
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

/// Nothing here has a price from before 2000.
constexpr sys_seconds first_trade{std::chrono::seconds{946'684'800}};
constexpr std::size_t latest_second = 253'402'300'799;  ///< of the year 9999

sys_seconds second_of(const call& asked, std::string_view name, sys_seconds otherwise) {
  const auto usual = static_cast<std::size_t>(otherwise.time_since_epoch().count());
  return sys_seconds{std::chrono::seconds{asked.number(name, usual, 0, latest_second)}};
}

/// The window from `period1` up to `period2`, with its latest points where there are too many;
/// without points when there were no prices then.
window period_of(const call& asked, std::size_t most_points) {
  using namespace std::chrono;
  window result;
  result.interval = asked.parameter("interval").empty() ? "1d" : asked.parameter("interval");
  const auto step = interval_of(result.interval);
  result.intraday = step < 86'400s;
  const auto end = std::min(second_of(asked, "period2", asked.second()), asked.second());
  const auto begin = std::max(second_of(asked, "period1", first_trade), first_trade);
  result.before = begin - 1s;
  auto first = begin - begin.time_since_epoch() % step;
  const auto span = step * static_cast<std::int64_t>(most_points);
  if (end - first > span) first += ceil<seconds>((end - first - span + step - 1s) / step * step);
  if (begin >= end) return result;
  for (auto at = first; at < end; at += step) result.points.push_back(at);
  return result;
}

/// An element of charts and nested sparks.
chart_json series_of(const instrument& what, const call& asked, const window& over, bool whole) {
  auto meta = meta_of(what, what.quote(asked.second()), asked.second());
  const auto before = price_json(what.price(over.before), what.places);
  meta["chartPreviousClose"] = before;
  if (over.intraday) {
    meta["previousClose"] = price_json(what.quote(asked.second()).previous_close, what.places);
  }
  meta["dataGranularity"] = over.interval;
  meta["range"] = over.range;
  meta["validRanges"] = {"1d", "5d", "1mo", "3mo"};
  chart_json times = chart_json::array();
  chart_json closes = chart_json::array();
  chart_json zeros = chart_json::array();
  for (const auto at : over.points) {
    times.push_back(at.time_since_epoch().count());
    closes.push_back(price_json(what.price(at), what.places));
    zeros.push_back(0);
  }
  chart_json lines{{"close", closes}};
  if (whole) {
    lines["open"] = lines["high"] = lines["low"] = closes;
    lines["volume"] = std::move(zeros);
  }
  chart_json indicators{{"quote", chart_json::array({std::move(lines)})}};
  if (whole && !over.intraday) {
    indicators["adjclose"] = chart_json::array({chart_json{{"adjclose", closes}}});
  }
  return {{"meta", std::move(meta)},
          {"timestamp", std::move(times)},
          {"indicators", std::move(indicators)}};
}

chart_json flat_series(const instrument& what, const window& over) {
  chart_json times = chart_json::array();
  chart_json closes = chart_json::array();
  for (const auto at : over.points) {
    times.push_back(at.time_since_epoch().count());
    closes.push_back(price_json(what.price(at), what.places));
  }
  return {{"symbol", what.symbol},
          {"timestamp", std::move(times)},
          {"close", std::move(closes)},
          {"chartPreviousClose", price_json(what.price(over.before), what.places)},
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

reply spark_v7(const call& asked) {
  const auto symbols = split(asked.parameter("symbols"));
  if (auto problem = spark_problem(symbols)) return *std::move(problem);
  const auto over = window_of(asked, "5m", spark_points);
  chart_json result = chart_json::array();
  for (auto each = symbols.rbegin(); each != symbols.rend(); ++each) {
    const auto found = find_instrument(asked.world, *each);
    if (!found) continue;
    result.push_back({{"symbol", found->symbol},
                      {"response", chart_json::array({series_of(*found, asked, over, false)})}});
  }
  return json_reply(
      chart_json{{"spark", {{"result", std::move(result)}, {"error", nullptr}}}}.dump());
}

reply spark_v8(const call& asked) {
  const auto symbols = split(asked.parameter("symbols"));
  if (auto problem = spark_problem(symbols)) return *std::move(problem);
  const auto over = window_of(asked, "5m", spark_points);
  chart_json result = chart_json::object();
  for (const auto each : symbols) {
    if (const auto found = find_instrument(asked.world, each)) {
      result[found->symbol] = flat_series(*found, over);
    }
  }
  return json_reply(result.dump());
}

reply chart(const call& asked) {
  constexpr std::string_view prefix = "/v8/finance/chart/";
  const auto symbol = std::string_view{asked.path}.substr(prefix.size());
  const auto found = find_instrument(asked.world, symbol);
  if (!found) {
    return error(404, "chart", "Not Found", "No data found, symbol may be delisted");
  }
  const auto from = asked.parameter("period1");
  const auto to = asked.parameter("period2");
  const bool period = !from.empty() || !to.empty();
  const auto over = period ? period_of(asked, chart_points) : window_of(asked, "1d", chart_points);
  if (over.points.empty()) {
    return error(400, "chart", "Bad Request",
                 "Data doesn't exist for startDate = " + std::string{from} +
                     ", endDate = " + std::string{to});
  }
  return json_reply(chart_json{
      {"chart",
       {{"result", chart_json::array({series_of(*found, asked, over, true)})}, {"error", nullptr}}}}
                        .dump());
}

}  // namespace tributary::providers::mock::market::yfinance
