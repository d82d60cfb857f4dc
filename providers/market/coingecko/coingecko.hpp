// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/coin_calls.hpp"
#include "providers/market/id_book.hpp"
#include "providers/market/types.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// CoinGecko: many coins a call, by ids of its own. Requests out, answers in; no I/O.
namespace tributary::providers::market::coingecko {

inline constexpr std::string_view source = "coingecko";
/// What every target begins with. Leave it out where the configured origin ends in it already.
inline constexpr std::string_view base_path = "/api/v3";
/// Coins of one call of coins/markets.
inline constexpr std::size_t max_per_call = 250;

/// Demo and pro keys look alike, and each is good at its own origin only, so the tier is
/// configuration. It chooses the header that the key is sent in.
enum class key_tier : std::uint8_t { demo, pro };

struct settings {
  key_tier tier = key_tier::demo;
  std::string key;                           ///< empty: keyless, at the origin of the demo tier
  std::string user_agent = "tributary/1.0";  ///< without one, all is refused
};

/// The ids that are settled for the coins most asked for.
std::span<const pinned_id> pinned_ids() noexcept;

/// True for a crypto pair whose quote currency CoinGecko knows. Others must not be sent.
bool supports(const symbol& what) noexcept;

using call = coin_call;

/// Divides symbols into calls, by id for all that the book knows. Those that are not supported are
/// in none. @param limit coins a call, at most `max_per_call`
std::vector<call> plan_calls(std::span<const symbol> symbols, const id_book& book,
                             std::size_t limit = max_per_call);

/// coins/markets: the call to use for quotes, since it gives the change itself.
wire_request markets_request(const call& what, const settings& with);
/// A ticker asked without an id gets the coin with the lowest rank by market cap.
quotes_result read_markets(const call& asked, const wire_answer& answer);

/// simple/price: a smaller answer, with the change derived; for calls by id.
wire_request simple_price_request(const call& what, const settings& with);
quotes_result read_simple_price(const call& asked, const wire_answer& answer);

/// A page, counted from 1, of all coins in the order of market cap.
wire_request markets_page_request(std::size_t page, const settings& with);
/// Teaches the book the page's coins and lists those that their tickers mean. `last` is set when
/// the page is not full.
assets_result read_markets_page(const wire_answer& answer, id_book& book);

/// coins/list: all coins, without ranks.
wire_request coins_list_request(const settings& with);
/// Lists one coin of each ticker: the one in the book, or the only one of that ticker, which the
/// book then learns. Where several share a ticker that the book does not know, none is listed,
/// since the first is often the wrong one. Read pages of coins/markets before.
assets_result read_coins_list(const wire_answer& answer, id_book& book);

}  // namespace tributary::providers::market::coingecko
