// SPDX-License-Identifier: MIT
#include "market_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace tributary::providers::mock {

using namespace tests;
using nlohmann::json;

namespace {

struct vantage {
  reply get(const std::string& path) { return client.get("/alpha_vantage" + path); }
  /// A second later than the one before, so that the limit by the second is kept.
  reply query(const std::string& parameters, const std::string& key = "K3Y") {
    client.now += std::chrono::seconds{1};
    return get("/query?function=" + parameters + "&apikey=" + key);
  }
  market_client client;
};

}  // namespace

TEST_CASE("Alpha Vantage says everything with status 200", "[mock][market]") {
  vantage v;
  const struct {
    std::string query;
    std::string key;
    const char* member;
    const char* says;
  } cases[] = {
      {"GLOBAL_QUOTE&symbol=AAPL", "", "Error Message", "apikey is invalid or missing"},
      {"GLOBAL_QUOTE&symbol=AAPL", "invalid", "Error Message", "apikey is invalid or missing"},
      {"GLOBAL_QUOTE&symbol=AAPL", "demo", "Information", "**demo** API key"},
      {"REALTIME_BULK_QUOTES&symbol=AAPL", "k", "Information", "premium endpoint"},
      {"CURRENCY_EXCHANGE_RATE&from_currency=EUR&to_currency=XYZ", "k", "Error Message",
       "Invalid API call"},
      {"FX_DAILY&from_symbol=EUR", "k", "Error Message", "for FX_DAILY"},
      {"NOSUCH", "k", "Error Message", "does not exist"}};
  for (const auto& [query, key, member, says] : cases) {
    INFO(query);
    const auto answer = v.query(query, key);
    CHECK(answer.status == 200);
    CHECK_THAT(json::parse(answer.owned).at(member).get<std::string>(), Catch::Contains(says));
  }
  CHECK(v.query("GLOBAL_QUOTE&symbol=NOSUCH").owned == R"({"Global Quote":{}})");
  CHECK(json::parse(v.query("GLOBAL_QUOTE&symbol=IBM", "demo").owned).contains("Global Quote"));
  const auto picky = v.client.get("/alpha_vantage/query", {{"Accept", "text/html"}});
  CHECK_THAT(picky.owned, Catch::Contains("Accept header"));
}

TEST_CASE("Alpha Vantage quotes yesterday's close in numbered strings", "[mock][market]") {
  vantage v;
  for (const auto* symbol : {"AAPL", "BRK-B", "BRK.B", "OCDO.LON", "T0001"}) {
    INFO(symbol);
    const auto q =
        json::parse(v.query(std::string{"GLOBAL_QUOTE&symbol="} + symbol).owned).at("Global Quote");
    REQUIRE(q.size() == 10);
    CHECK(q.at("01. symbol") == symbol);
    CHECK(std::stod(q.at("05. price").get<std::string>()) > 0);
    CHECK(q.at("07. latest trading day") == "2025-11-20");
    CHECK(q.at("10. change percent").get<std::string>().back() == '%');
  }
  CHECK(v.query("GLOBAL_QUOTE&symbol=%5EGSPC").owned == R"({"Global Quote":{}})");
}

TEST_CASE("Alpha Vantage knows rates between all kinds of money", "[mock][market]") {
  vantage v;
  for (const auto* from : {"EUR", "BTC"}) {
    const auto rate = json::parse(v.query(std::string{"CURRENCY_EXCHANGE_RATE&from_currency="} +
                                          from + "&to_currency=USD")
                                      .owned)
                          .at("Realtime Currency Exchange Rate");
    CHECK(rate.at("1. From_Currency Code") == from);
    CHECK(std::stod(rate.at("5. Exchange Rate").get<std::string>()) > 1);
    CHECK(rate.at("6. Last Refreshed").get<std::string>().starts_with("2025-11-21 20:00:"));
  }
  const auto daily = json::parse(v.query("FX_DAILY&from_symbol=EUR&to_symbol=USD").owned);
  CHECK(daily.at("Time Series FX (Daily)").size() == 100);
  CHECK(daily.at("Time Series FX (Daily)").at("2025-11-21").contains("4. close"));
}

TEST_CASE("Alpha Vantage's lists are CSV", "[mock][market]") {
  vantage v;
  const auto listing = v.query("LISTING_STATUS");
  CHECK(listing.content_type == "application/x-download");
  CHECK_THAT(listing.owned,
             Catch::StartsWith("symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n") &&
                 Catch::Contains("\nAMZN,\"Amazon.com, Inc.\",NASDAQ,Stock,") &&
                 Catch::Contains("\nT2000,") && Catch::Contains(",NYSE ARCA,ETF,"));
  CHECK_THAT(listing.owned, Catch::Contains("\nBRKS,") && Catch::Contains(",Delisted\r\n"));
  const auto delisted = v.query("LISTING_STATUS&state=delisted");
  CHECK_THAT(delisted.owned, Catch::Contains(",Delisted\r\n") && !Catch::Contains(",Active"));
  // Without a key, and beyond all limits.
  for (int i = 0; i < 3; ++i) {
    CHECK_THAT(v.get("/physical_currency_list/").owned,
               Catch::StartsWith("currency code,currency name\r\n") && Catch::Contains("EUR,Euro"));
    CHECK_THAT(v.get("/digital_currency_list/").owned, Catch::Contains("BTC,Bitcoin"));
  }
}

TEST_CASE("Alpha Vantage finds stocks", "[mock][market]") {
  vantage v;
  const auto matches = json::parse(v.query("SYMBOL_SEARCH&keywords=ocado").owned).at("bestMatches");
  REQUIRE(matches.size() == 1);
  CHECK(matches.at(0).at("1. symbol") == "OCDO.LON");
  CHECK(json::parse(v.query("SYMBOL_SEARCH&keywords=test").owned).at("bestMatches").size() == 10);
}

TEST_CASE("Alpha Vantage allows a request a second and 25 a day", "[mock][market]") {
  vantage v;
  const auto information = [](const reply& answer) {
    return json::parse(answer.owned).value("Information", "");
  };
  CHECK(information(v.query("GLOBAL_QUOTE&symbol=AAPL")).empty());
  const auto burst = v.get("/query?function=GLOBAL_QUOTE&symbol=AAPL&apikey=K3Y");
  CHECK(burst.status == 200);
  CHECK_THAT(information(burst), Catch::Contains("more sparingly (1 request per second)"));
  for (int i = 1; i < 25; ++i) REQUIRE(information(v.query("GLOBAL_QUOTE&symbol=AAPL")).empty());
  CHECK_THAT(information(v.query("GLOBAL_QUOTE&symbol=AAPL")),
             Catch::StartsWith("We have detected your API key as K3Y and our standard API rate "
                               "limit is 25 requests per day."));
  CHECK(information(v.query("GLOBAL_QUOTE&symbol=AAPL", "another")).empty());
  v.client.now += std::chrono::hours{24};
  CHECK(information(v.query("GLOBAL_QUOTE&symbol=AAPL")).empty());
  v.client.set("alpha_vantage", {{"limits", false}});
  for (int i = 0; i < 60; ++i) {
    REQUIRE(information(v.get("/query?function=GLOBAL_QUOTE&symbol=AAPL&apikey=K3Y")).empty());
  }
}

}  // namespace tributary::providers::mock
