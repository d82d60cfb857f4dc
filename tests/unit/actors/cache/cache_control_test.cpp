// SPDX-License-Identifier: MIT
#include "actors/cache/cache_control.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

namespace tributary::actors::cache {

using namespace std::chrono_literals;

using optional_seconds = std::optional<std::chrono::seconds>;

TEST_CASE("Cache-Control is read in every spelling that is seen", "[cache_control]") {
  struct row {
    const char* value;
    bool no_store;
    bool no_cache;
    bool is_private;
    optional_seconds max_age;
    optional_seconds s_maxage;
  };
  const optional_seconds none;
  const auto largest = std::chrono::seconds{2147483648};
  const std::vector<row> rows = {
      {"", false, false, false, none, none},
      {" , ,\t,", false, false, false, none, none},
      {"no-store", true, false, false, none, none},
      {"No-Store", true, false, false, none, none},
      {"NO-CACHE,  PRIVATE", false, true, true, none, none},
      {"max-age=60", false, false, false, 60s, none},
      {"Max-Age=60,S-MaxAge=10", false, false, false, 60s, 10s},
      {"max-age=\"60\"", false, false, false, 60s, none},
      {"max-age = 60", false, false, false, 60s, none},
      {"public, max-age=60, must-revalidate, immutable", false, false, false, 60s, none},
      {"max-age=60, max-age=5, max-age=30", false, false, false, 5s, none},
      {"s-maxage=7, s-maxage=9", false, false, false, none, 7s},
      {"max-age=0", false, false, false, 0s, none},
      {"max-age", false, false, false, 0s, none},
      {"max-age=", false, false, false, 0s, none},
      {"max-age=-1", false, false, false, 0s, none},
      {"max-age=+1", false, false, false, 0s, none},
      {"max-age=1.5", false, false, false, 0s, none},
      {"max-age=60s", false, false, false, 0s, none},
      {"max-age=0x10", false, false, false, 0s, none},
      {"max-age=\"", true, false, false, none, none},
      {"max-age=2147483647", false, false, false, 2147483647s, none},
      {"max-age=2147483649", false, false, false, largest, none},
      {"max-age=99999999999999999999999999", false, false, false, largest, none},
      {"private=\"Set-Cookie, X-A\", max-age=9", false, false, true, 9s, none},
      {"no-cache=\"Set-Cookie\"", false, true, false, none, none},
      {"private=\"a\\\", no-store, b\", max-age=9", false, false, true, 9s, none},
      {"ext=\"no-store, private\", max-age=9", false, false, false, 9s, none},
      {"private=\"a, max-age=9", true, false, false, none, none},
      {"x=\"\\", true, false, false, none, none},
      {"max-age=9; no-store", true, false, false, 9s, none},
      {"no-stored, xno-store, no-store-x, privately", false, false, false, none, none},
      {"max-ages=1, =max-age=1, stale-while-revalidate=5", false, false, false, none, none},
  };
  for (const auto& each : rows) {
    INFO(each.value);
    const auto read = parse_cache_control(each.value);
    CHECK(read.no_store == each.no_store);
    CHECK(read.no_cache == each.no_cache);
    CHECK(read.is_private == each.is_private);
    CHECK(read.max_age == each.max_age);
    CHECK(read.s_maxage == each.s_maxage);
  }
}

TEST_CASE("what may be done with an old answer is read", "[cache_control]") {
  struct row {
    const char* value;
    bool is_public;
    bool must_revalidate;
    bool proxy_revalidate;
    optional_seconds while_revalidating;
    optional_seconds if_error;
  };
  const optional_seconds none;
  const std::vector<row> rows = {
      {"", false, false, false, none, none},
      {"public, max-age=60", true, false, false, none, none},
      {"PUBLIC; Must-Revalidate", true, true, false, none, none},
      {"proxy-revalidate", false, false, true, none, none},
      {"must-revalidate=1", false, true, false, none, none},
      {"stale-while-revalidate=30, stale-if-error=600", false, false, false, 30s, 600s},
      {"Stale-While-Revalidate=\"30\"", false, false, false, 30s, none},
      {"stale-while-revalidate=30, stale-while-revalidate=5", false, false, false, 5s, none},
      {"stale-if-error", false, false, false, none, 0s},
      {"stale-if-error=soon", false, false, false, none, 0s},
      {"publicly, xmust-revalidate, stale-if-errors=3", false, false, false, none, none},
      {"ext=\"public, must-revalidate\"", false, false, false, none, none},
  };
  for (const auto& each : rows) {
    INFO(each.value);
    const auto read = parse_cache_control(each.value);
    CHECK(read.is_public == each.is_public);
    CHECK(read.must_revalidate == each.must_revalidate);
    CHECK(read.proxy_revalidate == each.proxy_revalidate);
    CHECK(read.stale_while_revalidate == each.while_revalidating);
    CHECK(read.stale_if_error == each.if_error);
  }
}

TEST_CASE("several fields add up to the most restrictive word", "[cache_control]") {
  cache_control known;
  add_cache_control(known, "public, max-age=60");
  add_cache_control(known, "max-age=20");
  add_cache_control(known, "max-age=40, private");
  CHECK(known.max_age == 20s);
  CHECK(known.is_private);
}

TEST_CASE("any bytes at all are read without harm", "[cache_control]") {
  std::mt19937_64 random{8};
  const std::string alphabet("max-age=s,;\"\\ \t019\xff\0no-store", 28);
  for (int i = 0; i < 20'000; ++i) {
    std::string value(random() % 30, ' ');
    for (auto& each : value) each = alphabet[random() % alphabet.size()];
    const auto read = parse_cache_control(value);
    if (read.max_age) REQUIRE(*read.max_age >= 0s);
  }
}

}  // namespace tributary::actors::cache
