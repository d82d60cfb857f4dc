// SPDX-License-Identifier: MIT
#include "config/check.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

using namespace tests;

namespace {

redis_settings redis_of(const std::string& text, const environment& env = environment_of()) {
  auto result = load_text(R"({"redis": )" + text + "}", env);
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  return result.value->redis;
}

constexpr const char* from_environment =
    R"({"url": "${REDIS_URL:-}", "host": "${REDIS_HOST:-}", "port": "${REDIS_PORT:-6379}",
        "cache_url": "${REDIS_CACHE_URL:-}"})";

}  // namespace

TEST_CASE("without a URL and a host there is no Redis", "[config][redis]") {
  CHECK_FALSE(settings{}.redis.main);
  auto redis = redis_of(from_environment);
  CHECK_FALSE(redis.main);
  CHECK_FALSE(redis.cache);
  CHECK_FALSE(redis_of(R"({"port": 1, "tls": {"verify": false}})").main);
}

TEST_CASE("host and port name a Redis, and a URL wins over them", "[config][redis]") {
  auto plain =
      redis_of(from_environment, environment_of({{"REDIS_HOST", "r"}, {"REDIS_PORT", "7"}}));
  CHECK(plain.main == redis_address{false, "r", 7, "", "", 0});
  CHECK(plain.cache == plain.main);
  CHECK(redis_of(R"({"host": "::1"})").main == redis_address{false, "::1", 6379, "", "", 0});

  auto both = redis_of(
      from_environment,
      environment_of(
          {{"REDIS_URL", "rediss://me:s%40cret@s:8/3"}, {"REDIS_HOST", "r"}, {"REDIS_PORT", "7"}}));
  CHECK(both.main == redis_address{true, "s", 8, "me", "s@cret", 3});
  CHECK(both.cache == both.main);
}

TEST_CASE("what may be evicted can have a Redis of its own", "[config][redis]") {
  auto redis =
      redis_of(from_environment,
               environment_of({{"REDIS_URL", "redis://a"}, {"REDIS_CACHE_URL", "redis://b:2/1"}}));
  CHECK(redis.main == redis_address{false, "a", 6379, "", "", 0});
  CHECK(redis.cache == redis_address{false, "b", 2, "", "", 1});
}

TEST_CASE("what contradicts itself about Redis is refused", "[config][redis]") {
  struct row {
    const char* redis;
    const char* path;
    const char* suggestion;
  };
  auto given = GENERATE(
      row{R"({"url": "http://h"})", "redis.url", ""},
      row{R"({"url": "redis://h/x"})", "redis.url", ""},
      row{R"({"url": "redis://h", "cache_url": "h"})", "redis.cache_url", ""},
      row{R"({"cache_url": "redis://h"})", "redis.cache_url", ""},
      row{R"({"host": "redis://h"})", "redis.host", ""},
      row{R"({"host": "h:6379"})", "redis.host", ""}, row{R"({"host": "a b"})", "redis.host", ""},
      row{R"({"host": "[::1]"})", "redis.host", ""},
      row{R"({"host": "h", "port": 0})", "redis.port", ""},
      row{R"({"url": "redis://h", "tls": {"verify": false}})", "redis.tls", "rediss://"},
      row{R"({"host": "h", "tls": {"ca_file": "a"}})", "redis.tls", "rediss://"},
      row{R"({"breaker": {"open_for": "3s"}})", "redis.breaker.open_max", ""},
      row{R"({"breaker": {"open_max": "100ms"}})", "redis.breaker.open_max", ""},
      row{R"({"breaker": {"shared": true}})", "redis.breaker.shared", ""},
      row{R"({"command_timeout": "0ms"})", "redis.command_timeout", ""},
      row{R"({"host": "h", "max_reply": "1KiB"})", "redis.max_reply", ""});
  CAPTURE(given.redis);
  auto result = load_text(std::string{R"({"redis": )"} + given.redis + "}");
  CAPTURE(errors_as_text(result));
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].path == given.path);
  CHECK(result.errors[0].suggestion == given.suggestion);
  CHECK(result.errors[0].line == 1);
}

TEST_CASE("a reply need not hold an answer that no cache keeps", "[config][redis]") {
  CHECK(load_text(R"({"cache": {"max_bytes": 0}, "redis": {"host": "h", "max_reply": "1KiB"}})")
            .errors.empty());
  CHECK(load_text(R"({"redis": {"max_reply": "1KiB"}})").errors.empty());
}

TEST_CASE("TLS options count when one of two Redis speaks TLS", "[config][redis]") {
  CHECK(redis_of(R"({"url": "redis://a", "cache_url": "rediss://b", "tls": {"verify": false}})")
            .cache->tls);
}

TEST_CASE("a password of Redis does not belong into the file", "[config][redis]") {
  auto key = GENERATE("url", "cache_url");
  auto text = GENERATE("redis://:hidden@h", "rediss://me:hidden@h:1/2", "redis://me:hid@den@h",
                       "redis://me:hidden/@h");
  CAPTURE(key, text);
  auto result =
      load_text(std::string{R"({"redis": {"host": "h", ")"} + key + R"(": ")" + text + R"("}})");
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].path == std::string{"redis."} + key);
  CHECK(result.errors[0].message == "a secret does not belong into the file");
  CHECK(result.errors[0].suggestion == "${NAME} or ${file:PATH}");
}

TEST_CASE("user and password of Redis are not printed, the rest is", "[config][redis]") {
  auto result = load_text(
      R"({"redis": {"url": "${URL}", "cache_url": "redis://:${file:password}@second:7/1"}})",
      environment_of({{"URL", "rediss://someone:hid%40den@first:8/2"}},
                     {{"password", "hidden\n"}}));
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  CHECK(result.value->redis.cache->password == "hidden");
  auto printed = print_effective(*result.value, all_sections());
  CHECK(printed.find("hid") == std::string::npos);
  CHECK(printed.find("someone") == std::string::npos);
  CHECK(printed.find("\"rediss://***@first:8/2\"") != std::string::npos);
  CHECK(printed.find("\"redis://***@second:7/1\"") != std::string::npos);
}

TEST_CASE("no error shows the password of Redis", "[config][redis]") {
  auto url = GENERATE("http://u:hidden@h", "redis://:hidden@", "redis://:hidden@h:x",
                      "redis://:hidden@h/x", "redis://:hidden@h?q", ":hidden@h",
                      "redis://:hid den@h", "redis://:hidden@h h");
  auto key = GENERATE("URL", "HOST", "CACHE_URL");
  CAPTURE(url, key);
  auto result =
      load_text(std::string{R"({"redis": )"} + from_environment + "}",
                environment_of({{std::string{"REDIS_"} + key, url},
                                {key == std::string{"CACHE_URL"} ? "REDIS_HOST" : "X", "h"}}));
  REQUIRE(result.errors.size() == 1);
  CHECK(errors_as_text(result).find("hid") == std::string::npos);
  CHECK(errors_as_json(result).find("den") == std::string::npos);
}

}  // namespace tributary::config
