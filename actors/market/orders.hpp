// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/messages.hpp"

#include <cstdint>
#include <vector>

/// What actors of market data order of each other: how an order ends without an answer stands
/// beside each. Tickets are the requester's own.
namespace tributary::actors::market {

/// Quotes wanted of one provider, which may come in parts. Dropped: `unavailable`.
struct quotes_wanted {
  std::vector<pm::symbol> symbols;
  purpose why = purpose::loop;
  steady_time deadline;  ///< by which their conversations have begun
  std::uint64_t ticket = 0;
};
quotes_answered dropped(const quotes_wanted& request);

/// Quotes that a board wants of the book for one of its callers. Dropped: `unavailable` for each
/// symbol, those included that a part has told already.
struct fetch_wanted {
  std::vector<pm::symbol> symbols;
  std::uint64_t ticket = 0;
  bool in_parts = false;  ///< what comes is told as it comes
};
quotes_fetched dropped(const fetch_wanted& request);

/// A round of the price loop. Dropped: nothing was fetched, and nothing failed.
struct round_wanted {
  std::uint64_t round = 0;
};
prices_refreshed dropped(const round_wanted& request);

/// A list of assets wanted of one provider. Its pages, which are large, are read by the requester
/// (`page_arrived`) and not by the provider's actor. Dropped: `unavailable`.
struct assets_wanted {
  pm::asset_class kind{};
  std::uint64_t ticket = 0;
};
assets_answered dropped(const assets_wanted& request);

}  // namespace tributary::actors::market
