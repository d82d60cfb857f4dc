// SPDX-License-Identifier: MIT
// Which status and which kind callers get, for each pair of failures along a chain.
#include "market_fixture.hpp"
#include "support/eventually.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>

namespace tributary::tests {

namespace {

constexpr auto latest = "/v2/cryptocurrency/quotes/latest";

struct reply {
  std::string kind;
  std::string body;
  int status;
};

const std::vector<reply>& coingecko_failures() {
  static const std::vector<reply> all{
      {"not_found", "[]", 200},
      {"no_data", R"([{"id":"bitcoin","symbol":"btc","current_price":null}])", 200},
      {"rate_limited", R"({"status":{"error_code":429,"error_message":"limit"}})", 429},
      {"auth", R"({"status":{"error_code":10002,"error_message":"key"}})", 401},
      {"not_entitled", R"({"status":{"error_code":10005,"error_message":"plan"}})", 403},
      {"bad_request", R"({"error":"invalid vs_currency"})", 400},
      {"unavailable", "<html>Will be right back</html>", 502},
      {"malformed", "[oops", 200}};
  return all;
}

std::string said(const std::string& code) {
  return R"({"status":{"error_code":)" + code + R"(,"error_message":"so it is"}})";
}

const std::vector<reply>& coinmarketcap_failures() {
  static const std::vector<reply> all{
      {"not_found", R"({"status":{"error_code":0},"data":{}})", 200},
      {"no_data",
       R"({"status":{"error_code":"0"},"data":{"1":{"id":1,"symbol":"BTC","is_active":1,)"
       R"("quote":{"USD":{"price":null}}}}})",
       200},
      {"rate_limited", said("1008"), 429},
      {"auth", said("1001"), 401},
      {"not_entitled", said("1006"), 403},
      {"bad_request", said("400"), 400},
      {"unavailable", said("500"), 500},
      {"malformed", "{oops", 200}};
  return all;
}

bool passes(const std::string& kind) { return kind == "rate_limited" || kind == "unavailable"; }
bool lacks(const std::string& kind) { return kind == "not_found" || kind == "no_data"; }

}  // namespace

TEST_CASE("Each pair of failures has its status, and the kind that may pass is named first") {
  const auto first = GENERATE(from_range(coingecko_failures()));
  for (const auto& second : coinmarketcap_failures()) {
    CAPTURE(first.kind, second.kind);
    market_stubs stubs;
    stubs.coingecko.on(coingecko_path, answer(first.body, first.status));
    stubs.coinmarketcap.on(latest, answer(second.body, second.status));
    running_gateway gateway{stubs.settings()};
    const auto raw = gateway.get(bitcoin_target);
    const auto status = status_of(raw);
    const auto body = json_of(raw);
    REQUIRE(body["errors"].size() == 1);
    CHECK(requests_to(stubs.coinmarketcap, latest) == 1);
    const auto kind = body["errors"][0]["kind"].get<std::string>();
    CHECK(body["errors"][0]["symbol"] == "BTC-USD");
    CHECK(body["errors"][0]["detail"].is_string());
    CHECK((kind == first.kind || kind == second.kind));
    const auto any_passes = passes(first.kind) || passes(second.kind);
    CHECK(passes(kind) == any_passes);
    CHECK((status == 503) == any_passes);
    CHECK(header_of(raw, "Retry-After").empty() != any_passes);
    if (lacks(first.kind) && lacks(second.kind)) CHECK(status == 404);
    if (!any_passes && !lacks(first.kind) && !lacks(second.kind)) CHECK(status == 502);
  }
}

TEST_CASE("With several symbols one that may come later is enough for a 503") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, answer("[]"));
  stubs.coinmarketcap.on(latest, answer(R"({"status":{"error_code":0},"data":{}})"));
  stubs.yahoo.refuse();
  stubs.finnhub.refuse();
  running_gateway gateway{stubs.settings()};
  CHECK(status_of(gateway.get(bitcoin_target)) == 404);
  const auto raw = gateway.get("/v1/quotes?symbols=BTC-USD,AAPL");
  CHECK(status_of(raw) == 503);
  const auto errors = json_of(raw)["errors"];
  REQUIRE(errors.size() == 2);
  CHECK(errors[0]["kind"] == "not_found");
  CHECK(errors[1]["kind"] == "unavailable");
}

TEST_CASE("While breakers are open Retry-After is the time until the first one may close") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, answer("down", 500));
  stubs.coinmarketcap.on(latest, answer("down", 500));
  running_gateway gateway{stubs.settings({{"CIRCUIT_BREAKER_TIMEOUT", "100"}})};
  auto asked = 0;
  std::string raw;
  REQUIRE(eventually([&] {
    // Another symbol each time: callers that come together share one failure.
    raw = gateway.get("/v1/quotes?symbols=C" + std::to_string(++asked) + "-USD");
    return body_of(raw).find("circuit breaker") != std::string::npos;
  }));
  raw = gateway.get("/v1/quotes?symbols=LAST-USD");
  CHECK(status_of(raw) == 503);
  CHECK(number(header_of(raw, "Retry-After")) >= 85);
  CHECK(number(header_of(raw, "Retry-After")) <= 100);
  CHECK(json_of(raw)["errors"][0]["kind"] == "unavailable");
  const auto calls = stubs.coingecko.requests().size();
  CHECK(calls == 3);
  const auto before = number(header_of(raw, "Retry-After"));
  REQUIRE(eventually([&] {
    raw = gateway.get("/v1/quotes?symbols=D" + std::to_string(++asked) + "-USD");
    return number(header_of(raw, "Retry-After")) < before;
  }));
  CHECK(stubs.coingecko.requests().size() == calls);
}

TEST_CASE("While a key is refused by all of a chain there is no time to wait for") {
  market_stubs stubs;
  stubs.coingecko.on(coingecko_path, answer(coingecko_failures()[3].body, 401));
  stubs.coinmarketcap.on(latest, answer(said("1001"), 401));
  running_gateway gateway{stubs.settings()};
  for (const auto* each : {"BTC-USD", "ETH-USD"}) {
    const auto raw = gateway.get(std::string{"/v1/quotes?symbols="} + each);
    CHECK(status_of(raw) == 502);
    CHECK(json_of(raw)["errors"][0]["kind"] == "auth");
  }
  CHECK(stubs.coingecko.requests().size() == 1);
  CHECK(json_of(gateway.get("/health"))["status"] == "degraded");
}

TEST_CASE("A chain of which no provider is enabled says so") {
  market_stubs stubs;
  auto settings = stubs.settings({{"FINNHUB_API_KEY", ""}});
  alter_market(settings, [&](auto& market) { market.chains.stocks = {"finnhub"}; });
  running_gateway gateway{std::move(settings)};
  const auto raw = gateway.get("/v1/quotes?symbols=AAPL");
  CHECK(status_of(raw) == 502);
  CHECK(json_of(raw)["errors"].size() == 1);
  CHECK(status_of(gateway.get(bitcoin_target)) == 200);
}

}  // namespace tributary::tests
