// SPDX-License-Identifier: MIT
#include "providers/mock/market/yfinance.hpp"

#include <algorithm>

namespace tributary::providers::mock::market::yfinance {

namespace {

struct venue_names {
  std::string_view code;
  std::string_view name;
};

venue_names venue_of(const stock& what) {
  if (what.kind == stock_kind::index) {
    return what.exchange == listing::nasdaq ? venue_names{"NIM", "Nasdaq GIDS"}
                                            : venue_names{"SNP", "SNP"};
  }
  switch (what.exchange) {
    case listing::nasdaq:
      return what.kind == stock_kind::etf ? venue_names{"NGM", "NasdaqGM"}
                                          : venue_names{"NMS", "NasdaqGS"};
    case listing::nyse:
      return {"NYQ", "NYSE"};
    case listing::arca:
      return {"PCX", "NYSEArca"};
    case listing::london:
      return {"LSE", "LSE"};
  }
  return {};
}

std::string_view type_of(stock_kind kind) {
  switch (kind) {
    case stock_kind::etf:
      return "ETF";
    case stock_kind::index:
      return "INDEX";
    default:
      return "EQUITY";
  }
}

/// Share classes have a hyphen here, and only they: what London lists keeps its dot.
std::string spelling_of(const stock& what) {
  auto symbol = what.ticker;
  if (what.exchange != listing::london) std::replace(symbol.begin(), symbol.end(), '.', '-');
  return symbol;
}

/// A share class with its dot is not known here.
const stock* find_stock(const universe& world, std::string_view symbol) {
  std::string dotted{symbol};
  std::replace(dotted.begin(), dotted.end(), '-', '.');
  for (const std::string_view ticker : {symbol, std::string_view{dotted}}) {
    const auto* found = world.find_stock(ticker);
    if (found != nullptr && spelling_of(*found) == symbol) return found;
  }
  return nullptr;
}

}  // namespace

instrument instrument_of(const universe& world, const stock& what) {
  const auto venue = venue_of(what);
  return {spelling_of(what),
          type_of(what.kind),
          venue.code,
          venue.name,
          what.name,
          what.currency(),
          {},
          2,
          [&](sys_seconds at) { return world.quote(what, at); },
          [&](sys_seconds at) { return world.price(what, at); }};
}

instrument instrument_of(const universe& world, const coin& what, const currency& vs) {
  return {std::string{what.ticker} + '-' + std::string{vs.code},
          "CRYPTOCURRENCY",
          "CCC",
          "CCC",
          std::string{what.name} + ' ' + std::string{vs.code},
          vs.code,
          what.ticker,
          places_of(what.base / vs.base),
          [&](sys_seconds at) { return world.quote(what, vs, at); },
          [&](sys_seconds at) { return world.price(what, vs, at); }};
}

instrument instrument_of(const universe& world, const currency& from, const currency& to) {
  return {std::string{from.code} + std::string{to.code} + "=X",
          "CURRENCY",
          "CCY",
          "CCY",
          std::string{from.code} + '/' + std::string{to.code},
          to.code,
          from.code,
          std::max(4, places_of(from.base / to.base)),
          [&](sys_seconds at) { return world.quote(from, to, at); },
          [&](sys_seconds at) { return world.price(from, to, at); }};
}

std::optional<instrument> find_instrument(const universe& world, std::string_view spelled) {
  const auto symbol = upper(spelled);
  const std::string_view view{symbol};
  if (view.ends_with("=X")) {
    // `JPY=X` is short for `USDJPY=X`.
    const auto* from = universe::find_currency(view.size() == 5 ? "USD" : view.substr(0, 3));
    const auto* to = universe::find_currency(view.substr(view.size() == 5 ? 0 : 3, 3));
    if ((view.size() != 5 && view.size() != 8) || !from || !to || from == to) return std::nullopt;
    auto found = instrument_of(world, *from, *to);
    found.symbol = symbol;
    return found;
  }
  if (const auto* known = find_stock(world, view)) return instrument_of(world, *known);
  const auto hyphen = view.rfind('-');
  if (hyphen == view.npos) return std::nullopt;
  const auto* base = universe::find_coin(view.substr(0, hyphen));
  const auto* vs = universe::find_currency(view.substr(hyphen + 1));
  if (base == nullptr || vs == nullptr) return std::nullopt;
  return instrument_of(world, *base, *vs);
}

}  // namespace tributary::providers::mock::market::yfinance
