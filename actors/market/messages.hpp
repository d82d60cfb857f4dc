// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/purpose.hpp"
#include "actors/market/quotes.hpp"
#include "actors/runtime/order.hpp"
#include "http/wire/shared_bytes.hpp"
#include "providers/market/provider.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Messages between the actors of market data, by receiver. All are sent one way, by
/// `runtime::tell`; what has to be answered is an order (`runtime/order.hpp`).
namespace tributary::actors::market {

// What is ordered is in `orders.hpp`; a reply is one of the messages below.
using quotes_order = runtime::order<struct quotes_wanted, struct quotes_answered>;
using assets_order = runtime::order<struct assets_wanted, struct assets_answered>;
using fetch_order = runtime::order<struct fetch_wanted, struct quotes_fetched>;
using round_order = runtime::order<struct round_wanted, struct prices_refreshed>;

// -- provider -----------------------------------------------------------------------------------

/// Have these quotes from this provider; answered by `quotes_answered`,
/// once or in parts.
struct ask_quotes {
  std::shared_ptr<quotes_order> order;
};

/// Somebody waits now for these symbols, which the price loop has ordered.
struct hurry_quotes {
  std::vector<std::string> symbols;
  steady_time deadline;  ///< for their conversations to go on
};

/// Work may go on that waited for its turn under the provider's allowance, or is late.
struct turn_tick {};

/// Have this list from this provider; answered by `assets_answered`.
struct ask_assets {
  std::shared_ptr<assets_order> order;
};

/// From whoever asked for a list: this page is read.
struct page_read {
  std::shared_ptr<assets_order> order;
  std::optional<pm::failure> why;  ///< as `conversation::take` gave it
};

// -- allowance keeper ---------------------------------------------------------------------------

/// An allowance has been used.
struct allowance_used {};

// -- asset list loop ----------------------------------------------------------------------------

/// A page of the list that this order asked for: have `conversation` take it, which may take long,
/// and answer `page_read` to its provider, who has nothing to do with the conversation until then.
struct page_arrived {
  std::shared_ptr<assets_order> order;
  std::shared_ptr<pm::assets_conversation> conversation;
  int status = 0;
  std::string header_block;
  http::wire::shared_bytes body;
  system_time received;
  caf::actor provider;
};

/// An order for a list has ended.
struct assets_answered {
  std::uint64_t ticket = 0;
  pm::assets_result result;
};

/// Time to look whether lists are due.
struct asset_tick {};

// -- quote book ---------------------------------------------------------------------------------

/// Something has come of an order for quotes.
struct quotes_answered {
  std::uint64_t ticket = 0;
  pm::quotes_result result;  ///< of some symbols
  bool last = true;          ///< the order has ended: this is all for the rest of them
};

/// From a board: have these quotes for a caller; answered by `quotes_fetched`.
struct fetch_quotes {
  std::shared_ptr<fetch_order> order;
};

/// From the price loop: have all quotes anew that somebody follows; answered by
/// `prices_refreshed`.
struct refresh_prices {
  std::shared_ptr<round_order> order;
};

/// Somebody follows these symbols from now on, or does so no longer. Each `follow` is undone by one
/// `unfollow` of the same symbol.
struct follow_symbols {
  std::vector<pm::symbol> follow;
  std::vector<std::string> unfollow;
};

/// From the book itself: some quote that is followed may be past its time to live.
struct expiry_tick {};

/// From a board that has just begun: tell it all that is known.
struct board_started {
  caf::actor board;
};

// -- board --------------------------------------------------------------------------------------

/// Answer this caller.
struct look_up_quotes {
  std::shared_ptr<quotes_call> call;
};

/// What an order of this board brought: in all its parts together, for each symbol asked for a
/// quote or an error.
struct quotes_fetched {
  std::uint64_t ticket = 0;
  std::vector<quotes_reply::row> quotes;
  std::vector<pm::failure> errors;
  bool last = true;  ///< no part follows
};

/// New quotes, and those fetched again though they say the same.
struct quotes_published {
  std::shared_ptr<const std::vector<quote_ptr>> quotes;
};

/// There are no quotes of these symbols any more: forget those that are known.
struct quotes_withdrawn {
  std::shared_ptr<const std::vector<pm::failure>> why;  ///< by symbol
};

/// Some caller's deadline may have passed.
struct board_tick {};

// -- price loop ---------------------------------------------------------------------------------

/// The next round is due.
struct price_tick {
  std::uint64_t round = 0;
};

/// The round is over.
struct prices_refreshed {
  std::uint64_t round = 0;
  std::size_t fetched = 0;  ///< symbols that have a new quote
  std::size_t failed = 0;   ///< symbols that have none
};

}  // namespace tributary::actors::market

// All of these stay within one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::ask_quotes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::hurry_quotes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::turn_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::ask_assets)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::page_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::allowance_used)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::page_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::assets_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::asset_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::quotes_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::fetch_quotes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::refresh_prices)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::follow_symbols)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::expiry_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::board_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::look_up_quotes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::quotes_fetched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::quotes_published)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::quotes_withdrawn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::board_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::price_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::prices_refreshed)
