// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using actors::guards::breaker_state;

constexpr auto breaker_key = "circuit_breaker:s";

/// Two instances with one upstream, whose breaker they share.
struct two_with_one_breaker {
  explicit two_with_one_breaker(std::string_view open_for) {
    stub.always(answer("{}", 500));
    const auto text = std::string{R"({"redis": {"url": "${REDIS}"}, "upstreams": {"s": {
        "url": "${URL}", "breaker": {"min_calls": 4, "jitter": 0, "open_for": ")"}
                          .append(open_for)
                          .append(R"("}}},
        "endpoints": {"e": {"path": "/e", "timeout": "30s",
                            "parts": {"a": {"upstream": "s", "path": "/a"}}}}})");
    for (auto* each : {&first, &second}) {
      *each = std::make_unique<running_gateway>(configured(
          text,
          {{"URL", stub.url()}, {"REDIS", "redis://127.0.0.1:" + std::to_string(server.port())}}));
      REQUIRE(eventually([&] { return connected(**each); }));
    }
  }

  static bool connected(running_gateway& gateway) { return gateway->tree().redis->inspect().well; }
  static breaker_state state(running_gateway& gateway) {
    return upstreams_of(gateway).front()->state.load();
  }
  static bool becomes(running_gateway& gateway, breaker_state wanted) {
    return eventually([&] { return state(gateway) == wanted; });
  }
  void open_first() {
    for (int i = 0; i < 4; ++i) first->get("/e");
    REQUIRE(becomes(*first, breaker_state::open));
  }
  bool has_record() { return server.command({"EXISTS", breaker_key}).text == "1"; }

  redis_server server;
  stub_upstream stub;
  std::unique_ptr<running_gateway> first;
  std::unique_ptr<running_gateway> second;
};

}  // namespace

TEST_CASE("another instance follows a breaker that opens, and Redis shows it", "[shared]") {
  two_with_one_breaker both{"20s"};
  both.open_first();
  CHECK(both.becomes(*both.second, breaker_state::open));
  const auto refused = both.second->get("/e");
  CHECK(status_of(refused) == 503);
  CHECK(header_of(refused, "Aggregate-Status").find("detail=breaker_open") != std::string::npos);
  const auto seconds = std::stoi("0" + header_of(refused, "Retry-After"));
  CHECK(seconds > 5);
  CHECK(seconds <= 20);
  CHECK(both.stub.requests().size() == 4);

  REQUIRE(eventually([&] { return both.has_record(); }));
  const auto record = nlohmann::ordered_json::parse(both.server.command({"GET", breaker_key}).text);
  CHECK(record.size() == 4);
  CHECK(record.at("state") == "open");
  CHECK(record.at("failures") == 4);
  const auto opened_at = record.at("opened_at").get<std::string>();
  CHECK(opened_at.size() == 24);
  CHECK(opened_at.back() == 'Z');
  CHECK(record.at("retry_at").get<std::string>() > opened_at);
  const auto ttl = std::stoll(both.server.command({"PTTL", breaker_key}).text);
  CHECK(ttl > 60'000);
  CHECK(ttl <= 80'000);

  const auto health = nlohmann::json::parse(body_of(both.second->get("/health")));
  CHECK(health.at("dependencies").at("s").at("status") == "down");
  const auto page = body_of(both.second->admin("GET", "/metrics"));
  CHECK(page.find("tributary_breaker_transitions_total{upstream=\"s\",to=\"open\"} 1") !=
        std::string::npos);
}

TEST_CASE("an instance closes its breaker when another one found the upstream well", "[shared]") {
  two_with_one_breaker both{"300ms"};
  both.open_first();
  REQUIRE(both.becomes(*both.second, breaker_state::open));
  both.stub.always(answer("{}"));
  CHECK(eventually([&] {
    both.first->get("/e");
    return both.state(*both.first) == breaker_state::closed;
  }));
  // Nothing is asked of the second one.
  CHECK(both.becomes(*both.second, breaker_state::closed));
  CHECK(eventually([&] {
    const auto text = both.server.command({"GET", breaker_key}).text;
    return text == R"({"state":"closed","failures":0,"opened_at":null,"retry_at":null})";
  }));
  CHECK(std::stoll(both.server.command({"PTTL", breaker_key}).text) <= 60'000);
  CHECK(status_of(both.second->get("/e")) == 200);
}

TEST_CASE("a Redis that starts anew, empty, is told what is open", "[shared]") {
  two_with_one_breaker both{"1m"};
  both.open_first();
  REQUIRE(eventually([&] { return both.has_record(); }));
  both.server.command({"FLUSHALL"});
  CHECK(eventually([&] { return both.has_record(); }));
  both.server.kill();
  CHECK(both.state(*both.first) == breaker_state::open);
  both.server.restart();
  CHECK(eventually([&] { return both.has_record(); }));
}

TEST_CASE("an opening while Redis is away is followed once it is back", "[shared]") {
  two_with_one_breaker both{"1m"};
  both.server.kill();
  REQUIRE(eventually([&] { return !both.connected(*both.second); }));
  both.open_first();
  CHECK(both.state(*both.second) == breaker_state::closed);
  both.server.restart();
  CHECK(both.becomes(*both.second, breaker_state::open));
}

}  // namespace tributary::tests
