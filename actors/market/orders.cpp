// SPDX-License-Identifier: MIT
#include "actors/market/orders.hpp"

#include "actors/runtime/observed_actor.hpp"

#include <utility>

namespace tributary::actors::market {

namespace {

pm::failure dropped() {
  pm::failure why;
  why.kind = pm::error_kind::unavailable;
  why.detail = "the work was dropped";
  return why;
}

}  // namespace

quotes_order::quotes_order(std::string_view source, std::vector<pm::symbol> symbols, purpose why,
                           steady_time deadline, caf::actor reply_to, std::uint64_t ticket)
    : source_(source),
      symbols_(std::move(symbols)),
      why_(why),
      deadline_(deadline),
      reply_to_(std::move(reply_to)),
      ticket_(ticket) {}

quotes_order::~quotes_order() {
  if (answered_) return;
  pm::quotes_result result;
  result.errors.push_back(dropped());
  answer(std::move(result));
}

void quotes_order::deliver(pm::quotes_result&& part) {
  if (answered_) return;
  runtime::tell(reply_to_, quotes_answered{ticket_, source_, std::move(part), false});
}

void quotes_order::answer(pm::quotes_result&& result) {
  if (std::exchange(answered_, true)) return;
  runtime::tell(reply_to_, quotes_answered{ticket_, source_, std::move(result), true});
}

fetch_order::fetch_order(std::vector<pm::symbol> symbols, caf::actor reply_to, std::uint64_t ticket)
    : symbols_(std::move(symbols)), reply_to_(std::move(reply_to)), ticket_(ticket) {}

fetch_order::~fetch_order() {
  if (answered_) return;
  std::vector<pm::failure> errors(symbols_.size(), dropped());
  for (std::size_t i = 0; i < symbols_.size(); ++i) errors[i].symbol = symbols_[i].text;
  answer({}, std::move(errors));
}

void fetch_order::answer(std::vector<quotes_reply::row> quotes, std::vector<pm::failure> errors) {
  if (std::exchange(answered_, true)) return;
  runtime::tell(reply_to_, quotes_fetched{ticket_, std::move(quotes), std::move(errors)});
}

round_order::round_order(std::uint64_t number, caf::actor reply_to)
    : number_(number), reply_to_(std::move(reply_to)) {}

round_order::~round_order() { answer(0, 0); }

void round_order::answer(std::size_t fetched, std::size_t failed) {
  if (std::exchange(answered_, true)) return;
  runtime::tell(reply_to_, prices_refreshed{number_, fetched, failed});
}

assets_order::assets_order(std::string_view source, pm::asset_class kind, caf::actor reply_to,
                           std::uint64_t ticket)
    : source_(source), kind_(kind), reply_to_(std::move(reply_to)), ticket_(ticket) {}

assets_order::~assets_order() {
  if (answered_) return;
  pm::assets_result result;
  result.error = dropped();
  answer(std::move(result));
}

void assets_order::answer(pm::assets_result&& result) {
  if (std::exchange(answered_, true)) return;
  runtime::tell(reply_to_, assets_answered{ticket_, source_, std::move(result)});
}

}  // namespace tributary::actors::market
