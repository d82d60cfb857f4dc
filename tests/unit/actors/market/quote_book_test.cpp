// SPDX-License-Identifier: MIT
#include "actors/market/quote_book.hpp"

#include "actors/market/quote_json.hpp"
#include "support.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <map>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors;
using namespace actors::market;
using pm::error_kind;
using providers::redis::reply_kind;

namespace {

/// Keeps the orders it gets until the test has them answered.
class scripted_provider final : public runtime::observed_actor {
 public:
  scripted_provider(caf::actor_config& cfg, std::vector<std::shared_ptr<quotes_order>>& orders)
      : observed_actor(cfg, "/test/provider", "provider"), orders_(orders) {}
  caf::behavior make_behavior() override {
    return {[this](ask_quotes& m) { orders_.push_back(std::move(m.order)); }};
  }

 private:
  std::vector<std::shared_ptr<quotes_order>>& orders_;
};

/// Answers MGET out of `values`, keeps what is SET.
class redis_of_quotes final : public runtime::observed_actor {
 public:
  struct memory {
    std::map<std::string, std::string> values;
    std::vector<store::redis_command> written;
  };
  redis_of_quotes(caf::actor_config& cfg, memory& data)
      : observed_actor(cfg, "/test/redis", "redis"), data_(data) {}
  caf::behavior make_behavior() override {
    return {[this](redis_request& m) {
      std::vector<providers::redis::result> results;
      for (const auto& each : m.call->commands()) {
        if (each[0] != "MGET") data_.written.push_back(each);
        results.push_back({{}, each[0] == "MGET" ? values_of(each) : providers::redis::reply{}});
      }
      m.call->answer(std::move(results));
    }};
  }

 private:
  providers::redis::reply values_of(const store::redis_command& command) const {
    providers::redis::reply all{reply_kind::array, 0, {}, {}};
    for (std::size_t i = 1; i < command.size(); ++i) {
      const auto found = data_.values.find(command[i]);
      all.items.push_back(found == data_.values.end()
                              ? providers::redis::reply{}
                              : providers::redis::reply{reply_kind::text, 0, found->second, {}});
    }
    return all;
  }

  memory& data_;
};

struct remembered_feed final : quote_feed {
  std::vector<std::shared_ptr<const quote_update>> updates;
  void publish(std::shared_ptr<const quote_update> update) override {
    updates.push_back(std::move(update));
  }
};

/// A book with two providers of stocks, one board, one feed.
class book_fixture {
 public:
  explicit book_fixture(bool with_redis = false, std::size_t most_symbols = 100) {
    wiring.knowledge = std::make_shared<quote_knowledge>(most_symbols);
    wiring.providers.push_back({"yfinance", place(first), passed_on});
    wiring.providers.push_back({"finnhub", place(second), {}});
    wiring.chains = {{{0, 1}, {}, {0}}};
    board_actor = actors.sys.spawn<collector<quotes_published>>(published);
    other_board = actors.sys.spawn<collector<quotes_withdrawn>>(withdrawn);
    wiring.boards.emplace_back(actor_fixture::place_of(board_actor));
    wiring.boards.emplace_back(actor_fixture::place_of(other_board));
    wiring.feeds.push_back(feed);
    if (with_redis) {
      redis_actor = actors.sys.spawn<redis_of_quotes>(redis);
      wiring.redis.emplace_back(actor_fixture::place_of(redis_actor));
    }
    caller = actors.sys.spawn<collector<quotes_fetched>>(fetched);
    loop = actors.sys.spawn<collector<prices_refreshed>>(rounds);
    start();
  }
  ~book_fixture() {
    wiring = {};
    first.clear();
    second.clear();
    for (const auto& each :
         {book, caller, loop, board_actor, other_board, provider_one, provider_two}) {
      actors.end(each);
    }
    if (redis_actor) actors.end(redis_actor);
    actors.run();
  }

  void start() {
    book = actors.sys.spawn<quote_book>("/test/book", wiring);
    actors.run();
  }

  void want(std::initializer_list<std::string_view> symbols, std::uint64_t ticket = 7,
            bool in_parts = false) {
    actors.tell(book, fetch_quotes{std::make_shared<fetch_order>(
                          fetch_wanted{symbols_of(symbols), ticket, in_parts}, caller)});
  }

  void answer(std::vector<std::shared_ptr<quotes_order>>& orders, pm::quotes_result result) {
    auto order = std::move(orders.front());
    orders.erase(orders.begin());
    order->answer({order->request().ticket, std::move(result)});
    order.reset();
    actors.run();
  }

  static pm::quotes_result with(std::initializer_list<pm::quote> quotes,
                                std::initializer_list<pm::failure> errors = {}) {
    return {quotes, errors};
  }

  void refresh(std::uint64_t round = 1) {
    actors.tell(book, refresh_prices{std::make_shared<round_order>(round_wanted{round}, loop)});
  }

  /// A round in which both providers lack the only symbol that is followed.
  void refresh_without(std::string_view symbol, std::uint64_t round) {
    refresh(round);
    const auto lacks = failure_of(error_kind::not_found, symbol);
    answer(first, with({}, {lacks}));
    answer(second, with({}, {lacks}));
  }

  void follow(std::initializer_list<std::string_view> symbols) {
    actors.tell(book, follow_symbols{symbols_of(symbols), {}});
  }

  telemetry::registry counted;
  telemetry::counter passed_on = counted.make_counter("tributary_market_passed_on_total");
  std::vector<std::shared_ptr<quotes_order>> first, second;
  std::vector<quotes_published> published;
  std::vector<quotes_withdrawn> withdrawn;
  std::vector<quotes_fetched> fetched;
  std::vector<prices_refreshed> rounds;
  redis_of_quotes::memory redis;
  std::shared_ptr<remembered_feed> feed = std::make_shared<remembered_feed>();
  quote_book_wiring wiring;
  actor_fixture actors;
  caf::actor book, caller, loop, board_actor, other_board, redis_actor, provider_one, provider_two;

 private:
  supervision::supervised_ref place(std::vector<std::shared_ptr<quotes_order>>& orders) {
    auto made = actors.sys.spawn<scripted_provider>(orders);
    (&orders == &first ? provider_one : provider_two) = made;
    return supervision::supervised_ref{actor_fixture::place_of(made)};
  }
};

}  // namespace

TEST_CASE("A symbol that is not known is fetched for the caller and told to boards and feeds") {
  book_fixture f;
  f.want({"AAPL"});
  REQUIRE(f.first.size() == 1);
  CHECK(f.first[0]->request().why == purpose::demand);
  f.answer(f.first, f.with({quote_of("AAPL", "182.5")}));
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].ticket == 7);
  CHECK(f.fetched[0].quotes.at(0).quote->quote.price.text == "182.5");
  CHECK(f.published.size() == 1);
  REQUIRE(f.feed->updates.size() == 1);
  CHECK(f.feed->updates[0]->revision == 1);
}

TEST_CASE("Callers of the same symbol share one fetch") {
  book_fixture f;
  f.want({"AAPL"}, 1);
  f.want({"AAPL", "MSFT"}, 2);
  REQUIRE(f.first.size() == 2);
  CHECK(texts_of(f.first[1]->request().symbols) == std::vector<std::string>{"MSFT"});
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  CHECK(f.fetched.size() == 1);
  f.answer(f.first, f.with({quote_of("MSFT", "2")}));
  REQUIRE(f.fetched.size() == 2);
  CHECK(f.fetched[1].quotes.size() == 2);
}

TEST_CASE("What the first provider lacks comes from the second, and only that") {
  book_fixture f;
  f.want({"AAPL", "MSFT"});
  f.answer(f.first, f.with({quote_of("AAPL", "1")}, {failure_of(error_kind::not_found, "MSFT")}));
  CHECK(f.fetched.empty());
  REQUIRE(f.second.size() == 1);
  CHECK(texts_of(f.second[0]->request().symbols) == std::vector<std::string>{"MSFT"});
  f.answer(f.second, f.with({quote_of("MSFT", "2", "finnhub")}));
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].quotes.size() == 2);
  CHECK(f.fetched[0].errors.empty());
}

TEST_CASE("A caller that takes parts is told what is known, and each answer as it comes") {
  book_fixture f;
  f.want({"IBM"});
  f.answer(f.first, f.with({quote_of("IBM", "5")}));
  f.fetched.clear();
  f.want({"IBM", "AAPL", "MSFT", "ORCL"}, 8, true);
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].quotes.at(0).quote->quote.symbol == "IBM");
  CHECK_FALSE(f.fetched[0].last);
  f.answer(f.first, f.with({quote_of("AAPL", "1"), quote_of("MSFT", "2")},
                           {failure_of(error_kind::not_found, "ORCL")}));
  REQUIRE(f.fetched.size() == 2);
  CHECK(f.fetched[1].quotes.size() == 2);
  CHECK_FALSE(f.fetched[1].last);
  f.answer(f.second, f.with({quote_of("ORCL", "3", "finnhub")}));
  REQUIRE(f.fetched.size() == 3);
  CHECK(f.fetched[2].quotes.at(0).quote->quote.symbol == "ORCL");
  CHECK(f.fetched[2].last);
}

TEST_CASE("What comes in parts is passed on in parts, and counted once") {
  book_fixture f;
  f.want({"AAPL", "MSFT", "GOOGL"});
  REQUIRE(f.first.size() == 1);
  f.first[0]->tell({f.first[0]->request().ticket,
                    f.with({quote_of("AAPL", "1")}, {failure_of(error_kind::not_found, "MSFT")}),
                    false});
  f.actors.run();
  CHECK(f.published.size() == 1);
  REQUIRE(f.second.size() == 1);
  CHECK(texts_of(f.second[0]->request().symbols) == std::vector<std::string>{"MSFT"});
  f.answer(f.first, f.with({quote_of("GOOGL", "3")}));
  CHECK(f.second.size() == 1);
  CHECK(f.fetched.empty());
  f.answer(f.second, f.with({quote_of("MSFT", "2")}));
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].quotes.size() == 3);
}

TEST_CASE("A provider whose actor is gone fails over at once") {
  book_fixture f;
  f.actors.end(f.provider_one);
  f.want({"AAPL"});
  CHECK(f.second.size() == 1);
}

TEST_CASE("An order that is dropped unanswered counts as unavailable") {
  book_fixture f;
  f.want({"AAPL"});
  f.first.clear();
  f.actors.run();
  REQUIRE(f.second.size() == 1);
  f.second.clear();
  f.actors.run();
  REQUIRE(f.fetched.size() == 1);
  REQUIRE(f.fetched[0].errors.size() == 1);
  CHECK(f.fetched[0].errors[0].kind == error_kind::unavailable);
  CHECK(f.fetched[0].errors[0].symbol == "AAPL");
}

TEST_CASE("A symbol that nobody knows is not asked for again for a while") {
  book_fixture f;
  f.want({"NONE"});
  f.answer(f.first, f.with({}, {failure_of(error_kind::not_found, "NONE")}));
  f.answer(f.second, f.with({}, {failure_of(error_kind::not_found, "NONE")}));
  f.want({"NONE"});
  CHECK(f.first.empty());
  REQUIRE(f.fetched.size() == 2);
  CHECK(f.fetched[1].errors.at(0).kind == error_kind::not_found);
}

TEST_CASE("An expired quote stands in, marked, while no provider gives a newer one") {
  book_fixture f;
  auto& known = f.wiring.knowledge->quotes;
  known.put(quote_of("AAPL", "1"), steady_time{} - 10min, 1);
  f.want({"AAPL"});
  f.answer(f.first, f.with({}, {failure_of(error_kind::unavailable)}));
  f.answer(f.second, f.with({}, {failure_of(error_kind::rate_limited)}));
  REQUIRE(f.fetched.size() == 1);
  REQUIRE(f.fetched[0].quotes.size() == 1);
  CHECK(f.fetched[0].quotes[0].stale);
}

TEST_CASE("An expired quote of a symbol that is known no longer is forgotten") {
  book_fixture f;
  f.wiring.knowledge->quotes.put(quote_of("AAPL", "1"), steady_time{} - 10min, 1);
  f.want({"AAPL"});
  f.answer(f.first, f.with({}, {failure_of(error_kind::not_found, "AAPL")}));
  f.answer(f.second, f.with({}, {failure_of(error_kind::not_found, "AAPL")}));
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].quotes.empty());
  CHECK(f.wiring.knowledge->quotes.find("AAPL") == nullptr);
}

TEST_CASE("A round fetches all that is followed, and ends once") {
  book_fixture f;
  f.follow({"AAPL", "MSFT", "GOOGL"});
  f.refresh(3);
  REQUIRE(f.first.size() == 1);
  CHECK(f.first[0]->request().why == purpose::loop);
  CHECK(texts_of(f.first[0]->request().symbols) ==
        std::vector<std::string>{"AAPL", "GOOGL", "MSFT"});
  f.answer(f.first, f.with({quote_of("MSFT", "1"), quote_of("AAPL", "1"), quote_of("GOOGL", "1")}));
  REQUIRE(f.rounds.size() == 1);
  CHECK(f.rounds[0].round == 3);
  CHECK(f.rounds[0].fetched == 3);
}

TEST_CASE("In a round active symbols come first, then those not asked for yet") {
  book_fixture f;
  f.wiring.knowledge->active = symbols_of({"ZION"});
  f.actors.end(f.book);
  f.start();
  f.follow({"MSFT"});
  f.refresh(1);
  f.answer(f.first, f.with({quote_of("ZION", "1"), quote_of("MSFT", "1")}));
  f.follow({"NFLX"});
  f.actors.pass_time();
  f.refresh(2);
  REQUIRE(f.first.size() == 1);
  CHECK(texts_of(f.first[0]->request().symbols) ==
        std::vector<std::string>{"ZION", "NFLX", "MSFT"});
}

TEST_CASE("What no provider knows is left out of the next rounds, until somebody has a quote") {
  book_fixture f;
  f.follow({"AAPL", "NONE"});
  f.refresh(1);
  const auto unknown = failure_of(error_kind::not_found, "NONE");
  f.answer(f.first, f.with({quote_of("AAPL", "1")}, {unknown}));
  f.answer(f.second, f.with({}, {unknown}));
  REQUIRE(f.rounds.size() == 1);
  CHECK(f.rounds[0].failed == 1);
  f.refresh(2);
  REQUIRE(f.first.size() == 1);
  CHECK(texts_of(f.first[0]->request().symbols) == std::vector<std::string>{"AAPL"});
}

TEST_CASE("One answer without a symbol that was served a moment ago says nothing") {
  book_fixture f;
  f.follow({"AAPL"});
  f.refresh(1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  f.refresh_without("AAPL", 2);
  CHECK(f.withdrawn.empty());
  f.want({"AAPL"});
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].quotes.at(0).quote->quote.price.text == "1");
  CHECK_FALSE(f.fetched[0].quotes[0].stale);
  f.refresh(3);
  REQUIRE(f.first.size() == 1);  // it does not rest
  f.answer(f.first, f.with({quote_of("AAPL", "2")}));
  f.refresh_without("AAPL", 4);  // once again the first time
  CHECK(f.withdrawn.empty());
}

TEST_CASE("A symbol that is lacking twice in a row is withdrawn from boards, feeds and Redis") {
  book_fixture f{true};
  f.follow({"AAPL"});
  f.refresh(1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  f.redis.values.clear();
  f.refresh_without("AAPL", 2);
  f.redis.written.clear();
  f.refresh_without("AAPL", 3);
  REQUIRE(f.withdrawn.size() == 1);
  CHECK(f.withdrawn[0].why->at(0).symbol == "AAPL");
  REQUIRE(f.feed->updates.size() == 2);
  const auto& update = *f.feed->updates[1];
  CHECK(update.revision == 2);
  REQUIRE(update.withdrawn.size() == 1);
  CHECK(update.withdrawn[0].kind == error_kind::not_found);
  CHECK(f.redis.written == std::vector<store::redis_command>{{"DEL", "quote:AAPL"}});
  f.refresh(4);
  CHECK(f.first.empty());
  CHECK(f.feed->updates.size() == 2);
}

TEST_CASE("A failure between two absences neither counts nor makes them forgotten") {
  book_fixture f;
  f.follow({"AAPL"});
  f.refresh(1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  f.refresh_without("AAPL", 2);
  f.refresh(3);
  f.answer(f.first, f.with({}, {failure_of(error_kind::unavailable)}));
  f.answer(f.second, f.with({}, {failure_of(error_kind::unavailable)}));
  CHECK(f.withdrawn.empty());
  f.refresh_without("AAPL", 4);
  CHECK(f.withdrawn.size() == 1);
}

TEST_CASE("Feeds hear once that a followed symbol is not known, also where it never was") {
  book_fixture f;
  f.follow({"NONE"});
  f.refresh_without("NONE", 1);
  REQUIRE(f.feed->updates.size() == 1);
  CHECK(f.feed->updates[0]->withdrawn.size() == 1);
  f.actors.pass_time();
  f.want({"NONE"});
  CHECK(f.feed->updates.size() == 1);
}

TEST_CASE("Feeds hear that a followed quote has become stale, and that it is fresh again") {
  book_fixture f;
  f.follow({"AAPL"});
  f.refresh(1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  REQUIRE(f.feed->updates.size() == 1);
  f.actors.pass_time();
  REQUIRE(f.feed->updates.size() == 2);
  CHECK(f.feed->updates[1]->revision == 2);
  CHECK(f.feed->updates[1]->quotes.empty());
  REQUIRE(f.feed->updates[1]->stale.size() == 1);
  CHECK(f.feed->updates[1]->stale[0]->quote.symbol == "AAPL");
  f.refresh(2);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  REQUIRE(f.feed->updates.size() == 3);
  REQUIRE(f.feed->updates[2]->quotes.size() == 1);
  CHECK(f.feed->updates[2]->quotes[0]->revision == 3);
}

TEST_CASE("A followed quote that is too old to be served at all is withdrawn") {
  book_fixture f;
  f.follow({"AAPL"});
  f.refresh(1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  f.actors.pass_time();  // stale
  f.actors.pass_time();
  REQUIRE(f.feed->updates.size() == 3);
  REQUIRE(f.feed->updates[2]->withdrawn.size() == 1);
  CHECK(f.feed->updates[2]->withdrawn[0].kind == error_kind::unavailable);
  CHECK(f.withdrawn.size() == 1);
}

TEST_CASE("A quote does not give way to one of an earlier time, of whichever provider") {
  book_fixture f;
  const auto at = [](std::string_view price, std::string_view source, std::chrono::minutes ago) {
    auto made = quote_of("AAPL", price, source);
    made.timestamp =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now() - ago);
    return made;
  };
  f.follow({"AAPL"});
  f.refresh(1);
  f.answer(f.first, f.with({at("231.42", "yfinance", 1min)}));
  f.refresh(2);
  f.answer(f.first, f.with({}, {failure_of(error_kind::unavailable)}));
  f.answer(f.second, f.with({at("229.9", "finnhub", 15min)}));
  CHECK(f.feed->updates.size() == 1);
  CHECK(f.wiring.knowledge->quotes.find("AAPL")->quote.price.text == "231.42");
  f.actors.pass_time();  // stale
  f.want({"AAPL"});
  f.answer(f.first, f.with({at("229.9", "finnhub", 15min)}));
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].quotes.at(0).quote->quote.price.text == "231.42");
  CHECK(f.fetched[0].quotes[0].stale);
  f.want({"AAPL"});
  CHECK(f.first.empty());  // whoever comes soon is not worth another call
  f.refresh(3);
  f.answer(f.first, f.with({at("230", "finnhub", 0min)}));
  CHECK(f.wiring.knowledge->quotes.find("AAPL")->quote.price.text == "230");
}

TEST_CASE("A round that the book cannot end ends with the book") {
  book_fixture f;
  f.follow({"AAPL"});
  f.refresh(4);
  CHECK(f.rounds.empty());
  f.actors.end(f.book);
  REQUIRE(f.rounds.size() == 1);
  CHECK(f.rounds[0].round == 4);
}

TEST_CASE("Whoever follows a symbol for which there was no room takes none away from others") {
  book_fixture f{false, 1};
  f.follow({"AAPL"});
  f.follow({"MSFT"});  // no room
  f.actors.tell(f.book, follow_symbols{{}, {"AAPL"}});
  f.follow({"MSFT"});
  f.actors.tell(f.book, follow_symbols{{}, {"MSFT"}});  // of the one without room
  f.refresh();
  REQUIRE(f.first.size() == 1);
  CHECK(texts_of(f.first[0]->request().symbols) == std::vector<std::string>{"MSFT"});
}

TEST_CASE("Each provider of a chain has its part of the time that a caller waits") {
  book_fixture f;
  f.want({"AAPL"});
  REQUIRE(f.first.size() == 1);
  CHECK(f.first[0]->request().deadline == f.actors.sys.clock().now() + 2250ms);
  f.answer(f.first, f.with({}, {failure_of(error_kind::unavailable)}));
  REQUIRE(f.second.size() == 1);
  CHECK(f.second[0]->request().deadline == f.actors.sys.clock().now() + 2250ms);
}

TEST_CASE("What is passed on to the next provider is counted, whatever else was in the batch") {
  book_fixture f;
  f.want({"EUR/USD", "AAPL"});  // currencies have nobody else
  REQUIRE(f.first.size() == 1);
  f.answer(f.first, f.with({}, {failure_of(error_kind::unavailable)}));
  REQUIRE(f.second.size() == 1);
  CHECK(texts_of(f.second[0]->request().symbols) == std::vector<std::string>{"AAPL"});
  CHECK(f.passed_on.value() == 1);
}

TEST_CASE("A round without anything to follow ends at once") {
  book_fixture f;
  f.refresh();
  CHECK(f.rounds.size() == 1);
}

TEST_CASE("A symbol is followed until the last who did does so no longer") {
  book_fixture f;
  f.follow({"AAPL"});
  f.follow({"AAPL"});
  f.actors.tell(f.book, follow_symbols{{}, {"AAPL"}});
  f.refresh(1);
  REQUIRE(f.first.size() == 1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  f.actors.tell(f.book, follow_symbols{{}, {"AAPL", "MSFT"}});
  f.refresh(2);
  CHECK(f.first.empty());
}

TEST_CASE("Active symbols are followed by each incarnation, others until they are named again") {
  book_fixture f;
  f.wiring.knowledge->active = symbols_of({"MSFT"});
  f.follow({"AAPL"});
  f.actors.end(f.book);
  f.start();
  f.refresh();
  REQUIRE(f.first.size() == 1);
  CHECK(texts_of(f.first[0]->request().symbols) == std::vector<std::string>{"MSFT"});
}

TEST_CASE("Only quotes that say something new go to the feeds") {
  book_fixture f;
  f.follow({"AAPL"});
  f.refresh(1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  f.refresh(2);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  CHECK(f.feed->updates.size() == 1);
  CHECK(f.published.size() == 2);
  f.refresh(3);
  f.answer(f.first, f.with({quote_of("AAPL", "2")}));
  REQUIRE(f.feed->updates.size() == 2);
  CHECK(f.feed->updates[1]->revision == 2);
}

TEST_CASE("What the loop may not have now is tried again for those who wait") {
  book_fixture f;
  f.follow({"AAPL"});
  f.refresh();
  f.want({"AAPL"});
  CHECK(f.first.size() == 1);
  f.answer(f.first, f.with({}, {failure_of(error_kind::rate_limited)}));
  f.answer(f.second, f.with({}, {failure_of(error_kind::rate_limited)}));
  REQUIRE(f.first.size() == 1);
  CHECK(f.first[0]->request().why == purpose::demand);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  CHECK(f.fetched.size() == 1);
  CHECK(f.rounds.size() == 1);
}

TEST_CASE("Knowledge survives the book, callers are told that their work was dropped") {
  book_fixture f;
  f.want({"AAPL"}, 1);
  f.answer(f.first, f.with({quote_of("AAPL", "1")}));
  f.want({"MSFT"}, 2);
  f.actors.end(f.book);
  REQUIRE(f.fetched.size() == 2);
  CHECK(f.fetched[1].errors.at(0).kind == error_kind::unavailable);
  f.start();
  f.want({"AAPL"}, 3);
  REQUIRE(f.fetched.size() == 3);
  CHECK(f.fetched[2].quotes.size() == 1);
}

TEST_CASE("A board that has just begun is told all that is known") {
  book_fixture f;
  f.wiring.knowledge->quotes.put(quote_of("AAPL", "1"), steady_time{}, 1);
  f.actors.tell(f.book, board_started{f.board_actor});
  REQUIRE(f.published.size() == 1);
  CHECK(f.published[0].quotes->size() == 1);
}

TEST_CASE("A quote that another instance left in Redis spares the call") {
  book_fixture f{true};
  f.redis.values["quote:AAPL"] =
      quote_record(render_quote(quote_of("AAPL", "5")), std::chrono::system_clock::now() - 60s);
  f.want({"AAPL"});
  CHECK(f.first.empty());
  REQUIRE(f.fetched.size() == 1);
  CHECK(f.fetched[0].quotes.at(0).quote->quote.price.text == "5");
}

TEST_CASE("A quote in Redis too old for the loop is kept and a newer one asked for") {
  book_fixture f{true};
  f.redis.values["quote:AAPL"] =
      quote_record(render_quote(quote_of("AAPL", "5")), std::chrono::system_clock::now() - 60s);
  f.follow({"AAPL"});
  f.refresh();
  REQUIRE(f.first.size() == 1);
  CHECK(f.wiring.knowledge->quotes.find("AAPL") != nullptr);
}

TEST_CASE("What was fetched is kept in Redis for the time to live of quotes") {
  book_fixture f{true};
  f.want({"AAPL"});
  f.answer(f.first, f.with({quote_of("AAPL", "5")}));
  REQUIRE(f.redis.written.size() == 1);
  const auto& set = f.redis.written[0];
  CHECK(set[1] == "quote:AAPL");
  CHECK(set[3] == "PX");
  CHECK(set[4] == "300000");
}

}  // namespace tributary::tests
