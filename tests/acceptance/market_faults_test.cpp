// SPDX-License-Identifier: MIT
// What becomes of quotes while providers are down, slow, out of allowance, or refuse their key.
#include "actors/actor_tree.hpp"
#include "actors/telemetry/logging.hpp"
#include "http/server/systems/market_system.hpp"
#include "market_fixture.hpp"
#include "support/eventually.hpp"
#include "support/redis_server.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <mutex>
#include <string>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Settings with which each request is fetched anew.
config::settings forgetful(const market_stubs& stubs, variables more = {}) {
  auto result = stubs.settings(std::move(more));
  alter_market(result, [&](auto& market) { market.quote_ttl = 0ms; });
  return result;
}

/// All lines of the process' log while this lives.
class whole_log {
 public:
  whole_log() {
    actors::telemetry::log().start({config::log_level::debug, 8192}, [this](std::string_view line) {
      const std::lock_guard lock{mutex_};
      text_ += line;
    });
  }
  ~whole_log() { actors::telemetry::log().stop(); }
  std::string text() {
    actors::telemetry::log().flush();
    const std::lock_guard lock{mutex_};
    return text_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

}  // namespace

TEST_CASE(
    "A provider's breaker opens after failures in a row, stays open for its time and probes") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, answer("down", 500));
  running_gateway gateway{forgetful(stubs, {{"CIRCUIT_BREAKER_TIMEOUT", "0.6"}})};
  for (int i = 0; i < 3; ++i) CHECK(source_of(gateway.get(bitcoin_target)) == "coinmarketcap");
  const auto opened = steady_clock::now();
  CHECK(json_of(gateway.get("/health"))["dependencies"]["coingecko"]["status"] == "down");
  stubs.coingecko.on(coingecko_path, answer(market_stubs::coingecko_markets));
  steady_clock::time_point served;
  REQUIRE(eventually([&] {
    served = steady_clock::now();
    return source_of(gateway.get(bitcoin_target)) == "coingecko";
  }));
  CHECK(served - opened > 500ms);
  CHECK(requests_to(stubs.coingecko, coingecko_path) == 4);
  CHECK(json_of(gateway.get("/health"))["dependencies"]["coingecko"]["status"] == "ok");
}

TEST_CASE("A breaker that opens again stays open no longer than the first time") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, answer("down", 500));
  running_gateway gateway{forgetful(stubs, {{"CIRCUIT_BREAKER_TIMEOUT", "0.2"}})};
  for (int i = 0; i < 3; ++i) gateway.get(bitcoin_target);
  // Each probe fails; with a time that doubled there would be no room for so many.
  const auto began = steady_clock::now();
  REQUIRE(eventually([&] {
    gateway.get(bitcoin_target);
    return requests_to(stubs.coingecko, coingecko_path) >= 8;
  }));
  CHECK(steady_clock::now() - began < 3s);
}

TEST_CASE("Answers that say nothing of a provider's health never open its breaker") {
  struct row {
    int status;
    std::string body;
  };
  const auto answer_ = GENERATE(
      row{200, "[]"}, row{200, R"([{"id":"bitcoin","symbol":"btc","current_price":null}])"},
      row{403, R"({"status":{"error_code":10005,"error_message":"plan"}})"});
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, answer(answer_.body, answer_.status));
  running_gateway gateway{forgetful(stubs)};
  for (int i = 0; i < 6; ++i) CHECK(source_of(gateway.get(bitcoin_target)) == "coinmarketcap");
  CHECK(requests_to(stubs.coingecko, coingecko_path) == 6);
  CHECK(json_of(gateway.get("/health"))["dependencies"]["coingecko"]["status"] == "ok");
}

TEST_CASE(
    "A provider that says when to come again is not called before, and its breaker is closed") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path,
                     answer(R"({"status":{"error_code":429,"error_message":"slow"}})", 429,
                            "Retry-After: 60\r\n"));
  running_gateway gateway{forgetful(stubs)};
  for (int i = 0; i < 5; ++i) CHECK(source_of(gateway.get(bitcoin_target)) == "coinmarketcap");
  CHECK(requests_to(stubs.coingecko, coingecko_path) == 1);
  CHECK(json_of(gateway.get("/health"))["dependencies"]["coingecko"]["status"] == "ok");
}

TEST_CASE(
    "A provider that refuses its key is left out for the time of a breaker, and health says so") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path,
                     answer(R"({"status":{"error_code":10002,"error_message":"key"}})", 401));
  running_gateway gateway{forgetful(stubs, {{"CIRCUIT_BREAKER_TIMEOUT", "0.5"}})};
  for (int i = 0; i < 3; ++i) CHECK(source_of(gateway.get(bitcoin_target)) == "coinmarketcap");
  CHECK(requests_to(stubs.coingecko, coingecko_path) == 1);
  const auto entry = json_of(gateway.get("/health"))["dependencies"]["coingecko"];
  CHECK(entry["status"] == "down");
  CHECK(entry["detail"] == "the key is refused");
  stubs.coingecko.on(coingecko_path, answer(market_stubs::coingecko_markets));
  REQUIRE(eventually([&] { return source_of(gateway.get(bitcoin_target)) == "coingecko"; }));
  CHECK(json_of(gateway.get("/health"))["dependencies"]["coingecko"]["status"] == "ok");
}

TEST_CASE("A provider that hangs costs its own time limit, then the next one is asked") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, script{}.hang());
  auto settings = forgetful(stubs);
  alter_market(settings, [&](auto& market) {
    for (auto& each : market.providers) each.timeout = 150ms;
  });
  running_gateway gateway{std::move(settings)};
  const auto began = steady_clock::now();
  CHECK(source_of(gateway.get(bitcoin_target)) == "coinmarketcap");
  CHECK(steady_clock::now() - began < 4s);
}

TEST_CASE("While Yahoo hangs, its list too, every stock comes from the fallback in time") {
  market_stubs stubs;
  stubs.yahoo.on("/", script{}.hang());
  auto settings = forgetful(stubs);
  alter_market(settings, [&](auto& market) {
    market.lists.stocks = {"yfinance"};
    for (auto& each : market.providers) {
      each.timeout = 1s;
      each.allowance = {};
    }
  });
  running_gateway gateway{std::move(settings)};
  for (const auto* symbol : {"IBM", "ORCL", "INTC", "NFLX"}) {
    CAPTURE(symbol);
    CHECK(source_of(gateway.get(std::string{"/v1/quotes?symbols="} + symbol)) == "finnhub");
  }
}

TEST_CASE("A list that Yahoo does not give says nothing against its quotes") {
  market_stubs stubs;  // knows neither screeners nor lookups
  auto settings = forgetful(stubs);
  alter_market(settings, [&](auto& market) {
    market.lists.stocks = {"yfinance"};
    market.lists.forex = {"yfinance"};
  });
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] {
    return gateway.admin("GET", "/metrics")
               .find(R"(tributary_market_lists_total{provider="yfinance",outcome="failed"} 2)") !=
           std::string::npos;
  }));
  CHECK(json_of(gateway.get("/health"))["dependencies"]["yfinance"]["status"] == "ok");
  CHECK(source_of(gateway.get("/v1/quotes?symbols=AAPL")) == "yfinance");
}

TEST_CASE("More symbols than a provider serves in time do not open its breaker") {
  market_stubs stubs;
  stubs.finnhub.on("/api/v1/quote",
                   script{}.pause(150ms).send(answer(market_stubs::finnhub_quote)));
  auto settings = forgetful(stubs);
  alter_market(settings, [&](auto& market) {
    market.chains.stocks = {"finnhub"};
    market.timeout = 500ms;
    for (auto& each : market.providers) each.allowance = {};
  });
  running_gateway gateway{std::move(settings)};
  std::string many = "/v1/quotes?symbols=T0";
  for (int i = 1; i < 60; ++i) many += ",T" + std::to_string(i);
  const auto first = json_of(gateway.get(many));
  CHECK(first["quotes"].size() > 0);
  CHECK(first["errors"].size() > 0);
  CHECK(json_of(gateway.get("/health"))["dependencies"]["finnhub"]["status"] == "ok");
  CHECK(source_of(gateway.get("/v1/quotes?symbols=AAPL")) == "finnhub");
}

TEST_CASE("While all providers are down the last quote is served with a mark") {
  market_stubs stubs;
  running_gateway gateway{forgetful(stubs)};
  CHECK(source_of(gateway.get(bitcoin_target)) == "coingecko");
  stubs.coingecko.refuse();
  stubs.coinmarketcap.refuse();
  const auto raw = gateway.get(bitcoin_target);
  CHECK(status_of(raw) == 200);
  const auto quote = json_of(raw)["quotes"].at(0);
  CHECK(quote["stale"] == true);
  CHECK(quote["age_seconds"].is_number_unsigned());
  CHECK(quote["price"] == 97210);
}

TEST_CASE("Yahoo takes a new session when its crumb is refused, once, and goes on with spark") {
  market_stubs stubs;
  stubs.yahoo.on("/v7/finance/quote",
                 answer(R"({"finance":{"result":null,"error":{"code":"Unauthorized",)"
                        R"("description":"Invalid Crumb"}}})",
                        401));
  stubs.yahoo.on(
      "/v7/finance/spark",
      answer(
          R"({"spark":{"result":[{"symbol":"AAPL","response":[{"meta":{"symbol":"AAPL",)"
          R"("regularMarketPrice":231.5,"previousClose":230.0,"regularMarketTime":1763755200},)"
          R"("timestamp":[1763755200],"indicators":{"quote":[{"close":[231.5]}]}}]}],"error":null}})"));
  running_gateway gateway{stubs.settings()};
  const auto body = json_of(gateway.get("/v1/quotes?symbols=AAPL"));
  REQUIRE(body["quotes"].size() == 1);
  CHECK(body["quotes"][0]["source"] == "yfinance");
  CHECK(body["quotes"][0]["price"] == 231.5);
  CHECK(requests_to(stubs.yahoo, "/v7/finance/quote") == 2);
  CHECK(requests_to(stubs.yahoo, "/v1/test/getcrumb") == 2);
}

TEST_CASE("No key is ever shown, not even one that a provider echoes") {
  whole_log log;
  market_stubs stubs;
  stubs.alpha_vantage.on(
      "/query", answer(std::string{R"({"Information":"We have detected your API key as )"} +
                       std::string{market_stubs::alpha_vantage_key} +
                       R"( and our standard API rate limit is 25 requests per day."})"));
  stubs.coinmarketcap.always(
      answer(std::string{R"({"status":{"error_code":1001,"error_message":"key )"} +
                 std::string{market_stubs::coinmarketcap_key} + R"( is invalid"}})",
             401));
  stubs.coinmarketcap.on(
      "/v2/cryptocurrency/quotes/latest",
      answer(std::string{R"({"status":{"error_code":1001,"error_message":"key )"} +
                 std::string{market_stubs::coinmarketcap_key} + R"( is invalid"}})",
             401));
  stubs.coingecko.on(coingecko_path, answer("", 500));
  stubs.yahoo.refuse();
  stubs.finnhub.on("/api/v1/quote", answer(R"({"error":"Invalid API key."})", 401));
  running_gateway gateway{stubs.settings()};
  std::string shown = gateway.get("/v1/quotes?symbols=AAPL,BTC-USD,EUR/USD");
  shown += gateway.get("/health");
  shown += gateway.admin("GET", "/metrics");
  shown += log.text();
  CHECK(shown.find(market_stubs::alpha_vantage_key) == std::string::npos);
  CHECK(shown.find(market_stubs::coinmarketcap_key) == std::string::npos);
  CHECK(shown.find(market_stubs::finnhub_key) == std::string::npos);
  CHECK(log.text().find("provider.refused") != std::string::npos);
}

TEST_CASE("A provider without the key that it needs is left out with a warning that names it") {
  whole_log log;
  market_stubs stubs;
  running_gateway gateway{stubs.settings({{"COINMARKETCAP_API_KEY", ""}})};
  const auto text = log.text();
  const auto event = text.find(R"("event":"provider.disabled")");
  REQUIRE(event != std::string::npos);
  const auto begin = text.rfind('\n', event) + 1;
  const auto line =
      nlohmann::ordered_json::parse(text.substr(begin, text.find('\n', event) - begin));
  CHECK(line["level"] == "warning");
  CHECK(line["provider"] == "coinmarketcap");
  CHECK(text.find(R"("event":"provider.disabled")", event + 1) == std::string::npos);
}

TEST_CASE("A crash of any actor of market data is answered promptly and mended") {
  const auto which = GENERATE("provider", "book", "board");
  CAPTURE(which);
  market_stubs stubs;
  const gate told;
  stubs.coingecko.on(coingecko_path,
                     script{}.wait(told).send(answer(market_stubs::coingecko_markets)));
  running_gateway gateway{stubs.settings()};
  raw_client client{gateway->port()};
  client.send(running_gateway::request("GET", bitcoin_target));
  REQUIRE(stubs.coingecko.await_requests(1));
  const auto& market = gateway->find<http::server::market_system>()->state();
  std::vector<actors::supervision::slot_ptr> places;
  if (which == std::string_view{"provider"}) places = market.provider_actors;
  if (which == std::string_view{"book"}) places = {market.quote_book};
  if (which == std::string_view{"board"}) places = market.boards;
  const auto began = steady_clock::now();
  for (const auto& each : places) {
    caf::anon_send_exit(each->current(), caf::exit_reason::kill);
  }
  const auto raw = client.read_answer();
  CHECK(status_of(raw) != 0);
  CHECK(steady_clock::now() - began < 3s);
  told.open();
  REQUIRE(eventually([&] { return status_of(gateway.get(bitcoin_target)) == 200; }));
}

TEST_CASE("With Redis quotes and breakers are there under the seed's names") {
  redis_server server;
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, answer("down", 500));
  auto settings =
      stubs.settings({{"REDIS_URL", "redis://127.0.0.1:" + std::to_string(server.port())},
                      {"CIRCUIT_BREAKER_TIMEOUT", "30"}});
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] { return gateway->tree().redis->inspect().well; }));
  CHECK(source_of(gateway.get("/v1/quotes?symbols=AAPL")) == "yfinance");
  CHECK(eventually([&] { return server.command({"EXISTS", "quote:AAPL"}).text == "1"; }));
  const auto kept_for = number(server.command({"TTL", "quote:AAPL"}).text);
  CHECK(kept_for > 0);  // -1: for ever, -2: no such key
  CHECK(kept_for <= 300);
  stubs.coinmarketcap.refuse();
  for (const auto* each : {"BTC-USD", "ETH-USD", "SOL-USD"}) {
    gateway.get(std::string{"/v1/quotes?symbols="} + each);
  }
  CHECK(eventually([&] {
    return server.command({"EXISTS", "circuit_breaker:coingecko"}).text == "1";
  }));
}

TEST_CASE("A second instance serves what the first has fetched, without a call") {
  redis_server server;
  market_stubs stubs;
  const variables redis{{"REDIS_URL", "redis://127.0.0.1:" + std::to_string(server.port())}};
  running_gateway first{stubs.settings(redis)};
  REQUIRE(eventually([&] { return first->tree().redis->inspect().well; }));
  first.get("/v1/quotes?symbols=AAPL");
  REQUIRE(eventually([&] { return server.command({"EXISTS", "quote:AAPL"}).text == "1"; }));
  running_gateway second{stubs.settings(redis)};
  REQUIRE(eventually([&] { return second->tree().redis->inspect().well; }));
  CHECK(source_of(second.get("/v1/quotes?symbols=AAPL")) == "yfinance");
  CHECK(requests_to(stubs.yahoo, "/v7/finance/quote") == 1);
}

}  // namespace tributary::tests
