// SPDX-License-Identifier: MIT
// The stream of quotes, from providers to clients.
#include "market_fixture.hpp"
#include "support/eventually.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;

/// What Yahoo says of Apple and Microsoft.
script streamed_prices(std::string_view apple, std::string_view microsoft = "472.13") {
  std::string body = R"({"quoteResponse":{"result":[{"symbol":"AAPL","quoteType":"EQUITY",)";
  body.append(R"("regularMarketPrice":)").append(apple);
  body += R"(,"regularMarketTime":1705329000},{"symbol":"MSFT","quoteType":"EQUITY",)";
  body.append(R"("regularMarketPrice":)").append(microsoft);
  body += R"(,"regularMarketTime":1763755200}],"error":null}})";
  return answer(body);
}

std::string price_text(std::string_view price) {
  return std::string{R"("price":)"}.append(price).append(",");
}

class stream_client {
 public:
  stream_client(std::uint16_t port, std::string_view symbols, std::string_view fields = {})
      : client_(port) {
    client_.send(running_gateway::request(
        "GET", std::string{"/v1/quotes/stream?symbols="}.append(symbols), fields));
  }
  bool reads(std::string_view text) { return client_.read_until(text); }
  bool reads_price(std::string_view price) { return reads(price_text(price)); }
  const std::string& text() const { return client_.input(); }
  void reads_more() { client_.read_until(std::string(1, '\0'), 50ms); }
  std::string rest() { return client_.read_to_end(); }
  bool closed() const { return client_.closed(); }
  void close() { client_.close(); }

  /// The id of the last event that has come.
  std::string last_id() const {
    const auto at = text().rfind("id: ");
    if (at == std::string::npos) return {};
    return text().substr(at + 4, text().find('\n', at) - at - 4);
  }

 private:
  raw_client client_;
};

/// Settings with a fast loop over what is active or followed.
config::settings with_loop(const market_stubs& stubs, std::string active) {
  auto settings = stubs.settings({{"PRICE_FETCH_INTERVAL", "0.05"}, {"ACTIVE_SYMBOLS", active}});
  alter_market(settings, [&](auto& market) {
    for (auto& each : market.providers) each.allowance = {};
  });
  return settings;
}

bool asked_for(const market_stubs& stubs, std::string_view symbol) {
  const auto all = stubs.yahoo.requests();
  return !all.empty() && all.back().target.find(symbol) != std::string::npos;
}

}  // namespace

TEST_CASE("A stream begins with what is known and goes on with each change of an active symbol") {
  market_stubs stubs;
  stubs.yahoo.on(yahoo_path, streamed_prices("100.50"));
  running_gateway gateway{with_loop(stubs, "AAPL,MSFT")};
  stream_client client{gateway->port(), "AAPL"};
  REQUIRE(client.reads_price("100.50"));
  CHECK(status_of(client.text()) == 200);
  CHECK(header_of(client.text(), "Content-Type") == "text/event-stream");
  CHECK(header_of(client.text(), "Cache-Control") == "no-store");
  const auto first = client.last_id();
  CHECK(!first.empty());
  stubs.yahoo.on(yahoo_path, streamed_prices("101.25", "500.00"));
  REQUIRE(client.reads_price("101.25"));
  CHECK(client.last_id() != first);
  CHECK(client.text().find("MSFT") == std::string::npos);
  CHECK(client.text().find(R"(event: quote
data: {"symbol":"AAPL")") != std::string::npos);
}

TEST_CASE("A client that comes back with the last id gets what is newer and nothing else") {
  market_stubs stubs;
  stubs.yahoo.on(yahoo_path, streamed_prices("100.50", "400.00"));
  running_gateway gateway{with_loop(stubs, "AAPL,MSFT")};
  stream_client first{gateway->port(), "AAPL,MSFT"};
  REQUIRE(first.reads_price("100.50"));
  REQUIRE(first.reads_price("400.00"));
  const auto id = first.last_id();
  first.close();
  stubs.yahoo.on(yahoo_path, streamed_prices("100.50", "401.00"));
  stream_client watch{gateway->port(), "MSFT"};
  REQUIRE(watch.reads_price("401.00"));
  stream_client again{gateway->port(), "AAPL,MSFT", "Last-Event-ID: " + id + "\r\n"};
  REQUIRE(again.reads_price("401.00"));
  CHECK(again.text().find("AAPL") == std::string::npos);
  CHECK(again.text().find("400.00") == std::string::npos);
}

TEST_CASE("An id of another process, or none at all, begins with everything") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  const auto id = GENERATE("nonsense", "abcdefghjkmn-1", "-1", "18446744073709551616");
  stream_client client{gateway->port(), "AAPL",
                       std::string{"Last-Event-ID: "}.append(id).append("\r\n")};
  CHECK(client.reads_price("182.50"));
}

TEST_CASE("A symbol that is not active is followed while a stream wants it, and then no longer") {
  market_stubs stubs;
  stubs.yahoo.on(yahoo_path, streamed_prices("100.50"));
  running_gateway gateway{with_loop(stubs, "MSFT")};
  {
    stream_client client{gateway->port(), "AAPL"};
    REQUIRE(client.reads_price("100.50"));
    stubs.yahoo.on(yahoo_path, streamed_prices("103.00"));
    REQUIRE(client.reads_price("103.00"));
    CHECK(asked_for(stubs, "AAPL"));
  }
  REQUIRE(eventually([&] { return !asked_for(stubs, "AAPL"); }));
  const auto then = stubs.yahoo.requests().size();
  REQUIRE(eventually([&] { return stubs.yahoo.requests().size() > then + 3; }));
  const auto all = stubs.yahoo.requests();
  for (auto i = then; i < all.size(); ++i) CHECK(all[i].target.find("AAPL") == std::string::npos);
}

TEST_CASE("A second client keeps a symbol followed when the first one leaves") {
  market_stubs stubs;
  stubs.yahoo.on(yahoo_path, streamed_prices("100.50"));
  running_gateway gateway{with_loop(stubs, "MSFT")};
  auto first = std::make_unique<stream_client>(gateway->port(), "AAPL");
  REQUIRE(first->reads_price("100.50"));
  stream_client second{gateway->port(), "AAPL"};
  REQUIRE(second.reads_price("100.50"));
  first.reset();
  REQUIRE(eventually([&] {
    return gateway.admin("GET", "/metrics").find("tributary_stream_clients 1") != std::string::npos;
  }));
  stubs.yahoo.on(yahoo_path, streamed_prices("104.00"));
  CHECK(second.reads_price("104.00"));
}

TEST_CASE("A stream without news has heartbeats") {
  market_stubs stubs;
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) { market.heartbeat = 30ms; });
  running_gateway gateway{std::move(settings)};
  stream_client client{gateway->port(), "AAPL"};
  REQUIRE(client.reads_price("182.50"));
  REQUIRE(client.reads(": heartbeat\n\n"));
  CHECK(eventually([&] {
    const auto beats = client.text().find(": heartbeat", client.text().find(": heartbeat") + 1);
    return beats != std::string::npos || (client.reads_more(), false);
  }));
}

TEST_CASE("An unknown symbol is an error event, and the others of the stream are served") {
  market_stubs stubs;
  stubs.finnhub.on("/api/v1/quote",
                   answer(R"({"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0})"));
  running_gateway gateway{stubs.settings()};
  stream_client client{gateway->port(), "NONE,AAPL"};
  REQUIRE(client.reads_price("182.50"));
  REQUIRE(client.reads("event: quote-error\n"));
  REQUIRE(client.reads(R"("kind":"not_found")"));
  CHECK(client.text().find(R"(data: {"symbol":"NONE")") != std::string::npos);
}

TEST_CASE("What is known is sent at once, however slow the providers of other symbols are") {
  market_stubs stubs;
  const gate told;
  stubs.yahoo.on(yahoo_path, script{}.wait(told).send(answer(market_stubs::yahoo_quotes)));
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) {
    market.timeout = 60s;
    market.price_interval = 1h;
    for (auto& each : market.providers) each.allowance = {};
  });
  running_gateway gateway{std::move(settings)};
  const auto streamed_before = GENERATE(false, true);
  CAPTURE(streamed_before);
  stream_client first{gateway->port(), "BTC-USD"};
  REQUIRE(first.reads_price("97210"));
  if (!streamed_before) first.close();
  stream_client client{gateway->port(), "AAPL,BTC-USD,MSFT"};
  REQUIRE(client.reads_price("97210"));
  CHECK(client.text().find("AAPL") == std::string::npos);
  CHECK(client.text().find("MSFT") == std::string::npos);
  CHECK(client.last_id().empty());
  told.open();
  REQUIRE(client.reads_price("182.50"));
  REQUIRE(client.reads_price("472.13"));
  CHECK(!client.last_id().empty());
  CHECK(requests_to(stubs.yahoo, yahoo_path) == 1);
  CHECK(client.text().find("event: quote-error") == std::string::npos);
}

TEST_CASE("What is wrong with a stream's symbols is a 400 as for quotes") {
  market_stubs stubs;
  running_gateway gateway{stubs.settings()};
  CHECK(status_of(gateway.get("/v1/quotes/stream")) == 400);
  const auto raw = gateway.get("/v1/quotes/stream?symbols=AAPL,%24%24");
  CHECK(status_of(raw) == 400);
  CHECK(raw.find("$$") != std::string::npos);
}

TEST_CASE("A client that does not read is dropped with a reason, and others are served on") {
  market_stubs stubs;
  std::string symbols;
  std::string rows;
  for (int i = 0; i < 100; ++i) {
    const auto name = std::string{"S"}.append(std::to_string(i));
    symbols.append(i == 0 ? "" : ",").append(name);
    rows.append(i == 0 ? "" : ",").append(R"({"symbol":")" + name);
    rows += R"(","quoteType":"EQUITY","regularMarketPrice":@,"regularMarketTime":1705329000})";
  }
  const auto all_at = [&](int price) {
    auto text = rows;
    for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at)) {
      text.replace(at, 1, std::to_string(price));
    }
    return answer(R"({"quoteResponse":{"result":[)" + text + R"(],"error":null}})");
  };
  stubs.yahoo.on(yahoo_path, all_at(1));
  auto settings = with_loop(stubs, symbols);
  alter_market(settings, [&](auto& market) {
    market.price_interval = 5ms;
    market.stream_backlog = 16 * 1024;
  });
  running_gateway gateway{std::move(settings)};
  stream_client sleeper{gateway->port(), symbols};
  REQUIRE(sleeper.reads_price("1"));
  stream_client reader{gateway->port(), "S7"};
  REQUIRE(reader.reads_price("1"));
  auto price = 1;
  REQUIRE(eventually([&] {
    stubs.yahoo.on(yahoo_path, all_at(++price));
    return gateway.admin("GET", "/metrics").find("tributary_stream_clients 1") != std::string::npos;
  }));
  const auto rest = sleeper.rest();
  CHECK(sleeper.closed());
  CHECK(rest.find(R"(event: dropped
data: {"reason":"slow client"})") != std::string::npos);
  stubs.yahoo.on(yahoo_path, all_at(1'000'000));
  CHECK(reader.reads_price("1000000"));
}

TEST_CASE(
    "One stream more than there may be is a 503 that says when, and a place that was left "
    "is taken") {
  market_stubs stubs;
  auto settings = stubs.settings();
  alter_market(settings, [&](auto& market) { market.max_streams = 1; });
  running_gateway gateway{std::move(settings)};
  auto first = std::make_unique<stream_client>(gateway->port(), "AAPL");
  REQUIRE(first->reads_price("182.50"));
  const auto raw = gateway.get("/v1/quotes/stream?symbols=AAPL");
  CHECK(status_of(raw) == 503);
  CHECK(number(header_of(raw, "Retry-After")) > 0);
  first.reset();
  REQUIRE(eventually([&] {
    stream_client next{gateway->port(), "AAPL"};
    return next.reads("\r\n\r\n") && status_of(next.text()) == 200;
  }));
}

TEST_CASE("At shutdown streams end, with a word, and do not hold it up") {
  market_stubs stubs;
  auto gateway = std::make_unique<running_gateway>(stubs.settings());
  stream_client client{(*gateway)->port(), "AAPL"};
  REQUIRE(client.reads_price("182.50"));
  const auto began = std::chrono::steady_clock::now();
  gateway.reset();
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  const auto rest = client.rest();
  CHECK(client.closed());
  CHECK(rest.find("event: dropped") != std::string::npos);
}

TEST_CASE("A change of one quote reaches a hundred streams once each") {
  market_stubs stubs;
  stubs.yahoo.on(yahoo_path, streamed_prices("100.50"));
  running_gateway gateway{with_loop(stubs, "AAPL")};
  std::vector<std::unique_ptr<stream_client>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<stream_client>(gateway->port(), "AAPL"));
  }
  for (auto& each : clients) REQUIRE(each->reads_price("100.50"));
  stubs.yahoo.on(yahoo_path, streamed_prices("105.00"));
  for (auto& each : clients) REQUIRE(each->reads_price("105.00"));
  stubs.yahoo.on(yahoo_path, streamed_prices("106.00"));
  for (auto& each : clients) {
    REQUIRE(each->reads_price("106.00"));
    const auto& text = each->text();
    const auto first = text.find(price_text("105.00"));
    CHECK(text.find(price_text("105.00"), first + 1) == std::string::npos);
  }
}

}  // namespace tributary::tests
