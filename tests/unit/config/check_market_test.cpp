// SPDX-License-Identifier: MIT
#include "config/sections/market_section.hpp"

#include "config/codec.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace tributary::config {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::ordered_json;

namespace {

/// A valid section; a row sets `pointer` in it to `value`.
constexpr const char* market_base =
    R"({"providers": {"one": {"url": "https://h"}, "two": {"url": "http://h"}},
  "chains": {"stocks": ["one", "two"], "crypto": ["one"], "forex": ["two"]},
  "lists": {"stocks": []}})";

load_result load_with(const char* pointer, const std::string& value,
                      const environment& env = environment_of(),
                      const section_list& sections = all_sections()) {
  auto root = ordered_json::parse(R"({"upstreams": {"other": {"url": "http://h"}}})");
  root["market"] = ordered_json::parse(market_base);
  root[ordered_json::json_pointer(std::string{"/market"} + pointer)] = ordered_json::parse(value);
  return load_text(root.dump(), env, sections);
}

market_settings market_with(const char* pointer, const std::string& value,
                            const environment& env = environment_of()) {
  auto result = load_with(pointer, value, env);
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  return market(*result.value);
}

}  // namespace

TEST_CASE("without the section, and with `false` for it, there is no market data",
          "[config][market]") {
  for (auto* text : {"{}", R"({"market": false})"}) {
    auto result = load_text(text);
    REQUIRE(result.value);
    CHECK(result.value->section<market_settings>() == nullptr);
    CHECK(print_effective(*result.value, all_sections()).find("market") == std::string::npos);
  }
  CHECK(market_with("/loop_share", "1").loop_share == 1);
  CHECK(load_text(R"({"market": true})").errors.at(0).message ==
        "expected an object, found a boolean");
  CHECK(errors_as_text(load_text(R"({"market": {}})")) ==
        "test.json:1:12: market.providers: required and not given\n"
        "test.json:1:12: market.chains: required and not given\n");
  CHECK(load_with("/providers", "{}").errors.at(0).message ==
        "market data needs at least one provider");
}

TEST_CASE("the guards see a provider as an upstream of a special kind", "[config][market]") {
  auto provider = market_with("/providers/one",
                              R"({"url": "https://[::1]:8443/p/", "timeout": "3s",
                                  "connect_timeout": "2s", "failures_to_open": 4,
                                  "tls": {"verify": false}})")
                      .providers.at(0);
  auto& u = provider.upstream;
  CHECK(u.name == "one");
  CHECK(u.tls);
  CHECK(u.host == "::1");
  CHECK(u.port == 8443);
  CHECK(u.path_prefix == "/p");
  CHECK_FALSE(u.tls_options.verify);
  CHECK(u.timeout == 3s);
  CHECK(u.connect_timeout == 2s);
  CHECK(u.deadline_header.empty());
  CHECK(u.max_response_body == 32 * mib);
  CHECK(u.bulkhead.max_in_flight == 16);
  CHECK(u.retry.max == 0);
  CHECK_FALSE(u.rate_limit);
  CHECK_FALSE(u.back_pressure.enabled);
  CHECK(u.breaker.enabled);
  CHECK(u.breaker.shared);
  CHECK_FALSE(u.breaker.by_rate);
  CHECK_FALSE(u.breaker.heed_retry_after);
  CHECK(u.breaker.consecutive_failures == 4);
  CHECK(u.breaker.open_for == 300s);
  CHECK(u.breaker.open_max == 300s);
  CHECK(u.breaker.jitter == 0);
  CHECK(u.breaker.half_open_successes == 1);
}

TEST_CASE("what contradicts itself about market data is refused", "[config][market]") {
  struct row {
    const char* pointer;
    const char* value;
    const char* path;
    const char* message;
    const char* suggestion = "";
  };
  const std::vector<row> rows{
      {"/chains/stocks", R"(["one", "onee"])", "chains.stocks[1]", "no provider is called `onee`",
       "one"},
      {"/chains/stocks", R"(["one", "two", "one"])", "chains.stocks[2]",
       "the provider `one` is named twice"},
      {"/chains/stocks", "[]", "chains.stocks", "names no provider"},
      {"/chains", R"({"stocks": ["one"], "crypto": ["one"]})", "chains.forex",
       "required and not given"},
      {"/chains/stocks", "\"one\"", "chains.stocks", "expected a list, found text"},
      {"/chains/bonds", "[]", "chains.bonds", "unknown key"},
      {"/lists/forex", R"(["three"])", "lists.forex[0]", "no provider is called `three`"},
      {"/lists/forex", R"(["two", "two"])", "lists.forex[1]", "the provider `two` is named twice"},
      {"/providers/one", "{}", "providers.one.url", "required and not given"},
      {"/providers/one/url", "\"ftp://x\"", "providers.one.url",
       "expected an `http://` or `https://` URL"},
      {"/providers/one/url", "\"http://h?q\"", "providers.one.url", "a URL here has no `?` or `#`"},
      {"/providers/one/key", "\"written-here\"", "providers.one.key",
       "a secret does not belong into the file", "${NAME} or ${file:PATH}"},
      {"/providers/one/key", "\"${SPACED}\"", "providers.one.key",
       "a key has printable ASCII characters only, and no spaces (from SPACED)"},
      {"/providers/one/tier", "\"free\"", "providers.one.tier", "`free` is none of `demo`, `pro`"},
      {"/providers/one/daily_rates", "\"often\"", "providers.one.daily_rates",
       "expected `true` or `false`, found text"},
      {"/providers/one/failures_to_open", "0", "providers.one.failures_to_open",
       "expected a whole number from 1 to 1000000, found `0`"},
      {"/providers/one/allowance", R"({"per_day": -1})", "providers.one.allowance.per_day",
       "expected a whole number from 0 to 1000000000, found `-1`"},
      {"/providers/one/connect_timeout", "\"3s\"", "providers.one.connect_timeout",
       "longer than `timeout` of the same upstream"},
      {"/providers/two/tls", R"({"verify": false})", "providers.two.tls",
       "has no effect on an `http` URL", "https://"},
      {"/providers/other", R"({"url": "http://h"})", "providers.other",
       "an upstream has this name already"},
      {"/providers/a b", R"({"url": "http://h"})", "providers.a b",
       "a name has a letter first, then letters, digits, `_` or `-`, at most 64 in all"},
      {"/price_interval", "0.009", "price_interval",
       "expected a duration from 10ms to 24h, found `0.009`"},
      {"/price_interval", "\"abc\"", "price_interval",
       "expected a number of seconds, or a duration such as \"500ms\", found `abc`"},
      {"/breaker_timeout", "-1", "breaker_timeout",
       "expected a number of seconds, or a duration such as \"500ms\", found `-1`"},
      {"/breaker_timeout", "86401", "breaker_timeout",
       "expected a duration from 10ms to 24h, found `86401`"},
      {"/asset_interval", "\"NaN\"", "asset_interval",
       "expected a number of seconds, or a duration such as \"500ms\", found `NaN`"},
      {"/loop_share", "0", "loop_share", "expected a number from 0.01 to 1, found `0`"},
      {"/active_symbols", "\"AAPL,,MSFT\"", "active_symbols", "has an empty symbol"},
      {"/active_symbols", "\"AAPL,\"", "active_symbols", "has an empty symbol"},
      {"/active_symbols", "[]", "active_symbols", "expected text, found a list"},
      {"/prices", "1", "prices", "unknown key", ""},
  };
  for (auto& row : rows) {
    CAPTURE(row.pointer, row.value);
    auto errors = load_with(row.pointer, row.value, environment_of({{"SPACED", "a b"}})).errors;
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].path == std::string{"market."} + row.path);
    CHECK(errors[0].message == row.message);
    CHECK(errors[0].suggestion == row.suggestion);
    CHECK(errors[0].line == 1);
  }
}

TEST_CASE("those who know providers and symbols are asked, and each answer has its place",
          "[config][market]") {
  const section_list sections{
      {market_section({.sources = {"one", "two", "three"},
                       .symbol_flaw = [](std::string_view text) -> std::optional<std::string> {
                         if (text != "ODD" && text != "NO") return std::nullopt;
                         return "is not a symbol";
                       }})}};
  auto root = ordered_json::parse(market_base);
  root["providers"]["twoo"] = {{"url", "http://h"}};
  root["active_symbols"] = "AAPL,ODD, NO,,ODD";
  root["price_interval"] = "soon";
  auto text = "{\"market\":\n" + root.dump() + "}";
  auto result = load_text(text, environment_of(), sections);
  CHECK_FALSE(result.value);
  auto& errors = result.errors;
  REQUIRE(errors.size() == 3);
  CHECK(errors[0].path == "market.providers.twoo");
  CHECK(errors[0].message == "there is no such provider");
  CHECK(errors[0].suggestion == "two");
  CHECK(errors[1].path == "market.active_symbols");
  CHECK(errors[1].message == "`ODD` is not a symbol; `NO` is not a symbol; has an empty symbol");
  CHECK(errors[2].path == "market.price_interval");
  for (auto& error : errors) {
    CAPTURE(error.path, error.column);
    CHECK(error.line == 2);
    auto name = "\"" + error.path.substr(error.path.rfind('.') + 1) + "\":";
    auto name_at = root.dump().find(name) + 1;
    CHECK((error.column == name_at || error.column == name_at + name.size()));
  }
  CHECK(load_with("/active_symbols", "\"AAPL\"", environment_of(), sections).value);
}

TEST_CASE("the paths of market data are the server's own, where there is market data",
          "[config][market]") {
  auto* path = GENERATE("/v1/quotes", "/v1/quotes/stream", "/v1/assets/{kind}");
  CAPTURE(path);
  auto with = [&](const char* market) {
    auto root = ordered_json::parse(R"({"upstreams": {"other": {"url": "http://h"}},
      "endpoints": {"e": {"parts": {"p": {"upstream": "other", "path": "/"}}}}})");
    root["endpoints"]["e"]["path"] = path;
    if (std::string_view{path}.find('{') != std::string_view::npos) {
      root["endpoints"]["e"]["parameters"] = {{"kind", {{"in", "path"}}}};
    }
    root["market"] = ordered_json::parse(market);
    return load_text(root.dump()).errors;
  };
  auto errors = with(market_base);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].path == "endpoints.e.path");
  CHECK(errors[0].message == "this path is the server's own");
  CHECK(errors[0].line == 1);
  CHECK(with("false").empty());
}

TEST_CASE("there are as many active symbols as are kept", "[config][market]") {
  auto few = [](const char* symbols) {
    auto root = ordered_json{{"market", ordered_json::parse(market_base)}};
    root["market"]["max_symbols"] = 2;
    root["market"]["active_symbols"] = symbols;
    return errors_as_text(load_text(root.dump()));
  };
  CHECK(few("A,B").empty());
  CHECK(few("A,B,C").find("market.active_symbols: more symbols than `max_symbols`, 2") !=
        std::string::npos);
}

TEST_CASE("active symbols have the forms that providers know", "[config][market]") {
  auto* text = GENERATE("\"AAPL\"", "\"\"", "\" \"", "\"BRK.B, BTC-USD ,EUR/USD\"",
                        "\"^GSPC,M&M.NS,GC=F\"", "\"btc-usd\"");
  CHECK(market_with("/active_symbols", text).active_symbols ==
        ordered_json::parse(text).get<std::string>());
}

TEST_CASE("the key of a provider is never printed", "[config][market]") {
  auto result = load_with("/providers/one/key", "\"${KEY}\"", environment_of({{"KEY", "hidden"}}));
  REQUIRE(result.value);
  CHECK(market(*result.value).providers.at(0).key == "hidden");
  auto printed = print_effective(*result.value, all_sections());
  CHECK(printed.find("hidden") == std::string::npos);
  CHECK(printed.find("\"key\": \"***\"") != std::string::npos);
  auto bad = load_with("/providers/one/key", "\"${KEY}\"", environment_of({{"KEY", "hid den"}}));
  CHECK(errors_as_text(bad).find("hid") == std::string::npos);
}

TEST_CASE("a setting of one provider is refused on another, whatever it says", "[config][market]") {
  const section_list sections{
      {market_section({.sources = {"one", "two"},
                       .own_settings = {{"one", "tier", {"demo", "pro"}, "Its key."},
                                        {"one", "twice", {}, "Calls twice."}}})}};
  const auto errors_of = [&](const char* pointer, const char* value) {
    return load_with(pointer, value, environment_of(), sections).errors;
  };
  CHECK(errors_of("/providers/one/tier", "\"pro\"").empty());
  CHECK(errors_of("/providers/one/tier", "\"demo\"").empty());
  CHECK(errors_of("/providers/one/twice", "true").empty());
  for (const auto* value : {"\"pro\"", "\"demo\"", "7"}) {
    CAPTURE(value);
    const auto errors = errors_of("/providers/two/tier", value);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].path == "market.providers.two.tier");
    CHECK(errors[0].message == "the provider `two` has no such setting: it is one of `one`");
  }
  CHECK(errors_of("/providers/two/twice", "false").size() == 1);
  CHECK(errors_of("/providers/one/tierr", "\"pro\"").at(0).suggestion == "tier");
  // A provider that is not known is told as such, and no more.
  const auto unknown = errors_of("/providers/onee", R"({"url": "http://h", "tier": "pro"})");
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].message == "there is no such provider");
}

TEST_CASE("two providers may have a setting of one name, each with its own words",
          "[config][market]") {
  const section_list sections{
      {market_section({.sources = {"one", "two"},
                       .own_settings = {{"one", "version", {"v1", "v2"}, "Of one."},
                                        {"two", "version", {"v8", "v9"}, "Of two."}}})}};
  const auto load_version = [&](const char* provider, const char* word) {
    return load_with(provider, word, environment_of(), sections);
  };
  const auto loaded = load_version("/providers/two/version", "\"v9\"");
  REQUIRE(loaded.value);
  CHECK(market(*loaded.value).providers.at(1).own.at("version") == "v9");
  CHECK(market(*loaded.value).providers.at(0).own.empty());
  CHECK(load_version("/providers/one/version", "\"v9\"").errors.at(0).message ==
        "`v9` is none of `v1`, `v2`");
  // What is printed can be read again: each provider has its own.
  const auto printed = ordered_json::parse(print_effective(*loaded.value, sections));
  CHECK(printed["market"]["providers"]["one"]["version"] == "v1");
  CHECK(printed["market"]["providers"]["two"]["version"] == "v9");
}

}  // namespace tributary::config
