// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quote_hub.hpp"

#include "providers/market/symbol.hpp"
#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tributary::http::server {

using namespace tests;
using actors::market::published_quote;
using actors::market::quote_ptr;
using actors::market::quote_update;
using actors::market::quotes_call;
using actors::market::quotes_reply;

namespace {

quote_ptr quote_of(const std::string& symbol, std::uint64_t revision,
                   std::chrono::seconds age = {}) {
  auto made = std::make_shared<published_quote>();
  made->quote.symbol = symbol;
  made->json = R"({"symbol":")" + symbol + R"(","price":)" + std::to_string(revision) + "}";
  made->fetched = std::chrono::steady_clock::now() - age;
  made->revision = revision;
  return made;
}

std::vector<providers::market::symbol> symbols_of(std::string_view text) {
  std::vector<providers::market::symbol> result;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    result.push_back(*providers::market::parse_symbol(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

/// A hub behind a real listener, with the board and the book played by the test.
class hub_scene {
 public:
  explicit hub_scene(config::market_settings settings = {}, config::server_settings serving = {})
      : shared(std::make_shared<quote_streams>(settings)), server(routes(), serving) {
    server.run_on_loop([&] {
      hub = std::make_shared<quote_hub>(*http::io::event_loop::current(), shared, links());
    });
  }
  ~hub_scene() {
    server.run_on_loop([&] { calls.clear(); });
    eventually([&] {
      server.run_on_loop();
      return shared->clients == 0;
    });
    server.run_on_loop([&] { hub.reset(); });
  }

  /// A client whose stream is open, and its head with `retry` read.
  std::unique_ptr<raw_client> join(const std::string& symbols, const std::string& fields = "") {
    auto made = std::make_unique<raw_client>(server.port());
    made->send("GET /stream?" + symbols + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    head = made->read_answer(true);
    return made;
  }
  /// The board's answer to the first call that waits.
  void answer(std::vector<quotes_reply::row> rows,
              std::vector<providers::market::failure> errors = {}) {
    std::uint64_t newest = 0;
    for (const auto& row : rows) newest = std::max(newest, row.quote->revision);
    if (newest > feed) publish(newest, {});
    answer_first(std::move(rows), std::move(errors));
  }
  void answer_first(std::vector<quotes_reply::row> rows,
                    std::vector<providers::market::failure> errors = {}) {
    reply(*take_first(), std::move(rows), std::move(errors));
  }
  std::shared_ptr<quotes_call> take_first() {
    std::shared_ptr<quotes_call> result;
    server.run_on_loop([&] {
      result = std::move(calls.front());
      calls.pop_front();
    });
    return result;
  }
  void reply(quotes_call& to, std::vector<quotes_reply::row> rows,
             std::vector<providers::market::failure> errors = {}) {
    to.answer({std::move(rows), std::move(errors), true});
    server.run_on_loop();
  }
  void tell_part(quotes_call& to, std::vector<quotes_reply::row> rows,
                 std::vector<providers::market::failure> errors = {}) {
    to.tell({std::move(rows), std::move(errors)});
    server.run_on_loop();
  }
  /// What waits for an answer: symbols of each call.
  std::vector<std::string> asked() {
    std::vector<std::string> result;
    server.run_on_loop([&] {
      for (const auto& call : calls) {
        result.emplace_back();
        for (const auto& each : call->symbols) result.back() += each.text + " ";
      }
    });
    return result;
  }
  void publish(std::uint64_t revision, std::vector<quote_ptr> quotes) {
    feed = revision;
    hub->publish(std::make_shared<quote_update>(quote_update{revision, std::move(quotes)}));
    server.run_on_loop();
  }
  void publish(quote_update update) {
    feed = update.revision;
    hub->publish(std::make_shared<quote_update>(std::move(update)));
    server.run_on_loop();
  }
  std::string id(std::uint64_t revision) const {
    return "id: " + shared->epoch + "-" + std::to_string(revision) + "\n";
  }
  static std::string event(const std::string& symbol, std::uint64_t revision) {
    return "event: quote\ndata: " + quote_of(symbol, revision)->json + "\n\n";
  }
  std::vector<std::string> told() {
    std::vector<std::string> result;
    server.run_on_loop([&] { result = std::exchange(follows, {}); });
    return result;
  }

  std::shared_ptr<quote_streams> shared;
  std::string head;
  std::uint64_t feed = 0;  ///< the last update
  std::deque<std::shared_ptr<quotes_call>> calls;
  std::vector<std::string> follows;
  std::atomic<std::uint64_t> life{1};
  std::atomic<bool> board_is_up{true};
  std::shared_ptr<quote_hub> hub;
  test_server server;

 private:
  std::shared_ptr<router> routes() {
    auto made = std::make_shared<router>();
    made->add(method::get, "/stream", [this](const request& asked, responder answer) {
      hub->open(asked, symbols_of(asked.query), std::move(answer));
    });
    return made;
  }
  quote_links links() {
    quote_links to;
    to.look_up = [this](std::shared_ptr<quotes_call> call) {
      if (board_is_up) calls.push_back(std::move(call));
      return board_is_up.load();
    };
    to.follow = [this](auto follow, auto unfollow) {
      for (const auto& each : follow) follows.push_back("+" + each.text);
      for (const auto& each : unfollow) follows.push_back("-" + each);
      return true;
    };
    to.book_life = [this] { return life.load(); };
    return to;
  }
};

/// Reads chunks until their contents end in `last`.
std::string events_until(raw_client& client, const std::string& last) {
  std::string raw;
  std::string content;
  const auto deadline = std::chrono::steady_clock::now() + raw_client::patience;
  while (!content.ends_with(last) && std::chrono::steady_clock::now() < deadline) {
    const auto more = client.read_to_end(std::chrono::milliseconds(20));
    if (more.empty() && client.closed()) break;
    raw += more;
    content.clear();
    for (std::string_view rest = raw; !rest.empty();) {
      const auto line = rest.find("\r\n");
      if (line == rest.npos) break;
      const auto size = std::stoul(std::string{rest.substr(0, line)}, nullptr, 16);
      if (size == 0 || rest.size() < line + size + 4) break;
      content += rest.substr(line + 2, size);
      rest.remove_prefix(line + size + 4);
    }
  }
  return content;
}

const std::string greeting = "retry: 3000\n\n";

}  // namespace

TEST_CASE("a stream begins with what is known and goes on with what changes") {
  hub_scene s;
  const auto client = s.join("AAPL,EUR/USD,MSFT");
  CHECK(status_of(s.head) == 200);
  CHECK(header_of(s.head, "Content-Type") == "text/event-stream");
  CHECK(header_of(s.head, "Cache-Control") == "no-store");
  CHECK(header_of(s.head, "X-Accel-Buffering") == "no");
  s.answer({{quote_of("AAPL", 7)}, {quote_of("EUR/USD", 3)}},
           {{providers::market::error_kind::no_data, "MSFT", "closed", {}}});
  s.publish(8, {quote_of("TSLA", 8), quote_of("EUR/USD", 8)});
  s.publish(9, {quote_of("MSFT", 9), quote_of("AAPL", 9), quote_of("EUR/USD", 9)});
  const auto last = s.id(9) + s.event("EUR/USD", 9);
  CHECK(events_until(*client, last) ==
        greeting + s.id(3) + s.event("EUR/USD", 3) + s.id(7) + s.event("AAPL", 7) +
            "event: quote-error\ndata: "
            "{\"symbol\":\"MSFT\",\"kind\":\"no_data\",\"detail\":\"closed\"}"
            "\n\n" +
            s.id(8) + s.event("EUR/USD", 8) + s.id(8) + s.event("MSFT", 9) + s.id(8) +
            s.event("AAPL", 9) + last);
  CHECK(s.shared->events == 6);
}

TEST_CASE("what is known is sent at once, and the rest as it comes") {
  hub_scene s;
  const auto first = s.join("BTC-USD");
  s.answer({{quote_of("BTC-USD", 5)}});
  const auto client = s.join("BTC-USD,ORCL,MSFT");
  // Ids would say that nothing older is to come.
  auto all = greeting + s.event("BTC-USD", 5);
  CHECK(events_until(*client, all) == all);
  CHECK(s.asked() == std::vector<std::string>{"ORCL MSFT "});
  const auto call = s.take_first();
  CHECK(call->in_parts);
  s.publish(6, {quote_of("BTC-USD", 6)});
  s.tell_part(*call, {}, {{providers::market::error_kind::not_found, "MSFT", "no", {}}});
  const std::string error =
      "event: quote-error\ndata: "
      "{\"symbol\":\"MSFT\",\"kind\":\"not_found\",\"detail\":\"no\"}\n\n";
  CHECK(events_until(*client, error) == s.event("BTC-USD", 6) + error);
  s.tell_part(*call, {{quote_of("ORCL", 4)}});
  s.reply(*call, {});
  s.publish(7, {quote_of("ORCL", 7)});
  all = s.id(6) + s.event("ORCL", 4) + s.id(7) + s.event("ORCL", 7);
  CHECK(events_until(*client, s.id(7) + s.event("ORCL", 7)) == all);
}

TEST_CASE("a board that is dropped between two parts fails only what it has not told") {
  hub_scene s;
  const auto client = s.join("ORCL,MSFT");
  s.publish(4, {});
  {
    const auto call = s.take_first();
    s.tell_part(*call, {{quote_of("ORCL", 4)}});
  }
  const std::string error =
      "event: quote-error\ndata: {\"symbol\":\"MSFT\",\"kind\":\"unavailable\","
      "\"detail\":\"the request was dropped\"}\n\n";
  CHECK(events_until(*client, error) == greeting + s.event("ORCL", 4) + s.id(4) + error);
}

TEST_CASE("what changes while the board is asked is sent at once and only once") {
  hub_scene s;
  const auto client = s.join("AAPL,MSFT");
  s.publish(3, {quote_of("AAPL", 3)});
  CHECK(events_until(*client, s.event("AAPL", 3)) == greeting + s.event("AAPL", 3));
  s.answer({{quote_of("AAPL", 1)}, {quote_of("MSFT", 2)}});
  s.publish(4, {quote_of("AAPL", 4)});
  const auto last = s.id(4) + s.event("AAPL", 4);
  CHECK(events_until(*client, last) == s.id(3) + s.event("MSFT", 2) + last);
}

TEST_CASE("an error that comes after a quote says nothing any more") {
  hub_scene s;
  const auto client = s.join("AAPL");
  s.publish(3, {quote_of("AAPL", 3)});
  s.answer({}, {{providers::market::error_kind::unavailable, "AAPL", "late", {}}});
  s.publish(4, {quote_of("AAPL", 4)});
  const auto last = s.id(4) + s.event("AAPL", 4);
  CHECK(events_until(*client, last) == greeting + s.id(3) + s.event("AAPL", 3) + last);
}

TEST_CASE("no id is ahead of the updates, though the board may be") {
  hub_scene s;
  s.publish(3, {quote_of("XYZ", 3)});
  const auto client = s.join("AAPL,MSFT");
  // The board has heard of 6 and has no news of MSFT, of which 5 is on its way to it and here.
  s.answer_first({{quote_of("AAPL", 6)}, {quote_of("MSFT", 2)}});
  s.publish(5, {quote_of("MSFT", 5)});
  s.publish(6, {quote_of("AAPL", 6)});
  s.publish(7, {quote_of("AAPL", 7)});
  const auto last = s.id(7) + s.event("AAPL", 7);
  CHECK(events_until(*client, last) == greeting + s.id(2) + s.event("MSFT", 2) + s.id(3) +
                                           s.event("AAPL", 6) + s.id(5) + s.event("MSFT", 5) +
                                           last);
}

TEST_CASE("what is not known is asked for once, however many clients wait for it") {
  hub_scene s;
  const auto one = s.join("AAPL");
  const auto two = s.join("AAPL");
  CHECK(s.asked() == std::vector<std::string>{"AAPL "});
  s.answer({}, {{providers::market::error_kind::unavailable, "AAPL", "down", {}}});
  const std::string error =
      "event: quote-error\ndata: {\"symbol\":\"AAPL\",\"kind\":\"unavailable\","
      "\"detail\":\"down\"}\n\n";
  CHECK(events_until(*one, error) == greeting + error);
  CHECK(events_until(*two, error) == greeting + error);
  const auto three = s.join("AAPL");
  CHECK(s.asked() == std::vector<std::string>{"AAPL "});
  s.answer({{quote_of("AAPL", 1)}});
  const auto four = s.join("AAPL");
  CHECK(s.asked().empty());
  const auto quote = greeting + s.id(1) + s.event("AAPL", 1);
  CHECK(events_until(*three, quote) == quote);
  CHECK(events_until(*four, quote) == quote);
}

TEST_CASE("a client hears that a symbol is not known any more, and that it can be had again") {
  hub_scene s;
  const auto client = s.join("AAPL,MSFT");
  s.answer({{quote_of("AAPL", 1)}, {quote_of("MSFT", 2)}});
  const providers::market::failure why{
      providers::market::error_kind::not_found, "MSFT", "delisted", {}};
  s.publish(quote_update{3, {}, {}, {why}});
  s.publish(quote_update{4, {}, {}, {why}});  // says nothing new
  s.publish(5, {quote_of("MSFT", 5)});
  const auto last = s.id(5) + s.event("MSFT", 5);
  CHECK(events_until(*client, last) ==
        greeting + s.id(1) + s.event("AAPL", 1) + s.id(2) + s.event("MSFT", 2) + s.id(3) +
            "event: quote-error\ndata: {\"symbol\":\"MSFT\",\"kind\":\"not_found\","
            "\"detail\":\"delisted\"}\n\n" +
            last);
}

TEST_CASE("a quote that is withdrawn while the board is asked is not sent any more") {
  hub_scene s;
  const auto one = s.join("AAPL");
  s.publish(quote_update{
      3, {}, {}, {{providers::market::error_kind::not_found, "AAPL", "delisted", {}}}});
  const std::string error =
      "event: quote-error\ndata: {\"symbol\":\"AAPL\",\"kind\":\"not_found\","
      "\"detail\":\"delisted\"}\n\n";
  CHECK(events_until(*one, error) == greeting + s.id(3) + error);
  const auto two = s.join("AAPL");
  s.answer({{quote_of("AAPL", 2)}});
  CHECK(events_until(*two, error) == greeting + error);
}

TEST_CASE("a client hears that a quote has become stale, once, and when it is fresh again") {
  hub_scene s;
  const auto client = s.join("AAPL");
  const auto quote = quote_of("AAPL", 1, std::chrono::seconds(310));
  s.answer({{quote_of("AAPL", 1)}});
  s.publish(quote_update{2, {}, {quote}, {}});
  s.publish(3, {quote_of("AAPL", 3)});
  const auto last = s.id(3) + s.event("AAPL", 3);
  CHECK(events_until(*client, last) ==
        greeting + s.id(1) + s.event("AAPL", 1) + s.id(2) +
            "event: quote\ndata: {\"symbol\":\"AAPL\",\"price\":1,\"stale\":true,"
            "\"age_seconds\":310}\n\n" +
            last);
}

TEST_CASE("an old quote that another client brought is asked for anew and never sent unmarked") {
  const auto has_stale = GENERATE(false, true);
  CAPTURE(has_stale);
  hub_scene s;
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(s.shared->quote_ttl);
  const auto first = s.join("AAPL");
  s.answer({{quote_of("AAPL", 1, age - std::chrono::seconds(1)), true}});
  const auto old = quote_of("AAPL", 2, age);
  s.publish(2, {old});
  const auto second = s.join("AAPL");
  CHECK(s.asked() == std::vector<std::string>{"AAPL "});
  std::string expected;
  if (has_stale) {
    s.answer({{old, true}});
    expected = s.id(2) + "event: quote\ndata: {\"symbol\":\"AAPL\",\"price\":2,\"stale\":true," +
               "\"age_seconds\":" + std::to_string(age.count()) + "}\n\n";
  } else {
    s.answer({}, {{providers::market::error_kind::no_data, "AAPL", "none", {}}});
    expected =
        "event: quote-error\ndata: "
        "{\"symbol\":\"AAPL\",\"kind\":\"no_data\",\"detail\":\"none\"}\n\n";
  }
  CHECK(events_until(*second, expected) == greeting + expected);
}

TEST_CASE("a client that comes back is sent what is new to it") {
  struct row {
    std::string last_id;  ///< `E` stands for the epoch
    bool all;
  };
  const auto given = GENERATE(values<row>({
      {"E-5", false},
      {"other-5", true},
      {"E-", true},
      {"E-5x", true},
      {"5", true},
  }));
  hub_scene s;
  auto last_id = given.last_id;
  if (last_id.front() == 'E') last_id.replace(0, 1, s.shared->epoch);
  const auto client = s.join("AAPL,MSFT", "Last-Event-ID: " + last_id + "\r\n");
  s.answer({{quote_of("AAPL", 5)}, {quote_of("MSFT", 6)}});
  const auto last = s.id(6) + s.event("MSFT", 6);
  CHECK(events_until(*client, last) ==
        greeting + (given.all ? s.id(5) + s.event("AAPL", 5) : "") + last);
}

TEST_CASE("stale quotes are marked, and a call that is dropped is told of each symbol") {
  hub_scene s;
  const auto client = s.join("AAPL");
  s.answer({{quote_of("AAPL", 1), true}});
  const std::string stale =
      "event: quote\ndata: {\"symbol\":\"AAPL\",\"price\":1,\"stale\":true,\"age_seconds\":0}\n\n";
  CHECK(events_until(*client, stale) == greeting + s.id(1) + stale);
  const auto other = s.join("TSLA");
  s.server.run_on_loop([&] { s.calls.clear(); });
  const std::string error =
      "event: quote-error\ndata: {\"symbol\":\"TSLA\",\"kind\":\"unavailable\","
      "\"detail\":\"the request was dropped\"}\n\n";
  CHECK(events_until(*other, error) == greeting + error);
}

TEST_CASE("the book hears of each symbol once, and again when it has forgotten") {
  hub_scene s;
  auto one = s.join("AAPL,MSFT");
  CHECK(s.told() == std::vector<std::string>{"+AAPL", "+MSFT"});
  auto two = s.join("MSFT,TSLA");
  CHECK(s.told() == std::vector<std::string>{"+TSLA"});
  one.reset();
  REQUIRE(eventually([&] {
    s.server.run_on_loop();
    return s.shared->clients == 1;
  }));
  CHECK(s.told() == std::vector<std::string>{"-AAPL"});
  s.life = 2;
  s.publish(1, {quote_of("XYZ", 1)});
  auto again = s.told();
  std::sort(again.begin(), again.end());
  CHECK(again == std::vector<std::string>{"+MSFT", "+TSLA"});
}

TEST_CASE("streams beyond the limit, and those without a board, are refused") {
  config::market_settings settings;
  settings.max_streams = 1;
  hub_scene s(settings);
  s.board_is_up = false;
  s.join("AAPL");
  CHECK(status_of(s.head) == 503);
  s.board_is_up = true;
  const auto first = s.join("AAPL");
  CHECK(status_of(s.head) == 200);
  s.join("AAPL");
  CHECK(status_of(s.head) == 503);
  CHECK(header_of(s.head, "Retry-After") == "5");
  CHECK(s.shared->refused == 1);
}

TEST_CASE("a stream without news beats") {
  config::market_settings settings;
  settings.heartbeat = std::chrono::milliseconds(20);
  hub_scene s(settings);
  const auto client = s.join("AAPL");
  CHECK(events_until(*client, ": heartbeat\n\n: heartbeat\n\n").substr(0, greeting.size()) ==
        greeting);
}

TEST_CASE("a client that does not read is told so and dropped, and the others are served") {
  config::market_settings settings;
  settings.stream_backlog = 512 * 1024;
  hub_scene s(settings);
  const auto slow = s.join("AAPL");
  s.answer({{quote_of("AAPL", 1)}});
  const auto good = s.join("AAPL");
  std::string last;
  std::uint64_t revision = 1;
  while (s.shared->dropped == 0) {
    for (int i = 0; i < 4; ++i) {
      auto large = std::make_shared<published_quote>(*quote_of("AAPL", ++revision));
      large->json = "{\"n\":\"" + std::string(64 * 1024, 'x') + "\"}";
      s.publish(revision, {large});
      last = s.id(revision) + "event: quote\ndata: " + large->json + "\n\n";
    }
    REQUIRE(events_until(*good, last).ends_with(last));
  }
  CHECK(s.shared->clients == 1);
  const auto all = slow->read_to_end();
  CHECK(slow->closed());
  CHECK_THAT(all, Catch::EndsWith("event: dropped\ndata: {\"reason\":\"slow client\"}\n\n\r\n"
                                  "0\r\n\r\n"));
  CHECK(all.find(s.id(revision)) == std::string::npos);
}

TEST_CASE("a client that takes nothing any more counts as dropped for being slow") {
  config::market_settings settings;
  settings.stream_backlog = 1'000'000'000;
  config::server_settings serving;
  serving.write_timeout = std::chrono::milliseconds(50);
  hub_scene s(settings, serving);
  const auto slow = s.join("AAPL");
  s.answer({{quote_of("AAPL", 1)}});
  for (std::uint64_t revision = 2; revision < 34; ++revision) {
    auto large = std::make_shared<published_quote>(*quote_of("AAPL", revision));
    large->json = "{\"n\":\"" + std::string(1024 * 1024, 'x') + "\"}";
    s.publish(revision, {large});
  }
  CHECK(eventually([&] { return s.shared->clients == 0; }));
  CHECK(s.shared->dropped == 1);
}

TEST_CASE("HEAD is answered without a stream") {
  hub_scene s;
  raw_client client(s.server.port());
  client.send("HEAD /stream?AAPL HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = client.read_answer(true);
  CHECK(status_of(head) == 200);
  CHECK(header_of(head, "Content-Type") == "text/event-stream");
  CHECK(s.told().empty());
  CHECK(s.shared->clients == 0);
}

TEST_CASE("clients are told that the server stops") {
  hub_scene s;
  const auto client = s.join("AAPL");
  s.answer({{quote_of("AAPL", 1)}});
  std::promise<void> drained;
  s.server.listener().stop(std::chrono::seconds(30), [&] { drained.set_value(); });
  CHECK_THAT(client->read_to_end(),
             Catch::EndsWith("event: dropped\ndata: {\"reason\":\"the server is stopping\"}\n\n"
                             "\r\n0\r\n\r\n"));
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(s.shared->clients == 0);
}

}  // namespace tributary::http::server
