// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "http/io/file_limit.hpp"
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

using client_ptr = std::unique_ptr<raw_client>;

client_ptr ask(running_gateway& gateway, std::string_view fields = {}) {
  auto client = std::make_unique<raw_client>(gateway->port());
  client->send(running_gateway::request("GET", customer_target, fields));
  return client;
}

/// Callers that were sent to somebody else's gather so far.
std::uint64_t collapsed_so_far(running_gateway& gateway) {
  std::uint64_t sum = 0;
  for (const auto& each : aggregation_of(gateway).cache_counters) sum += each->collapsed;
  return sum;
}

/// Services of which the master data service waits for `told`.
struct gated_services : three_services {
  gated_services() { master.always(script{}.wait(told).send(answer(master_body))); }
  gate told;
};

config::settings patient(config::settings settings) {
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 60s; });
  return settings;
}

}  // namespace

TEST_CASE("a thousand clients on a cold key cause one gather and get the same bytes",
          "[coalescing]") {
  http::io::raise_file_limit();
  constexpr std::size_t count = 1'000;
  gated_services services;
  running_gateway gateway{patient(services.settings())};
  std::vector<client_ptr> clients;
  for (std::size_t i = 0; i < count; ++i) clients.push_back(ask(gateway));
  REQUIRE(eventually([&] { return collapsed_so_far(gateway) == count - 1; }));
  services.told.open();
  std::size_t collapsed = 0;
  std::size_t whole = 0;
  std::string etag;
  for (auto& each : clients) {
    const auto raw = each->read_answer();
    whole += body_of(raw) == three_services::complete_body ? 1 : 0;
    collapsed += header_of(raw, "Cache-Status").ends_with("collapsed") ? 1 : 0;
    if (etag.empty()) etag = header_of(raw, "ETag");
    if (header_of(raw, "ETag") != etag) FAIL("another ETag");
  }
  CHECK(whole == count);
  CHECK(collapsed == count - 1);
  CHECK(services.customer.requests().size() == 1);
  CHECK(services.master.requests().size() == 1);
  CHECK(services.transaction.requests().size() == 1);
}

TEST_CASE("a waiter with little time leaves early, and the others get the whole answer",
          "[coalescing]") {
  gated_services services;
  running_gateway gateway{patient(services.settings())};
  auto leader = ask(gateway);
  REQUIRE(services.master.await_requests(1));
  auto patient_one = ask(gateway);
  REQUIRE(eventually([&] { return collapsed_so_far(gateway) == 1; }));
  const auto before = std::chrono::steady_clock::now();
  auto hasty = ask(gateway, "X-Request-Timeout-Ms: 50\r\n");
  const auto early = hasty->read_answer();
  CHECK(std::chrono::steady_clock::now() - before < 1s);
  CHECK(status_of(early) == 200);
  CHECK(header_of(early, "Aggregate-Complete") == "?0");
  CHECK(header_of(early, "Cache-Control") == "no-store");
  CHECK(header_of(early, "Aggregate-Status").find("master;error=http_response_timeout") !=
        std::string::npos);
  services.told.open();
  CHECK(body_of(leader->read_answer()) == three_services::complete_body);
  CHECK(body_of(patient_one->read_answer()) == three_services::complete_body);
  CHECK(services.master.requests().size() == 1);
}

TEST_CASE("a hasty leader does not shorten the gather of those who wait with it", "[coalescing]") {
  gated_services services;
  running_gateway gateway{patient(services.settings())};
  auto hasty = ask(gateway, "X-Request-Timeout-Ms: 400\r\n");
  REQUIRE(services.master.await_requests(1));
  // The call runs on the endpoint's time, whatever the first caller's is.
  CHECK(number(services.master.requests().front().field("X-Request-Timeout-Ms")) > 50'000);
  auto waiter = ask(gateway);
  REQUIRE(eventually([&] { return collapsed_so_far(gateway) == 1; }));
  CHECK(header_of(hasty->read_answer(), "Aggregate-Complete") == "?0");
  services.told.open();
  CHECK(body_of(waiter->read_answer()) == three_services::complete_body);
  CHECK(services.master.closed_by_peer() == 0);
}

TEST_CASE("each waiter keeps its own strictness", "[coalescing]") {
  gated_services services;
  services.transaction.always(answer("{}", 500));
  running_gateway gateway{patient(services.settings())};
  auto lenient = ask(gateway);
  REQUIRE(services.master.await_requests(1));
  auto strict = ask(gateway, "Prefer: handling=strict\r\n");
  CHECK(status_of(strict->read_answer()) == 502);
  services.told.open();
  const auto partial = lenient->read_answer();
  CHECK(status_of(partial) == 200);
  CHECK(header_of(partial, "Aggregate-Status").find("master;status=200") != std::string::npos);
}

TEST_CASE("a leader that goes away does not end the gather of those who wait with it",
          "[coalescing][cancel]") {
  gated_services services;
  running_gateway gateway{patient(services.settings())};
  auto leader = ask(gateway);
  REQUIRE(services.master.await_requests(1));
  auto waiter = ask(gateway);
  REQUIRE(eventually([&] { return collapsed_so_far(gateway) == 1; }));
  leader->close();
  services.told.open();
  CHECK(body_of(waiter->read_answer()) == three_services::complete_body);
  CHECK(services.master.requests().size() == 1);
  CHECK(services.master.closed_by_peer() == 0);
  CHECK(header_of(gateway.get(customer_target), "Cache-Status").starts_with("tributary; hit"));
}

TEST_CASE("the gather ends with the last of those who wait for it", "[coalescing][cancel]") {
  three_services services;
  services.master.always(script{}.hang());
  running_gateway gateway{patient(services.settings())};
  auto leader = ask(gateway);
  REQUIRE(services.master.await_requests(1));
  auto waiter = ask(gateway);
  REQUIRE(eventually([&] { return collapsed_so_far(gateway) == 1; }));
  services.master.always(answer(three_services::master_body));
  leader->close();
  waiter->close();
  CHECK(services.master.await_closed_by_peer(1));
  // The next caller does not wait for a gather that is no more.
  CHECK(body_of(gateway.get(customer_target)) == three_services::complete_body);
  CHECK(services.master.requests().size() == 2);
}

TEST_CASE("callers of a failed gather share the failure once", "[coalescing]") {
  gated_services services;
  services.master.always(script{}.wait(services.told).send(answer("{}", 500)));
  running_gateway gateway{patient(services.settings())};
  std::vector<client_ptr> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(ask(gateway));
  REQUIRE(eventually([&] { return collapsed_so_far(gateway) == 19; }));
  services.told.open();
  for (auto& each : clients) {
    CHECK(header_of(each->read_answer(), "Aggregate-Complete") == "?0");
  }
  CHECK(services.master.requests().size() == 1);
}

TEST_CASE("one caller too many is told to come back", "[coalescing]") {
  gated_services services;
  auto settings = patient(services.settings());
  alter<config::aggregate_settings>(settings, [](auto& all) { all.cache.max_waiters = 2; });
  running_gateway gateway{std::move(settings)};
  auto first = ask(gateway);
  auto second = ask(gateway);
  REQUIRE(eventually([&] { return collapsed_so_far(gateway) == 1; }));
  const auto refused = gateway.get(customer_target);
  CHECK(status_of(refused) == 503);
  CHECK_FALSE(header_of(refused, "Retry-After").empty());
  CHECK(body_of(refused).find("OVERLOADED") != std::string::npos);
  services.told.open();
  CHECK(status_of(first->read_answer()) == 200);
  CHECK(status_of(second->read_answer()) == 200);
}

TEST_CASE("what must not be kept is fetched side by side for those who ask for it",
          "[coalescing]") {
  three_services services;
  const auto fields = "Cache-Control: private\r\n";
  services.master.next(answer(three_services::master_body, 200, fields));
  gate told;
  services.master.always(
      script{}.wait(told).send(answer(three_services::master_body, 200, fields)));
  running_gateway gateway{patient(services.settings())};
  CHECK(header_of(gateway.get(customer_target), "Cache-Control") == "no-store");
  std::vector<client_ptr> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(ask(gateway));
  // All three are at the service at once: none waits for another's answer.
  CHECK(services.master.await_requests(4));
  told.open();
  for (auto& each : clients) CHECK(body_of(each->read_answer()) == three_services::complete_body);
}

}  // namespace tributary::tests
