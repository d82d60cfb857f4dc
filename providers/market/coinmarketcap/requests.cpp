// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/coinmarketcap/coinmarketcap.hpp"

#include <algorithm>

namespace tributary::providers::market::coinmarketcap {

namespace {

wire_request request(std::string path, const settings& with) {
  wire_request result{std::move(path), {{"Accept", "application/json"}}};
  if (!with.key.empty()) result.headers.emplace_back("X-CMC_PRO_API_KEY", with.key);
  return result;
}

std::string_view path_of(path_version version) noexcept {
  switch (version) {
    case path_version::v1:
      return "/v1";
    case path_version::v2:
      return "/v2";
    case path_version::v3:
      return "/v3";
  }
  return "/v2";
}

std::string page_query(std::size_t page) {
  const auto start = (std::max<std::size_t>(page, 1) - 1) * rows_per_page + 1;
  return "start=" + std::to_string(start) + "&limit=" + std::to_string(rows_per_page);
}

}  // namespace

bool supports(const symbol& what) noexcept {
  return what.kind == asset_class::crypto && !what.base.empty() && !what.quote.empty();
}

std::vector<call> plan_calls(std::span<const symbol> symbols, const id_book& book,
                             std::size_t limit) {
  return plan_coin_calls(symbols, book, std::clamp<std::size_t>(limit, 1, max_per_call), supports);
}

wire_request quotes_request(const call& what, const settings& with) {
  auto result = request(std::string(path_of(with.version)), with);
  result.target += "/cryptocurrency/quotes/latest?";
  if (what.by_id) {
    result.target += "id=" + comma_separated(what.asked, [](auto& coin) { return coin.id; });
  } else {
    result.target +=
        "symbol=" + comma_separated(what.asked, [](auto& coin) { return coin.what.base; });
  }
  result.target += "&convert=";
  append_encoded(result.target, what.asked.empty() ? "USD" : what.asked.front().what.quote);
  result.target += "&skip_invalid=true";
  return result;
}

wire_request map_request(std::size_t page, const settings& with) {
  return request(
      "/v1/cryptocurrency/map?listing_status=active&" + page_query(page) + "&sort=cmc_rank", with);
}

wire_request listings_request(std::size_t page, const settings& with) {
  // There is no v2 of this one.
  const auto version = with.version == path_version::v3 ? path_version::v3 : path_version::v1;
  return request(std::string(path_of(version)) + "/cryptocurrency/listings/latest?" +
                     page_query(page) + "&convert=USD",
                 with);
}

}  // namespace tributary::providers::market::coinmarketcap
