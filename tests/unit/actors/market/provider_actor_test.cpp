// SPDX-License-Identifier: MIT
#include "actors/market/provider_actor.hpp"

#include "actors/guards/upstream_call.hpp"
#include "support.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <deque>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors;
using namespace actors::market;
using http::wire::error_token;
using pm::error_kind;

namespace {

/// A conversation of one request for one symbol, whose answer's body says what becomes of it: a
/// price, or the name of an error.
class short_talk final : public pm::quotes_conversation {
 public:
  explicit short_talk(pm::symbol what) : what_(std::move(what)) {}

  std::optional<pm::wire_request> next() override {
    if (std::exchange(asked_, true)) return std::nullopt;
    return pm::wire_request{"/base/quote?s=" + what_.text, {{"X-Key", "k"}}};
  }

  std::optional<pm::failure> take(const pm::wire_answer& answer) override {
    constexpr std::string_view limited = "rate_limited for ";
    if (answer.body.starts_with(limited)) {
      const std::chrono::seconds wait{std::stoll(std::string{answer.body.substr(limited.size())})};
      why_ = failure_of(error_kind::rate_limited, {}, wait);
      return why_;
    }
    for (const auto kind : {error_kind::rate_limited, error_kind::auth, error_kind::unavailable,
                            error_kind::not_entitled}) {
      if (answer.status == 0 || answer.body == to_string(kind)) {
        why_ = failure_of(answer.status == 0 ? error_kind::unavailable : kind);
        return why_;
      }
    }
    price_ = std::string{answer.body};
    return std::nullopt;
  }

  pm::quotes_result finish(const pm::failure& otherwise) override {
    pm::quotes_result result;
    if (price_) {
      result.quotes.push_back(quote_of(what_.text, *price_));
    } else {
      auto why = why_.value_or(otherwise);
      why.symbol = what_.text;
      result.errors.push_back(std::move(why));
    }
    return result;
  }

  bool asks_for(std::string_view symbol) const noexcept override { return what_.text == symbol; }

 private:
  pm::symbol what_;
  bool asked_ = false;
  std::optional<std::string> price_;
  std::optional<pm::failure> why_;
};

/// A list of one page, behind a request that opens a session.
class short_list final : public pm::assets_conversation {
 public:
  std::optional<pm::wire_request> next() override {
    if (answers_ == 0) return pm::wire_request{"/base/open", {}, true};
    if (answers_ == 1) return pm::wire_request{"/base/list", {}, false};
    return std::nullopt;
  }
  std::optional<pm::failure> take(const pm::wire_answer& answer) override {
    ++answers_;
    if (answer.status == 200) return std::nullopt;
    answers_ = 2;
    return failure_of(error_kind::unavailable);
  }
  pm::assets_result finish() override {
    pm::assets_result result;
    result.assets.emplace_back().symbol = "AAPL";
    return result;
  }

 private:
  int answers_ = 0;
};

class stock_provider final : public pm::provider {
 public:
  std::string_view source() const noexcept override { return "yfinance"; }
  std::string_view base_path() const noexcept override { return "/base"; }
  bool supports(const pm::symbol& what) const noexcept override {
    return what.kind == pm::asset_class::stock;
  }
  std::vector<std::unique_ptr<pm::quotes_conversation>> ask_once(
      std::vector<pm::symbol> symbols) override {
    std::vector<std::unique_ptr<pm::quotes_conversation>> result;
    for (auto& each : symbols) result.push_back(std::make_unique<short_talk>(std::move(each)));
    return result;
  }
  std::size_t parallel() const noexcept override { return 2; }
  std::optional<std::chrono::milliseconds> pause_after(
      const pm::wire_answer& answer) const override {
    return answer.header_block == "Left: 0\r\n" ? std::optional{20'000ms} : std::nullopt;
  }
  bool lists(pm::asset_class) const noexcept override { return true; }
  std::unique_ptr<pm::assets_conversation> list(pm::asset_class) const override {
    return std::make_unique<short_list>();
  }
};

class provider_fixture {
 public:
  explicit provider_fixture(config::call_allowance allowance = {}, std::string prefix = {})
      : actors{upstream_with(std::move(prefix))} {
    config::market_provider_settings settings;
    settings.name = "yfinance";
    settings.allowance = allowance;
    upstream = actors.make_upstream();
    resources = std::make_shared<provider_resources>(
        settings, std::make_unique<stock_provider>(), upstream,
        std::make_shared<guarded_allowance>(allowance, 0.8, 5s), 300s, provider_metrics{});
    guard = actors.sys.spawn<collector<make_call>>(calls);
    provider_wiring wiring;
    wiring.resources = resources;
    wiring.guards.emplace_back(actor_fixture::place_of(guard));
    provider = actors.sys.spawn<provider_actor>("/test/provider", wiring);
    asker = actors.sys.spawn<collector<quotes_answered>>(answers);
    lister = actors.sys.spawn<collector<page_arrived>>(pages);
    actors.run();
  }
  ~provider_fixture() {
    calls.clear();
    pages.clear();
    for (const auto& each : {provider, guard, asker, lister}) actors.end(each);
  }

  void ask(std::initializer_list<std::string_view> symbols, purpose why = purpose::demand,
           std::chrono::nanoseconds limit = 1h) {
    actors.tell(provider,
                ask_quotes{std::make_shared<quotes_order>(
                    quotes_wanted{symbols_of(symbols), why, steady_time{} + limit, 7}, asker)});
  }

  void ask_list() {
    actors.tell(provider, ask_assets{std::make_shared<assets_order>(
                              assets_wanted{pm::asset_class::stock, 8}, lister)});
  }

  /// Whoever wants the list reads the oldest page.
  void read_page() {
    auto page = std::move(pages.front());
    pages.erase(pages.begin());
    auto why =
        page.conversation->take({page.status, page.header_block, page.body.view(), page.received});
    actors.tell(provider, page_read{std::move(page.order), std::move(why)});
  }

  steady_time now() { return actors.sys.clock().now(); }
  std::string target(std::size_t i) { return calls.at(i).call->asked().target; }

  /// The provider's answer to the oldest call.
  void answer(std::string_view body, int status = 200) {
    guards::call_result result;
    result.status = status;
    result.body = http::wire::shared_bytes{body};
    finish(std::move(result));
  }

  void finish(guards::call_result result) {
    auto call = std::move(calls.front().call);
    calls.erase(calls.begin());
    result.ended = steady_time{};
    call->finish(std::move(result));
    call.reset();
    actors.run();
  }

  std::vector<make_call> calls;
  std::vector<quotes_answered> answers;
  std::vector<page_arrived> pages;
  actor_fixture actors;
  std::shared_ptr<guards::upstream_resources> upstream;
  std::shared_ptr<provider_resources> resources;
  caf::actor provider, guard, asker, lister;

 private:
  static config::upstream_settings upstream_with(std::string prefix) {
    config::upstream_settings result;
    result.name = "yfinance";
    result.path_prefix = std::move(prefix);
    return result;
  }
};

}  // namespace

TEST_CASE("What a conversation brings is delivered at once, with the last one the order ends") {
  provider_fixture f;
  f.ask({"AAPL", "MSFT", "BTC-USD"});
  REQUIRE(f.calls.size() == 2);
  CHECK(f.calls[0].call->asked().target == "/base/quote?s=AAPL");
  REQUIRE(f.answers.size() == 1);
  CHECK_FALSE(f.answers[0].last);
  CHECK(f.answers[0].result.errors.at(0).symbol == "BTC-USD");
  CHECK(f.answers[0].result.errors[0].kind == error_kind::not_found);
  f.answer("1.5");
  REQUIRE(f.answers.size() == 2);
  CHECK_FALSE(f.answers[1].last);
  CHECK(f.answers[1].result.quotes.at(0).symbol == "AAPL");
  f.answer("unavailable");
  REQUIRE(f.answers.size() == 3);
  CHECK(f.answers[2].last);
  CHECK(f.answers[2].ticket == 7);
  CHECK(f.answers[2].result.errors.at(0).kind == error_kind::unavailable);
}

TEST_CASE("A prefix of the configured URL comes first, what it has of the provider's path once") {
  const auto* prefix = GENERATE("/yahoo", "/yahoo/base");
  provider_fixture f{{}, prefix};
  f.ask({"AAPL"});
  REQUIRE(f.calls.size() == 1);
  CHECK(f.calls[0].call->asked().target == "/yahoo/base/quote?s=AAPL");
}

TEST_CASE("No more conversations go on than the provider bears, those awaited come first") {
  provider_fixture f;
  f.ask({"L1", "L2", "L3", "L4"}, purpose::loop);
  f.ask({"D1"}, purpose::demand);
  REQUIRE(f.calls.size() == 2);
  f.answer("1");
  REQUIRE(f.calls.size() == 2);
  CHECK(f.calls[1].call->asked().target == "/base/quote?s=D1");
}

TEST_CASE("Those awaited do not keep the loop out of all places") {
  provider_fixture f;
  f.ask({"L1", "L2", "L3"}, purpose::loop);
  f.ask({"D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12"},
        purpose::demand);
  std::size_t before = 0;
  while (before < 12 && f.calls.back().call->asked().target != "/base/quote?s=L3") {
    f.answer("1");
    ++before;
  }
  CHECK(before > 4);
  CHECK(before < 12);
}

TEST_CASE("Who waits for a place until the deadline is told, and others can be asked") {
  provider_fixture f;
  f.ask({"AAPL", "MSFT", "GOOGL"}, purpose::demand, 1s);
  REQUIRE(f.calls.size() == 2);
  f.actors.pass_time();
  REQUIRE(f.answers.size() == 1);
  CHECK_FALSE(f.answers[0].last);
  CHECK(f.answers[0].result.errors.at(0).symbol == "GOOGL");
  CHECK(f.answers[0].result.errors[0].kind == error_kind::unavailable);
  f.answer("1");
  f.answer("2");
  REQUIRE(f.answers.size() == 3);
  CHECK(f.answers[2].last);
}

TEST_CASE("A call has its whole time, however soon whoever asked gives up") {
  provider_fixture f;
  f.ask({"AAPL"}, purpose::demand, 10ms);
  REQUIRE(f.calls.size() == 1);
  CHECK(f.calls[0].call->asked().deadline == f.now() + f.resources->settings.timeout);
}

TEST_CASE("A list has a place of the quotes' only while it opens a session") {
  provider_fixture f;
  f.ask_list();
  f.ask({"AAPL", "MSFT"});
  REQUIRE(f.calls.size() == 2);
  CHECK(f.target(0) == "/base/open");
  CHECK(f.calls[0].call->asked().deadline == f.now() + f.resources->settings.timeout);
  f.answer("ok");
  REQUIRE(f.pages.size() == 1);
  f.read_page();
  REQUIRE(f.calls.size() == 3);
  CHECK(f.target(1) == "/base/list");
  CHECK(f.target(2) == "/base/quote?s=MSFT");
  CHECK(f.calls[1].call->asked().deadline > f.now() + f.resources->settings.timeout);
}

TEST_CASE("A call that the guards refuse ends the conversation as unavailable with their wait") {
  provider_fixture f;
  f.ask({"AAPL"});
  guards::call_result refused;
  refused.error = error_token::destination_unavailable;
  refused.detail = "breaker_open";
  refused.retry_after = 7s;
  f.finish(std::move(refused));
  REQUIRE(f.answers.size() == 1);
  const auto& error = f.answers[0].result.errors.at(0);
  CHECK(error.kind == error_kind::unavailable);
  CHECK(error.retry_after == 7s);
  CHECK(error.detail == "the circuit breaker of yfinance is open");
}

TEST_CASE("While the breaker is open nothing is sent and no allowance used") {
  provider_fixture f{{.per_day = 1}};
  {
    const std::lock_guard lock{f.upstream->mutex};
    f.upstream->breaker.impose(guards::breaker_override::force_open, steady_time{});
  }
  f.ask({"AAPL"});
  CHECK(f.calls.empty());
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].result.errors.at(0).kind == error_kind::unavailable);
  {
    const std::lock_guard lock{f.upstream->mutex};
    f.upstream->breaker.impose(guards::breaker_override::automatic, steady_time{});
  }
  f.ask({"AAPL"});
  CHECK(f.calls.size() == 1);
}

TEST_CASE("A refused key takes the provider out for as long as a breaker would, then it is tried") {
  provider_fixture f;
  f.ask({"AAPL"});
  f.answer("auth", 401);
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].result.errors.at(0).kind == error_kind::auth);
  CHECK(f.resources->key_refused(steady_time{}));
  CHECK_FALSE(f.resources->key_refused(steady_time{} + 300s));
  f.ask({"AAPL"});
  CHECK(f.calls.empty());
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[1].result.errors.at(0).kind == error_kind::auth);
  CHECK(f.answers[1].result.errors.at(0).retry_after == 300s);
  f.resources->refused_until = steady_time{};  // the time has come
  f.ask({"AAPL"});
  CHECK(f.calls.size() == 1);
}

TEST_CASE("A refused key that survives a restart of the actor is not tried by the next one") {
  provider_fixture f;
  f.resources->refused_until = steady_time{} + 1h;
  f.ask({"AAPL"});
  CHECK(f.calls.empty());
}

TEST_CASE("A call beyond the allowance is refused with the time at which it may be made") {
  provider_fixture f{{.per_minute = 1}};
  f.ask({"AAPL", "MSFT"});
  REQUIRE(f.calls.size() == 1);
  REQUIRE(f.answers.size() == 1);
  const auto& error = f.answers[0].result.errors.at(0);
  CHECK(error.symbol == "MSFT");
  CHECK(error.kind == error_kind::rate_limited);
  CHECK(error.retry_after);
  f.answer("1");
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[1].last);
}

TEST_CASE("A turn that comes within a moment is waited for") {
  provider_fixture f{{.per_second = 1}};
  f.ask({"AAPL", "MSFT"});
  REQUIRE(f.calls.size() == 1);
  f.actors.pass_time();
  REQUIRE(f.calls.size() == 2);
  f.answer("1");
  f.answer("2");
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[1].result.quotes.at(0).symbol == "MSFT");
}

TEST_CASE(
    "After a rate limit the provider is left alone for its time, without a wait for a minute") {
  provider_fixture f;
  f.ask({"AAPL"});
  f.answer("rate_limited", 429);
  f.ask({"AAPL"});
  CHECK(f.calls.empty());
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[1].result.errors.at(0).kind == error_kind::rate_limited);
  CHECK(f.answers[1].result.errors.at(0).retry_after == 60s);
}

TEST_CASE("However long a provider wants to be left alone, it is asked again within a month") {
  provider_fixture f;
  f.ask({"AAPL"});
  f.answer("rate_limited for 4294967295", 429);
  f.ask({"AAPL"});
  CHECK(f.calls.empty());
  CHECK(f.answers.at(1).result.errors.at(0).retry_after == 31 * 24h);
}

TEST_CASE("A provider that says with a quote that nothing is left is not asked until there is") {
  provider_fixture f;
  f.ask({"AAPL"});
  guards::call_result last;
  last.status = 200;
  last.header_block = "Left: 0\r\n";
  last.body = http::wire::shared_bytes{std::string_view{"1"}};
  f.finish(std::move(last));
  CHECK(f.answers.at(0).result.quotes.size() == 1);
  f.ask({"AAPL"});
  CHECK(f.calls.empty());
  CHECK(f.answers.at(1).result.errors.at(0).kind == error_kind::rate_limited);
  CHECK(f.answers.at(1).result.errors.at(0).retry_after == 20s);
}

TEST_CASE("A provider that does not say for how long it wants to be left alone has a second") {
  provider_fixture f;
  f.ask({"AAPL"});
  f.answer("rate_limited for 0", 429);
  f.ask({"AAPL"});
  CHECK(f.calls.empty());
  f.actors.pass_time();
  CHECK(f.calls.size() == 1);
}

TEST_CASE("Thousands of conversations that are refused at once are told of at once") {
  provider_fixture f{{.per_minute = 1}};
  std::vector<pm::symbol> many;
  for (int i = 0; i < 2000; ++i) many.push_back(symbol_of("T" + std::to_string(1000 + i)));
  f.actors.tell(f.provider,
                ask_quotes{std::make_shared<quotes_order>(
                    quotes_wanted{many, purpose::demand, steady_time{} + 1h, 7}, f.asker)});
  REQUIRE(f.calls.size() == 1);
  REQUIRE(f.answers.size() == 1);
  CHECK_FALSE(f.answers[0].last);
  CHECK(f.answers[0].result.errors.size() == 1999);
  f.answer("1");
  REQUIRE(f.answers.size() == 2);
  CHECK(f.answers[1].last);
}

TEST_CASE("When the provider's actor dies its orders are answered as unavailable") {
  provider_fixture f;
  f.ask({"AAPL"});
  REQUIRE(f.calls.size() == 1);
  f.actors.end(f.provider);
  REQUIRE(f.answers.size() == 1);
  CHECK(f.answers[0].result.errors.at(0).kind == error_kind::unavailable);
}

}  // namespace tributary::tests
