// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/coingecko/coingecko.hpp"

#include <algorithm>
#include <array>

namespace tributary::providers::market::coingecko {

namespace {

/// Of simple/supported_vs_currencies, without `usdt`, which is none.
constexpr auto quote_currencies = std::to_array<std::string_view>(
    {"AED", "ARS", "AUD", "BCH", "BDT", "BHD", "BMD",  "BNB", "BRL", "BTC", "CAD", "CHF",
     "CLP", "CNY", "CZK", "DKK", "DOT", "EOS", "ETH",  "EUR", "GBP", "GEL", "HKD", "HUF",
     "IDR", "ILS", "INR", "JPY", "KRW", "KWD", "LINK", "LKR", "LTC", "MMK", "MXN", "MYR",
     "NGN", "NOK", "NZD", "PHP", "PKR", "PLN", "RUB",  "SAR", "SEK", "SGD", "SOL", "THB",
     "TRY", "TWD", "UAH", "USD", "VEF", "VND", "XAG",  "XAU", "XLM", "XRP", "YFI", "ZAR"});
static_assert(std::is_sorted(quote_currencies.begin(), quote_currencies.end()));

wire_request request(std::string_view path, const settings& with) {
  wire_request result{std::string(base_path), {}};
  result.target += path;
  result.headers = {{"Accept", "application/json"}, {"User-Agent", with.user_agent}};
  if (!with.key.empty()) {
    result.headers.emplace_back(
        with.tier == key_tier::pro ? "x-cg-pro-api-key" : "x-cg-demo-api-key", with.key);
  }
  return result;
}

std::string currency_of(const call& what) {
  return what.asked.empty() ? "usd" : lower_case(what.asked.front().what.quote);
}

}  // namespace

bool supports(const symbol& what) noexcept {
  return what.kind == asset_class::crypto && !what.base.empty() &&
         std::binary_search(quote_currencies.begin(), quote_currencies.end(),
                            std::string_view{what.quote});
}

std::vector<call> plan_calls(std::span<const symbol> symbols, const id_book& book,
                             std::size_t limit) {
  return plan_coin_calls(symbols, book, std::clamp<std::size_t>(limit, 1, max_per_call), supports);
}

wire_request markets_request(const call& what, const settings& with) {
  auto result = request("/coins/markets?vs_currency=", with);
  append_encoded(result.target, currency_of(what));
  if (what.by_id) {
    result.target += "&ids=" + comma_separated(what.asked, [](auto& coin) { return coin.id; });
  } else {
    result.target += "&symbols=" + comma_separated(what.asked, [](auto& coin) {
                       return lower_case(coin.what.base);
                     });
  }
  result.target += "&order=market_cap_desc&per_page=250&page=1&sparkline=false";
  return result;
}

wire_request simple_price_request(const call& what, const settings& with) {
  auto result = request("/simple/price?ids=", with);
  result.target += comma_separated(what.asked, [](auto& coin) { return coin.id; });
  result.target += "&vs_currencies=";
  append_encoded(result.target, currency_of(what));
  result.target += "&include_24hr_change=true&include_last_updated_at=true&precision=full";
  return result;
}

wire_request markets_page_request(std::size_t page, const settings& with) {
  auto result = request("/coins/markets?vs_currency=usd&order=market_cap_desc&per_page=250", with);
  result.target += "&page=" + std::to_string(page) + "&sparkline=false";
  return result;
}

wire_request coins_list_request(const settings& with) {
  return request("/coins/list?include_platform=false&status=active", with);
}

}  // namespace tributary::providers::market::coingecko
