// SPDX-License-Identifier: MIT
#include "config/load.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

using namespace tests;
using namespace std::chrono_literals;

TEST_CASE("an empty object is a configuration of defaults", "[config][load]") {
  auto result = load_text("{}");
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  CHECK(result.value->server.port == 8080);
  CHECK(exit_code(result) == 0);
}

TEST_CASE("the shipped configuration is the contract of /aggregated-data", "[config][load]") {
  auto result = load_shipped(environment_of(), all_sections());
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  auto& s = *result.value;
  REQUIRE(s.upstreams.size() == 3);
  CHECK(s.upstreams[0].name == "customer");
  CHECK(s.upstreams[1].name == "master");
  CHECK(s.upstreams[2].name == "transaction");
  CHECK(s.upstreams[2].host == "127.0.0.1");
  CHECK(s.upstreams[2].port == 7001);
  CHECK(s.upstreams[2].path_prefix.empty());
  CHECK(s.upstreams[0].connect_timeout == 500ms);
  for (auto& upstream : s.upstreams) CHECK(upstream.retry.max == 1);
  CHECK_FALSE(s.redis.main);
  REQUIRE(aggregates(s).endpoints.size() == 1);
  auto& e = aggregates(s).endpoints[0];
  CHECK(e.path == "/aggregated-data");
  CHECK(e.timeout == 3s);
  CHECK(e.retry_after == 5s);
  REQUIRE(e.parameters.size() == 3);
  CHECK(e.parameters[0].name == "customer_id");
  CHECK(e.parameters[0].required);
  CHECK(e.parameters[0].max_length == 64);
  CHECK(e.parameters[1].type == parameter_type::parts);
  CHECK(e.parameters[1].default_value == "all");
  CHECK(e.parameters[2].type == parameter_type::interval);
  REQUIRE(e.parts.size() == 3);
  CHECK(e.parts[0].member == "customer_info");
  CHECK(e.parts[1].member == "master_data");
  CHECK(e.parts[2].member == "transaction_data");
  for (auto& part : e.parts) CHECK_FALSE(part.required);
  REQUIRE(e.parts[0].status_rules.size() == 1);
  CHECK(e.parts[0].status_rules[0].upstream_status == 404);
  CHECK(e.parts[0].status_rules[0].code == "CUSTOMER_NOT_FOUND");
  REQUIRE(e.parts[2].query.size() == 3);
  CHECK(e.parts[2].query[1].value == "{timestamp.from}");
  REQUIRE(e.cache);
  CHECK(e.cache->key == "customer:{customer_id}");
  CHECK(e.cache->ttl == 60s);
}

TEST_CASE("the environment moves the shipped configuration", "[config][load]") {
  auto result = load_shipped(environment_of({{"PORT", "0"},
                                             {"ADMIN_PORT", "19090"},
                                             {"LOG_LEVEL", "WARNING"},
                                             {"CUSTOMER_URL", "https://[::1]:8443/api/"},
                                             {"MASTER_DATA_URL", ""}}),
                             all_sections());
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  auto& s = *result.value;
  CHECK(s.server.port == 0);
  CHECK(s.admin.port == 19090);
  CHECK(s.log.level == log_level::warning);
  CHECK(s.upstreams[0].tls);
  CHECK(s.upstreams[0].host == "::1");
  CHECK(s.upstreams[0].port == 8443);
  CHECK(s.upstreams[0].path_prefix == "/api");
  CHECK(s.upstreams[1].port == 7001);
}

TEST_CASE("the environment gives the shipped configuration its Redis", "[config][load]") {
  auto by_host = load_shipped(environment_of({{"REDIS_HOST", "redis"}, {"REDIS_PORT", "6380"}}),
                              all_sections());
  INFO(errors_as_text(by_host));
  REQUIRE(by_host.value);
  CHECK(by_host.value->redis.main == redis_address{false, "redis", 6380, "", "", 0});
  CHECK(by_host.value->redis.cache == by_host.value->redis.main);

  auto by_url = load_shipped(environment_of({{"REDIS_HOST", "redis"},
                                             {"REDIS_URL", "redis://:pass@shared/4"},
                                             {"REDIS_CACHE_URL", "rediss://cache"}}),
                             all_sections());
  INFO(errors_as_text(by_url));
  REQUIRE(by_url.value);
  CHECK(by_url.value->redis.main == redis_address{false, "shared", 6379, "", "pass", 4});
  CHECK(by_url.value->redis.cache == redis_address{true, "cache", 6379, "", "", 0});
  CHECK(aggregates(*by_url.value).endpoints.at(0).cache->redis);
}

TEST_CASE("the shipped configuration has the market data of its description", "[config][load]") {
  auto result = load_shipped(environment_of(), all_sections());
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  CHECK(result.value->data_dir == "data");
  auto& m = market(*result.value);
  CHECK(m.active_symbols == "AAPL,GOOGL,MSFT,AMZN,BTC-USD,ETH-USD,EUR/USD,GBP/USD");
  CHECK(m.breaker_timeout == 300s);
  CHECK(m.price_interval == 5s);
  CHECK(m.asset_interval == 24h);
  CHECK(m.quote_ttl == 5min);
  CHECK(m.asset_ttl == 24h);
  CHECK(m.chains == market_chains{{"yfinance", "finnhub"},
                                  {"coingecko", "coinmarketcap"},
                                  {"alpha_vantage", "yfinance"}});
  CHECK(m.lists == market_chains{{"finnhub", "alpha_vantage", "yfinance"},
                                 {"coingecko", "coinmarketcap"},
                                 {"alpha_vantage", "finnhub", "yfinance"}});
  REQUIRE(m.providers.size() == 5);
  std::vector<call_allowance> allowances;
  for (auto& provider : m.providers) {
    CHECK(provider.enabled);
    CHECK(provider.key.empty());
    CHECK(provider.url == "http://127.0.0.1:7002/" + provider.name);
    CHECK(provider.upstream.path_prefix == "/" + provider.name);
    allowances.push_back(provider.allowance);
  }
  CHECK(allowances ==
        std::vector<call_allowance>{
            {5, 0, 0, 0}, {30, 60, 0, 0}, {0, 30, 0, 10'000}, {0, 30, 0, 10'000}, {1, 0, 25, 0}});
}

TEST_CASE("the environment moves the shipped market data", "[config][load]") {
  auto result = load_shipped(environment_of({{"YFINANCE_URL", "http://y:1"},
                                             {"FINNHUB_URL", "http://f/p"},
                                             {"COINGECKO_URL", "https://g"},
                                             {"COINMARKETCAP_URL", "http://c"},
                                             {"ALPHA_VANTAGE_URL", "http://a"},
                                             {"FINNHUB_API_KEY", "kf"},
                                             {"COINGECKO_API_KEY", "kg"},
                                             {"COINMARKETCAP_API_KEY", "kc"},
                                             {"ALPHA_VANTAGE_API_KEY", "ka"},
                                             {"CIRCUIT_BREAKER_TIMEOUT", "1.5"},
                                             {"PRICE_FETCH_INTERVAL", "0.5"},
                                             {"ASSET_LIST_UPDATE_INTERVAL", "3600"},
                                             {"ACTIVE_SYMBOLS", "TSLA,SOL-USD"},
                                             {"DATA_DIR", "/var/lib/tributary"}}),
                             all_sections());
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  CHECK(result.value->data_dir == "/var/lib/tributary");
  auto& m = market(*result.value);
  CHECK(m.breaker_timeout == 1500ms);
  CHECK(m.price_interval == 500ms);
  CHECK(m.asset_interval == 1h);
  CHECK(m.active_symbols == "TSLA,SOL-USD");
  std::string hosts, keys;
  for (auto& provider : m.providers) {
    hosts += provider.upstream.host + " ";
    keys += provider.key + " ";
    CHECK(provider.upstream.breaker.open_for == 1500ms);
    CHECK(provider.upstream.breaker.open_max == 1500ms);
  }
  CHECK(hosts == "y f g c a ");
  CHECK(keys == " kf kg kc ka ");
}

TEST_CASE("there may be any number of endpoints, but 512 upstreams", "[config][load]") {
  const auto with = [](std::size_t upstreams, std::size_t endpoints) {
    std::string result = R"({"upstreams": {)";
    for (std::size_t i = 0; i < upstreams; ++i) {
      result += (i == 0 ? "" : ",") + std::string{R"("u)"} + std::to_string(i) +
                R"(": {"url": "http://127.0.0.1:1"})";
    }
    result += R"(}, "endpoints": {)";
    for (std::size_t i = 0; i < endpoints; ++i) {
      const auto name = "e" + std::to_string(i);
      result.append(i == 0 ? "\"" : ",\"")
          .append(name + R"(": {"path": "/)" + name)
          .append(R"(/{id}", "parameters": {"id": {"in": "path"}}, "cache": {"key": ")" + name)
          .append(R"(:{id}"}, "parts": {"p": {"upstream": "u0", "path": "/{id}"}}})");
    }
    return load_text(result + "}}");
  };
  const auto many = with(1, 2'000);
  INFO(errors_as_text(many));
  REQUIRE(many.value);
  CHECK(aggregates(*many.value).endpoints.size() == 2'000);
  CHECK(with(512, 1).value);
  const auto refused = with(513, 1);
  REQUIRE_FALSE(refused.errors.empty());
  CHECK(refused.errors.front().message == "more than 512 members");
}

TEST_CASE("an endpoint has as many parts as can be gathered", "[config][load]") {
  const auto with = [](std::size_t parts) {
    std::string result = R"({"upstreams": {"u": {"url": "http://127.0.0.1:1"}}, "endpoints": {
        "e": {"path": "/e", "parts": {)";
    for (std::size_t i = 0; i < parts; ++i) {
      result.append(i == 0 ? "\"p" : ",\"p").append(std::to_string(i));
      result += R"(": {"upstream": "u", "path": "/"})";
    }
    return load_text(result + "}}}}");
  };
  CHECK(with(64).value);
  const auto refused = with(65);
  REQUIRE_FALSE(refused.errors.empty());
  CHECK(refused.errors.front().path == "endpoints.e.parts");
}

TEST_CASE("all errors are told together, each with its place", "[config][load]") {
  auto result = load_text(R"({
  "server": { "prot": 80, "port": 70000 },
  "upstreams": {
    "a": { "url": "ftp://x", "breaker": { "min_cals": 3 } }
  },
  "endpoints": {
    "e": { "path": "/e", "parts": { "p": { "upstream": "b", "path": "/{x}" } } }
  }
})");
  CHECK_FALSE(result.value);
  CHECK(exit_code(result) == 1);
  CHECK(errors_as_text(result) ==
        "test.json:2:15: server.prot: unknown key (did you mean `port`?)\n"
        "test.json:2:35: server.port: expected a port number from 0 to 65535, found `70000`\n"
        "test.json:4:19: upstreams.a.url: expected an `http://` or `https://` URL\n"
        "test.json:4:43: upstreams.a.breaker.min_cals: unknown key (did you mean `min_calls`?)\n"
        "test.json:7:56: endpoints.e.parts.p.upstream: no upstream is called `b` (did you mean "
        "`a`?)\n"
        "test.json:7:69: endpoints.e.parts.p.path: no parameter is called `x`\n");
}

TEST_CASE("errors are there for programs too", "[config][load]") {
  CHECK(errors_as_json(load_text(R"({"logg": {}})")) == R"({
  "file": "test.json",
  "errors": [
    {
      "path": "logg",
      "line": 1,
      "column": 2,
      "message": "unknown key",
      "suggestion": "log"
    }
  ]
}
)");
}

TEST_CASE("an unreadable file is told apart from a wrong one", "[config][load]") {
  auto result = load_file("/nonexistent/tributary.json", environment_of(), all_sections());
  CHECK(result.unreadable);
  CHECK(exit_code(result) == 2);
  CHECK(errors_as_text(result).find("/nonexistent/tributary.json: cannot be read") == 0);
}

TEST_CASE("secrets are not printed", "[config][load]") {
  auto result =
      load_text(R"({
    "admin": {"address": "0.0.0.0", "token": "${file:token}"},
    "upstreams": {"u": {"url": "http://h"}},
    "endpoints": {"e": {"path": "/e", "parts": {"p": {"upstream": "u", "path": "/",
      "query": {"q": "shown", "api_key": "${KEY}"},
      "headers": {"Authorization": "Bearer ${KEY}"}}}}}})",
                environment_of({{"KEY", "hidden-key"}}, {{"token", "hidden-token-1234\n"}}));
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  CHECK(result.value->admin.token == "hidden-token-1234");
  auto printed = print_effective(*result.value, all_sections());
  CHECK(printed.find("hidden") == std::string::npos);
  CHECK(printed.find("shown") != std::string::npos);
  CHECK(printed.find("\"idle_timeout\": \"1m\"") != std::string::npos);
}

TEST_CASE("what print_effective writes loads to the same settings", "[config][load]") {
  auto first = load_shipped(environment_of(), all_sections());
  REQUIRE(first.value);
  auto printed = print_effective(*first.value, all_sections());
  auto second = load_text(printed);
  INFO(errors_as_text(second));
  REQUIRE(second.value);
  CHECK(print_effective(*second.value, all_sections()) == printed);
}

TEST_CASE("a schema reference for editors is not a key", "[config][load]") {
  CHECK(load_text(R"({"$schema": "schema.json", "log": {}})").value);
  CHECK_FALSE(load_text(R"({"log": {"$schema": "x"}})").value);
}

}  // namespace tributary::config
