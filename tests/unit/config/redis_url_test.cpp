// SPDX-License-Identifier: MIT
#include "config/redis_url.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

TEST_CASE("a Redis URL is split into what is needed to reach it", "[config][redis_url]") {
  struct good {
    const char* text;
    redis_address expected;
  };
  const auto row =
      GENERATE(good{"redis://cache", {false, "cache", 6379, "", "", 0}},
               good{"REDIS://cache/", {false, "cache", 6379, "", "", 0}},
               good{"redis://cache:", {false, "cache", 6379, "", "", 0}},
               good{"rediss://cache.example:6380/3", {true, "cache.example", 6380, "", "", 3}},
               good{"redis://:secret@10.0.0.1", {false, "10.0.0.1", 6379, "", "secret", 0}},
               good{"redis://app:secret@[::1]:7000/15", {false, "::1", 7000, "app", "secret", 15}},
               good{"redis://a%40b:p%3Aq%2Fr%25@h/1", {false, "h", 6379, "a@b", "p:q/r%", 1}},
               good{"redis://u:p:q@h", {false, "h", 6379, "u", "p:q", 0}});
  CAPTURE(row.text);
  std::string error;
  const auto address = parse_redis_url(row.text, error);
  CHECK(error.empty());
  REQUIRE(address);
  CHECK(address->tls == row.expected.tls);
  CHECK(address->host == row.expected.host);
  CHECK(address->port == row.expected.port);
  CHECK(address->user == row.expected.user);
  CHECK(address->password == row.expected.password);
  CHECK(address->database == row.expected.database);
}

TEST_CASE("what is wrong with a Redis URL is named", "[config][redis_url]") {
  struct bad {
    const char* text;
    const char* error;
  };
  const auto row = GENERATE(
      bad{"", "not a URL"}, bad{"cache:6379", "redis://"}, bad{"h", "not a URL"},
      bad{"http://h", "expected a `redis://`"}, bad{"unix:///run/redis", "expected a `redis://`"},
      bad{"redis://", "no host"}, bad{"redis:///1", "no host"}, bad{"redis://:p@/1", "no host"},
      bad{"redis:h", "no host"}, bad{"redis://h:0", "the port"}, bad{"redis://h:65536", "the port"},
      bad{"redis://h:x", "the port is not a number"}, bad{"redis://h?db=1", "no `?`"},
      bad{"redis://h#1", "no `?`"}, bad{"redis://h/x", "the database"},
      bad{"redis://h/-1", "the database"}, bad{"redis://h/1/2", "the database"},
      bad{"redis://h/1x", "the database"}, bad{"redis://h/99999999999", "the database"},
      bad{"redis://h/2147483648", "the database"}, bad{"redis://user@h", "no password"},
      bad{"redis://user:@h", "no password"}, bad{"redis://[::1", "not a URL"},
      bad{"redis://h%2fx", "the host"}, bad{"redis://:p%zz@h", "not a URL"},
      bad{"redis://h/ ", "not a URL"}, bad{"redis://h\r\n", "not a URL"});
  CAPTURE(row.text);
  std::string error;
  CHECK_FALSE(parse_redis_url(row.text, error));
  CHECK_THAT(error, Catch::Contains(row.error));
}

TEST_CASE("no error tells the password of a Redis URL", "[config][redis_url]") {
  const auto* text = GENERATE("redis://u:hush@h/x", "redis://u:hush@h:0", "redis://u:hush@ h",
                              "redis://u:hush@h?x", "http://u:hush@h");
  std::string error;
  CHECK_FALSE(parse_redis_url(text, error));
  CHECK_FALSE(error.empty());
  CHECK_THAT(error, !Catch::Contains("hush"));
}

}  // namespace tributary::config
