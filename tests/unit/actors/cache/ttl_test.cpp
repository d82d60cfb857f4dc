// SPDX-License-Identifier: MIT
#include "actors/cache/ttl.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace tributary::actors::cache {

using namespace std::chrono_literals;

using optional_seconds = std::optional<std::chrono::seconds>;
/// Sun, 06 Nov 1994 08:49:37 GMT
const std::chrono::system_clock::time_point received_at{784111777s};

using optional_ms = std::optional<std::chrono::milliseconds>;

TEST_CASE("the freshness of an upstream's answer is read from its header", "[ttl]") {
  struct row {
    const char* block;
    bool storable;
    optional_seconds left;
  };
  const optional_seconds none;
  const std::vector<row> rows = {
      {"", true, none},
      {"Content-Type: application/json\r\n", true, none},
      {"Age: 30\r\n", true, none},
      {"Expires: 0\r\n", false, 0s},
      {"Expires: Thu, 01 Jan 1970 00:00:00 GMT\r\n", false, 0s},
      {"Expires: Sun, 06 Nov 1994 08:49:47 GMT\r\n", true, 10s},
      {"Expires: Sun, 06 Nov 1994 08:49:47 GMT\r\nAge: 4\r\n", true, 6s},
      {"Expires: 0\r\nCache-Control: max-age=60\r\n", true, 60s},
      {"Expires: 0\r\nCache-Control: public\r\n", false, 0s},
      {"Pragma: no-cache\r\n", false, none},
      {"pragma: x, No-Cache\r\n", false, none},
      {"Pragma: no-cache\r\nCache-Control: max-age=60\r\n", true, 60s},
      {"Pragma: no-store\r\n", true, none},
      {"Set-Cookie: session=secret; HttpOnly\r\n", false, none},
      {"Cache-Control: public, max-age=60\r\nSet-Cookie: a=b\r\n", false, 60s},
      {"Vary: *\r\n", false, none},
      {"Vary: Accept\r\nVary: *\r\n", false, none},
      {"Vary: not a name\r\n", false, none},
      {"Vary: Accept, Authorization\r\n", true, none},
      {"Vary: X-Request-ID\r\n", false, none},
      {"Vary: x-deadline\r\n", false, none},
      {"Cache-Control: max-age=60\r\n", true, 60s},
      {"cache-control:max-age=60\r\n", true, 60s},
      {"CACHE-CONTROL: \t max-age=60 \r\nAGE:  20\t\r\n", true, 40s},
      {"Age: 20\r\nCache-Control: max-age=60\r\n", true, 40s},
      {"Age: 60\r\nCache-Control: max-age=60\r\n", false, 0s},
      {"Age: 99999999999999\r\nCache-Control: max-age=60\r\n", false, 0s},
      {"Age: x\r\nCache-Control: max-age=60\r\n", true, 60s},
      {"Age: -5\r\nCache-Control: max-age=60\r\n", true, 60s},
      {"Age: 10, 50\r\nAge: 50\r\nCache-Control: max-age=60\r\n", true, 50s},
      {"Cache-Control: max-age=60, s-maxage=5\r\n", true, 5s},
      {"Cache-Control: max-age=5, s-maxage=60\r\n", true, 60s},
      {"Cache-Control: max-age=60\r\nX: y\r\nCache-Control: max-age=7\r\n", true, 7s},
      {"Cache-Control: max-age=60\r\nCache-Control: no-store\r\n", false, 60s},
      {"Cache-Control: private\r\n", false, none},
      {"Cache-Control: no-cache\r\n", false, none},
      {"Cache-Control: max-age=0\r\n", false, 0s},
      {"Cache-Control: max-age=nonsense\r\n", false, 0s},
      {"Cache-Control: public\r\n", true, none},
      {"X-Cache-Control: no-store\r\n", true, none},
      {"Cache-Control no-store\r\nCache-Control: max-age=3", true, 3s},
  };
  for (const auto& each : rows) {
    INFO(each.block);
    const auto read = freshness_of(each.block, received_at, "X-Deadline");
    CHECK(read.storable == each.storable);
    CHECK(read.left == each.left);
  }
}

TEST_CASE("the endpoint's TTL holds unless a part says less", "[ttl]") {
  struct row {
    std::vector<freshness> parts;
    optional_ms ttl;
  };
  const std::vector<row> rows = {
      {{}, 60s},
      {{{true, {}}, {true, {}}}, 60s},
      {{{true, 300s}, {true, {}}}, 60s},
      {{{true, 30s}, {true, 10s}, {true, {}}}, 10s},
      {{{true, 30s}, {false, {}}}, {}},
      {{{false, 300s}}, {}},
      {{{true, 0s}}, {}},
  };
  for (const auto& each : rows) {
    aggregate_ttl ttl{60s};
    for (const auto& part : each.parts) ttl.add(part);
    CHECK(ttl.result() == each.ttl);
  }
  CHECK_FALSE(aggregate_ttl{0ms}.result().has_value());
}

TEST_CASE("jitter shortens a TTL by a share of it at most", "[ttl]") {
  CHECK(jittered(60s, 0.1, 0.0) == 60s);
  CHECK(jittered(60s, 0.1, 0.5) == 57s);
  CHECK(jittered(60s, 0.0, 0.9) == 60s);
  CHECK(jittered(1ms, 1.0, 0.9999) == 1ms);
  CHECK(jittered(0ms, 0.1, 0.5) == 0ms);
  CHECK(jittered(60s, 5.0, 0.5) == 30s);
  std::mt19937_64 random{1};
  std::uniform_real_distribution<double> share;
  for (int i = 0; i < 10'000; ++i) {
    const auto ttl = jittered(60s, 0.1, share(random));
    REQUIRE(ttl <= 60s);
    REQUIRE(ttl > 54s);
  }
}

TEST_CASE("the jitter of a key is the same everywhere and spreads keys evenly", "[ttl]") {
  // Fixed values: instances of all versions and machines must agree.
  CHECK(key_jitter("customer:c1") == key_jitter(std::string{"customer:"} + "c1"));
  CHECK(key_jitter("customer:c1") != key_jitter("customer:c2"));
  std::vector<int> tenths(10);
  for (int i = 0; i < 10'000; ++i) {
    const auto jitter = key_jitter("customer:" + std::to_string(i));
    REQUIRE(jitter >= 0.0);
    REQUIRE(jitter < 1.0);
    ++tenths[static_cast<std::size_t>(jitter * 10)];
  }
  for (const auto count : tenths) CHECK(std::abs(count - 1'000) < 200);
}

}  // namespace tributary::actors::cache
