// SPDX-License-Identifier: MIT
#include "providers/market/finnhub/finnhub.hpp"

#include "http/client/fetch.hpp"
#include "providers/market/answer.hpp"
#include "providers/market/finnhub/errors.hpp"
#include "providers/market/json_tree.hpp"

#include <charconv>
#include <cmath>

namespace tributary::providers::market::finnhub {

namespace {

using namespace std::chrono;

/// The allowance is per minute, so a reset further off than this is no time at all.
constexpr milliseconds latest_reset = hours{1};
/// Numbers below are seconds from the answer on: as Unix seconds they are long past.
constexpr seconds least_unix_time{1'000'000'000};

std::optional<std::uint64_t> header_number(std::string_view block, std::string_view name) {
  const auto text = http::client::find_header(block, name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::optional<std::uint32_t> small(std::optional<std::uint64_t> value) noexcept {
  if (!value || *value > UINT32_MAX) return {};
  return static_cast<std::uint32_t>(*value);
}

failure about(const symbol& what, error_kind kind, std::string detail) {
  auto result = failed(kind, std::move(detail));
  result.symbol = what.text;
  return result;
}

/// Change and percent as given; what is missing of them by way of the previous close, and the
/// change by way of the percent where there is no close.
void fill_changes(const json_value& body, quote& out) {
  out.change = body["d"].as_number();
  out.percent_change = body["dp"].as_number();
  if (out.change && out.percent_change) return;
  const auto from_close = changes_from_close(out.price, body["pc"].as_number());
  if (!out.change) out.change = from_close.change;
  if (!out.percent_change) out.percent_change = from_close.percent;
  if (!out.change) out.change = changes_from_percent(out.price, out.percent_change).change;
}

/// Price and time. An unknown symbol has zeros for both, a known one without trades only a time.
std::optional<failure> read_price(const json_value& body, quote& out) {
  if (body.kind != json_value::kind_type::object || body.members.empty()) {
    return failed(error_kind::malformed, "no quote in the answer");
  }
  const auto price = body["c"].as_number();
  if (!price && !body["c"].is_null()) {
    return failed(error_kind::malformed, "the price is not a number");
  }
  out.timestamp = read_unix_seconds(body["t"]);
  if (price && price->value == 0 && !out.timestamp) {
    return failed(error_kind::not_found, "the symbol is not known");
  }
  if (!price || !(price->value > 0)) return failed(error_kind::no_data, "there is no price");
  out.price = *price;
  return {};
}

/// The rate of one unit of `pair.base`, which the answer may have to be turned round for.
std::optional<number> rate_of(const symbol& pair, std::string_view base, const json_value& rates) {
  const auto to = rates[pair.quote].as_number();
  if (base == pair.base) return to;
  const auto from = rates[pair.base].as_number();
  if (!from || !(from->value > 0)) return {};
  if (base == pair.quote) return derived(1 / from->value);
  if (!to) return {};
  return derived(to->value / from->value);
}

}  // namespace

std::string wire_symbol(const symbol& what, crypto_venue venue) {
  switch (what.kind) {
    case asset_class::stock:
      return what.suffix.empty() ? what.text : what.base + "." + what.suffix;
    case asset_class::crypto:
      if (venue == crypto_venue::coinbase) return "COINBASE:" + what.base + "-" + what.quote;
      return "BINANCE:" + what.base + (what.quote == "USD" ? "USDT" : what.quote);
    case asset_class::forex:
      return "OANDA:" + what.base + "_" + what.quote;
  }
  return what.text;
}

wire_request quote_request(const symbol& what, const settings& with) {
  wire_request result{std::string(base_path) + "/quote?symbol=", {}};
  append_encoded(result.target, wire_symbol(what, with.venue));
  result.headers = {{"Accept", "application/json"}, {"X-Finnhub-Token", with.key}};
  return result;
}

quotes_result read_quote(const symbol& asked, const wire_answer& answer) {
  quotes_result result;
  auto [body, error] = open(answer);
  if (!error) {
    quote found{asked.text, {}, {}, {}, source, {}};
    error = read_price(*body, found);
    if (!error) {
      fill_changes(*body, found);
      result.quotes.push_back(std::move(found));
      return result;
    }
  }
  error->symbol = asked.text;
  result.errors.push_back(std::move(*error));
  return result;
}

wire_request forex_rates_request(std::string_view base, const settings& with) {
  wire_request result{std::string(base_path) + "/forex/rates?base=", {}};
  append_encoded(result.target, base);
  result.headers = {{"Accept", "application/json"}, {"X-Finnhub-Token", with.key}};
  return result;
}

quotes_result read_forex_rates(std::span<const symbol> asked, const wire_answer& answer) {
  quotes_result result;
  auto [body, error] = open(answer);
  const auto base = body ? (*body)["base"].as_text() : std::string_view{};
  if (!error && (base.empty() || (*body)["quote"].kind != json_value::kind_type::object)) {
    error = failed(error_kind::malformed, "no base or no rates in the answer");
  }
  if (error) {
    result.errors.push_back(std::move(*error));
    return result;
  }
  for (const auto& pair : asked) {
    const auto rate = pair.kind == asset_class::forex ? rate_of(pair, base, (*body)["quote"])
                                                      : std::optional<number>{};
    if (!rate) {
      result.errors.push_back(about(pair, error_kind::not_found, "no such rate"));
    } else if (!(rate->value > 0) || !std::isfinite(rate->value)) {
      result.errors.push_back(about(pair, error_kind::no_data, "the rate is no price"));
    } else {
      result.quotes.push_back({pair.text, *rate, {}, {}, source, {}});
    }
  }
  return result;
}

allowance read_allowance(std::string_view header_block) {
  allowance result;
  result.limit = small(header_number(header_block, "X-Ratelimit-Limit"));
  result.remaining = small(header_number(header_block, "X-Ratelimit-Remaining"));
  // Up to the year 2199: a later time is none in seconds.
  constexpr std::uint64_t end_of_2199 = 7258118400;
  const auto reset = header_number(header_block, "X-Ratelimit-Reset");
  if (reset && *reset < end_of_2199) result.reset = std::chrono::seconds{*reset};
  return result;
}

std::optional<milliseconds> time_to_reset(const allowance& of, system_clock::time_point received) {
  if (!of.reset) return {};
  const auto left = *of.reset < least_unix_time
                        ? milliseconds{*of.reset}
                        : ceil<milliseconds>(sys_seconds{*of.reset} - received);
  if (left > latest_reset) return {};
  return left;
}

std::optional<milliseconds> pause_after(const wire_answer& answer) {
  if (answer.status != 200) return {};
  const auto left = read_allowance(answer.header_block);
  if (left.remaining != 0U) return {};
  const auto time = time_to_reset(left, answer.received);
  return time > milliseconds{0} ? time : std::nullopt;
}

}  // namespace tributary::providers::market::finnhub
