// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
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
using actors::guards::breaker_state;

constexpr auto breaker_off = R"("breaker": false)";

/// How the upstream answers the first call, in words.
struct failing {
  std::string what;
  script first;
};

/// One endpoint, `/e`, with one part whose upstream is called again, once.
config::settings one_retry(const std::string& url, const std::string& more = breaker_off) {
  return configured(R"({"upstreams": {"s": {"url": ")" + url +
                    R"(", "retry": {"max": 1, "base_delay": "1ms", "max_delay": "2ms"}, )" + more +
                    R"(}},
    "endpoints": {"e": {"path": "/e", "timeout": "2s",
                        "parts": {"a": {"upstream": "s", "path": "/a"}}}}})");
}

}  // namespace

TEST_CASE("what may pass by itself is tried once more, and the answer says so", "[retry]") {
  const std::vector<failing> rows = {
      {"502", answer("{}", 502)},
      {"503", answer("{}", 503)},
      {"504", answer("{}", 504)},
      {"reset before the first byte", script{}.reset()},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    stub_upstream stub;
    stub.next(row.first);
    // A new connection is not silently repaired by the pool, as a stale one would be.
    stub.always(answer(R"({"n":1})"));
    running_gateway gateway{one_retry(stub.url())};
    const auto told = gateway.get("/e");
    CHECK(status_of(told) == 200);
    CHECK(header_of(told, "Aggregate-Complete") == "?1");
    CHECK(header_of(told, "Aggregate-Status").find("attempts=2") != std::string::npos);
    CHECK(stub.requests().size() == 2);
    CHECK(gateway.admin("GET", "/metrics")
              .find(R"(tributary_retry_total{upstream="s",outcome="success"} 1)") !=
          std::string::npos);
  }
}

TEST_CASE("what would come out the same is not tried again", "[retry]") {
  const std::vector<failing> rows = {
      {"404", answer("{}", 404)},
      {"500", answer("{}", 500)},
      {"429 without a time", answer("{}", 429)},
      {"a body that is not JSON", answer("{oops")},
      {"a body that breaks off",
       script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{").close()},
      {"a time that does not fit", answer("{}", 503, "Retry-After: 30\r\n")},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    stub_upstream stub;
    stub.next(row.first);
    stub.always(answer(R"({"n":1})"));
    running_gateway gateway{one_retry(stub.url())};
    CHECK(status_of(gateway.get("/e")) != 200);
    CHECK(stub.requests().size() == 1);
  }
}

TEST_CASE("after two failures the answer tells the last one", "[retry]") {
  stub_upstream stub;
  stub.next(answer("{}", 502));
  stub.next(answer("{}", 503));
  running_gateway gateway{one_retry(stub.url())};
  const auto told = gateway.get("/e");
  CHECK(status_of(told) == 502);
  const auto status = header_of(told, "Aggregate-Status");
  CHECK(status.find("status=503") != std::string::npos);
  CHECK(status.find("attempts=2") != std::string::npos);
}

TEST_CASE("a refused connection is tried again within the deadline", "[retry]") {
  const refusing_port nobody;
  running_gateway gateway{one_retry("http://127.0.0.1:" + std::to_string(nobody.number()))};
  const auto told = gateway.get("/e");
  CHECK(status_of(told) == 502);
  CHECK(header_of(told, "Aggregate-Status").find("error=connection_refused;dur=") !=
        std::string::npos);
  CHECK(header_of(told, "Aggregate-Status").find("attempts=2") != std::string::npos);
}

TEST_CASE("a hanging upstream is asked once and the deadline holds", "[retry]") {
  stub_upstream stub;
  stub.always(script{}.hang());
  auto settings = one_retry(stub.url());
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 300ms; });
  running_gateway gateway{std::move(settings)};
  const auto began = std::chrono::steady_clock::now();
  CHECK(status_of(gateway.get("/e")) == 504);
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  CHECK(stub.requests().size() == 1);
}

TEST_CASE("an open breaker is not asked again", "[retry]") {
  stub_upstream stub;
  stub.always(answer("{}", 503));
  running_gateway gateway{
      one_retry(stub.url(), R"("breaker": {"min_calls": 1, "open_for": "30s"})")};
  const auto told = gateway.get("/e");
  CHECK(status_of(told) == 502);
  // The first failure opened the breaker, so the retry was refused: one call, told as it was.
  CHECK(stub.requests().size() == 1);
  CHECK(header_of(told, "Aggregate-Status").find("status=503") != std::string::npos);
  CHECK(header_of(told, "Aggregate-Status").find("attempts") == std::string::npos);
}

TEST_CASE("retries stop when the budget is used up", "[retry]") {
  stub_upstream stub;
  stub.always(answer("{}", 503));
  auto settings = one_retry(stub.url());
  settings.upstreams.front().retry.budget_ratio = 0.2;
  settings.upstreams.front().retry.budget_min_per_second = 0.001;
  running_gateway gateway{std::move(settings)};
  constexpr int calls = 50;
  for (int i = 0; i < calls; ++i) gateway.get("/e");
  // One is free, ten are paid for by fifty calls.
  CHECK(stub.requests().size() <= calls + 11);
  CHECK(stub.requests().size() >= calls + 10);
  CHECK(gateway.admin("GET", "/metrics").find("tributary_budget_exhausted_total") !=
        std::string::npos);
}

TEST_CASE("the shipped upstreams are called again once", "[retry][aggregated-data]") {
  three_services services;
  services.master.next(answer("{}", 502));
  running_gateway gateway{services.settings()};
  const auto told = gateway.get("/aggregated-data?customer_id=c1");
  CHECK(body_of(told) == three_services::complete_body);
  CHECK(header_of(told, "Aggregate-Status").find("attempts=2") != std::string::npos);
  CHECK(header_of(told, "Cache-Status") == "tributary; fwd=uri-miss; stored");
}

// -- pauses -------------------------------------------------------------------------------------

TEST_CASE("an upstream that names a time is left alone until then", "[back-pressure]") {
  for (const int status : {429, 503}) {
    CAPTURE(status);
    stub_upstream stub;
    // One 429 may be for one caller of many; three in a second are for all.
    const auto first_ones = status == 429 ? 3U : 1U;
    for (auto i = 0U; i < first_ones; ++i) {
      stub.next(answer("{}", status, "Retry-After: 40\r\n"));
    }
    stub.always(answer(R"({"n":1})"));
    running_gateway gateway{one_retry(stub.url())};
    for (auto i = 0U; i < first_ones; ++i) CHECK(status_of(gateway.get("/e")) == 502);
    const auto paused = gateway.get("/e");
    CHECK(status_of(paused) == 503);
    CHECK(header_of(paused, "Aggregate-Status").find("detail=backoff") != std::string::npos);
    CHECK(number(header_of(paused, "Retry-After")) <= 40);
    CHECK(number(header_of(paused, "Retry-After")) >= 39);
    CHECK(stub.requests().size() == first_ones);
    CHECK(gateway.admin("GET", "/metrics").find(R"(tributary_paused_total{upstream="s"} 1)") !=
          std::string::npos);
  }
}

TEST_CASE("a pause ends by itself and never exceeds its cap", "[back-pressure]") {
  stub_upstream stub;
  stub.next(answer("{}", 503, "Retry-After: 3600\r\n"));
  stub.always(answer(R"({"n":1})"));
  auto settings = one_retry(stub.url());
  settings.upstreams.front().back_pressure.max = 200ms;
  running_gateway gateway{std::move(settings)};
  CHECK(status_of(gateway.get("/e")) == 502);
  CHECK(eventually([&] { return status_of(gateway.get("/e")) == 200; }));
}

TEST_CASE("a 429 that comes again after the pause is held against the upstream",
          "[back-pressure]") {
  stub_upstream stub;
  stub.always(answer("{}", 429, "Retry-After: 1\r\n"));
  auto settings = one_retry(stub.url(), R"("breaker": {"min_calls": 1, "open_for": "30s"})");
  settings.upstreams.front().retry.max = 0;
  settings.upstreams.front().back_pressure.max = 50ms;
  running_gateway gateway{std::move(settings)};
  const auto state = [&] { return upstreams_of(gateway).front()->state.load(); };
  for (int i = 0; i < 3; ++i) gateway.get("/e");
  CHECK(state() == breaker_state::closed);
  CHECK(eventually([&] {
    gateway.get("/e");
    return state() == breaker_state::open;
  }));
  CHECK(stub.requests().size() == 4);
}

}  // namespace tributary::tests
