// SPDX-License-Identifier: MIT
// Never more calls than a provider's plan allows, over seconds, minutes, days and restarts.
#include "actors/actor_tree.hpp"
#include "market_fixture.hpp"
#include "support/eventually.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Only `name` has limits, and each request is fetched anew.
config::settings limited(const market_stubs& stubs, std::string_view name,
                         config::call_allowance allowance, variables more = {}) {
  auto settings = stubs.settings(std::move(more));
  alter_market(settings, [&](auto& market) {
    market.quote_ttl = 0ms;
    for (auto& each : market.providers) {
      each.allowance = each.name == name ? allowance : config::call_allowance{};
    }
  });
  return settings;
}

/// The most requests within any stretch of `length`.
std::size_t most_within(const stub_upstream& stub, steady_clock::duration length) {
  const auto all = stub.requests();
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < all.size(); ++last) {
    while (all[last].at - all[first].at >= length) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

/// A folder of its own that goes with it.
class scratch_folder {
 public:
  scratch_folder() {
    auto name = (std::filesystem::temp_directory_path() / "tributary-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder: " + name);
    path_ = name;
  }
  ~scratch_folder() { std::filesystem::remove_all(path_); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

constexpr const char* pairs[] = {"EUR/USD", "GBP/USD", "JPY/USD", "CHF/USD", "CAD/USD", "AUD/USD"};

}  // namespace

TEST_CASE("No second has more calls than it may, whoever asks") {
  market_stubs stubs;
  auto settings = limited(stubs, "coingecko", {.per_second = 3},
                          {{"ACTIVE_SYMBOLS", "BTC-USD"}, {"PRICE_FETCH_INTERVAL", "0.01"}});
  alter_market(settings, [&](auto& market) { market.active_symbols = "BTC-USD"; });
  running_gateway gateway{std::move(settings)};
  for (int i = 0; i < 12; ++i) CHECK(status_of(gateway.get(bitcoin_target)) == 200);
  CHECK(stubs.coingecko.requests().size() >= 4);
  CHECK(most_within(stubs.coingecko, 1s) <= 3);
}

TEST_CASE("A conversation of several requests takes an allowance for each") {
  market_stubs stubs;
  running_gateway gateway{limited(stubs, "yfinance", {.per_second = 2})};
  // Cookie, crumb, quote.
  CHECK(source_of(gateway.get("/v1/quotes?symbols=AAPL")) == "yfinance");
  CHECK(stubs.yahoo.requests().size() == 3);
  CHECK(most_within(stubs.yahoo, 1s) <= 2);
}

TEST_CASE("No minute has more calls than it may, and the rest goes to the fallback") {
  market_stubs stubs;
  running_gateway gateway{limited(stubs, "coingecko", {.per_minute = 4})};
  // The fallback's price is of an earlier time, so what is served stays the newer one.
  for (int i = 0; i < 10; ++i) CHECK(source_of(gateway.get(bitcoin_target)) == "coingecko");
  CHECK(stubs.coingecko.requests().size() == 4);
  CHECK_FALSE(stubs.coinmarketcap.requests().empty());
  CHECK(json_of(gateway.get("/health"))["dependencies"]["coingecko"]["status"] == "ok");
}

TEST_CASE("Without a fallback a used-up allowance is a 503 that says when it is there again") {
  market_stubs stubs;
  auto settings = limited(stubs, "coingecko", {.per_minute = 1});
  alter_market(settings, [&](auto& market) { market.chains.crypto = {"coingecko"}; });
  running_gateway gateway{std::move(settings)};
  CHECK(status_of(gateway.get(bitcoin_target)) == 200);
  const auto raw = gateway.get("/v1/quotes?symbols=ETH-USD");
  CHECK(status_of(raw) == 503);
  const auto wait = number(header_of(raw, "Retry-After"));
  CHECK(wait > 30);
  CHECK(wait <= 61);
  CHECK(json_of(raw)["errors"][0]["kind"] == "rate_limited");
  // What is known is served meanwhile.
  const auto known = json_of(gateway.get(bitcoin_target));
  REQUIRE(known["quotes"].size() == 1);
  CHECK(known["quotes"][0]["stale"] == true);
}

TEST_CASE("Loops leave a share to those who ask") {
  market_stubs stubs;
  auto settings = limited(stubs, "coingecko", {.per_minute = 4, .per_day = 100},
                          {{"PRICE_FETCH_INTERVAL", "0.01"}});
  alter_market(settings, [&](auto& market) {
    market.active_symbols = "BTC-USD";
    market.chains.crypto = {"coingecko"};
    market.loop_share = 0.5;
  });
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] {
    return gateway.admin("GET", "/metrics")
               .find(R"(tributary_market_held_back_total{provider="coingecko"} )") !=
           std::string::npos;
  }));
  REQUIRE(stubs.coingecko.await_requests(1));
  CHECK(stubs.coingecko.requests().size() <= 2);
  CHECK(source_of(gateway.get(bitcoin_target)) == "coingecko");
  CHECK(source_of(gateway.get(bitcoin_target)) == "coingecko");
}

TEST_CASE("An active symbol that the loop could not fetch yet is fetched for who asks, at once") {
  market_stubs stubs;
  auto settings = limited(stubs, "finnhub", {.per_minute = 10}, {{"PRICE_FETCH_INTERVAL", "0.05"}});
  alter_market(settings, [&](auto& market) {
    market.quote_ttl = 60s;
    market.active_symbols = "A1,A2,A3,A4,A5,A6,A7,A8,A9,B1,B2,B3";
    market.chains.stocks = {"finnhub"};
  });
  running_gateway gateway{std::move(settings)};
  REQUIRE(stubs.finnhub.await_requests(1));
  const auto began = steady_clock::now();
  CHECK(status_of(gateway.get("/v1/quotes?symbols=B3")) == 200);
  CHECK(status_of(gateway.get("/v1/quotes?symbols=B2")) == 200);
  CHECK(steady_clock::now() - began < 2s);
}

TEST_CASE("A list that fails and fails again leaves its share of the day to those who ask") {
  market_stubs stubs;
  constexpr auto path = "/physical_currency_list/";
  stubs.alpha_vantage.on(path, answer(R"({"Information":"This is a premium endpoint."})"));
  auto settings =
      limited(stubs, "alpha_vantage", {.per_day = 10}, {{"ASSET_LIST_UPDATE_INTERVAL", "0.01"}});
  alter_market(settings, [&](auto& market) { market.lists.forex = {"alpha_vantage"}; });
  running_gateway gateway{std::move(settings)};
  REQUIRE(eventually([&] { return requests_to(stubs.alpha_vantage, path) == 8; }));
  CHECK(source_of(gateway.get("/v1/quotes?symbols=EUR/USD")) == "alpha_vantage");
  CHECK(source_of(gateway.get("/v1/quotes?symbols=EUR/USD")) == "alpha_vantage");
  // Yahoo's price is of an earlier time, so what is served stays the newer one.
  CHECK(stubs.yahoo.requests().empty());
  CHECK(source_of(gateway.get("/v1/quotes?symbols=EUR/USD")) == "alpha_vantage");
  CHECK_FALSE(stubs.yahoo.requests().empty());
  CHECK(stubs.alpha_vantage.requests().size() == 10);
  CHECK(requests_to(stubs.alpha_vantage, path) == 8);
}

TEST_CASE("Who asks for a symbol that waits for its turn in the loop is served before the loop") {
  market_stubs stubs;
  auto settings = limited(stubs, "finnhub", {.per_second = 10}, {{"PRICE_FETCH_INTERVAL", "1"}});
  alter_market(settings, [&](auto& market) {
    market.quote_ttl = 60s;
    market.loop_share = 0.1;
  });
  for (int i = 0; i < 60; ++i) {
    alter_market(settings, [&](auto& market) {
      market.active_symbols += (i == 0 ? "S" : ",S") + std::to_string(i);
    });
  }
  alter_market(settings, [&](auto& market) { market.chains.stocks = {"finnhub"}; });
  running_gateway gateway{std::move(settings)};
  REQUIRE(stubs.finnhub.await_requests(1));
  const auto began = steady_clock::now();
  CHECK(status_of(gateway.get("/v1/quotes?symbols=S57,S58,S59")) == 200);
  CHECK(steady_clock::now() - began < 4s);
  CHECK(stubs.finnhub.requests().size() < 20);
}

TEST_CASE("Calls of a day are counted on over restarts") {
  const scratch_folder folder;
  market_stubs stubs;
  auto settings = limited(stubs, "alpha_vantage", {.per_day = 3});
  settings.data_dir = folder.path();
  for (int life = 0; life < 6; ++life) {
    CAPTURE(life);
    running_gateway gateway{settings};
    const auto source = source_of(gateway.get(std::string{"/v1/quotes?symbols="} + pairs[life]));
    CHECK((source == "alpha_vantage") == (life < 3));
  }
  CHECK(stubs.alpha_vantage.requests().size() == 3);
}

TEST_CASE("A loop that begins before the counts are read makes no call too many") {
  const scratch_folder folder;
  market_stubs stubs;
  auto settings =
      limited(stubs, "alpha_vantage", {.per_day = 2}, {{"PRICE_FETCH_INTERVAL", "0.01"}});
  settings.data_dir = folder.path();
  alter_market(settings, [&](auto& market) {
    market.loop_share = 1;
    market.active_symbols = "EUR/USD";
  });
  for (int life = 0; life < 8; ++life) {
    running_gateway gateway{settings};
    REQUIRE(eventually(
        [&] { return json_of(gateway.get("/v1/quotes?symbols=EUR/USD"))["quotes"].size() == 1; }));
  }
  // A life may end between the count of a call and the call: the count stands, the call is not
  // made.
  CHECK(stubs.alpha_vantage.requests().size() >= 1);
  CHECK(stubs.alpha_vantage.requests().size() <= 2);
}

TEST_CASE("Calls of a day are counted on over restarts by Redis, and by all instances") {
  redis_server server;
  market_stubs stubs;
  const auto settings =
      limited(stubs, "alpha_vantage", {.per_day = 2},
              {{"REDIS_URL", "redis://127.0.0.1:" + std::to_string(server.port())}});
  const auto knows_of = [](running_gateway& gateway, int left) {
    return eventually([&] {
      return gateway.admin("GET", "/metrics")
                 .find(
                     R"(tributary_market_allowance_left{provider="alpha_vantage",period="day"} )" +
                     std::to_string(left)) != std::string::npos;
    });
  };
  {
    running_gateway first{settings};
    REQUIRE(eventually([&] { return first->tree().redis->inspect().well; }));
    for (int i = 0; i < 2; ++i) first.get(std::string{"/v1/quotes?symbols="} + pairs[i]);
    CHECK(knows_of(first, 0));
    REQUIRE(eventually([&] {
      const auto keys = server.command({"KEYS", "market:calls:alpha_vantage:*"});
      return std::any_of(keys.items.begin(), keys.items.end(), [&](const auto& key) {
        return server.command({"GET", key.text}).text == "2";
      });
    }));
  }
  running_gateway second{settings};
  REQUIRE(knows_of(second, 0));
  second.get(std::string{"/v1/quotes?symbols="} + pairs[4]);
  CHECK(stubs.alpha_vantage.requests().size() == 2);
}

TEST_CASE("A folder that cannot be written costs nothing but the counts") {
  const scratch_folder folder;
  market_stubs stubs;
  auto settings = limited(stubs, "alpha_vantage", {.per_day = 2});
  settings.data_dir = "/proc/nowhere/data";
  running_gateway gateway{settings};
  CHECK(source_of(gateway.get("/v1/quotes?symbols=EUR/USD")) == "alpha_vantage");
}

}  // namespace tributary::tests
