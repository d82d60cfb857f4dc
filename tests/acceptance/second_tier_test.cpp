// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;

const std::string cache_key = "customer:c1";

bool is_redis_hit(const std::string& raw) {
  return is_hit(raw) && header_of(raw, "Cache-Status").ends_with("; detail=redis");
}

bool is_memory_hit(const std::string& raw) { return is_hit(raw) && !is_redis_hit(raw); }

config::settings with_second_tier(const three_services& services, const redis_server& redis) {
  auto settings =
      services.settings({{"REDIS_URL", "redis://127.0.0.1:" + std::to_string(redis.port())}});
  // What is tested here is not how fast a loaded machine is.
  settings.redis.command_timeout = 2s;
  alter_endpoint(settings, [&](auto& endpoint) {
    endpoint.cache->tags = {"customers", "customer-{customer_id}"};
  });
  return settings;
}

bool is_connected(running_gateway& gateway) {
  auto& tree = gateway->tree();
  const auto& links = tree.redis_cache->links;
  return tree.purge_counters->subscribed &&
         std::all_of(links.begin(), links.end(), [](const auto& l) { return l->connected.load(); });
}

/// A gateway that has found its Redis.
std::unique_ptr<running_gateway> connected(config::settings settings) {
  auto gateway = std::make_unique<running_gateway>(std::move(settings));
  REQUIRE(eventually([&] { return is_connected(*gateway); }));
  return gateway;
}

bool appears(redis_server& redis, const std::string& which = cache_key) {
  return eventually([&] { return redis.command({"TYPE", which}).text == "string"; });
}

bool exists(redis_server& redis, const std::string& which = cache_key) {
  return redis.command({"EXISTS", which}).text == "1";
}

/// Fills Redis and the memory of both: the first gathers, the second has it from Redis.
void fill(redis_server& redis, running_gateway& first, running_gateway& second,
          const std::string& what = customer_target, const std::string& at = cache_key) {
  first.get(what);
  REQUIRE(appears(redis, at));
  REQUIRE(is_redis_hit(second.get(what)));
  REQUIRE(is_memory_hit(second.get(what)));
}

}  // namespace

TEST_CASE("an answer lies in Redis as the client got it, for as long as it is fresh",
          "[redis][cache]") {
  redis_server redis;
  three_services services;
  const auto gateway = connected(with_second_tier(services, redis));
  const auto raw = gateway->get(customer_target);
  CHECK(header_of(raw, "Cache-Status") == "tributary; fwd=uri-miss; stored");
  REQUIRE(appears(redis));
  CHECK(redis.command({"GET", cache_key}).text == body_of(raw));
  const auto left = std::stol(redis.command({"PTTL", cache_key}).text);
  CHECK(left <= 60'000);
  CHECK(left > 44'000);  // jitter takes up to a tenth; the rest is for a slow machine
  CHECK(is_memory_hit(gateway->get(customer_target)));
  const auto variant = gateway->get(customer_target + "&data_type=master");
  REQUIRE(appears(redis, cache_key + ":master:"));
  CHECK(redis.command({"GET", cache_key + ":master:"}).text == body_of(variant));
}

TEST_CASE("another instance has an answer from Redis, with its age, and then from memory",
          "[redis][cache]") {
  redis_server redis;
  three_services services;
  auto settings = with_second_tier(services, redis);
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.cache->jitter = 0; });
  const auto first = connected(settings);
  const auto second = connected(settings);
  const auto gathered = first->get(customer_target);
  REQUIRE(appears(redis));
  redis.command({"PEXPIRE", cache_key, "30999"});
  const auto raw = second->get(customer_target);
  CHECK(is_redis_hit(raw));
  CHECK(body_of(raw) == body_of(gathered));
  CHECK(header_of(raw, "ETag") == header_of(gathered, "ETag"));
  CHECK(header_of(raw, "Aggregate-Status") ==
        "customer;source=cache, master;source=cache, transaction;source=cache");
  CHECK(header_of(raw, "Aggregate-Complete") == "?1");
  const auto age = std::stoi(header_of(raw, "Age"));
  CHECK(age >= 29);
  CHECK(age <= 45);
  CHECK(is_memory_hit(second->get(customer_target)));
  CHECK(status_of(second->get(customer_target,
                              "If-None-Match: " + header_of(raw, "ETag") + "\r\n")) == 304);
  CHECK(services.customer.requests().size() == 1);
  const auto metrics = second->admin("GET", "/metrics");
  CHECK(metrics.find(R"(tributary_cache_total{endpoint="aggregated-data",result="hit_redis"} 1)") !=
        std::string::npos);
  CHECK(metrics.find(R"(tributary_redis_up{store="redis"} 1)") != std::string::npos);
}

TEST_CASE("what is no answer is a miss and is overwritten", "[redis][cache]") {
  const std::vector<std::vector<std::string>> strange{
      {"LPUSH", cache_key, "x"},
      {"HSET", cache_key, "a", "b"},
      {"SET", cache_key, "{}"},  // no time to live
      {"SET", cache_key, "", "PX", "50000"},
      {"SET", cache_key, "[1]", "PX", "50000"},
      {"SET", cache_key, R"({"customer_info":)", "PX", "50000"},
  };
  redis_server redis;
  three_services services;
  for (const auto& command : strange) {
    CAPTURE(command[0], command[2]);
    redis.command({"FLUSHALL"});
    redis.command(command);
    const auto gateway = connected(with_second_tier(services, redis));
    const auto raw = gateway->get(customer_target);
    CHECK(header_of(raw, "Cache-Status") == "tributary; fwd=uri-miss; stored");
    CHECK(body_of(raw) == three_services::complete_body);
    CHECK(eventually([&] { return redis.command({"GET", cache_key}).text == body_of(raw); }));
  }
}

TEST_CASE("a purge reaches Redis before it is answered, and then the memory of others",
          "[redis][purge]") {
  redis_server redis;
  three_services services;
  const auto first = connected(with_second_tier(services, redis));
  const auto second = connected(with_second_tier(services, redis));
  // A customer for each purge: a notice that is still on its way keeps gathers from being stored.
  const std::vector<std::pair<std::string, std::string>> purges{{"a", "/cache/customer:a"},
                                                                {"b", "/cache?prefix=customer:b"},
                                                                {"d", "/cache?tag=customer-d"},
                                                                {"e", "/cache?tag=customers"}};
  for (const auto& [id, purge] : purges) {
    CAPTURE(purge);
    const auto plain = "/aggregated-data?customer_id=" + id;
    const auto plain_key = "customer:" + id;
    const auto variant = plain + "&data_type=master";
    const auto variant_key = plain_key + ":master:";
    fill(redis, *first, *second, plain, plain_key);
    fill(redis, *first, *second, variant, variant_key);
    CHECK(status_of(first->admin("DELETE", purge)) == 204);
    CHECK_FALSE(exists(redis, plain_key));
    CHECK_FALSE(exists(redis, variant_key));
    CHECK_FALSE(is_hit(first->get(plain)));
    CHECK(eventually([&] { return !is_memory_hit(second->get(plain)); }));
    CHECK(eventually([&] { return !is_memory_hit(second->get(variant)); }));
  }
}

TEST_CASE("a purge leaves alone what it does not name", "[redis][purge]") {
  redis_server redis;
  three_services services;
  const auto gateway = connected(with_second_tier(services, redis));
  const std::string other = "/aggregated-data?customer_id=c10";
  gateway->get(customer_target);
  gateway->get(other);
  REQUIRE(appears(redis));
  REQUIRE(appears(redis, "customer:c10"));
  redis.command({"SET", "circuit_breaker:customer", "{}"});
  CHECK(status_of(gateway->admin("DELETE", "/cache/customer:c1")) == 204);
  CHECK(status_of(gateway->admin("DELETE", "/cache?tag=customer-c1")) == 204);
  CHECK(status_of(gateway->admin("DELETE", "/cache?prefix=circuit")) == 204);
  CHECK(status_of(gateway->admin("DELETE", "/cache?prefix=*")) == 204);
  CHECK(exists(redis, "customer:c10"));
  CHECK(exists(redis, "circuit_breaker:customer"));
  CHECK(is_memory_hit(gateway->get(other)));
  for (const auto* wrong :
       {"/cache", "/cache?tag=", "/cache?prefix=a&tag=b", "/cache?tag=a&tag=b", "/cache?key=a"}) {
    CHECK(status_of(gateway->admin("DELETE", wrong)) == 400);
  }
}

TEST_CASE("a tag's set lives as long as the longest of its answers", "[redis][purge]") {
  redis_server redis;
  three_services services;
  const auto gateway = connected(with_second_tier(services, redis));
  redis.command({"SET", "cache_tag:customers", "something else"});
  gateway->get(customer_target);
  const auto is_set = [&] { return redis.command({"TYPE", "cache_tag:customers"}).text == "set"; };
  REQUIRE(eventually(is_set));
  CHECK(redis.command({"SISMEMBER", "cache_tag:customers", cache_key}).text == "1");
  CHECK(std::stol(redis.command({"PTTL", "cache_tag:customers"}).text) > 44'000);
  // Neither a later answer shortens it, nor do keys that are gone pile up.
  redis.command({"PEXPIRE", "cache_tag:customers", "500000"});
  for (int i = 0; i < 50; ++i) {
    redis.command({"SADD", "cache_tag:customers", "gone:" + std::to_string(i)});
  }
  for (int i = 0; i < 60; ++i) gateway->get("/aggregated-data?customer_id=n" + std::to_string(i));
  REQUIRE(eventually([&] {
    return redis.command({"SISMEMBER", "cache_tag:customers", "customer:n59"}).text == "1";
  }));
  CHECK(std::stol(redis.command({"PTTL", "cache_tag:customers"}).text) > 400'000);
  CHECK(std::stol(redis.command({"SCARD", "cache_tag:customers"}).text) < 100);
}

TEST_CASE("a Redis that was flushed, or killed and started empty, is filled again",
          "[redis][cache]") {
  redis_server redis;
  three_services services;
  const auto first = connected(with_second_tier(services, redis));
  const auto second = connected(with_second_tier(services, redis));
  fill(redis, *first, *second);
  redis.command({"FLUSHALL"});
  CHECK(is_memory_hit(first->get(customer_target)));
  const std::string other = "/aggregated-data?customer_id=c2";
  redis.kill();
  CHECK(status_of(first->get(other)) == 200);
  CHECK(is_memory_hit(first->get(other)));
  redis.restart();
  // Fresh keys, since what was in memory is only sent to Redis when it is gathered again.
  auto number = 0;
  CHECK(eventually([&] {
    const auto id = "r" + std::to_string(++number);
    CHECK(status_of(first->get("/aggregated-data?customer_id=" + id)) == 200);
    return exists(redis, "customer:" + id);
  }));
  REQUIRE(eventually([&] { return is_connected(*second); }));
  const auto id = std::to_string(number);
  CHECK(eventually([&] { return is_hit(second->get("/aggregated-data?customer_id=r" + id)); }));
}

TEST_CASE("a purge that Redis could not be told of is delivered when it is back",
          "[redis][purge]") {
  redis_server redis;
  three_services services;
  auto settings = with_second_tier(services, redis);
  settings.redis.command_timeout = 100ms;
  const auto first = connected(settings);
  const auto second = connected(settings);
  fill(redis, *first, *second);
  redis.stop_process();
  const auto began = std::chrono::steady_clock::now();
  CHECK(status_of(first->admin("DELETE", "/cache/customer:c1")) == 204);
  CHECK(std::chrono::steady_clock::now() - began < 8s);
  CHECK((*first)->tree().purge_counters->waiting == 1);
  CHECK(is_memory_hit(second->get(customer_target)));
  CHECK_FALSE(is_hit(first->get(customer_target)));
  redis.continue_process();
  CHECK(eventually([&] { return (*first)->tree().purge_counters->waiting == 0; }));
  CHECK(eventually([&] { return !is_memory_hit(second->get(customer_target)); }));
}

TEST_CASE("who may have missed a purge forgets what it has in memory", "[redis][purge]") {
  redis_server redis;
  three_services services;
  const auto gateway = connected(with_second_tier(services, redis));
  gateway->get(customer_target);
  CHECK(is_memory_hit(gateway->get(customer_target)));
  redis.kill();
  REQUIRE(eventually([&] { return !(*gateway)->tree().purge_counters->subscribed; }));
  CHECK(is_memory_hit(gateway->get(customer_target)));
  redis.restart();
  REQUIRE(eventually([&] { return (*gateway)->tree().purge_counters->subscribed.load(); }));
  CHECK_FALSE(is_memory_hit(gateway->get(customer_target)));
}

TEST_CASE("notices that make no sense change nothing", "[redis][purge]") {
  redis_server redis;
  three_services services;
  const auto gateway = connected(with_second_tier(services, redis));
  gateway->get(customer_target);
  for (const auto* text : {"", "x", "{}", R"({"from":"a"})", R"({"key":"customer:c1"})"}) {
    redis.command({"PUBLISH", "tributary:invalidate", text});
  }
  CHECK(is_memory_hit(gateway->get(customer_target)));
  redis.command({"PUBLISH", "tributary:invalidate", R"({"from":"cli","key":"customer:c1"})"});
  CHECK(eventually([&] { return !is_memory_hit(gateway->get(customer_target)); }));
}

}  // namespace tributary::tests
