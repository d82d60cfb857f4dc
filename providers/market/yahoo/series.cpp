// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/yahoo/entries.hpp"
#include "providers/market/yahoo/errors.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <algorithm>
#include <cmath>

namespace tributary::providers::market::yahoo {

namespace {

/// A close and when it was. The list of times may be shorter than that of closes, or missing.
struct bar {
  number close;
  std::optional<double> time;  ///< Unix seconds
};

/// The bars that have a close.
std::vector<bar> bars_of(const json_value& closes, const json_value& times) {
  std::vector<bar> result;
  for (std::size_t at = 0; at < closes.items.size(); ++at) {
    const auto& spelled = closes.items[at];
    if (spelled.kind != json_value::kind_type::number) continue;
    auto close = spelled.as_number();
    if (!close) continue;
    bar next{*std::move(close), {}};
    if (at < times.items.size()) {
      if (const auto time = times.items[at].as_number()) next.time = time->value;
    }
    result.push_back(std::move(next));
  }
  return result;
}

const json_value& first_of(const json_value& list) noexcept {
  static const json_value none;
  return list.items.empty() ? none : list.items.front();
}

std::optional<provider_time> time_of(const bar& from) {
  json_value seconds;
  if (!from.time) return {};
  seconds.kind = json_value::kind_type::number;
  seconds.text = derived(*from.time).text;
  return read_unix_seconds(seconds);
}

/// Days since 1970 where the exchange is.
double local_day(double unix_seconds, double offset) noexcept {
  return std::floor((unix_seconds + offset) / 86400);
}

/// Over several days, `chartPreviousClose` is the close before all of them.
/// @param now when the price was, in Unix seconds
std::optional<number> close_of_earlier_day(const json_value& meta, const std::vector<bar>& bars,
                                           std::optional<double> now) {
  if (!now) return {};
  const auto offset = meta["gmtoffset"].as_number().value_or(number{}).value;
  const auto today = local_day(*now, offset);
  for (auto at = bars.rbegin(); at != bars.rend(); ++at) {
    if (at->time && local_day(*at->time, offset) < today) return at->close;
  }
  return {};
}

std::optional<number> previous_close(const json_value& meta, const std::vector<bar>& bars,
                                     std::optional<double> now) {
  if (auto close = meta["previousClose"].as_number()) return close;
  const auto range = meta["range"].as_text();
  if (range.empty() || range == "1d") return meta["chartPreviousClose"].as_number();
  return close_of_earlier_day(meta, bars, now);
}

/// Of the description's price.
std::optional<double> time_of_price(const json_value& meta, const std::vector<bar>& bars) {
  if (const auto said = meta["regularMarketTime"].as_number()) return said->value;
  if (bars.empty()) return {};
  return bars.back().time;
}

/// @param of a description, or an entry without one: says which kind of thing the price is of
reading finish(const json_value& of, const std::optional<number>& price,
               std::optional<provider_time> time, const std::optional<number>& close) {
  if (!is_price(price, of["instrumentType"].as_text(), of["symbol"].as_text())) {
    return failed(error_kind::no_data, "there is no price");
  }
  quote result;
  result.currency = of["currency"].as_text();
  result.price = *price;
  result.timestamp = time;
  const auto change = changes_from_close(result.price, close);
  result.change = change.change;
  result.percent_change = change.percent;
  return result;
}

/// A member of a nested spark's `result`.
reading read_nested_entry(const json_value& entry) {
  const auto& series = first_of(entry["response"]);
  if (!series.is_object()) return failed(error_kind::no_data, "there is no price");
  return read_series(series);
}

/// True for what spark v8 says of a symbol, in one of its two forms.
bool is_spark_entry(const json_value& entry) {
  return entry.is_object() &&
         (!entry["close"].is_null() || !entry["symbol"].is_null() || entry["meta"].is_object());
}

/// A member of a spark v8, which is flat or the same as a chart's.
reading read_v8_entry(const json_value& entry) {
  if (entry["meta"].is_object()) return read_series(entry);
  auto bars = bars_of(entry["close"], entry["timestamp"]);
  if (bars.empty()) return failed(error_kind::no_data, "there is no price");
  auto close = entry["previousClose"].as_number();
  if (!close) close = entry["chartPreviousClose"].as_number();
  return finish(entry, bars.back().close, time_of(bars.back()), close);
}

}  // namespace

reading read_series(const json_value& series) {
  const auto& meta = series["meta"];
  if (!meta.is_object()) return failed(error_kind::malformed, "there is no description of prices");
  const auto bars = bars_of(first_of(series["indicators"]["quote"])["close"], series["timestamp"]);
  const auto price = meta["regularMarketPrice"].as_number();
  const auto time = read_unix_seconds(meta["regularMarketTime"]);
  if (bars.empty() || is_price(price, meta["instrumentType"].as_text(), meta["symbol"].as_text())) {
    return finish(meta, price, time, previous_close(meta, bars, time_of_price(meta, bars)));
  }
  // The last close may be of an earlier day than the last trade.
  const auto& last = bars.back();
  return finish(meta, last.close, time ? time : time_of(last),
                previous_close(meta, bars, last.time));
}

quotes_result read_chart(const symbol& asked, const wire_answer& answer) {
  quotes_result result;
  const auto opened = open_answer(answer, "chart");
  if (const auto* why = std::get_if<failure>(&opened)) return all_failed({&asked, 1}, *why);
  const auto& found = std::get<json_value>(opened)["chart"]["result"];
  if (!found.is_array()) {
    return all_failed({&asked, 1}, failed(error_kind::malformed, "there is no chart"));
  }
  put(result, asked,
      found.items.empty() ? failed(error_kind::not_found, "the symbol is not known")
                          : read_series(found.items.front()));
  return result;
}

quotes_result read_spark(std::span<const symbol> asked, const wire_answer& answer) {
  const auto opened = open_answer(answer, "spark");
  if (const auto* why = std::get_if<failure>(&opened)) return all_failed(asked, *why);
  const auto& document = std::get<json_value>(opened);
  entry_index index;
  if (const auto& nested = document["spark"]; !nested.is_null()) {
    if (!nested["result"].is_array()) {
      return all_failed(asked, failed(error_kind::malformed, "there is no list of prices"));
    }
    for (auto& entry : nested["result"].items) index.add(entry["symbol"].as_text(), entry);
    return index.read(asked, read_nested_entry);
  }
  const auto says_something = [](const auto& member) { return is_spark_entry(member.second); };
  if (!document.members.empty() && std::ranges::none_of(document.members, says_something)) {
    return all_failed(asked, failed(error_kind::malformed, "there are no prices by symbol"));
  }
  for (auto& [wire, entry] : document.members) {
    if (entry.is_object()) index.add(wire, entry);
  }
  return index.read(asked, read_v8_entry);
}

}  // namespace tributary::providers::market::yahoo
