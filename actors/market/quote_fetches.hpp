// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/messages.hpp"
#include "actors/market/quote_store.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tributary::actors::market {

/// By `asset_class`: indexes of the providers that are asked, in their order.
using provider_chains = std::array<std::vector<std::size_t>, 3>;

/// True for what may pass by itself: `rate_limited` and `unavailable`.
bool may_pass(pm::error_kind kind) noexcept;

/// The reason to give for a symbol that two providers failed at, whichever was asked first: what
/// may pass by itself before what will not, and that it is unknown only where nobody failed for
/// reasons of their own. Of two that may pass the wait is the shorter one.
pm::failure worse_of(pm::failure first, pm::failure second);

/// The symbols that are being fetched, and which provider of their chain is asked for each: what
/// one provider lacks is asked of the next, symbol by symbol and whatever batch it was in. A value
/// without actors or clock: one thread at a time.
class quote_fetches {
 public:
  explicit quote_fetches(provider_chains chains) : chains_(std::move(chains)) {}

  /// To be asked of one provider.
  struct batch {
    std::size_t provider = 0;
    purpose why = purpose::loop;
    std::vector<pm::symbol> symbols;
  };
  /// A symbol whose fetch is over: a quote, or why there is none.
  struct ended {
    pm::symbol what;
    purpose why = purpose::loop;
    std::optional<pm::quote> quote;
    pm::failure reason;  ///< with its symbol; unless there is a quote
  };
  struct progress {
    std::vector<ended> done;
    std::vector<batch> next;
  };

  bool under_way(std::string_view symbol) const noexcept { return pending_.contains(symbol); }

  /// Takes up these symbols, which are not under way, without asking anybody yet.
  void begin(std::span<const pm::symbol> symbols, purpose why);

  /// Asks the first providers of their chains for symbols that were begun. Those whose chain is
  /// empty are done at once, and so are pairs of currencies with a coin in them, of which the form
  /// tells that nobody knows them. What no provider has is told with the symbol that was probably
  /// meant.
  progress start(std::span<const pm::symbol> symbols);

  /// Somebody waits for a symbol that is under way. Once it is known, the loop's pace does not
  /// count for it any more: further providers are asked as for a demand.
  /// @returns the provider that was asked on behalf of the loop; nothing where this was known
  std::optional<std::size_t> hurry(const pm::symbol& what) noexcept;

  /// Somebody else has what was wanted.
  void forget(std::string_view symbol);

  /// What came of a batch. Symbols of it that the result says nothing of count as `unavailable`.
  progress take(const batch& asked, pm::quotes_result&& result);

 private:
  /// Where the fetch of one symbol stands.
  struct pending {
    purpose why = purpose::loop;
    bool hurried = false;
    std::size_t at = 0;  ///< position in the chain
    std::optional<pm::failure> so_far;
  };
  const std::vector<std::size_t>& chain_of(const pm::symbol& what) const noexcept;
  void ask(pending& state, const pm::symbol& what, progress& into);
  void failed(const pm::symbol& what, const pm::failure& why, progress& into);

  provider_chains chains_;
  by_symbol<pending> pending_;
};

}  // namespace tributary::actors::market
