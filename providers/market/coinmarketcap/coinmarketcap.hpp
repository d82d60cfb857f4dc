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

/// CoinMarketCap: many coins a call, by numeric ids or by ticker. Requests out, answers in; no I/O.
namespace tributary::providers::market::coinmarketcap {

inline constexpr std::string_view source = "coinmarketcap";
/// Coins of one call: as many as one credit pays for.
inline constexpr std::size_t max_per_call = 100;
/// Rows of one page of map and listings.
inline constexpr std::size_t rows_per_page = 5000;

/// Of the path. Answers are read in the shape they have, whatever the path was.
enum class path_version : std::uint8_t { v1, v2, v3 };

struct settings {
  std::string key;  ///< sent in the header X-CMC_PRO_API_KEY and nowhere else; empty: keyless
  path_version version = path_version::v2;
};

/// The ids that are settled for the coins most asked for.
std::span<const pinned_id> pinned_ids() noexcept;

/// True for crypto pairs.
bool supports(const symbol& what) noexcept;

using call = coin_call;

/// Divides symbols into calls, by id for all that the book knows. Those that are not supported are
/// in none. @param limit coins a call, at most `max_per_call`
std::vector<call> plan_calls(std::span<const symbol> symbols, const id_book& book,
                             std::size_t limit = max_per_call);

wire_request quotes_request(const call& what, const settings& with);
/// Of several coins with a ticker the active one with a price and the lowest rank is taken. Where a
/// call failed because of some of its symbols, these are `not_found`, and all others are neither
/// in quotes nor in errors: ask again for what `left_to_ask` gives, which is fewer.
quotes_result read_quotes(const call& asked, const wire_answer& answer);
/// What the result says nothing of; empty after an answer that spoke of all.
call left_to_ask(const call& asked, const quotes_result& known);

/// A page, counted from 1, of the active coins by rank.
wire_request map_request(std::size_t page, const settings& with);
wire_request listings_request(std::size_t page, const settings& with);
/// Teaches the book the page's active coins and lists those that their tickers mean. `last` is set
/// when the page is not full. Reads both map and listings.
assets_result read_list_page(const wire_answer& answer, id_book& book);

}  // namespace tributary::providers::market::coinmarketcap
