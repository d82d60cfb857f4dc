// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Market data as actors exchange it and as those outside get it.
namespace tributary::actors::market {

namespace pm = providers::market;
using steady_time = std::chrono::steady_clock::time_point;
using system_time = std::chrono::system_clock::time_point;

/// After which something is worth another try that may pass by itself, where nobody says when.
constexpr std::chrono::milliseconds usual_wait{5'000};

/// A quote as it is served. Shared by all who serve it, never changed.
struct published_quote {
  pm::quote quote;
  std::string json;            ///< the object `{"symbol":…}` of `/v1/quotes`
  steady_time fetched;         ///< when this process got it, or would have if it came from Redis
  std::uint64_t revision = 0;  ///< of the change that made it say what it says; see `quote_update`
};
using quote_ptr = std::shared_ptr<const published_quote>;

/// What a caller of quotes is told.
struct quotes_reply {
  struct row {
    quote_ptr quote;
    bool stale = false;  ///< past its time to live, and no provider gives a newer one
  };
  std::vector<row> quotes;          ///< in the order asked for
  std::vector<pm::failure> errors;  ///< of all other symbols, in the same order
  bool hit = false;                 ///< nothing had to be fetched for it
};

/// One caller that waits for quotes. Whoever serves it calls `answer` once, and before that `tell`
/// for what is there earlier, if the caller takes parts. When the last reference goes without an
/// answer, the derived class tells its client about the failure.
class quotes_call {
 public:
  quotes_call() = default;
  quotes_call(const quotes_call&) = delete;
  quotes_call& operator=(const quotes_call&) = delete;
  virtual ~quotes_call() = default;

  /// Any thread, once. Of a caller that takes parts the rest: what no part has said.
  virtual void answer(quotes_reply&& reply) = 0;

  /// What is known of some of the symbols; of the others more follows. Any thread, one at a time
  /// and before the answer; only where `in_parts` is set.
  virtual void tell(quotes_reply&& part) { static_cast<void>(part); }

  // Set before the call is sent.
  std::vector<pm::symbol> symbols;  ///< each once
  steady_time deadline{};
  bool in_parts = false;  ///< wants what is there at once, and the rest as it comes

  std::atomic<bool> gone{false};  ///< nobody waits any more
};

/// What is new, in one step. Revisions count up from 1 in each process.
struct quote_update {
  std::uint64_t revision = 0;
  std::vector<quote_ptr> quotes = {};  ///< say something new
  std::vector<quote_ptr> stale = {};   ///< are past their time to live from now on
  std::vector<pm::failure> withdrawn =
      {};  ///< by symbol: there is no quote of it any more, and why
};

/// Somebody outside of the actors who wants to hear of every update.
class quote_feed {
 public:
  virtual ~quote_feed() = default;
  /// Any thread; must not block. Revisions come in order.
  virtual void publish(std::shared_ptr<const quote_update> update) = 0;
};

}  // namespace tributary::actors::market
