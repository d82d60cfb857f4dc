// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/market_metrics.hpp"
#include "actors/market/orders.hpp"
#include "actors/market/quote_store.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tributary::actors::market {

struct quote_board_wiring {
  supervision::supervised_ref book;
  std::size_t most_symbols = 10'000;
  std::size_t most_waiters = 10'000;
  std::chrono::milliseconds quote_ttl{300'000};
  std::chrono::milliseconds stale_for{86'400'000};
  market_metrics metrics;
};

/// Answers requests for quotes, with what is there at once where a caller takes parts, out of its
/// copy of what the book knows, which the book keeps up to date; one a worker, so that what is
/// known costs one message on the worker that asks. What is missing it has the book fetch.
class quote_board final : public runtime::observed_actor {
 public:
  quote_board(caf::actor_config& cfg, std::string path, quote_board_wiring wiring);
  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  /// A caller that waits for some of its symbols.
  struct waiter {
    std::shared_ptr<quotes_call> call;
    std::vector<quotes_reply::row> known;  ///< the others, unless they are told
    /// Symbols of the call that were told in a part.
    std::unordered_set<std::string_view> told = {};
  };

  void on_look_up(look_up_quotes& message);
  void on_fetched(quotes_fetched& message);
  void on_published(const quotes_published& message);
  void on_withdrawn(const quotes_withdrawn& message);
  void on_tick();

  void tell(waiter& who, quotes_reply&& part);
  void wait(waiter who, std::vector<pm::symbol> missing);
  void give_up(waiter& who, std::string_view detail);
  void arm(steady_time now);
  std::optional<quotes_reply::row> usable(std::string_view symbol, steady_time now) const;
  bool fresh(const quote_ptr& quote, steady_time now) const noexcept;

  quote_board_wiring wiring_;
  quote_store quotes_;
  std::map<std::uint64_t, waiter> waiting_;              ///< by ticket
  std::multimap<steady_time, std::uint64_t> deadlines_;  ///< of these
  bool armed_ = false;
  std::uint64_t next_ = 1;
};

}  // namespace tributary::actors::market
