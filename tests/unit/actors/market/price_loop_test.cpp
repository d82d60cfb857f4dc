// SPDX-License-Identifier: MIT
#include "actors/market/price_loop.hpp"

#include "actors/market/orders.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors;
using namespace actors::market;

TEST_CASE("Rounds begin an interval apart, give or take a tenth, counted from their beginnings") {
  CHECK(next_round_in(5s, 0s, 0.5) == 5s);
  CHECK(next_round_in(5s, 0s, 0.0) == 4500ms);
  CHECK(next_round_in(5s, 0s, 1.0) == 5500ms);
  CHECK(next_round_in(5s, 2s, 0.5) == 3s);
}

TEST_CASE("A round that took longer than the interval is followed at once") {
  CHECK(next_round_in(5s, 7s, 0.5) == 0s);
}

namespace {

class loop_fixture {
 public:
  loop_fixture() {
    book = actors.sys.spawn<collector<refresh_prices>>(rounds);
    price_loop_wiring wiring;
    wiring.book = supervision::supervised_ref{actor_fixture::place_of(book)};
    wiring.random = [] { return 0.5; };
    loop = actors.sys.spawn<price_loop>("/test/loop", wiring);
    actors.run();
  }
  ~loop_fixture() {
    actors.end(loop);
    actors.end(book);
    rounds.clear();
  }

  std::vector<refresh_prices> rounds;
  actor_fixture actors;
  caf::actor book, loop;
};

}  // namespace

TEST_CASE("The first round begins at once, the next when it is over and its time has come") {
  loop_fixture f;
  REQUIRE(f.rounds.size() == 1);
  f.actors.tell(f.loop, prices_refreshed{f.rounds[0].order->request().round, 1, 0});
  CHECK(f.rounds.size() == 1);
  f.actors.pass_time();
  REQUIRE(f.rounds.size() == 2);
  CHECK(f.rounds[1].order->request().round == f.rounds[0].order->request().round + 1);
}

TEST_CASE("While a round goes on none begins, until it is taken for lost") {
  loop_fixture f;
  f.actors.tell(f.loop, price_tick{2});
  CHECK(f.rounds.size() == 1);
  f.actors.pass_time();  // the time after which a round is lost
  CHECK(f.rounds.size() == 2);
}

TEST_CASE("A round that is dropped with the book is over, and the next one has its usual time") {
  loop_fixture f;
  f.rounds.clear();
  f.actors.run();
  f.actors.pass_time();
  REQUIRE(f.rounds.size() == 1);
  CHECK(f.rounds[0].order->request().round == 2);
}

TEST_CASE("The end of a round that was given up is ignored") {
  loop_fixture f;
  f.actors.pass_time();
  REQUIRE(f.rounds.size() == 2);
  f.actors.tell(f.loop, prices_refreshed{1, 1, 0});
  f.actors.tell(f.loop, price_tick{3});
  CHECK(f.rounds.size() == 2);
}

}  // namespace tributary::tests
