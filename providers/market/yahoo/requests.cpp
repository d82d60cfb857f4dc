// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <vector>

namespace tributary::providers::market::yahoo {

namespace {

/// Those of libraries are answered with 429 at once.
constexpr std::string_view browser =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
    "Safari/537.36";

wire_request ask(std::string target, std::string_view accept, std::string_view cookie = {}) {
  wire_request result{std::move(target), {}};
  result.headers.emplace_back("User-Agent", browser);
  result.headers.emplace_back("Accept", accept);
  if (!cookie.empty()) result.headers.emplace_back("Cookie", cookie);
  return result;
}

wire_request ask_json(std::string target, std::string_view cookie = {}) {
  return ask(std::move(target), "application/json", cookie);
}

void append_parameter(std::string& target, std::string_view name, std::string_view value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += name;
  target += '=';
  append_encoded(target, value);
}

void append_symbols(std::string& target, std::span<const symbol> asked) {
  std::vector<std::string> known;
  known.reserve(asked.size());
  for (auto& what : asked) {
    if (auto spelled = wire_symbol(what)) known.push_back(*std::move(spelled));
  }
  target += "?symbols=";
  target += comma_separated(known, [](const std::string& spelled) { return spelled; });
}

}  // namespace

wire_request cookie_request() { return ask("/", "text/html"); }

wire_request cookie_page_request() { return ask("/quote/AAPL", "text/html"); }

wire_request crumb_request(std::string_view cookie) {
  return ask("/v1/test/getcrumb", "*/*", cookie);
}

wire_request quote_request(std::span<const symbol> asked, const session& with) {
  std::string target = "/v7/finance/quote";
  append_symbols(target, asked);
  append_parameter(target, "crumb", with.crumb);
  return ask_json(std::move(target), with.cookie);
}

wire_request spark_request(std::span<const symbol> asked, spark_version version) {
  std::string target = version == spark_version::v7 ? "/v7/finance/spark" : "/v8/finance/spark";
  append_symbols(target, asked);
  append_parameter(target, "range", "1d");
  append_parameter(target, "interval", "5m");
  return ask_json(std::move(target));
}

wire_request chart_request(const symbol& asked) {
  std::string target = "/v8/finance/chart/";
  append_encoded(target, wire_symbol(asked).value_or(asked.text));
  append_parameter(target, "range", "1d");
  append_parameter(target, "interval", "1d");
  return ask_json(std::move(target));
}

wire_request search_request(std::string_view query, std::size_t count) {
  std::string target = "/v1/finance/search";
  append_parameter(target, "q", query);
  append_parameter(target, "quotesCount", std::to_string(count));
  append_parameter(target, "newsCount", "0");
  return ask_json(std::move(target));
}

wire_request lookup_request(std::string_view query, std::string_view type, std::size_t start,
                            std::size_t count) {
  std::string target = "/v1/finance/lookup";
  append_parameter(target, "query", query);
  append_parameter(target, "type", type);
  append_parameter(target, "start", std::to_string(start));
  append_parameter(target, "count", std::to_string(count));
  append_parameter(target, "formatted", "false");
  append_parameter(target, "fetchPricingData", "true");
  return ask_json(std::move(target));
}

wire_request screener_request(std::string_view id, std::size_t start, std::size_t count,
                              const session& with) {
  std::string target = "/v1/finance/screener/predefined/saved";
  append_parameter(target, "scrIds", id);
  append_parameter(target, "start", std::to_string(start));
  append_parameter(target, "count", std::to_string(count));
  append_parameter(target, "crumb", with.crumb);
  return ask_json(std::move(target), with.cookie);
}

}  // namespace tributary::providers::market::yahoo
