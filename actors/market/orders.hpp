// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/messages.hpp"

#include <caf/actor.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace tributary::actors::market {

/// Quotes wanted of one provider. The requester hears of the end exactly once, by
/// `quotes_answered`: whoever drops the last reference without an answer (a crash, for example) has
/// it answered with `unavailable`. Passed in messages, touched by one actor at a time.
class quotes_order {
 public:
  quotes_order(std::string_view source, std::vector<pm::symbol> symbols, purpose why,
               steady_time deadline, caf::actor reply_to, std::uint64_t ticket);
  ~quotes_order();
  quotes_order(const quotes_order&) = delete;
  quotes_order& operator=(const quotes_order&) = delete;

  const std::vector<pm::symbol>& symbols() const noexcept { return symbols_; }
  purpose why() const noexcept { return why_; }
  steady_time deadline() const noexcept { return deadline_; }

  /// What is known of some of the symbols; the rest follows.
  void deliver(pm::quotes_result&& part);
  /// What is known of the rest.
  void answer(pm::quotes_result&& result);

 private:
  std::string_view source_;
  std::vector<pm::symbol> symbols_;
  purpose why_;
  steady_time deadline_;
  caf::actor reply_to_;
  std::uint64_t ticket_;
  bool answered_ = false;
};

/// Quotes that a board wants for one of its callers, from the book. Answered exactly once in the
/// same way, by `quotes_fetched`.
class fetch_order {
 public:
  fetch_order(std::vector<pm::symbol> symbols, caf::actor reply_to, std::uint64_t ticket);
  ~fetch_order();
  fetch_order(const fetch_order&) = delete;
  fetch_order& operator=(const fetch_order&) = delete;

  const std::vector<pm::symbol>& symbols() const noexcept { return symbols_; }

  /// A quote or an error for each symbol.
  void answer(std::vector<quotes_reply::row> quotes, std::vector<pm::failure> errors);

 private:
  std::vector<pm::symbol> symbols_;
  caf::actor reply_to_;
  std::uint64_t ticket_;
  bool answered_ = false;
};

/// A round of the price loop; the same, by `prices_refreshed`.
class round_order {
 public:
  round_order(std::uint64_t number, caf::actor reply_to);
  ~round_order();
  round_order(const round_order&) = delete;
  round_order& operator=(const round_order&) = delete;

  std::uint64_t number() const noexcept { return number_; }

  /// How many symbols have a new quote, and how many have none.
  void answer(std::size_t fetched, std::size_t failed);

 private:
  std::uint64_t number_;
  caf::actor reply_to_;
  bool answered_ = false;
};

/// An order for a list of assets: answered once by `assets_answered`, by whoever drops it. Its
/// pages, which are large, are read by the requester (`page_arrived`) and not by the provider's
/// actor.
class assets_order {
 public:
  assets_order(std::string_view source, pm::asset_class kind, caf::actor reply_to,
               std::uint64_t ticket);
  ~assets_order();
  assets_order(const assets_order&) = delete;
  assets_order& operator=(const assets_order&) = delete;

  pm::asset_class kind() const noexcept { return kind_; }
  const caf::actor& requester() const noexcept { return reply_to_; }

  /// Set by the provider's actor.
  void talk_by(std::unique_ptr<pm::assets_conversation> talk) { conversation_ = std::move(talk); }
  pm::assets_conversation* conversation() const noexcept { return conversation_.get(); }

  void answer(pm::assets_result&& result);

 private:
  std::string_view source_;
  pm::asset_class kind_;
  caf::actor reply_to_;
  std::uint64_t ticket_;
  std::unique_ptr<pm::assets_conversation> conversation_;
  bool answered_ = false;
};

}  // namespace tributary::actors::market
