// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "actors/store/gcra_script.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using actors::guards::gcra;
namespace gcra_script = actors::store::gcra_script;

/// Two instances with one upstream, whose limit they share.
struct two_with_one_limit {
  explicit two_with_one_limit(std::string_view limit, std::string_view command_timeout = "5s") {
    stub.always(answer("{}"));
    const auto text = std::string{R"({"redis": {"url": "${REDIS}", "command_timeout": ")"}
                          .append(command_timeout)
                          .append(R"("}, "upstreams": {"s": {"url": "${URL}", "rate_limit": )")
                          .append(limit)
                          .append(R"(}}, "endpoints": {"e": {"path": "/e", "timeout": "30s",
                        "parts": {"a": {"upstream": "s", "path": "/a"}}}}})");
    for (auto* each : {&first, &second}) {
      *each = std::make_unique<running_gateway>(configured(
          text,
          {{"URL", stub.url()}, {"REDIS", "redis://127.0.0.1:" + std::to_string(server.port())}}));
    }
    for (auto* each : {&first, &second}) {
      REQUIRE(eventually([&] {
        const auto& redis = *(**each)->tree().redis;
        return redis.inspect().well && redis.instances == 2;
      }));
    }
  }

  /// Sends `count` requests at once to each of these instances; how many were served.
  static std::size_t served(const std::vector<running_gateway*>& by, std::size_t count) {
    std::vector<std::unique_ptr<raw_client>> clients;
    for (auto* each : by) {
      for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<raw_client>((*each)->port()));
      }
    }
    for (auto& each : clients) each->send(running_gateway::request("GET", "/e"));
    std::size_t result = 0;
    for (auto& each : clients) {
      const auto got = each->read_answer();
      result += status_of(got) == 200 ? 1 : 0;
      if (status_of(got) == 200) continue;
      CHECK(status_of(got) == 503);
      CHECK(header_of(got, "Aggregate-Status").find("detail=rate_limited") != std::string::npos);
      CHECK_FALSE(header_of(got, "Retry-After").empty());
    }
    return result;
  }
  static std::uint64_t counted(running_gateway& by, std::string_view store) {
    const auto page = body_of(by.admin("GET", "/metrics"));
    std::uint64_t sum = 0;
    for (const std::string decision : {"allowed", "limited"}) {
      const auto line = "tributary_ratelimit_total{policy=\"s\",decision=\"" + decision +
                        "\",store=\"" + std::string{store} + "\"} ";
      const auto at = page.find(line);
      if (at != std::string::npos) sum += std::stoull(page.substr(at + line.size()));
    }
    return sum;
  }

  redis_server server;
  stub_upstream stub;
  std::unique_ptr<running_gateway> first;
  std::unique_ptr<running_gateway> second;
};

}  // namespace

TEST_CASE("the script in Redis decides as the limiter in memory does", "[shared]") {
  redis_server server;
  // The time that the script reads, in the hands of the test.
  std::string text{gcra_script::text()};
  const std::string clock = "redis.call('TIME')";
  const auto at = text.find(clock);
  REQUIRE(at != std::string::npos);
  text.replace(at, clock.size(), "{ARGV[3], ARGV[4]}");
  std::mt19937_64 random{11};
  auto number = 0;
  for (const double rate : {0.7, 3.0, 300.0, 150'000.0}) {
    config::rate_limit_settings settings;
    settings.rate = rate;
    settings.burst = rate > 1 ? 5.5 : 1;
    gcra limiter{settings};
    const auto key = gcra_script::key_of("t" + std::to_string(number++));
    const auto mean = static_cast<std::uint64_t>(1e6 / rate);
    std::uint64_t us = 1'767'323'045'999'990;
    for (int i = 0; i < 200; ++i) {
      us += random() % (2 * mean) / (1 + random() % 3);
      const actors::guards::steady_time now{std::chrono::microseconds{us}};
      auto words = gcra_script::command(true, key, limiter);
      words[1] = text;
      words.push_back(std::to_string(us / 1'000'000));
      words.push_back(std::to_string(us % 1'000'000));
      // Expiry goes by the real time, which stands almost still here.
      const auto got = server.command(words);
      REQUIRE(got.items.size() == 4);
      const auto expected = limiter.decide(now);
      const auto micro = [](std::chrono::nanoseconds value) {
        return std::to_string(std::chrono::ceil<std::chrono::microseconds>(value).count());
      };
      CAPTURE(rate, i);
      REQUIRE(got.items[0].text == (expected.allowed ? "1" : "0"));
      REQUIRE(got.items[1].text == micro(expected.retry_after));
      REQUIRE(got.items[2].text == std::to_string(expected.remaining));
      REQUIRE(got.items[3].text == micro(expected.reset));
    }
  }
}

TEST_CASE("the key of a limit goes away by itself, and a value that is none is no matter",
          "[shared]") {
  redis_server server;
  config::rate_limit_settings settings;
  settings.rate = 10;
  const gcra limiter{settings};
  const auto key = gcra_script::key_of("s");
  CHECK(key == "rate_limit:{s}");
  for (const std::string before : {"", "nonsense", "-5.000000000", "5", "5.000000000"}) {
    CAPTURE(before);
    server.command({"SET", key, before});
    CHECK(server.command(gcra_script::command(true, key, limiter)).items.at(0).text == "1");
    const auto ttl = std::stoll(server.command({"PTTL", key}).text);
    CHECK(ttl > 0);
    CHECK(ttl <= 1'100);
  }
  // Of a clock that was years ahead: the most that this limit can owe, and no more.
  server.command({"SET", key, "99999999999.000000000"});
  const auto late = server.command(gcra_script::command(true, key, limiter));
  CHECK(late.items.at(0).text == "0");
  CHECK(late.items.at(1).text == "100000");
  CHECK(eventually([&] {
    return server.command(gcra_script::command(true, key, limiter)).items.at(0).text == "1";
  }));
  server.command({"DEL", key});
  server.command({"RPUSH", key, "a list"});
  CHECK(server.command(gcra_script::command(true, key, limiter)).items.at(0).text == "1");
  const auto by_digest = server.command(gcra_script::command(false, key, limiter));
  CHECK(by_digest.items.at(0).text == "1");
}

TEST_CASE("two instances together never grant more than the limit, nor less", "[shared]") {
  two_with_one_limit both{R"({"rate": 30, "period": "1h", "burst": 30})"};
  CHECK(both.served({both.first.get(), both.second.get()}, 50) == 30);
  CHECK(both.stub.requests().size() == 30);
  CHECK(both.counted(*both.first, "redis") + both.counted(*both.second, "redis") == 100);
  CHECK(both.counted(*both.first, "local") + both.counted(*both.second, "local") == 0);
}

TEST_CASE("without Redis each instance grants its share, until Redis is back", "[shared]") {
  two_with_one_limit both{R"({"rate": 40, "period": "1h", "burst": 40})"};
  both.server.kill();
  for (auto* each : {both.first.get(), both.second.get()}) {
    REQUIRE(eventually([&] { return !(*each)->tree().redis->inspect().well; }));
    CHECK(both.served({each}, 50) == 20);
    CHECK(both.counted(*each, "local") == 50);
  }
  both.server.restart();
  CHECK(eventually([&] {
    both.first->get("/e");
    return both.counted(*both.first, "redis") > 0;
  }));
}

TEST_CASE("a Redis that hangs delays a call by its time limit at most", "[shared]") {
  two_with_one_limit both{R"({"rate": 1000, "burst": 1000})", "20ms"};
  both.server.stop_process();
  const auto began = std::chrono::steady_clock::now();
  constexpr auto count = 20;
  for (int i = 0; i < count; ++i) CHECK(status_of(both.first->get("/e")) == 200);
  CHECK(std::chrono::steady_clock::now() - began < count * 200ms);
  CHECK(both.counted(*both.first, "local") >= count);
  both.server.continue_process();
  CHECK(eventually([&] {
    const auto before = both.counted(*both.first, "redis");
    both.first->get("/e");
    return both.counted(*both.first, "redis") > before;
  }));
}

}  // namespace tributary::tests
