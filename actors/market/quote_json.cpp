// SPDX-License-Identifier: MIT
#include "actors/market/quote_json.hpp"

#include "http/wire/json_string.hpp"
#include "http/wire/utc_time.hpp"
#include "providers/market/answer.hpp"
#include "providers/market/json_tree.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace tributary::actors::market {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view fetched_member = ",\"fetched_at\":";

void append_number(std::string& out, std::string_view name,
                   const std::optional<pm::number>& value) {
  out += name;
  out += value ? std::string_view{value->text} : std::string_view{"null"};
}

bool same_number(const std::optional<pm::number>& a, const std::optional<pm::number>& b) noexcept {
  return a.has_value() == b.has_value() && (!a || a->text == b->text);
}

std::optional<system_time> read_fetched(const pm::json_value& record) {
  const auto& text = record["fetched_at"].text;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  // The clock counts nanoseconds in 64 bits, which does not reach all milliseconds of as many.
  constexpr std::int64_t end_of_2199 = 7'258'118'400'000;
  if (count <= 0 || count >= end_of_2199) return std::nullopt;
  return system_time{milliseconds{count}};
}

}  // namespace

std::string render_quote(const pm::quote& quote) {
  std::string result;
  result.reserve(192);
  result += "{\"symbol\":";
  http::wire::append_json_string(result, quote.symbol);
  append_number(result, ",\"price\":", quote.price);
  append_number(result, ",\"change\":", quote.change);
  append_number(result, ",\"percent_change\":", quote.percent_change);
  result += ",\"source\":\"";
  result += quote.source;
  result += "\",\"timestamp\":";
  if (quote.timestamp) {
    result += '"';
    http::wire::append_utc_time(result, std::chrono::floor<std::chrono::seconds>(*quote.timestamp));
    result += '"';
  } else {
    result += "null";
  }
  result += ",\"currency\":";
  if (quote.currency.empty()) {
    result += "null";
  } else {
    http::wire::append_json_string(result, quote.currency);
  }
  result += '}';
  return result;
}

std::string quote_record(std::string_view rendered, system_time fetched) {
  const auto since = std::chrono::floor<milliseconds>(fetched.time_since_epoch()).count();
  std::string result;
  result.reserve(rendered.size() + fetched_member.size() + 20);
  result += rendered.substr(0, rendered.size() - 1);
  result += fetched_member;
  result += std::to_string(since);
  result += '}';
  return result;
}

std::optional<recorded_quote> read_quote_record(std::string_view text, std::string_view symbol,
                                                const std::vector<std::string_view>& sources) {
  const auto parsed = pm::parse_json(text);
  if (!parsed || (*parsed)["symbol"].as_text() != symbol) return std::nullopt;
  const auto& record = *parsed;
  const auto source = std::find(sources.begin(), sources.end(), record["source"].as_text());
  const auto price = record["price"].as_number();
  const auto fetched = read_fetched(record);
  if (source == sources.end() || !price || !fetched) return std::nullopt;
  if (price->value <= 0 && !pm::may_be_below_zero(symbol)) return std::nullopt;
  recorded_quote result;
  result.quote.symbol = symbol;
  result.quote.price = *price;
  result.quote.change = record["change"].as_number();
  result.quote.percent_change = record["percent_change"].as_number();
  result.quote.source = *source;
  result.quote.timestamp = pm::read_iso_time(record["timestamp"].as_text());
  result.quote.currency = record["currency"].as_text();
  result.fetched = *fetched;
  return result;
}

bool same_content(const pm::quote& a, const pm::quote& b) noexcept {
  return a.price.text == b.price.text && same_number(a.change, b.change) &&
         same_number(a.percent_change, b.percent_change) && a.source == b.source &&
         a.timestamp == b.timestamp && a.currency == b.currency;
}

}  // namespace tributary::actors::market
