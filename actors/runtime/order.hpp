// SPDX-License-Identifier: MIT
#pragma once

#include "actors/runtime/observed_actor.hpp"

#include <caf/actor.hpp>

#include <utility>

namespace tributary::actors::runtime {

/// Work that one actor gives to another, together with the duty to answer it. The requester is told
/// of the end exactly once: with the answer, or with what `dropped` says when the order is
/// destroyed without one (the actor that had it crashed, say, or never read it). So the requester
/// need not watch who has the order, and whoever has it need not know who waits.
///
/// A kind of order is two plain structs and a function. `Request` says what is wanted, and by which
/// ticket its requester knows it. `Reply` is the message that the requester gets. `dropped` stands
/// beside `Request`, in the same header and namespace, as it is found by that type:
///
///     struct price_wanted {
///       std::string symbol;
///       std::uint64_t ticket = 0;
///     };
///     struct price_answered {
///       std::uint64_t ticket = 0;
///       std::optional<double> price;
///       bool last = true;
///     };
///     inline price_answered dropped(const price_wanted& request) { return {request.ticket, {}}; }
///     using price_order = runtime::order<price_wanted, price_answered>;
///
/// It travels in a message, whose copies share it, as `std::shared_ptr`:
///
///     struct ask_price {
///       std::shared_ptr<price_order> order;
///     };
///
/// The requester makes it:
///
///     auto order = std::make_shared<price_order>(price_wanted{"AAPL", 7},
///                                                caf::actor_cast<caf::actor>(this));
///     runtime::tell(shop, ask_price{std::move(order)});
///
/// and whoever has got it answers, at once or later:
///
///     message.order->answer({message.order->request().ticket, 226.5});
///
/// One thread at a time: the actor that has it; the last reference may go on any thread. As an
/// order refers to its requester, an actor keeps none that it made itself (a `std::weak_ptr` will
/// do), and one that has others' answers or drops them in its `cleanup`.
template <class Request, class Reply>
class order {
 public:
  order(Request request, caf::actor requester)
      : request_(std::move(request)), requester_(std::move(requester)) {}
  ~order() {
    if (!answered_) answer(dropped(std::as_const(request_)));
  }
  order(const order&) = delete;
  order& operator=(const order&) = delete;

  const Request& request() const noexcept { return request_; }
  const caf::actor& requester() const noexcept { return requester_; }

  /// A part of the answer; more follows. For kinds whose `Reply` says which is the last. Nothing
  /// after the answer.
  void tell(Reply part) {
    if (!answered_) actors::runtime::tell(requester_, std::move(part));
  }

  /// The answer, or the last part of it. Only the first one counts.
  void answer(Reply reply) {
    if (!std::exchange(answered_, true)) actors::runtime::tell(requester_, std::move(reply));
  }

 private:
  Request request_;
  caf::actor requester_;
  bool answered_ = false;
};

}  // namespace tributary::actors::runtime
