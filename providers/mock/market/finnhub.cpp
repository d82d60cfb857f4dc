// SPDX-License-Identifier: MIT
#include "providers/mock/market/price_json.hpp"
#include "providers/mock/market/providers.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>

namespace tributary::providers::mock::market::finnhub {

namespace {

using json = nlohmann::ordered_json;

reply json_reply(unsigned status, const json& body) {
  return make_reply(status, body.dump(), "application/json; charset=utf-8");
}

reply error(unsigned status, std::string_view message) {
  return json_reply(status, {{"error", message}});
}

reply no_access(const call&) { return error(403, "You don't have access to this resource."); }

json quote_body(const quotation& q, sys_seconds now) {
  const auto places = places_of(q.price);
  const auto current = rounded(q.price, places);
  const auto before = rounded(q.previous_close, places);
  return {{"c", price_json(current, places)},
          {"d", price_json(current - before, places)},
          {"dp", price_json((current - before) / before * 100, 4)},
          {"h", price_json(q.high, places)},
          {"l", price_json(q.low, places)},
          {"o", price_json(q.open, places)},
          {"pc", price_json(before, places)},
          {"t", now.time_since_epoch().count()}};
}

/// `COINBASE:BTC-USD`, `BINANCE:BTCUSDT`, `OANDA:EUR_USD`.
std::optional<quotation> pair_quote(const universe& world, std::string_view symbol,
                                    sys_seconds now) {
  const auto colon = symbol.find(':');
  const auto venue = symbol.substr(0, colon);
  const auto pair = symbol.substr(colon + 1);
  const auto& dollar = *universe::find_currency("USD");
  if (venue == "COINBASE") {
    const auto hyphen = pair.find('-');
    if (hyphen == pair.npos) return std::nullopt;
    const auto* base = universe::find_coin(pair.substr(0, hyphen));
    const auto* vs = universe::find_currency(pair.substr(hyphen + 1));
    if (base != nullptr && vs != nullptr) return world.quote(*base, *vs, now);
  } else if (venue == "BINANCE" && pair.ends_with("USDT")) {
    const auto* base = universe::find_coin(pair.substr(0, pair.size() - 4));
    if (base != nullptr && base->ticker != "USDT") return world.quote(*base, dollar, now);
  } else if (venue == "OANDA" && pair.size() == 7 && pair[3] == '_') {
    const auto* from = universe::find_currency(pair.substr(0, 3));
    const auto* to = universe::find_currency(pair.substr(4));
    if (from != nullptr && to != nullptr && from != to) return world.quote(*from, *to, now);
  }
  return std::nullopt;
}

reply quote(const call& asked) {
  const auto symbol = asked.parameter("symbol");
  if (symbol.empty()) return error(422, "symbol is required.");
  std::optional<quotation> found;
  if (symbol.find(':') != symbol.npos) {
    found = pair_quote(asked.world, symbol, asked.second());
  } else if (const auto* known = asked.world.find_stock(symbol)) {
    // Other countries and indices are for those who pay.
    if (known->exchange == listing::london || known->kind == stock_kind::index) {
      return no_access(asked);
    }
    found = asked.world.quote(*known, asked.second());
  }
  if (found) return json_reply(200, quote_body(*found, asked.second()));
  // What is unknown has a price of nothing.
  return make_reply(200, R"({"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0})",
                    "application/json; charset=utf-8");
}

std::string_view mic_of(listing exchange) {
  switch (exchange) {
    case listing::nasdaq:
      return "XNAS";
    case listing::nyse:
      return "XNYS";
    case listing::arca:
      return "ARCX";
    case listing::london:
      return "XLON";
  }
  return {};
}

std::string_view type_of(stock_kind kind) {
  if (kind == stock_kind::etf) return "ETP";
  return kind == stock_kind::adr ? "ADR" : "Common Stock";
}

json stock_row(const stock& what) {
  return {{"currency", "USD"},
          {"description", upper(what.name)},
          {"displaySymbol", what.ticker},
          {"figi", "BBG00MOCK" + what.ticker},
          {"isin", nullptr},
          {"mic", mic_of(what.exchange)},
          {"shareClassFIGI", "BBG001MOCK" + what.ticker},
          {"symbol", what.ticker},
          {"symbol2", ""},
          {"type", type_of(what.kind)}};
}

reply stock_symbols(const call& asked) {
  const auto exchange = asked.parameter("exchange");
  if (exchange.empty()) return error(422, "exchange is required.");
  if (exchange != "US") return no_access(asked);
  json rows = json::array();
  for (const auto& each : asked.world.stocks()) {
    if (each.exchange == listing::london || each.kind == stock_kind::index) continue;
    rows.push_back(stock_row(each));
  }
  // Rows without a name or a type are in the real list too.
  rows.push_back({{"currency", ""},
                  {"description", ""},
                  {"displaySymbol", "ZZNODESC"},
                  {"figi", ""},
                  {"isin", nullptr},
                  {"mic", "OOTC"},
                  {"shareClassFIGI", ""},
                  {"symbol", "ZZNODESC"},
                  {"symbol2", ""},
                  {"type", ""}});
  return json_reply(200, rows);
}

json symbol_row(std::string_view venue, std::string_view shown, const std::string& symbol) {
  return {{"description", std::string{venue} + ' ' + std::string{shown}},
          {"displaySymbol", shown},
          {"symbol", symbol}};
}

reply crypto_symbols(const call& asked) {
  const auto exchange = lower(asked.parameter("exchange"));
  const bool binance = exchange == "binance";
  json rows = json::array();
  if (!binance && exchange != "coinbase") return json_reply(200, rows);
  for (const auto& each : universe::coins()) {
    if (each.rank > last_major || (binance && each.ticker == "USDT")) continue;
    const std::string base{each.ticker};
    if (binance) {
      rows.push_back(symbol_row("Binance", base + "/USDT", "BINANCE:" + base + "USDT"));
      continue;
    }
    for (const auto vs : {"USD", "EUR", "GBP"}) {
      rows.push_back(symbol_row("Coinbase", base + '/' + vs, "COINBASE:" + base + '-' + vs));
    }
  }
  return json_reply(200, rows);
}

reply forex_symbols(const call& asked) {
  json rows = json::array();
  if (lower(asked.parameter("exchange")) != "oanda") return json_reply(200, rows);
  for (const auto& from : universe::currencies()) {
    for (const auto to : {"USD", "EUR", "GBP", "JPY"}) {
      if (from.code == to) continue;
      const std::string base{from.code};
      rows.push_back(symbol_row("Oanda", base + '/' + to, "OANDA:" + base + '_' + to));
    }
  }
  // Not only currencies.
  rows.push_back(symbol_row("Oanda", "US Nas 100", "OANDA:NAS100_USD"));
  rows.push_back(symbol_row("Oanda", "Gold", "OANDA:XAU_USD"));
  return json_reply(200, rows);
}

reply crypto_exchanges(const call&) { return json_reply(200, {"BINANCE", "COINBASE"}); }
reply forex_exchanges(const call&) { return json_reply(200, {"oanda"}); }

constexpr std::array routes{route{"/api/v1/quote", &quote},
                            route{"/api/v1/stock/symbol", &stock_symbols},
                            route{"/api/v1/crypto/symbol", &crypto_symbols},
                            route{"/api/v1/crypto/exchange", &crypto_exchanges},
                            route{"/api/v1/forex/symbol", &forex_symbols},
                            route{"/api/v1/forex/exchange", &forex_exchanges},
                            route{"/api/v1/forex/rates", &no_access}};

reply redirect() {
  auto result = make_reply(302, "<a href=\"/\">Found</a>.\n", "text/html; charset=utf-8");
  add_field(result, "Location", "/");
  return result;
}

/// All plans have this limit, beside their own by the minute.
constexpr std::uint32_t per_second = 30;
constexpr std::uint32_t per_minute = 60;

}  // namespace

reply answer(const call& asked) {
  using namespace std::chrono_literals;
  const auto* to = find_route(routes, asked.path);
  if (to == nullptr) return redirect();
  auto key = asked.headers.find("X-Finnhub-Token");
  if (key.empty()) key = asked.parameter("token");
  if (key.empty()) return error(401, "Please use an API key.");
  if (key == "invalid") return error(401, "Invalid API key.");
  const auto burst =
      asked.limits.instead == 0 && asked.count("second " + std::string{key}, per_second, 1s).over;
  const auto used = asked.count(key, per_minute, 60s);
  auto result = burst || used.over
                    ? error(429, "API limit reached. Please try again later. Remaining Limit: 0")
                    : to->answer(asked);
  if (asked.limits.on) {
    const auto limit = asked.limits.instead > 0 ? asked.limits.instead : per_minute;
    add_field(result, "X-Ratelimit-Limit", std::to_string(limit));
    add_field(result, "X-Ratelimit-Remaining", std::to_string(used.remaining));
    add_field(result, "X-Ratelimit-Reset", std::to_string(used.reset.time_since_epoch().count()));
  }
  return result;
}

}  // namespace tributary::providers::mock::market::finnhub
