// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/market_metrics.hpp"
#include "actors/market/orders.hpp"
#include "actors/market/quote_fetches.hpp"
#include "actors/market/quote_store.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace tributary::actors::market {

/// What the quote book knows; survives its restarts.
struct quote_knowledge {
  explicit quote_knowledge(std::size_t most) : quotes(most), most_symbols(most) {}

  quote_store quotes;
  std::uint64_t revision = 0;      ///< of the last update
  std::vector<pm::symbol> active;  ///< are always followed
  const std::size_t most_symbols;
};

struct quote_book_wiring {
  struct provider {
    std::string_view source;
    supervision::supervised_ref actor;
    telemetry::counter passed_on;
  };
  std::shared_ptr<quote_knowledge> knowledge;
  std::vector<provider> providers;
  provider_chains chains;
  std::vector<supervision::supervised_ref> boards;
  std::vector<std::shared_ptr<quote_feed>> feeds;
  std::vector<supervision::supervised_ref> redis;  ///< of the cache, by worker; may be empty
  std::chrono::milliseconds redis_timeout{20};
  std::chrono::milliseconds quote_ttl{300'000};
  std::chrono::milliseconds stale_for{86'400'000};
  std::chrono::milliseconds price_interval{5'000};
  std::chrono::milliseconds timeout{5'000};  ///< of a fetch that somebody waits for
  market_metrics metrics;
};

/// Knows the last quote of each symbol and has new ones fetched: for callers whom the boards cannot
/// serve, and for the price loop. A symbol is fetched once at a time, whoever waits for it, first
/// from Redis, where another instance may have put it, then from the providers of its chain one
/// after the other. New quotes go to the boards, to Redis, and to the feeds if they say something
/// new. What providers know no longer is withdrawn from all three.
///
/// One answer that lacks a symbol whose quote is still fresh says nothing: providers leave some out
/// of a batch now and then. The second one in a row does. And a quote does not give way to one of
/// an earlier time, whoever gives it, while it may be served.
class quote_book final : public runtime::observed_actor {
 public:
  quote_book(caf::actor_config& cfg, std::string path, quote_book_wiring wiring);
  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  /// A caller that waits for some symbols; the last one to come ends it.
  struct waiting {
    std::shared_ptr<fetch_order> order;  ///< null: the price loop's round
    std::size_t left = 0;
    std::vector<quotes_reply::row> quotes;  ///< not told yet
    std::vector<pm::failure> errors;        ///< not told yet
  };
  struct round {
    std::shared_ptr<round_order> order;
    std::size_t fetched = 0;
    std::size_t failed = 0;
  };
  /// What the feeds heard last of a symbol.
  enum class told : std::uint8_t { nothing, quote, stale, withdrawn };
  struct followed {
    pm::symbol what;
    std::size_t times = 0;                         ///< that somebody follows it
    bool active = false;                           ///< configured
    steady_time asked = steady_time::min();        ///< for a round, the last time
    steady_time rests_until = steady_time::min();  ///< no provider knows it
    told last = told::nothing;
  };
  struct redis_question {
    std::vector<pm::symbol> symbols;
    purpose why = purpose::loop;
  };
  /// What boards, feeds and Redis are to hear of.
  struct news {
    std::vector<quote_ptr> kept;
    std::vector<quote_ptr> stale;
    std::vector<pm::failure> withdrawn;
  };
  struct held_failure {
    pm::failure why;
    steady_time until;
  };

  void on_fetch(fetch_quotes& message);
  void on_refresh(refresh_prices& message);
  void on_answered(quotes_answered& message);
  void on_redis(redis_answered& message);
  void on_follow(follow_symbols& message);
  void on_board(const board_started& message);
  void on_expiry();
  void follow(const pm::symbol& what);
  std::vector<pm::symbol> due_in_round(steady_time now);
  void let_rest(const std::string& symbol, steady_time now);

  void fetch(std::vector<pm::symbol> symbols, purpose why);
  bool ask_redis(std::vector<pm::symbol>& symbols, purpose why);
  void start(const std::vector<pm::symbol>& symbols);
  void carry_on(quote_fetches::progress&& progress);
  void ask(quote_fetches::batch&& batch);
  std::chrono::milliseconds share_of_wait(const std::vector<pm::symbol>& symbols) const noexcept;
  void note_passing_on(std::size_t from, std::size_t symbols, const pm::failure& why);
  void keep(pm::quote&& quote, steady_time fetched, news& all);
  bool is_kept_out(const pm::quote& got, steady_time now) const;
  pm::failure kept_out(const pm::quote& got, steady_time now);
  bool is_wanted_again(const quote_fetches::ended& over) const;
  bool is_first_absence(const std::string& symbol, steady_time now);
  void failed(const quote_fetches::ended& over, steady_time now, news& all);
  void withdraw(const pm::failure& why, news& all);
  void watch_expiry(steady_time at);
  void publish(const news& all);
  void tell_feeds(const news& all);
  void keep_in_redis(const news& all);
  void tell_waiting(const std::string& symbol, const quote_ptr& quote, const pm::failure* why);
  void tell(std::uint64_t waiter, const quote_ptr& quote, const pm::failure* why);
  void tell_parts();
  void add(waiting& to, const pm::failure& why, steady_time now) const;
  void hold(const pm::failure& why, steady_time now, std::chrono::milliseconds time);
  const pm::failure* held(std::string_view symbol, steady_time now);
  bool fresh(const quote_ptr& quote, steady_time now) const noexcept;
  quote_ptr usable(std::string_view symbol, steady_time now) const noexcept;
  const caf::actor* redis();

  quote_book_wiring wiring_;
  quote_fetches fetches_;
  std::unordered_map<std::uint64_t, waiting> waiters_;
  by_symbol<std::vector<std::uint64_t>> waiting_for_;
  std::unordered_set<std::uint64_t> with_parts_;  ///< waiters that are to be told what has come
  by_symbol<followed> follows_;      ///< whoever follows one says so again to a new incarnation
  by_symbol<std::size_t> unserved_;  ///< followers for whose symbols there was no room, by symbol
  by_symbol<held_failure> failures_;
  std::unordered_map<std::uint64_t, quote_fetches::batch> asked_;
  std::unordered_set<std::string> missed_;  ///< fresh, and lacking in the last answer
  steady_time next_expiry_ = steady_time::max();
  std::optional<round> round_;
  std::uint64_t next_ = 1;
  std::vector<std::optional<steady_time>> fallback_logged_;  ///< by provider
};

/// The key of a symbol's quote in Redis.
std::string quote_key(std::string_view symbol);

}  // namespace tributary::actors::market
