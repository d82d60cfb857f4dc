// SPDX-License-Identifier: MIT
// Redis fails in every way it can: no request fails for it, none waits longer than the limit of a
// command, /health tells of it, and all is well again by itself.
#include "actors/actor_tree.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using nlohmann::json;

/// Beyond the limit of a command, a request may take what a busy machine needs.
constexpr auto redis_tolerance = 2s;

struct redis_fault {
  std::string name;
  std::function<void(redis_server&)> begin;
  std::function<void(redis_server&)> end;
  bool shows = true;  ///< in /health
};

const std::vector<redis_fault>& redis_faults() {
  static const auto nothing = [](redis_server&) {};
  static const std::vector<redis_fault> all = {
      {"killed", [](auto& r) { r.kill(); }, [](auto& r) { r.restart(); }},
      {"hung", [](auto& r) { r.stop_process(); }, [](auto& r) { r.continue_process(); }},
      {"restarted empty", [](auto& r) { r.restart(); }, nothing, false},
      {"flushed", [](auto& r) { r.command({"FLUSHALL"}); }, nothing, false},
      {"out of memory",
       [](auto& r) {
         r.command({"CONFIG", "SET", "maxmemory", "1"});
       },
       [](auto& r) {
         r.command({"CONFIG", "SET", "maxmemory", "0"});
       }},
      {"answering errors",
       [](auto& r) {
         r.command({"ACL", "SETUSER", "default", "-set", "-get", "-eval", "-evalsha", "-mget"});
       },
       [](auto& r) {
         r.command({"ACL", "SETUSER", "default", "+@all"});
       }},
  };
  return all;
}

/// The shipped configuration with a Redis and a shared rate limit that nothing here exceeds.
config::settings with_faulty_redis(const three_services& services, const redis_server& redis) {
  auto settings =
      local(shipped({{"CUSTOMER_URL", services.customer.url()},
                     {"MASTER_DATA_URL", services.master.url()},
                     {"TRANSACTION_URL", services.transaction.url()},
                     {"REDIS_URL", "redis://127.0.0.1:" + std::to_string(redis.port())}}));
  settings.sections.drop<config::market_settings>();
  settings.upstreams.front().rate_limit.emplace();
  settings.upstreams.front().rate_limit->rate = 100'000;
  return settings;
}

std::string redis_status(running_gateway& gateway) {
  const auto health = json::parse(body_of(gateway.get("/health")));
  const auto one = health.at("dependencies").at("redis").at("status").get<std::string>();
  CHECK((health.at("status") == "ok" || health.at("status") == "degraded"));
  CHECK((one == "ok" || health.at("status") == "degraded"));
  return one;
}

class redis_trial {
 public:
  explicit redis_trial(const redis_fault& fault) : fault_(fault) {}

  void run() {
    CAPTURE(fault_.name);
    REQUIRE(eventually([&] { return redis_status(gateway_) == "ok"; }));
    ask(20);
    REQUIRE(eventually([&] { return kept(); }));
    fault_.begin(redis_);
    const auto worst = ask(50);
    CHECK(worst < 20ms + redis_tolerance);
    if (fault_.shows) {
      CHECK(eventually([&] {
        ask(1);
        return redis_status(gateway_) != "ok";
      }));
    }
    ask(50);
    fault_.end(redis_);
    CHECK(eventually([&] {
      ask(1);
      return redis_status(gateway_) == "ok";
    }));
    CHECK(eventually([&] {
      ask(1);
      return kept();
    }));
    std::printf("redis %-18s slowest of 50 requests meanwhile: %lld ms\n", fault_.name.c_str(),
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(worst).count()));
  }

 private:
  /// Each for a customer of its own, so that no memory helps; all complete. @returns the longest
  clock::duration ask(int count) {
    clock::duration worst{0};
    for (int i = 0; i < count; ++i) {
      const auto began = clock::now();
      last_ = "c" + std::to_string(++customers_);
      const auto told = gateway_.get("/aggregated-data?customer_id=" + last_);
      worst = std::max(worst, clock::now() - began);
      REQUIRE(status_of(told) == 200);
      REQUIRE(header_of(told, "Aggregate-Complete") == "?1");
      REQUIRE(body_of(told) == three_services::complete_body);
    }
    return worst;
  }

  /// The last answer got to Redis.
  bool kept() {
    return eventually(
        [&] {
          return redis_.command({"GET", "customer:" + last_}).text == three_services::complete_body;
        },
        1s);
  }

  const redis_fault& fault_;
  three_services services_;
  redis_server redis_;
  running_gateway gateway_{with_faulty_redis(services_, redis_)};
  int customers_ = 0;
  std::string last_;
};

}  // namespace

TEST_CASE("whatever happens to Redis, no request fails or waits for it", "[redis][failures]") {
  for (const auto& fault : redis_faults()) redis_trial{fault}.run();
}

TEST_CASE("a Redis that is slow costs the limit of a command and no more", "[redis][failures]") {
  three_services services;
  redis_server redis;
  running_gateway gateway{with_faulty_redis(services, redis)};
  REQUIRE(eventually([&] { return redis_status(gateway) == "ok"; }));
  std::thread sleeper{[&] { redis.command({"DEBUG", "SLEEP", "2"}); }};
  const auto until = clock::now() + 1500ms;
  auto slowest = clock::duration{0};
  for (int i = 0; clock::now() < until; ++i) {
    const auto began = clock::now();
    const auto told = gateway.get("/aggregated-data?customer_id=s" + std::to_string(i));
    slowest = std::max(slowest, clock::now() - began);
    REQUIRE(body_of(told) == three_services::complete_body);
  }
  sleeper.join();
  CHECK(slowest < 1500ms);
  CHECK(eventually([&] { return redis_status(gateway) == "ok"; }));
}

TEST_CASE("a Redis that was never there is no reason not to start", "[redis][failures]") {
  three_services services;
  const refusing_port nobody;
  auto settings = services.settings();
  settings.redis.main.emplace();
  settings.redis.main->host = "127.0.0.1";
  settings.redis.main->port = nobody.number();
  settings.redis.cache = settings.redis.main;
  running_gateway gateway{std::move(settings)};
  CHECK(status_of(gateway.get("/readyz")) == 200);
  CHECK(body_of(gateway.get("/aggregated-data?customer_id=c1")) == three_services::complete_body);
  CHECK(redis_status(gateway) == "down");
}

}  // namespace tributary::tests
