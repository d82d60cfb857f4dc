// SPDX-License-Identifier: MIT
#include "providers/mock/market/alpha_vantage.hpp"

#include "providers/mock/market/providers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace tributary::providers::mock::market::alpha_vantage {

namespace {

using json = nlohmann::ordered_json;

/// Errors have status 200 as well.
reply said(std::string_view key, std::string text) {
  return json_reply(json{{key, std::move(text)}}.dump());
}

reply information(std::string text) { return said("Information", std::move(text)); }

/// A digital currency, or a physical one, and what it costs in dollars.
struct money {
  std::string_view code;
  std::string_view name;
  double dollars;
};

std::optional<money> find_money(const call& asked, std::string_view code) {
  const auto& dollar = *universe::find_currency("USD");
  const auto spelled = upper(code);
  if (const auto* physical = universe::find_currency(spelled)) {
    return money{physical->code, physical->name,
                 asked.world.price(*physical, dollar, asked.second())};
  }
  if (const auto* digital = universe::find_coin(spelled)) {
    return money{digital->ticker, digital->name,
                 asked.world.price(*digital, dollar, asked.second())};
  }
  return std::nullopt;
}

reply global_quote(const call& asked) {
  const auto symbol = asked.parameter("symbol");
  if (symbol.empty()) return invalid_call("GLOBAL_QUOTE");
  const auto* found = find_stock(asked.world, symbol);
  if (found == nullptr) return json_reply(R"({"Global Quote":{}})");
  // The free plan has prices of the end of the day: yesterday's.
  const sys_seconds last =
      std::chrono::floor<std::chrono::days>(asked.second()) - std::chrono::seconds{1};
  const auto q = asked.world.quote(*found, last);
  const auto price = rounded(q.price, 2);
  const auto before = rounded(q.previous_close, 2);
  return json_reply(
      json{{"Global Quote",
            {{"01. symbol", upper(symbol)},
             {"02. open", fixed(q.open, 4)},
             {"03. high", fixed(q.high, 4)},
             {"04. low", fixed(q.low, 4)},
             {"05. price", fixed(price, 4)},
             {"06. volume", std::to_string(asked.world.stable_number(found->ticker) % 50'000'000)},
             {"07. latest trading day", iso_date(last)},
             {"08. previous close", fixed(before, 4)},
             {"09. change", fixed(price - before, 4)},
             {"10. change percent", fixed((price - before) / before * 100, 4) + '%'}}}}
          .dump(4));
}

reply exchange_rate(const call& asked) {
  const auto from = find_money(asked, asked.parameter("from_currency"));
  const auto to = find_money(asked, asked.parameter("to_currency"));
  if (!from || !to) return invalid_call("CURRENCY_EXCHANGE_RATE");
  const auto rate = from->dollars / to->dollars;
  return json_reply(json{{"Realtime Currency Exchange Rate",
                          {{"1. From_Currency Code", from->code},
                           {"2. From_Currency Name", from->name},
                           {"3. To_Currency Code", to->code},
                           {"4. To_Currency Name", to->name},
                           {"5. Exchange Rate", fixed(rate, 8)},
                           {"6. Last Refreshed", date_and_time(asked.second())},
                           {"7. Time Zone", "UTC"},
                           {"8. Bid Price", fixed(rate * 0.99998, 8)},
                           {"9. Ask Price", fixed(rate * 1.00002, 8)}}}}
                        .dump(4));
}

reply fx_daily(const call& asked) {
  using std::chrono::days;
  const auto* from = universe::find_currency(upper(asked.parameter("from_symbol")));
  const auto* to = universe::find_currency(upper(asked.parameter("to_symbol")));
  if (from == nullptr || to == nullptr) return invalid_call("FX_DAILY");
  constexpr int compact = 100;
  const sys_seconds today = std::chrono::floor<days>(asked.second());
  json series = json::object();
  for (int i = 0; i < compact; ++i) {
    const auto day = today - days{i};
    const auto end = i == 0 ? asked.second() : day + days{1} - std::chrono::seconds{1};
    const auto open = asked.world.price(*from, *to, day);
    const auto close = asked.world.price(*from, *to, end);
    series[iso_date(day)] = {{"1. open", fixed(open, 5)},
                             {"2. high", fixed(std::max(open, close), 5)},
                             {"3. low", fixed(std::min(open, close), 5)},
                             {"4. close", fixed(close, 5)}};
  }
  return json_reply(json{{"Meta Data",
                          {{"1. Information", "Forex Daily Prices (open, high, low, close)"},
                           {"2. From Symbol", from->code},
                           {"3. To Symbol", to->code},
                           {"4. Output Size", "Compact"},
                           {"5. Last Refreshed", iso_date(asked.second())},
                           {"6. Time Zone", "UTC"}}},
                         {"Time Series FX (Daily)", std::move(series)}}
                        .dump(4));
}

reply bulk_quotes(const call&) {
  return information(
      "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of "
      "the premium plans at https://www.alphavantage.co/premium/ to instantly unlock all premium "
      "endpoints");
}

constexpr std::array functions{route{"GLOBAL_QUOTE", &global_quote},
                               route{"CURRENCY_EXCHANGE_RATE", &exchange_rate},
                               route{"FX_DAILY", &fx_daily},
                               route{"SYMBOL_SEARCH", &symbol_search},
                               route{"LISTING_STATUS", &listing_status},
                               route{"REALTIME_BULK_QUOTES", &bulk_quotes}};

/// What a key is refused for, if anything.
std::optional<reply> key_problem(const call& asked, std::string_view key) {
  if (key.empty() || key == "invalid") {
    return said("Error Message",
                "the parameter apikey is invalid or missing. Please claim your free API key on "
                "(https://www.alphavantage.co/support/#api-key). It should take less than 20 "
                "seconds.");
  }
  // Good for the examples of the documentation, which are about this company.
  const bool example =
      asked.parameter("function") == "GLOBAL_QUOTE" && asked.parameter("symbol") == "IBM";
  if (key == "demo" && !example) {
    return information(
        "The **demo** API key is for demo purposes only. Please claim your free API key at "
        "(https://www.alphavantage.co/support/#api-key) to explore our full API offerings. It "
        "takes fewer than 20 seconds.");
  }
  return std::nullopt;
}

std::optional<reply> limit_problem(const call& asked, std::string_view key) {
  using namespace std::chrono_literals;
  constexpr std::uint32_t per_day = 25;
  const auto day = std::to_string(asked.limits.instead > 0 ? asked.limits.instead : per_day);
  if (asked.limits.instead == 0 && asked.count("second " + std::string{key}, 1, 1s).over) {
    return information(
        "Thank you for using Alpha Vantage! Please consider spreading out your free API requests "
        "more sparingly (1 request per second). You may subscribe to any of the premium plans at "
        "https://www.alphavantage.co/premium/ to lift the free key rate limit (" +
        day +
        " requests per day), raise the per-second burst limit, and instantly unlock all "
        "premium endpoints");
  }
  if (asked.count(key, per_day, 24h).over) {
    return information("We have detected your API key as " + std::string{key} +
                       " and our standard API rate limit is " + day +
                       " requests per day. Please subscribe to any of the premium plans at "
                       "https://www.alphavantage.co/premium/ to instantly remove all daily rate "
                       "limits.");
  }
  return std::nullopt;
}

reply query(const call& asked) {
  const auto key = asked.parameter("apikey");
  if (auto problem = key_problem(asked, key)) return *std::move(problem);
  if (auto problem = limit_problem(asked, key)) return *std::move(problem);
  const auto function = asked.parameter("function");
  if (const auto* to = find_route(functions, function)) return to->answer(asked);
  return said("Error Message", "This API function (" + std::string{function} + ") does not exist.");
}

constexpr std::array routes{route{"/query", &query},
                            route{"/physical_currency_list/", &physical_currencies},
                            route{"/digital_currency_list/", &digital_currencies}};

bool acceptable(std::string_view accept) {
  if (accept.empty()) return true;
  for (const auto good : {"*/*", "application/*", "application/json"}) {
    if (accept.find(good) != accept.npos) return true;
  }
  return false;
}

}  // namespace

reply json_reply(std::string body) { return make_reply(200, std::move(body), "application/json"); }

reply invalid_call(std::string_view function) {
  return said("Error Message",
              "Invalid API call. Please retry or visit the documentation "
              "(https://www.alphavantage.co/documentation/) for " +
                  std::string{function} + '.');
}

const stock* find_stock(const universe& world, std::string_view symbol) {
  auto ticker = upper(symbol);
  if (ticker.ends_with(".LON")) {
    ticker.resize(ticker.size() - 2);
  } else if (ticker.ends_with(".L")) {
    return nullptr;
  }
  const auto* found = world.find_stock(ticker);
  if (found == nullptr) {
    // Share classes are known with both separators.
    if (const auto hyphen = ticker.find('-'); hyphen != ticker.npos) ticker[hyphen] = '.';
    found = world.find_stock(ticker);
  }
  return found != nullptr && found->kind == stock_kind::index ? nullptr : found;
}

reply answer(const call& asked) {
  if (!acceptable(asked.headers.find("Accept"))) {
    return json_reply(R"({"detail":"Could not satisfy the request Accept header."})");
  }
  if (const auto* to = find_route(routes, asked.path)) return to->answer(asked);
  return make_reply(404, "<!DOCTYPE html><html><body>Not Found</body></html>\n",
                    "text/html; charset=utf-8");
}

}  // namespace tributary::providers::mock::market::alpha_vantage
