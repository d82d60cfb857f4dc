// SPDX-License-Identifier: MIT
#include "actors/market/asset_loop.hpp"

#include "actors/market/asset_codec.hpp"
#include "actors/market/orders.hpp"
#include "support.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace actors;
using namespace actors::market;
using namespace std::chrono_literals;
using pm::asset;
using pm::asset_class;
using pm::error_kind;
using providers::redis::failure;
using providers::redis::reply;
using providers::redis::reply_kind;
using providers::redis::result;

/// Keeps orders until the test answers them, and what it is told of pages.
class fake_provider final : public runtime::observed_actor {
 public:
  struct memory {
    std::vector<std::shared_ptr<assets_order>> orders;
    std::vector<std::optional<pm::failure>> read;
  };

  fake_provider(caf::actor_config& cfg, memory& data)
      : observed_actor(cfg, "/test/provider", "provider"), data_(data) {}
  caf::behavior make_behavior() override {
    return {
        [this](ask_assets& m) { data_.orders.push_back(std::move(m.order)); },
        [this](page_read& m) { data_.read.push_back(std::move(m.why)); },
    };
  }

 private:
  memory& data_;
};

/// Takes pages of one symbol each, as text; `bad` is a failure.
class fake_talk final : public pm::assets_conversation {
 public:
  std::optional<pm::wire_request> next() override { return std::nullopt; }
  std::optional<pm::failure> take(const pm::wire_answer& answer) override {
    if (answer.body != "bad") {
      result_.assets.push_back({std::string{answer.body}, "", "", "", ""});
      return std::nullopt;
    }
    result_.error.emplace().kind = error_kind::malformed;
    return result_.error;
  }
  pm::assets_result finish() override { return std::move(result_); }

 private:
  pm::assets_result result_;
};

struct redis_memory {
  std::map<std::string, std::string> keys;
  std::map<std::string, std::string> lives;
  std::vector<store::redis_command> asked;
  bool away = false;
};

class lease_redis final : public runtime::observed_actor {
 public:
  lease_redis(caf::actor_config& cfg, redis_memory& data)
      : observed_actor(cfg, "/test/redis", "redis"), data_(data) {}
  caf::behavior make_behavior() override {
    return {[this](redis_request& m) {
      if (data_.away) return m.call->fail(failure::timed_out);
      std::vector<result> results;
      for (const auto& each : m.call->wanted().commands) {
        results.push_back({failure::none, run(each)});
      }
      m.call->answer(std::move(results));
    }};
  }

 private:
  reply run(const store::redis_command& words) {
    data_.asked.push_back(words);
    if (words[0] == "SET") {
      data_.keys[words[1]] = words[2];
      data_.lives[words[1]] = words[4];
      return {reply_kind::text, 0, "OK", {}};
    }
    const auto found = data_.keys.find(words[1]);
    if (found == data_.keys.end()) return {};
    return {reply_kind::text, 0, found->second, {}};
  }

  redis_memory& data_;
};

config::upstream_settings nothing() {
  config::upstream_settings result;
  result.name = "yfinance";
  return result;
}

pm::assets_result fetched_list(std::vector<std::string> symbols) {
  pm::assets_result result;
  for (auto& each : symbols) result.assets.push_back({std::move(each), "", "", "", ""});
  return result;
}

pm::assets_result error_of(error_kind kind,
                           std::optional<std::chrono::milliseconds> retry_after = {}) {
  pm::assets_result result;
  auto& why = result.error.emplace();
  why.kind = kind;
  why.retry_after = retry_after;
  return result;
}

using symbols = std::vector<std::string>;

/// Yahoo lists stocks and forex, Finnhub stocks.
struct asset_loop_fixture : actor_fixture {
  asset_loop_fixture() : actor_fixture(nothing()) {
    yahoo_actor = sys.spawn<fake_provider>(yahoo);
    finnhub_actor = sys.spawn<fake_provider>(finnhub);
    redis_actor = sys.spawn<lease_redis>(stored);
    yahoo_place = place_of(yahoo_actor);
    finnhub_place = place_of(finnhub_actor);
  }
  ~asset_loop_fixture() {
    stop_loop();
    yahoo.orders.clear();
    finnhub.orders.clear();
    for (const auto& each : {yahoo_actor, finnhub_actor, redis_actor}) end(each);
  }

  void start_loop(bool with_redis = false) {
    asset_loop_wiring wiring;
    auto& stocks = wiring.providers[static_cast<std::size_t>(asset_class::stock)];
    stocks.push_back({"yfinance", supervision::supervised_ref{yahoo_place}});
    stocks.push_back({"finnhub", supervision::supervised_ref{finnhub_place}});
    auto& forex = wiring.providers[static_cast<std::size_t>(asset_class::forex)];
    forex.push_back({"yfinance", supervision::supervised_ref{yahoo_place}});
    wiring.shelf = shelf;
    wiring.counters = counters;
    wiring.random = [] { return 0.5; };
    if (with_redis) wiring.redis = supervision::supervised_ref{place_of(redis_actor)};
    wiring.system_now = [this] { return today; };
    loop = sys.spawn<asset_loop>("/market/asset-loop", std::move(wiring));
    run();
  }
  void stop_loop() {
    if (!loop) return;
    end(loop);
    loop = nullptr;
  }

  /// Lets the loop's own ticks come, one after the other.
  void pass(std::chrono::milliseconds time) {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
    for (; time > 0ms; time -= std::min<std::chrono::milliseconds>(time, 10s)) {
      const auto step = std::min<std::chrono::milliseconds>(time, 10s);
      today += step;
      scheduler.advance_time(step);
      run();
    }
  }

  /// Answers the oldest order of a provider.
  asset_class answer(fake_provider::memory& of, pm::assets_result result) {
    REQUIRE_FALSE(of.orders.empty());
    auto order = std::move(of.orders.front());
    of.orders.erase(of.orders.begin());
    const auto [kind, ticket] = order->request();
    order->answer({ticket, std::move(result)});
    run();
    return kind;
  }

  symbols served(asset_class kind) const {
    symbols result;
    const auto table = shelf->table(kind);
    for (std::size_t i = 0; table != nullptr && i < table->size(); ++i) {
      result.emplace_back(table->symbol(i));
    }
    return result;
  }
  symbols stocks() const { return served(asset_class::stock); }

  /// What another process has left in Redis.
  void leave(asset_class kind, const symbols& listed, system_time fetched) {
    auto made = fetched_list(listed);
    const asset_list list{std::make_shared<const std::vector<asset>>(std::move(made.assets)),
                          fetched};
    stored.keys[asset_key(kind)] = write_assets(*asset_table::merge(kind, {&list, 1}));
  }

  fake_provider::memory yahoo;
  fake_provider::memory finnhub;
  redis_memory stored;
  caf::actor yahoo_actor;
  caf::actor finnhub_actor;
  caf::actor redis_actor;
  supervision::slot_ptr yahoo_place;
  supervision::slot_ptr finnhub_place;
  std::shared_ptr<asset_shelf> shelf = std::make_shared<asset_shelf>(24h);
  std::shared_ptr<asset_counters> counters = std::make_shared<asset_counters>(
      std::vector<std::string_view>{"yfinance", "finnhub", "yfinance"});
  system_time today = noon;
  caf::actor loop;
};

}  // namespace

TEST_CASE_METHOD(asset_loop_fixture, "all providers are asked at the start, each for one list") {
  start_loop();
  CHECK(yahoo.orders.size() == 1);
  CHECK(finnhub.orders.size() == 1);
  CHECK(answer(yahoo, fetched_list({"AAPL"})) == asset_class::stock);
  REQUIRE(yahoo.orders.size() == 1);
  CHECK(answer(yahoo, fetched_list({"EUR/USD"})) == asset_class::forex);
  CHECK(stocks() == symbols{"AAPL"});
  CHECK(served(asset_class::forex) == symbols{"EUR/USD"});
  CHECK(served(asset_class::crypto).empty());
  answer(finnhub, fetched_list({"MSFT", "AAPL"}));
  CHECK(stocks() == symbols{"AAPL", "MSFT"});
  CHECK(shelf->table(asset_class::stock)->as_of() == noon);
  CHECK(counters->classes[0].rows == 2);
  CHECK(counters->classes[0].last_success_ms == noon.time_since_epoch() / 1ms);
  CHECK(counters->find("yfinance")->refreshed == 2);
  CHECK(counters->find("finnhub")->refreshed == 1);
  CHECK(counters->find("nobody") == nullptr);
}

TEST_CASE_METHOD(asset_loop_fixture, "a list is fetched again after the interval, not before") {
  start_loop();
  answer(yahoo, fetched_list({"AAPL"}));
  answer(yahoo, fetched_list({"EUR/USD"}));
  answer(finnhub, fetched_list({"MSFT"}));
  pass(24h - 1min);
  CHECK(yahoo.orders.empty());
  CHECK(finnhub.orders.empty());
  pass(2min);
  CHECK(yahoo.orders.size() == 1);
  CHECK(finnhub.orders.size() == 1);
  answer(yahoo, fetched_list({"GOOGL"}));
  CHECK(stocks() == symbols{"GOOGL", "MSFT"});
}

TEST_CASE_METHOD(asset_loop_fixture, "an order that is not answered is never given twice") {
  start_loop();
  pass(110s);
  CHECK(yahoo.orders.size() == 1);
  CHECK(finnhub.orders.size() == 1);
}

TEST_CASE_METHOD(asset_loop_fixture, "an error empties nothing and is retried earlier") {
  start_loop();
  answer(yahoo, fetched_list({"AAPL"}));
  answer(yahoo, fetched_list({"EUR/USD"}));
  answer(finnhub, fetched_list({"MSFT"}));
  pass(24h + 1min);
  const auto before = shelf->table(asset_class::stock);
  answer(yahoo, error_of(error_kind::unavailable));
  answer(finnhub, fetched_list({}));
  CHECK(shelf->table(asset_class::stock) == before);
  CHECK(counters->find("yfinance")->failed == 1);
  CHECK(counters->find("finnhub")->failed == 1);
  REQUIRE(yahoo.orders.size() == 1);  // for forex
  answer(yahoo, fetched_list({"EUR/USD"}));
  pass(20s);
  CHECK(yahoo.orders.empty());
  pass(20s);
  REQUIRE(yahoo.orders.size() == 1);
  answer(yahoo, fetched_list({"IBM"}));
  CHECK(stocks() == symbols{"IBM", "MSFT"});
}

TEST_CASE_METHOD(asset_loop_fixture,
                 "a list that suddenly has few of its rows is none, for a time") {
  const auto of = [](std::size_t rows) {
    symbols names;
    for (std::size_t i = 0; i < rows; ++i) names.push_back("S" + std::to_string(i));
    return fetched_list(std::move(names));
  };
  start_loop();
  answer(yahoo, of(100));
  answer(yahoo, fetched_list({"EUR/USD"}));
  pass(24h + 1min);
  answer(yahoo, of(49));
  CHECK(stocks().size() == 100);
  CHECK(counters->find("yfinance")->failed == 1);
  answer(yahoo, fetched_list({"EUR/USD"}));
  pass(1min);
  REQUIRE(yahoo.orders.size() == 1);
  answer(yahoo, of(50));
  CHECK(stocks().size() == 50);
  pass(24h + 1min);
  answer(yahoo, of(10));
  CHECK(stocks().size() == 50);
  answer(yahoo, fetched_list({"EUR/USD"}));
  today += 24h;
  pass(1min);
  REQUIRE(yahoo.orders.size() == 1);
  answer(yahoo, of(10));
  CHECK(stocks().size() == 10);
}

TEST_CASE_METHOD(asset_loop_fixture,
                 "a first list with few of the rows that lie in Redis is none, for a time") {
  symbols stocks_before, pairs_before;
  for (std::size_t i = 0; i < 100; ++i) stocks_before.push_back("S" + std::to_string(i));
  for (char c = 'A'; c <= 'Z'; ++c) pairs_before.push_back(std::string{"EU"} + c + "/USD");
  leave(asset_class::stock, stocks_before, noon - 23h);
  leave(asset_class::forex, pairs_before, noon - 23h);
  start_loop(true);
  pass(1h + 1min);
  // Of pairs there is one provider; of stocks two, of which the first may have just a part of them.
  answer(yahoo, fetched_list({"S1", "S2"}));
  CHECK(counters->find("yfinance")->failed == 0);
  answer(yahoo, fetched_list({"EUR/USD"}));
  CHECK(counters->find("yfinance")->failed == 1);
  CHECK(served(asset_class::forex).size() == 26);
  answer(finnhub, fetched_list({"S3"}));
  CHECK(counters->find("finnhub")->failed == 1);
  today += 24h;
  pass(1min);
  REQUIRE(finnhub.orders.size() == 1);
  answer(finnhub, fetched_list({"S3"}));
  CHECK(counters->find("finnhub")->failed == 1);
  CHECK(stocks() == symbols{"S1", "S2", "S3"});
}

TEST_CASE_METHOD(asset_loop_fixture, "one provider's failure does not keep the other's list") {
  start_loop();
  answer(yahoo, error_of(error_kind::auth));
  CHECK(shelf->table(asset_class::stock) == nullptr);
  answer(finnhub, fetched_list({"MSFT"}));
  CHECK(stocks() == symbols{"MSFT"});
}

TEST_CASE_METHOD(asset_loop_fixture, "a provider that names a time is left alone until then") {
  start_loop();
  answer(finnhub, error_of(error_kind::rate_limited, 15min));
  pass(14min);
  CHECK(finnhub.orders.empty());
  pass(2min);
  CHECK(finnhub.orders.size() == 1);
}

TEST_CASE_METHOD(asset_loop_fixture, "pages are read here, and their provider told how it went") {
  start_loop();
  REQUIRE(finnhub.orders.size() == 1);
  auto& order = finnhub.orders.front();
  const auto conversation = std::make_shared<fake_talk>();
  for (const auto* body : {"MSFT", "bad", "AAPL"}) {
    tell(order->requester(), page_arrived{order, conversation, 200, "",
                                          http::wire::shared_bytes{body}, noon, finnhub_actor});
  }
  REQUIRE(finnhub.read.size() == 3);
  CHECK_FALSE(finnhub.read[0]);
  REQUIRE(finnhub.read[1]);
  CHECK(finnhub.read[1]->kind == error_kind::malformed);
  CHECK_FALSE(finnhub.read[2]);
  auto whole = conversation->finish();
  whole.error.reset();
  answer(finnhub, std::move(whole));
  CHECK(stocks() == symbols{"AAPL", "MSFT"});
}

TEST_CASE_METHOD(asset_loop_fixture, "an order that makes progress is waited for") {
  start_loop();
  auto order = finnhub.orders.front();
  const auto conversation = std::make_shared<fake_talk>();
  for (auto i = 0; i < 5; ++i) {
    pass(100s);
    tell(order->requester(), page_arrived{order, conversation, 200, "",
                                          http::wire::shared_bytes{"MSFT"}, noon, finnhub_actor});
  }
  CHECK(finnhub.orders.size() == 1);
  CHECK(counters->find("finnhub")->failed == 0);
}

TEST_CASE_METHOD(asset_loop_fixture, "a silent order is given up, and its late list is welcome") {
  start_loop();
  pass(125s);
  CHECK(counters->find("finnhub")->failed == 1);
  pass(35s);
  REQUIRE(finnhub.orders.size() == 2);
  answer(finnhub, fetched_list({"MSFT"}));
  CHECK(stocks() == symbols{"MSFT"});
  answer(finnhub, fetched_list({"AAPL"}));
  CHECK(stocks() == symbols{"AAPL"});
  pass(1h);
  CHECK(finnhub.orders.empty());
}

TEST_CASE_METHOD(asset_loop_fixture, "the failure of a given-up order is not counted again") {
  start_loop();
  pass(125s);
  answer(finnhub, error_of(error_kind::unavailable));
  CHECK(counters->find("finnhub")->failed == 1);
}

TEST_CASE_METHOD(asset_loop_fixture, "a dropped order counts as a failure") {
  start_loop();
  finnhub.orders.clear();
  run();
  CHECK(counters->find("finnhub")->failed == 1);
  pass(40s);
  CHECK(finnhub.orders.size() == 1);
}

TEST_CASE_METHOD(asset_loop_fixture, "a provider that is being restarted is asked later") {
  finnhub_place->publish(supervision::child_state::backoff);
  start_loop();
  CHECK(counters->find("finnhub")->failed == 1);
  finnhub_place->set_child(finnhub_actor, 2);
  finnhub_place->publish(supervision::child_state::running);
  pass(40s);
  CHECK(finnhub.orders.size() == 1);
}

TEST_CASE_METHOD(asset_loop_fixture, "lists survive a restart, and nothing is asked again for it") {
  start_loop();
  answer(yahoo, fetched_list({"AAPL"}));
  answer(yahoo, fetched_list({"EUR/USD"}));
  answer(finnhub, fetched_list({"MSFT"}));
  stop_loop();
  pass(1h);
  CHECK(stocks() == symbols{"AAPL", "MSFT"});
  start_loop();
  CHECK(yahoo.orders.empty());
  CHECK(finnhub.orders.empty());
  pass(23h + 1min);
  CHECK(yahoo.orders.size() == 1);
  answer(yahoo, fetched_list({"IBM"}));
  CHECK(stocks() == symbols{"IBM", "MSFT"});
}

TEST_CASE_METHOD(asset_loop_fixture, "a list in Redis is served at once, and fetched when due") {
  leave(asset_class::stock, {"AAPL", "IBM"}, noon - 20h);
  start_loop(true);
  CHECK(stocks() == symbols{"AAPL", "IBM"});
  CHECK(shelf->table(asset_class::stock)->as_of() == noon - 20h);
  CHECK(finnhub.orders.empty());
  REQUIRE(yahoo.orders.size() == 1);
  CHECK(yahoo.orders.front()->request().kind == asset_class::forex);
  answer(yahoo, fetched_list({"EUR/USD"}));
  pass(4h + 1min);
  REQUIRE(yahoo.orders.size() == 1);
  REQUIRE(finnhub.orders.size() == 1);
  // What the other provider has not given to this process yet is still there from Redis.
  answer(yahoo, fetched_list({"GOOGL"}));
  CHECK(stocks() == symbols{"GOOGL"});  // the one from Redis is too old by now
}

TEST_CASE_METHOD(asset_loop_fixture, "a list from Redis stands in for what is not fetched yet") {
  leave(asset_class::stock, {"AAPL", "IBM"}, noon - 1h);
  start_loop(true);
  answer(yahoo, fetched_list({"EUR/USD"}));
  shelf->keep(
      asset_class::stock, "yfinance",
      {std::make_shared<const std::vector<asset>>(fetched_list({"GOOGL"}).assets), noon - 24h});
  stop_loop();
  start_loop(true);
  REQUIRE(yahoo.orders.size() == 1);
  answer(yahoo, fetched_list({"GOOGL"}));
  CHECK(stocks() == symbols{"AAPL", "GOOGL", "IBM"});
  REQUIRE(finnhub.orders.size() == 1);
  answer(finnhub, fetched_list({"MSFT"}));
  CHECK(stocks() == symbols{"GOOGL", "MSFT"});
}

TEST_CASE_METHOD(asset_loop_fixture, "a list in Redis that is too old or broken is not served") {
  leave(asset_class::stock, {"AAPL"}, noon - 25h);
  stored.keys["assets:forex"] = "{]";
  start_loop(true);
  CHECK(shelf->table(asset_class::stock) == nullptr);
  CHECK(shelf->table(asset_class::forex) == nullptr);
  CHECK(yahoo.orders.size() == 1);
  CHECK(finnhub.orders.size() == 1);
}

TEST_CASE_METHOD(asset_loop_fixture, "providers are asked though Redis is away") {
  stored.away = true;
  start_loop(true);
  REQUIRE(yahoo.orders.size() == 1);
  answer(yahoo, fetched_list({"AAPL"}));
  CHECK(stocks() == symbols{"AAPL"});
}

TEST_CASE_METHOD(asset_loop_fixture, "what is published goes to Redis too, for its time to live") {
  start_loop(true);
  answer(yahoo, fetched_list({"AAPL"}));
  CHECK(stored.keys["assets:stocks"] == write_assets(*shelf->table(asset_class::stock)));
  CHECK(stored.lives["assets:stocks"] == "86400000");
}

TEST_CASE_METHOD(asset_loop_fixture, "a list too large for Redis is served, and not written") {
  start_loop(true);
  auto large = fetched_list({"AAPL"});
  large.assets[0].name = std::string(largest_stored_list, 'x');
  answer(yahoo, std::move(large));
  CHECK(stocks() == symbols{"AAPL"});
  CHECK(stored.keys.count("assets:stocks") == 0);
}

}  // namespace tributary::tests
