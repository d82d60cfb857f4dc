// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "actors/runtime/runtime.hpp"
#include "http/client/connection_pool.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// A busy machine may take this much longer; a lost deadline takes seconds.
constexpr auto allowance = 700ms;

/// Connections to the upstreams that are open now, and how many of them wait for work.
struct pooled {
  std::uint64_t open = 0;
  std::uint64_t idle = 0;
};

pooled connections_of(running_gateway& gateway) {
  pooled sum;
  for (const auto& upstream : upstreams_of(gateway)) {
    for (const auto& pool : upstream->pools) {
      sum.open += pool->counters().open;
      sum.idle += pool->counters().idle;
    }
  }
  return sum;
}

std::size_t places_taken(running_gateway& gateway) {
  std::size_t sum = 0;
  for (const auto& upstream : upstreams_of(gateway)) sum += upstream->places.in_flight();
  return sum;
}

}  // namespace

TEST_CASE("a hanging upstream delays the answer by the endpoint's timeout at most", "[deadlines]") {
  three_services services;
  services.master.always(script{}.hang());
  auto settings = services.settings();
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 400ms; });
  running_gateway gateway{std::move(settings)};
  const auto before = steady_clock::now();
  const auto raw = gateway.get(customer_target);
  const auto took = steady_clock::now() - before;
  CHECK(took > 300ms);
  CHECK(took < 400ms + allowance);
  CHECK(status_of(raw) == 200);
  CHECK(header_of(raw, "Aggregate-Status").find("master;error=http_response_timeout") !=
        std::string::npos);
  CHECK(services.master.await_closed_by_peer(1));
}

TEST_CASE("a body that drips does not outlive the deadline", "[deadlines]") {
  three_services services;
  gate never;
  services.master.always(
      script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,").wait(never));
  auto settings = services.settings();
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 300ms; });
  running_gateway gateway{std::move(settings)};
  const auto before = steady_clock::now();
  const auto raw = gateway.get(customer_target);
  CHECK(steady_clock::now() - before < 300ms + allowance);
  CHECK(header_of(raw, "Aggregate-Status").find("master;error=http_response_timeout") !=
        std::string::npos);
}

TEST_CASE("a client may lower the limit and never raise it", "[deadlines]") {
  struct row {
    std::string fields;
    std::chrono::milliseconds expected;
  };
  const row rows[] = {
      {"X-Request-Timeout-Ms: 150\r\n", 150ms},
      {"X-Request-Timeout-Ms: 60000\r\n", 1'200ms},
      {"Prefer: wait=1\r\n", 1'000ms},
      {"Prefer: wait=100\r\n", 1'200ms},
      {"Prefer: wait=1, handling=lenient\r\nX-Request-Timeout-Ms: 200\r\n", 200ms},
      {"Prefer: handling=strict\r\nX-Request-Timeout-Ms: 200\r\n", 200ms},
  };
  for (const auto& row : rows) {
    CAPTURE(row.fields);
    three_services services;
    services.master.always(script{}.hang());
    auto settings = services.settings();
    alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 1'200ms; });
    running_gateway gateway{std::move(settings)};
    const auto before = steady_clock::now();
    const auto raw = gateway.get(customer_target, row.fields);
    const auto took = steady_clock::now() - before;
    CHECK(took > row.expected - 60ms);
    CHECK(took < row.expected + allowance);
    CHECK(status_of(raw) == (row.fields.find("strict") == std::string::npos ? 200 : 504));
  }
}

TEST_CASE("a time limit that is no number is refused", "[deadlines]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const std::string wrong[] = {"", "abc", "-1", "1.5", "99999999999"};
  for (const auto& each : wrong) {
    CAPTURE(each);
    const auto raw = gateway.get(customer_target, "X-Request-Timeout-Ms: " + each + "\r\n");
    CHECK(status_of(raw) == 400);
    CHECK(body_of(raw).find("X-Request-Timeout-Ms") != std::string::npos);
  }
  CHECK(services.customer.connections() == 0);
}

TEST_CASE("the upstream is told what is left, and a part's own limit is kept", "[deadlines]") {
  stub_upstream stub;
  stub.on("/slow", script{}.hang());
  stub.on("/fast", answer("1"));
  const std::string text = R"({"upstreams": {"s": {"url": "${URL}"}}, "endpoints": {"e": {
      "path": "/e", "timeout": "2s", "parts": {
        "fast": {"upstream": "s", "path": "/fast"},
        "slow": {"upstream": "s", "path": "/slow", "timeout": "150ms", "required": false,
                 "default": {"stand": "in"}}}}}})";
  running_gateway gateway{configured(text, {{"URL", stub.url()}})};
  const auto before = steady_clock::now();
  const auto raw = gateway.get("/e");
  CHECK(steady_clock::now() - before < 150ms + allowance);
  CHECK(body_of(raw).starts_with(R"({"fast":1,"slow":{"stand":"in"},"error":)"));
  for (const auto& each : stub.requests()) {
    const auto left = number(each.field("X-Request-Timeout-Ms"));
    CHECK(left <= (each.target == "/slow" ? 150 : 2'000));
    CHECK(left > (each.target == "/slow" ? 20 : 500));
  }
}

TEST_CASE("a client that goes away ends the calls made for it and leaves nothing behind",
          "[deadlines][cancel]") {
  for (const bool reset : {false, true}) {
    CAPTURE(reset);
    three_services services;
    services.master.always(script{}.hang());
    auto settings = services.settings();
    alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 60s; });
    running_gateway gateway{std::move(settings)};
    const auto before_timers = gateway->threads().clock_entries();
    {
      raw_client client{gateway->port()};
      client.send(running_gateway::request("GET", customer_target));
      REQUIRE(services.master.await_requests(1));
      client.close(reset);
    }
    CHECK(services.master.await_closed_by_peer(1));
    // Those that had answered keep their connections for the next request.
    CHECK(eventually([&] {
      const auto all = connections_of(gateway);
      return all.open == all.idle && all.open <= 2;
    }));
    CHECK(eventually([&] { return places_taken(gateway) == 0; }));
    services.master.always(answer(three_services::master_body));
    CHECK(body_of(gateway.get(customer_target)) == three_services::complete_body);
    CAPTURE(before_timers, gateway->threads().clock_entries());
    CHECK(eventually([&] { return gateway->threads().clock_entries() <= before_timers + 12; }));
  }
}

TEST_CASE("a strict caller's first failure ends the calls beside it", "[deadlines][cancel]") {
  three_services services;
  services.transaction.always(script{}.hang());
  services.master.always(script{}.hang());
  auto settings = services.settings();
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 60s; });
  running_gateway gateway{std::move(settings)};
  raw_client client{gateway->port()};
  gate both_asked;
  services.master.always(script{}.wait(both_asked).send(answer("{}", 500)));
  client.send(running_gateway::request("GET", customer_target, "Prefer: handling=strict\r\n"));
  REQUIRE(services.transaction.await_requests(1));
  REQUIRE(services.customer.await_requests(1));
  both_asked.open();
  CHECK(status_of(client.read_answer()) == 502);
  CHECK(services.transaction.await_closed_by_peer(1));
}

TEST_CASE("a hundred requests that time out leave no connection and no timer", "[deadlines]") {
  three_services services;
  services.master.always(script{}.hang());
  auto settings = services.settings();
  alter_endpoint(settings, [&](auto& endpoint) {
    endpoint.timeout = 1s;  // enough for the other two parts of a hundred at once
  });
  for (auto& each : settings.upstreams) each.breaker.enabled = false;
  running_gateway gateway{std::move(settings)};
  const auto before = gateway->threads().clock_entries();
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<raw_client>(gateway->port()));
    clients.back()->send(running_gateway::request(
        "GET", "/aggregated-data?customer_id=x" + std::to_string(i), "Connection: close\r\n"));
  }
  for (auto& each : clients) CHECK(status_of(each->read_answer()) == 200);
  clients.clear();
  CHECK(eventually([&] { return places_taken(gateway) == 0; }));
  CHECK(eventually([&] {
    const auto all = connections_of(gateway);
    return all.open == all.idle;
  }));
  CHECK(services.master.await_closed_by_peer(services.master.connections()));
  // What remains: at most one timer for each idle connection, and each aggregator's next wake-up.
  const auto idle = connections_of(gateway).idle;
  CAPTURE(before, idle, gateway->threads().clock_entries());
  CHECK(eventually([&] { return gateway->threads().clock_entries() <= before + idle + 8; }));
}

}  // namespace tributary::tests
