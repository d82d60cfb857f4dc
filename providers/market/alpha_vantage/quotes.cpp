// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/alpha_vantage/errors.hpp"
#include "providers/market/answer.hpp"

#include <map>

namespace tributary::providers::market::alpha_vantage {

namespace {

constexpr std::string_view rate_data = "Realtime Currency Exchange Rate";
constexpr std::string_view quote_data = "Global Quote";
constexpr std::string_view daily_data = "Time Series FX";

quotes_result without_quote(const symbol& asked, failure why) {
  quotes_result result;
  if (why.kind == error_kind::not_found || why.kind == error_kind::no_data) why.symbol = asked.text;
  if (why.kind == error_kind::not_found && asked.kind != asset_class::stock) {
    why.detail = "the pair is not known";
  }
  result.errors.push_back(std::move(why));
  return result;
}

quotes_result with_quote(const symbol& asked, quote got) {
  if (!(got.price.value > 0)) {
    return without_quote(asked, failed(error_kind::no_data, "there is no price"));
  }
  got.symbol = asked.text;
  got.source = source;
  quotes_result result;
  result.quotes.push_back(std::move(got));
  return result;
}

/// `2025-11-21` or `2025-11-21 19:59:53`, of which only UTC can be told.
std::optional<provider_time> read_time(std::string_view text, std::string_view zone = "UTC") {
  constexpr std::size_t date_length = 10;
  if (text.size() == date_length) return read_iso_time(std::string{text} + "T00:00:00Z");
  if (!zone.empty() && !mentions(zone, {"utc", "gmt"})) return {};
  return read_iso_time(text);
}

std::optional<number> read_percent(std::string_view text) {
  if (text.ends_with('%')) text.remove_suffix(1);
  return parse_number(text);
}

quote read_global_quote(const json_value& data) {
  quote result;
  result.price = numbered(data, "price").as_number().value_or(number{});
  result.change = numbered(data, "change").as_number();
  result.percent_change = read_percent(numbered(data, "change percent").as_text());
  result.timestamp = read_time(numbered(data, "latest trading day").as_text());
  if (result.change && result.percent_change) return result;
  const auto from_close =
      changes_from_close(result.price, numbered(data, "previous close").as_number());
  if (!result.change) result.change = from_close.change;
  if (!result.percent_change) result.percent_change = from_close.percent;
  if (!result.change) {
    result.change = changes_from_percent(result.price, result.percent_change).change;
  }
  return result;
}

quote read_rate(const json_value& data) {
  quote result;
  result.price = numbered(data, "Exchange Rate").as_number().value_or(number{});
  result.timestamp =
      read_time(numbered(data, "Last Refreshed").as_text(), numbered(data, "Time Zone").as_text());
  return result;
}

/// The newest two closes; the time is that of the last refresh if that is of the newest day.
quote read_series(const json_value& series, const json_value& meta) {
  std::map<std::string_view, number> closes;
  for (auto& [date, day] : series.members) {
    auto close = numbered(day, "close").as_number();
    if (close && close->value > 0 && read_time(date)) closes.insert_or_assign(date, *close);
  }
  quote result;
  if (closes.empty()) return result;
  const auto newest = closes.rbegin();
  result.price = newest->second;
  const auto refreshed = numbered(meta, "Last Refreshed").as_text();
  if (refreshed.starts_with(newest->first)) {
    result.timestamp = read_time(refreshed, numbered(meta, "Time Zone").as_text());
  }
  if (!result.timestamp) result.timestamp = read_time(newest->first);
  if (closes.size() > 1) {
    const auto change = changes_from_close(result.price, std::next(newest)->second);
    result.change = change.change;
    result.percent_change = change.percent;
  }
  return result;
}

}  // namespace

quotes_result read_quote(const symbol& asked, const wire_answer& answer, std::string_view key) {
  const bool stock = asked.kind == asset_class::stock;
  const auto name = stock ? quote_data : rate_data;
  auto opened = open_data(answer, name, key);
  if (auto* why = std::get_if<failure>(&opened)) return without_quote(asked, std::move(*why));
  const auto& data = beginning(std::get<json_value>(opened), name);
  return with_quote(asked, stock ? read_global_quote(data) : read_rate(data));
}

quotes_result read_daily_rates(const symbol& asked, const wire_answer& answer,
                               std::string_view key) {
  auto opened = open_data(answer, daily_data, key);
  if (auto* why = std::get_if<failure>(&opened)) return without_quote(asked, std::move(*why));
  const auto& document = std::get<json_value>(opened);
  return with_quote(asked, read_series(beginning(document, daily_data), document["Meta Data"]));
}

}  // namespace tributary::providers::market::alpha_vantage
