// SPDX-License-Identifier: MIT
#include "actors/market/orders.hpp"

#include <cstddef>
#include <utility>

namespace tributary::actors::market {

namespace {

pm::failure dropped_work() {
  pm::failure result;
  result.kind = pm::error_kind::unavailable;
  result.detail = "the work was dropped";
  return result;
}

}  // namespace

quotes_answered dropped(const quotes_wanted& request) {
  return {request.ticket, {{}, {dropped_work()}}};
}

quotes_fetched dropped(const fetch_wanted& request) {
  std::vector<pm::failure> errors(request.symbols.size(), dropped_work());
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i].symbol = request.symbols[i].text;
  return {request.ticket, {}, std::move(errors)};
}

prices_refreshed dropped(const round_wanted& request) { return {request.round, 0, 0}; }

assets_answered dropped(const assets_wanted& request) {
  return {request.ticket, {{}, dropped_work()}};
}

}  // namespace tributary::actors::market
