// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/call_verdict.hpp"
#include "actors/market/provider_actor.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

/// What the sources of `provider_actor` share.
namespace tributary::actors::market {

/// An order for quotes whose conversations go on.
struct provider_actor::job {
  std::shared_ptr<quotes_order> order;
  std::size_t left = 0;    ///< conversations
  pm::quotes_result part;  ///< of those that ended, not told yet
};

/// A conversation under way, for quotes or for a list.
struct provider_actor::conversation_task {
  std::shared_ptr<job> quotes;
  std::unique_ptr<pm::quotes_conversation> conversation;
  std::shared_ptr<assets_order> list;
  std::shared_ptr<pm::assets_conversation> pages;  ///< of the list
  purpose why = purpose::loop;
  steady_time deadline = steady_time::max();
  bool placed = false;                  ///< counts among those that may go on at the same time
  std::optional<pm::wire_request> due;  ///< asked for by the conversation and not sent yet
  std::shared_ptr<guards::call_verdict> verdict;  ///< of the page that is being read

  std::optional<pm::wire_request> next() {
    return conversation ? conversation->next() : pages->next();
  }
};

/// A failure of everything asked for, in our own words.
inline pm::failure failure_of(pm::error_kind kind, std::string detail,
                              std::optional<std::chrono::nanoseconds> wait = std::nullopt) {
  pm::failure result;
  result.kind = kind;
  result.detail = std::move(detail);
  if (wait) result.retry_after = std::chrono::ceil<std::chrono::milliseconds>(*wait);
  return result;
}

}  // namespace tributary::actors::market
