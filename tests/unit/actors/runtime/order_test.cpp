// SPDX-License-Identifier: MIT
#include "actors/runtime/order.hpp"

#include "unit/actors/store/actor_fixture.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tributary::tests {

namespace runtime = actors::runtime;

// -- the example of order.hpp -------------------------------------------------------------------

struct price_wanted {
  std::string symbol;
  std::uint64_t ticket = 0;
};
struct price_answered {
  std::uint64_t ticket = 0;
  std::optional<double> price;
  bool last = true;
};
inline price_answered dropped(const price_wanted& request) { return {request.ticket, {}}; }
using price_order = runtime::order<price_wanted, price_answered>;

struct ask_price {
  std::shared_ptr<price_order> order;
};

}  // namespace tributary::tests

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::tests::price_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::tests::ask_price)

namespace tributary::tests {

namespace {

/// Wants one price, and keeps what it is told of it.
class price_customer final : public runtime::observed_actor {
 public:
  price_customer(caf::actor_config& cfg, caf::actor shop, std::vector<price_answered>& told)
      : observed_actor(cfg, "/test/customer", "customer"), shop_(std::move(shop)), told_(told) {}

  caf::behavior make_behavior() override {
    auto order =
        std::make_shared<price_order>(price_wanted{"AAPL", 7}, caf::actor_cast<caf::actor>(this));
    runtime::tell(shop_, ask_price{std::move(order)});
    return {[this](price_answered& m) { told_.push_back(m); }};
  }

 private:
  caf::actor shop_;
  std::vector<price_answered>& told_;
};

/// Knows the price of Apple, and crashes when asked for anything else.
class price_shop final : public runtime::observed_actor {
 public:
  explicit price_shop(caf::actor_config& cfg) : observed_actor(cfg, "/test/shop", "shop") {}

  caf::behavior make_behavior() override {
    return {[](ask_price& message) {
      if (message.order->request().symbol != "AAPL") throw std::runtime_error("never heard of it");
      message.order->answer({message.order->request().ticket, 226.5});
    }};
  }
};

/// An order of somebody whose messages are kept.
class order_fixture {
 public:
  order_fixture() { requester = actors.sys.spawn<collector<price_answered>>(told); }
  ~order_fixture() { actors.end(requester); }

  std::shared_ptr<price_order> make(std::string symbol = "AAPL") {
    return std::make_shared<price_order>(price_wanted{std::move(symbol), 7}, requester);
  }

  /// What the requester has been told: prices, `none` for the end without, `…` where more follows.
  std::string trace() {
    actors.run();
    std::string result;
    for (const auto& each : std::exchange(told, {})) {
      CHECK(each.ticket == 7);
      if (!result.empty()) result += ' ';
      result += each.price ? std::to_string(static_cast<int>(*each.price)) : "none";
      if (!each.last) result += "…";
    }
    return result;
  }

  actor_fixture actors;
  std::vector<price_answered> told;
  caf::actor requester;
};

}  // namespace

// -- tests --------------------------------------------------------------------------------------

TEST_CASE("an order is given, and its answer comes back under its ticket", "[order]") {
  actor_fixture actors;
  std::vector<price_answered> told;
  const auto shop = actors.sys.spawn<price_shop>();
  const auto customer = actors.sys.spawn<price_customer>(shop, told);
  actors.run();
  REQUIRE(told.size() == 1);
  CHECK(told[0].ticket == 7);
  CHECK(told[0].price == 226.5);
  actors.end(customer);
  actors.end(shop);
}

TEST_CASE("an order is answered once, whatever comes after", "[order]") {
  order_fixture f;
  auto order = f.make();
  order->answer({7, 1});
  order->answer({7, 2});
  order->tell({7, 3, false});
  CHECK(f.trace() == "1");
  order.reset();
  CHECK(f.trace() == "");
}

TEST_CASE("an order that is dropped without an answer is answered by `dropped`", "[order]") {
  order_fixture f;
  auto order = f.make();
  CHECK(f.trace() == "");
  order.reset();
  CHECK(f.trace() == "none");
}

TEST_CASE("parts of an answer come before it, and do not stand for it", "[order]") {
  order_fixture f;
  auto order = f.make();
  order->tell({7, 1, false});
  order->tell({7, 2, false});
  CHECK(f.trace() == "1… 2…");
  SECTION("the answer is the last of them") {
    order->answer({7, 3});
    CHECK(f.trace() == "3");
  }
  SECTION("dropped after some of them, it ends all the same") {
    order.reset();
    CHECK(f.trace() == "none");
  }
}

TEST_CASE("an order lives as long as somebody has it", "[order]") {
  order_fixture f;
  auto order = f.make();
  auto other = order;
  order.reset();
  CHECK(f.trace() == "");
  auto moved = std::move(other);
  CHECK(f.trace() == "");
  moved->answer({moved->request().ticket, 4});
  moved.reset();
  CHECK(f.trace() == "4");
}

TEST_CASE("an order ends with the actor that has it, or that never reads it", "[order]") {
  order_fixture f;
  const auto shop = f.actors.sys.spawn<price_shop>();
  SECTION("which crashes over it") { f.actors.tell(shop, ask_price{f.make("MSFT")}); }
  SECTION("which is killed before it reads it") {
    caf::anon_send_exit(shop, caf::exit_reason::kill);
    caf::anon_send(shop, ask_price{f.make()});
  }
  SECTION("which has ended before it comes") {
    f.actors.end(shop);
    f.actors.tell(shop, ask_price{f.make()});
  }
  CHECK(f.trace() == "none");
  f.actors.end(shop);
}

TEST_CASE("the last reference to an order may go on any thread", "[order]") {
  order_fixture f;
  std::thread{[last = f.make()]() mutable { last.reset(); }}.join();
  CHECK(f.trace() == "none");
}

}  // namespace tributary::tests
