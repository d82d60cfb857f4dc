// SPDX-License-Identifier: MIT
#include "actors/market/quote_json.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;
using actors::market::quote_record;
using actors::market::read_quote_record;
using actors::market::render_quote;
using actors::market::same_content;
using actors::market::system_time;

namespace {

const std::vector<std::string_view> sources{"yfinance", "coingecko"};

pm::quote full_quote() {
  auto quote = quote_of("AAPL", "182.50");
  quote.change = number_of("1.25");
  quote.percent_change = number_of("0.69");
  quote.currency = "USD";
  quote.timestamp = std::chrono::sys_days{2024y / 1 / 15} + 14h + 30min + 999ms;
  return quote;
}

}  // namespace

TEST_CASE("A quote is rendered in the shape of the API, its time cut to seconds") {
  CHECK(render_quote(full_quote()) ==
        R"({"symbol":"AAPL","price":182.50,"change":1.25,"percent_change":0.69,)"
        R"("source":"yfinance","timestamp":"2024-01-15T14:30:00Z","currency":"USD"})");
}

TEST_CASE("What a provider does not give is null") {
  CHECK(render_quote(quote_of("BTC-USD", "97210", "coingecko")) ==
        R"({"symbol":"BTC-USD","price":97210,"change":null,"percent_change":null,)"
        R"("source":"coingecko","timestamp":null,"currency":null})");
}

TEST_CASE("A price keeps the provider's spelling") {
  const auto* spelled = GENERATE("1.2e-09", "1E5", "0.10", "123456789012345678901234567890");
  CHECK(render_quote(quote_of("X", spelled)).find("\"price\":" + std::string{spelled} + ",") !=
        std::string::npos);
}

TEST_CASE("A record of Redis is read back as it was written") {
  const system_time fetched{1'700'000'000'123ms};
  const auto read =
      read_quote_record(quote_record(render_quote(full_quote()), fetched), "AAPL", sources);
  REQUIRE(read);
  CHECK(read->fetched == fetched);
  CHECK(read->quote.price.text == "182.50");
  CHECK(read->quote.source == "yfinance");
  CHECK(read->quote.currency == "USD");
  CHECK(render_quote(read->quote) == render_quote(full_quote()));
}

TEST_CASE("A record of a future or an index may have a price below zero") {
  for (const std::string_view symbol : {"CL=F", "^IRX"}) {
    CAPTURE(symbol);
    const auto text =
        quote_record(render_quote(quote_of(symbol, "-37.63")), system_time{1'700'000'000'123ms});
    const auto read = read_quote_record(text, symbol, sources);
    REQUIRE(read);
    CHECK(read->quote.price.text == "-37.63");
  }
}

TEST_CASE("What is no record of the symbol asked for is not taken for one") {
  const auto* text = GENERATE("", "nonsense", "[]",
                              R"({"symbol":"MSFT","price":1,"source":"yfinance","fetched_at":1})",
                              R"({"symbol":"AAPL","price":0,"source":"yfinance","fetched_at":1})",
                              R"({"symbol":"AAPL","price":1,"source":"somebody","fetched_at":1})",
                              R"({"symbol":"AAPL","price":1,"source":"yfinance"})",
                              R"({"symbol":"AAPL","price":1,"source":"yfinance","fetched_at":-5})",
                              R"({"symbol":"AAPL","price":1,"source":"yfinance",)"
                              R"("fetched_at":9223372036854775807})");
  CAPTURE(text);
  CHECK_FALSE(read_quote_record(text, "AAPL", sources));
}

TEST_CASE("Two quotes say the same when nothing that is served differs") {
  const auto one = full_quote();
  CHECK(same_content(one, full_quote()));
  auto other = one;
  SECTION("price") { other.price = number_of("182.5"); }
  SECTION("change") { other.change.reset(); }
  SECTION("percent") { other.percent_change = number_of("0.70"); }
  SECTION("source") { other.source = "finnhub"; }
  SECTION("currency") { other.currency = "GBp"; }
  SECTION("time") { *other.timestamp += 1s; }
  CHECK_FALSE(same_content(one, other));
}

}  // namespace tributary::tests
