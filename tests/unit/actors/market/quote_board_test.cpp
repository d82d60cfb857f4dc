// SPDX-License-Identifier: MIT
#include "actors/market/quote_board.hpp"

#include "support.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors;
using namespace actors::market;
using pm::error_kind;

namespace {

class scripted_book final : public runtime::observed_actor {
 public:
  scripted_book(caf::actor_config& cfg, std::vector<std::shared_ptr<fetch_order>>& orders,
                std::size_t& started)
      : observed_actor(cfg, "/test/book", "book"), orders_(orders), started_(started) {}
  caf::behavior make_behavior() override {
    return {[this](fetch_quotes& m) { orders_.push_back(std::move(m.order)); },
            [this](const board_started& m) {
              ++started_;
              runtime::tell(m.board, quotes_published{std::make_shared<std::vector<quote_ptr>>()});
            }};
  }

 private:
  std::vector<std::shared_ptr<fetch_order>>& orders_;
  std::size_t& started_;
};

struct remembered_call final : quotes_call {
  remembered_call(std::vector<quotes_reply>& into, std::vector<quotes_reply>& told)
      : replies(into), parts(told) {}
  void answer(quotes_reply&& reply) override { replies.push_back(std::move(reply)); }
  void tell(quotes_reply&& part) override { parts.push_back(std::move(part)); }
  std::vector<quotes_reply>& replies;
  std::vector<quotes_reply>& parts;
};

class board_fixture {
 public:
  explicit board_fixture(std::size_t most_symbols = 100) {
    book = actors.sys.spawn<scripted_book>(orders, started);
    quote_board_wiring wiring;
    wiring.book = supervision::supervised_ref{actor_fixture::place_of(book)};
    wiring.most_symbols = most_symbols;
    wiring.most_waiters = 2;
    board = actors.sys.spawn<quote_board>("/test/board", wiring);
    actors.run();
  }
  ~board_fixture() {
    orders.clear();
    actors.end(board);
    actors.end(book);
  }

  void publish(const quote_ptr& quote) {
    actors.tell(board, quotes_published{std::make_shared<const std::vector<quote_ptr>>(1, quote)});
  }

  static quote_ptr known(std::string_view symbol, steady_time fetched = steady_time{} - 10s) {
    quote_store made{1};
    return made.put(quote_of(symbol, "1"), fetched, 1);
  }

  void ask(std::initializer_list<std::string_view> symbols, bool gone = false,
           bool in_parts = false) {
    auto call = std::make_shared<remembered_call>(replies, parts);
    call->gone = gone;
    call->in_parts = in_parts;
    call->symbols = symbols_of(symbols);
    call->deadline = steady_time{} + 5s;
    actors.tell(board, look_up_quotes{std::move(call)});
  }

  /// The book answers the first order.
  void answer(std::vector<quotes_reply::row> quotes, std::vector<pm::failure> errors) {
    orders.at(0)->answer({orders[0]->request().ticket, std::move(quotes), std::move(errors)});
    actors.run();
  }

  std::vector<std::shared_ptr<fetch_order>> orders;
  std::size_t started = 0;
  void tell_part(std::vector<quotes_reply::row> quotes, std::vector<pm::failure> errors) {
    orders.at(0)->tell({orders[0]->request().ticket, std::move(quotes), std::move(errors), false});
    actors.run();
  }

  std::vector<quotes_reply> replies;
  std::vector<quotes_reply> parts;
  actor_fixture actors;
  caf::actor book, board;
};

}  // namespace

TEST_CASE("A board asks the book for all that is known when it begins") {
  const board_fixture f;
  CHECK(f.started == 1);
}

TEST_CASE("What a board knows it answers by itself, in the order asked for") {
  board_fixture f;
  f.publish(f.known("AAPL"));
  f.publish(f.known("MSFT"));
  f.ask({"MSFT", "AAPL"});
  CHECK(f.orders.empty());
  REQUIRE(f.replies.size() == 1);
  CHECK(f.replies[0].hit);
  REQUIRE(f.replies[0].quotes.size() == 2);
  CHECK(f.replies[0].quotes[0].quote->quote.symbol == "MSFT");
}

TEST_CASE("A board forgets what is withdrawn") {
  board_fixture f;
  f.publish(f.known("AAPL"));
  f.actors.tell(f.board, quotes_withdrawn{std::make_shared<const std::vector<pm::failure>>(
                             1, failure_of(error_kind::not_found, "AAPL"))});
  f.ask({"AAPL"});
  CHECK(f.orders.size() == 1);
}

TEST_CASE("A board has the book fetch only what it lacks, and answers in the order asked for") {
  board_fixture f;
  f.publish(f.known("AAPL"));
  f.ask({"NONE", "MSFT", "AAPL"});
  REQUIRE(f.orders.size() == 1);
  CHECK(texts_of(f.orders[0]->request().symbols) == std::vector<std::string>{"NONE", "MSFT"});
  f.answer({{f.known("MSFT"), false}}, {failure_of(error_kind::not_found, "NONE")});
  REQUIRE(f.replies.size() == 1);
  CHECK_FALSE(f.replies[0].hit);
  REQUIRE(f.replies[0].quotes.size() == 2);
  CHECK(f.replies[0].quotes[0].quote->quote.symbol == "MSFT");
  CHECK(f.replies[0].quotes[1].quote->quote.symbol == "AAPL");
  CHECK(f.replies[0].errors.at(0).symbol == "NONE");
}

TEST_CASE("A caller that takes parts has what is known at once, and the rest as it comes") {
  board_fixture f;
  f.publish(f.known("AAPL"));
  f.ask({"NONE", "MSFT", "AAPL", "ORCL"}, false, true);
  REQUIRE(f.orders.size() == 1);
  CHECK(f.orders[0]->request().in_parts);
  REQUIRE(f.parts.size() == 1);
  CHECK(f.parts[0].quotes.at(0).quote->quote.symbol == "AAPL");
  f.tell_part({{f.known("MSFT"), false}}, {});
  REQUIRE(f.parts.size() == 2);
  CHECK(f.parts[1].quotes.at(0).quote->quote.symbol == "MSFT");
  CHECK(f.replies.empty());
  // One that is dropped says so of all that it was asked for.
  f.answer(
      {}, {failure_of(error_kind::unavailable, "NONE"), failure_of(error_kind::unavailable, "MSFT"),
           failure_of(error_kind::unavailable, "ORCL")});
  REQUIRE(f.replies.size() == 1);
  CHECK(f.replies[0].quotes.empty());
  REQUIRE(f.replies[0].errors.size() == 2);
  CHECK(f.replies[0].errors[0].symbol == "NONE");
  CHECK(f.replies[0].errors[1].symbol == "ORCL");
}

TEST_CASE("At its deadline a caller that takes parts hears only of what it has not heard yet") {
  board_fixture f;
  f.publish(f.known("AAPL"));
  f.ask({"AAPL", "MSFT", "ORCL"}, false, true);
  f.tell_part({{f.known("MSFT"), false}}, {});
  f.actors.pass_time();
  REQUIRE(f.replies.size() == 1);
  CHECK(f.replies[0].quotes.empty());
  REQUIRE(f.replies[0].errors.size() == 1);
  CHECK(f.replies[0].errors[0].symbol == "ORCL");
}

TEST_CASE("A quote past its time to live is fetched anew") {
  board_fixture f;
  f.publish(f.known("AAPL", steady_time{} - 301s));
  f.ask({"AAPL"});
  CHECK(f.orders.size() == 1);
}

TEST_CASE("At its deadline a caller gets what there is, an expired quote marked, and errors") {
  board_fixture f;
  f.publish(f.known("AAPL", steady_time{} - 301s));
  f.ask({"AAPL", "MSFT"});
  f.actors.pass_time();
  REQUIRE(f.replies.size() == 1);
  REQUIRE(f.replies[0].quotes.size() == 1);
  CHECK(f.replies[0].quotes[0].stale);
  REQUIRE(f.replies[0].errors.size() == 1);
  CHECK(f.replies[0].errors[0].kind == error_kind::unavailable);
  CHECK(f.replies[0].errors[0].detail == "no answer in time");
  f.answer({{f.known("MSFT"), false}}, {});
  CHECK(f.replies.size() == 1);
}

TEST_CASE("What a board knew when it was asked is not lost to quotes that came meanwhile") {
  board_fixture f{1};
  f.publish(f.known("AAPL"));
  f.ask({"AAPL", "MSFT"});
  f.ask({"AAPL", "GOOGL"});
  f.publish(f.known("MSFT"));
  f.answer({{f.known("MSFT"), false}}, {});
  REQUIRE(f.replies.size() == 1);
  CHECK(f.replies[0].quotes.size() == 2);
  f.actors.pass_time();
  REQUIRE(f.replies.size() == 2);
  CHECK(f.replies[1].quotes.size() == 1);
  CHECK(f.replies[1].errors.size() == 1);
}

TEST_CASE("Who has stopped waiting gets what is known, and has nothing fetched") {
  board_fixture f;
  f.publish(f.known("AAPL"));
  f.ask({"AAPL"}, true);
  CHECK(f.replies.size() == 1);
  f.ask({"MSFT"}, true);
  CHECK(f.orders.empty());
}

TEST_CASE("When too many wait one more is answered at once") {
  board_fixture f;
  for (int i = 0; i < 3; ++i) f.ask({"AAPL"});
  CHECK(f.orders.size() == 2);
  REQUIRE(f.replies.size() == 1);
  CHECK(f.replies[0].errors.at(0).kind == error_kind::unavailable);
}

TEST_CASE("An order that the book drops is answered with an error") {
  board_fixture f;
  f.ask({"AAPL"});
  f.orders.clear();
  f.actors.run();
  REQUIRE(f.replies.size() == 1);
  CHECK(f.replies[0].errors.at(0).symbol == "AAPL");
}

}  // namespace tributary::tests
