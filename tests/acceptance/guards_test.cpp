// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "actors/runtime/runtime.hpp"
#include "http/io/file_limit.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using actors::guards::breaker_state;
using client_ptr = std::unique_ptr<raw_client>;

/// One endpoint, `/e`, with one part, so that what its upstream does is what the caller sees.
std::string one_part(const std::string& upstream_settings) {
  return R"({"upstreams": {"s": {"url": "${URL}", )" + upstream_settings + R"(}},
    "endpoints": {"e": {"path": "/e", "timeout": "30s",
                        "parts": {"a": {"upstream": "s", "path": "/a"}}}}})";
}

running_gateway* make(const stub_upstream& stub, const std::string& upstream_settings) {
  return new running_gateway{configured(one_part(upstream_settings), {{"URL", stub.url()}})};
}

std::vector<client_ptr> ask_many(running_gateway& gateway, std::size_t count) {
  std::vector<client_ptr> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<raw_client>(gateway->port()));
  }
  // Connected before, so that all requests come at once and to both workers.
  for (auto& each : clients) each->send(running_gateway::request("GET", "/e"));
  return clients;
}

breaker_state state_of(running_gateway& gateway) {
  return upstreams_of(gateway).front()->state.load();
}

/// Waits until the open time of the breaker is over.
bool await_half_open(running_gateway& gateway) {
  auto& shared = *upstreams_of(gateway).front();
  return eventually([&] {
    const std::lock_guard lock{shared.mutex};
    return shared.breaker.state(std::chrono::steady_clock::now()) == breaker_state::half_open;
  });
}

/// Messages that all actors of a kind have handled.
std::uint64_t handled_by(running_gateway& gateway, std::string_view kind) {
  std::uint64_t total = 0;
  for (const auto& each : gateway->threads().directory().snapshot()) {
    if (each->kind == kind) total += each->processed;
  }
  return total;
}

/// Ends the actors that calls to the upstream begin at, and waits for the next incarnations.
void crash_first_guard(running_gateway& gateway) {
  for (const auto& place : first_guards(gateway)) {
    const auto before = place->incarnation();
    caf::anon_send_exit(place->current(), caf::exit_reason::kill);
    REQUIRE(eventually([&] {
      return place->incarnation() > before &&
             place->state() == actors::supervision::child_state::running;
    }));
  }
}

}  // namespace

TEST_CASE("a breaker opens after the least number of failures and says when to come back",
          "[guards]") {
  stub_upstream stub;
  stub.always(answer("{}", 500));
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("breaker": {"min_calls": 4, "open_for": "20s", "jitter": 0})")};
  for (int i = 0; i < 4; ++i) CHECK(status_of(gateway->get("/e")) == 502);
  CHECK(eventually([&] { return state_of(*gateway) == breaker_state::open; }));
  const auto refused = gateway->get("/e");
  CHECK(status_of(refused) == 503);
  CHECK(header_of(refused, "Aggregate-Status")
            .find("a;error=destination_unavailable;detail=breaker_open") != std::string::npos);
  CHECK(header_of(refused, "Proxy-Status").find("destination_unavailable") != std::string::npos);
  const auto seconds = number(header_of(refused, "Retry-After"));
  CHECK(seconds >= 19);
  CHECK(seconds <= 20);
  CHECK(nlohmann::json::parse(body_of(refused)).at("error").at("retry_after") == seconds);
  CHECK(stub.requests().size() == 4);
  const auto health = nlohmann::json::parse(body_of(gateway->get("/health")));
  CHECK(health.at("status") == "degraded");
  CHECK(health.at("dependencies").at("s").at("status") == "down");
}

TEST_CASE("answers that are the client's fault do not open a breaker", "[guards]") {
  for (const int status : {400, 404, 422, 429, 501}) {
    stub_upstream stub;
    stub.always(answer("{}", status));
    const std::unique_ptr<running_gateway> gateway{make(stub, R"("breaker": {"min_calls": 2})")};
    for (int i = 0; i < 6; ++i) gateway->get("/e");
    CHECK(stub.requests().size() == 6);
    CHECK(state_of(*gateway) == breaker_state::closed);
  }
}

TEST_CASE("an upstream that hangs opens its breaker though no caller waits for its end",
          "[guards]") {
  stub_upstream stub;
  stub.always(script{}.hang());
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("breaker": {"min_calls": 3, "slow": "50ms", "open_for": "20s"})")};
  for (int i = 0; i < 3; ++i) {
    CHECK(status_of(gateway->get("/e", "X-Request-Timeout-Ms: 200\r\n")) == 504);
  }
  CHECK(eventually([&] { return state_of(*gateway) == breaker_state::open; }));
}

TEST_CASE("callers who soon leave say nothing of an upstream", "[guards]") {
  stub_upstream stub;
  stub.always(script{}.hang());
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("timeout": "20s", "breaker": {"min_calls": 3})")};
  for (int i = 0; i < 6; ++i) {
    CHECK(status_of(gateway->get("/e", "X-Request-Timeout-Ms: 50\r\n")) == 504);
  }
  CHECK(eventually([&] { return upstreams_of(*gateway).front()->places.in_flight() == 0; }));
  CHECK(state_of(*gateway) == breaker_state::closed);
}

TEST_CASE("an upstream's Retry-After decides how long its breaker rests", "[guards]") {
  stub_upstream stub;
  stub.always(answer("{}", 503, "Retry-After: 33\r\n"));
  const std::unique_ptr<running_gateway> gateway{make(stub, R"("back_pressure": false,
                     "breaker": {"min_calls": 2, "open_for": "1s", "jitter": 0})")};
  for (int i = 0; i < 2; ++i) CHECK(header_of(gateway->get("/e"), "Retry-After") == "33");
  REQUIRE(eventually([&] { return state_of(*gateway) == breaker_state::open; }));
  const auto seconds = number(header_of(gateway->get("/e"), "Retry-After"));
  CHECK(seconds >= 32);
  CHECK(seconds <= 33);
}

TEST_CASE("with a thousand callers a half-open breaker lets exactly one probe pass", "[guards]") {
  http::io::raise_file_limit();
  constexpr std::size_t count = 1'000;
  stub_upstream stub;
  stub.always(answer("{}", 500));
  const std::unique_ptr<running_gateway> gateway{make(
      stub, R"("breaker": {"min_calls": 1, "open_for": "300ms", "open_max": "30s", "jitter": 0})")};
  gateway->get("/e");
  REQUIRE(eventually([&] { return state_of(*gateway) == breaker_state::open; }));
  gate probed;
  stub.always(script{}.wait(probed).send(answer("{}")));
  std::vector<client_ptr> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<raw_client>((*gateway)->port()));
  }
  REQUIRE(await_half_open(*gateway));
  for (auto& each : clients) each->send(running_gateway::request("GET", "/e"));
  REQUIRE(stub.await_requests(2));
  // All but the probe are refused while it is under way.
  const auto& refused = gateway->admin("GET", "/metrics");
  CHECK_FALSE(refused.empty());
  REQUIRE(eventually([&] { return handled_by(*gateway, "breaker") >= count; }));
  CHECK(stub.requests().size() == 2);
  probed.open();
  std::size_t passed = 0;
  for (auto& each : clients) {
    const auto raw = each->read_answer();
    if (status_of(raw) == 200) {
      ++passed;
    } else if (status_of(raw) != 503 || header_of(raw, "Retry-After").empty()) {
      FAIL(raw);
    }
  }
  CHECK(passed == 1);
}

TEST_CASE("three good probes close a breaker", "[guards]") {
  stub_upstream stub;
  stub.next(answer("{}", 500));
  stub.always(answer("{}"));
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("breaker": {"min_calls": 1, "open_for": "20ms", "jitter": 0})")};
  gateway->get("/e");
  int good = 0;
  REQUIRE(eventually([&] {
    if (status_of(gateway->get("/e")) == 200) ++good;
    return good >= 3 && state_of(*gateway) == breaker_state::closed;
  }));
  CHECK(good >= 3);
}

TEST_CASE("a crash of the breaker's actor does not close it", "[guards][crash]") {
  stub_upstream stub;
  stub.always(answer("{}", 500));
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("breaker": {"min_calls": 1, "open_for": "60s", "jitter": 0})")};
  gateway->get("/e");
  REQUIRE(eventually([&] { return state_of(*gateway) == breaker_state::open; }));
  for (int i = 0; i < 3; ++i) {
    crash_first_guard(*gateway);
    CHECK(header_of(gateway->get("/e"), "Aggregate-Status").find("breaker_open") !=
          std::string::npos);
  }
  CHECK(stub.requests().size() == 1);
}

TEST_CASE("of twice as many calls as the limit allows, exactly the limit pass", "[guards]") {
  constexpr std::size_t limit = 100;
  stub_upstream stub;
  stub.always(answer("{}"));
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("breaker": false, "rate_limit": {"rate": 1, "period": "1h", "burst": 100})")};
  auto clients = ask_many(*gateway, 2 * limit);
  std::size_t passed = 0;
  for (auto& each : clients) {
    const auto raw = each->read_answer();
    if (status_of(raw) == 200) {
      ++passed;
      continue;
    }
    CHECK(status_of(raw) == 503);
    CHECK(header_of(raw, "Aggregate-Status")
              .find("a;error=connection_limit_reached;detail=rate_limited") != std::string::npos);
    CHECK(number(header_of(raw, "Retry-After")) > 3'000);
  }
  CHECK(passed == limit);
  CHECK(stub.requests().size() == limit);
  // Its bucket is not refilled by a crash.
  crash_first_guard(*gateway);
  CHECK(status_of(gateway->get("/e")) == 503);
  CHECK(stub.requests().size() == limit);
}

TEST_CASE("a bulkhead lets exactly its number of calls through at a time", "[guards]") {
  constexpr std::size_t limit = 20;
  stub_upstream stub;
  gate busy;
  stub.always(script{}.wait(busy).send(answer("{}")));
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("bulkhead": {"max_in_flight": 20, "queue": 0})")};
  auto clients = ask_many(*gateway, 3 * limit);
  REQUIRE(stub.await_requests(static_cast<int>(limit)));
  REQUIRE(eventually([&] { return handled_by(*gateway, "aggregator") >= 3 * limit; }));
  CHECK(stub.requests().size() == limit);
  busy.open();
  std::size_t passed = 0;
  for (auto& each : clients) passed += status_of(each->read_answer()) == 200 ? 1 : 0;
  CHECK(passed == limit);
}

TEST_CASE("what finds no place in a bulkhead waits for one, and all are served", "[guards]") {
  stub_upstream stub;
  gate busy;
  for (int i = 0; i < 4; ++i) stub.next(script{}.wait(busy).send(answer("{}")));
  stub.always(answer("{}"));
  const std::unique_ptr<running_gateway> gateway{
      make(stub, R"("bulkhead": {"max_in_flight": 4, "queue": 60})")};
  auto clients = ask_many(*gateway, 64);
  REQUIRE(stub.await_requests(4));
  const auto& places = upstreams_of(*gateway).front()->places;
  REQUIRE(eventually([&] { return places.waiting()() == 60; }));
  CHECK(stub.requests().size() == 4);
  CHECK(gateway->admin("GET", "/metrics").find("tributary_upstream_queue{upstream=\"s\"} 60") !=
        std::string::npos);
  busy.open();
  for (auto& each : clients) CHECK(status_of(each->read_answer()) == 200);
  CHECK(places.in_flight() == 0);
  CHECK(places.waiting()() == 0);
}

TEST_CASE("a place in the queue is given back by who leaves, and lost by who waits too long",
          "[guards]") {
  stub_upstream stub;
  gate busy;
  stub.next(script{}.wait(busy).send(answer("{}")));
  stub.always(answer("{}"));
  const auto gateway = std::make_unique<running_gateway>(configured(
      R"({"upstreams": {"s": {"url": "${URL}", "bulkhead": {"max_in_flight": 1, "queue": 1}}},
          "endpoints": {"e": {"path": "/e", "timeout": "30s",
                              "parts": {"a": {"upstream": "s", "path": "/a"}}},
                        "hurried": {"path": "/hurried", "timeout": "300ms",
                                    "parts": {"a": {"upstream": "s", "path": "/a"}}}}})",
      {{"URL", stub.url()}}));
  const auto& places = upstreams_of(*gateway).front()->places;
  auto first = ask_many(*gateway, 1);
  REQUIRE(stub.await_requests(1));
  {
    auto leaving = ask_many(*gateway, 1);
    REQUIRE(eventually([&] { return places.waiting()() == 1; }));
    CHECK(gateway->get("/e").find("detail=bulkhead_full") != std::string::npos);
  }
  REQUIRE(eventually([&] { return places.waiting()() == 0; }));
  const auto late = gateway->get("/hurried");
  CHECK(status_of(late) == 503);
  CHECK(late.find("detail=queue_timeout") != std::string::npos);
  CHECK(stub.requests().size() == 1);
  auto last = ask_many(*gateway, 1);
  REQUIRE(eventually([&] { return places.waiting()() == 1; }));
  busy.open();
  CHECK(status_of(first.front()->read_answer()) == 200);
  CHECK(status_of(last.front()->read_answer()) == 200);
}

TEST_CASE("a request whose required part is refused calls nobody else", "[guards]") {
  stub_upstream full;
  stub_upstream other;
  gate busy;
  full.next(script{}.wait(busy).send(answer("{}")));
  full.always(answer("{}"));
  other.always(answer("{}"));
  running_gateway gateway{configured(
      R"({"upstreams": {"full": {"url": "${FULL}", "bulkhead": {"max_in_flight": 1, "queue": 0}},
                        "other": {"url": "${OTHER}"}},
          "endpoints": {"both": {"path": "/both", "timeout": "30s", "parts": {
                          "a": {"upstream": "other", "path": "/a"},
                          "b": {"upstream": "full", "path": "/b"}}}}})",
      {{"FULL", full.url()}, {"OTHER", other.url()}})};
  raw_client occupant{gateway->port()};
  occupant.send(running_gateway::request("GET", "/both"));
  REQUIRE(full.await_requests(1));
  REQUIRE(other.await_requests(1));
  for (int i = 0; i < 5; ++i) CHECK(status_of(gateway.get("/both")) == 503);
  CHECK(other.requests().size() == 1);
  busy.open();
  CHECK(status_of(occupant.read_answer()) == 200);
}

TEST_CASE("a required part that a limit or a pause refuses keeps the others from being called",
          "[guards]") {
  struct row {
    const char* settings;
    script first;
    const char* detail;
  };
  const row rows[] = {
      {R"("rate_limit": {"rate": 1, "period": "1h", "burst": 1})", answer("{}"), "rate_limited"},
      {R"("breaker": false)", answer("{}", 503, "Retry-After: 50\r\n"), "backoff"},
      {R"("breaker": {"min_calls": 1, "open_for": "50s"}, "back_pressure": false)",
       answer("{}", 500), "breaker_open"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.detail);
    stub_upstream strict;
    stub_upstream other;
    gate asked;
    strict.always(script{}.wait(asked).send(row.first));
    other.always(answer("{}"));
    running_gateway gateway{configured(
        R"({"upstreams": {"strict": {"url": "${STRICT}", )" + std::string{row.settings} + R"(},
                          "other": {"url": "${OTHER}"}},
            "endpoints": {"both": {"path": "/both", "timeout": "30s", "parts": {
                            "a": {"upstream": "other", "path": "/a"},
                            "b": {"upstream": "strict", "path": "/b"}}}}})",
        {{"STRICT", strict.url()}, {"OTHER", other.url()}})};
    {
      raw_client first{gateway->port()};
      first.send(running_gateway::request("GET", "/both"));
      REQUIRE(other.await_requests(1));
      asked.open();
      first.read_answer();
    }
    CHECK(eventually([&] {
      return upstreams_of(gateway).back()->refuses(std::chrono::steady_clock::now()) ||
             upstreams_of(gateway).front()->refuses(std::chrono::steady_clock::now());
    }));
    for (int i = 0; i < 5; ++i) {
      const auto refused = gateway.get("/both");
      CHECK(status_of(refused) == 503);
      CHECK(refused.find(std::string{"detail="} + row.detail) != std::string::npos);
    }
    CHECK(other.requests().size() == 1);
    CHECK(strict.requests().size() == 1);
  }
}

}  // namespace tributary::tests
