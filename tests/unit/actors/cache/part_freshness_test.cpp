// SPDX-License-Identifier: MIT
#include "actors/cache/part_freshness.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

namespace tributary::actors::cache {

using namespace std::chrono_literals;
using config::part_cache_settings;
using std::chrono::milliseconds;

namespace {

const auto received = steady_time{} + 1h;
/// Sun, 06 Nov 1994 08:49:37 GMT
const std::chrono::system_clock::time_point received_at{784111777s};

part_freshness judged(const std::string& block, const part_cache_settings& settings = {},
                      const part_request_facts& asked = {}, int status = 200,
                      milliseconds max_stale = 0ms, milliseconds took = 0ms) {
  return judge_freshness(settings, asked, {status, block, received - took, received, received_at},
                         max_stale);
}

part_cache_settings with_ttl(milliseconds ttl, bool forced = false) {
  part_cache_settings result;
  result.ttl = ttl;
  result.force_ttl = forced;
  return result;
}

}  // namespace

TEST_CASE("an answer is fresh for as long as its fields say", "[part_freshness]") {
  struct row {
    std::string block;
    std::optional<milliseconds> ttl;  ///< of the settings
    std::optional<milliseconds> left;
  };
  const std::vector<row> rows = {
      {"", {}, {}},
      {"", 30s, 30s},
      {"", 0ms, {}},
      {"Age: 10\r\n", 30s, 30s},
      {"Cache-Control: max-age=60\r\n", {}, 60s},
      {"Cache-Control: max-age=60\r\n", 30s, 60s},
      {"cache-control:max-age=60\r\nAGE:20\r\n", {}, 40s},
      {"Cache-Control: max-age=60\r\nAge: 60\r\n", {}, {}},
      {"Cache-Control: max-age=60\r\nAge: 9999999999\r\n", {}, {}},
      {"Cache-Control: max-age=60\r\nAge: x\r\n", {}, 60s},
      {"Cache-Control: max-age=60, s-maxage=5\r\n", {}, 5s},
      {"Cache-Control: max-age=5\r\nCache-Control: s-maxage=60\r\n", {}, 60s},
      {"Cache-Control: max-age=0\r\n", 30s, {}},
      {"Cache-Control: max-age=soon\r\n", 30s, {}},
      {"Cache-Control: max-age=60\r\nExpires: 0\r\n", {}, 60s},
      {"Cache-Control: public\r\n", {}, {}},
      {"Cache-Control: public\r\n", 30s, 30s},
      {"Date: Sun, 06 Nov 1994 08:00:00 GMT\r\n"
       "Expires: Sun, 06 Nov 1994 08:01:00 GMT\r\n",
       {},
       60s},
      {"Age: 9\r\nExpires: Sun, 06 Nov 1994 08:01:00 GMT\r\n"
       "Date: Sun, 06 Nov 1994 08:00:00 GMT\r\n",
       {},
       51s},
      {"Expires: Sun, 06 Nov 1994 08:49:47 GMT\r\n", {}, 10s},
      {"Date: nonsense\r\nExpires: Sun, 06 Nov 1994 08:49:47 GMT\r\n", {}, 10s},
      {"Expires: Sun, 06 Nov 1994 08:49:30 GMT\r\n", 30s, {}},
      {"Expires: 0\r\n", 30s, {}},
      {"Expires:\r\n", 30s, {}},
      {"Expires: 0\r\nExpires: Sun, 06 Nov 1994 08:49:47 GMT\r\n", 30s, {}},
  };
  for (const auto& each : rows) {
    INFO(each.block << " ttl " << (each.ttl ? each.ttl->count() : -1));
    part_cache_settings settings;
    settings.ttl = each.ttl;
    const auto found = judged(each.block, settings);
    CHECK(found.storable == each.left.has_value());
    if (!each.left) continue;
    CHECK(found.fresh_until - received == *each.left);
    CHECK(found.revalidate_until == found.fresh_until);
    CHECK(found.error_until == found.fresh_until);
    CHECK(found.fallback_until == found.fresh_until);
    CHECK(found.keep_until == found.fresh_until);
  }
}

TEST_CASE("the time a call took counts as age", "[part_freshness]") {
  const auto found = judged("Cache-Control: max-age=60\r\nAge: 5\r\n", {}, {}, 200, 0ms, 1500ms);
  CHECK(found.fresh_until - received == 53500ms);
  CHECK(found.age == 6500ms);
  CHECK(judged("", with_ttl(1s), {}, 200, 0ms, 3s).fresh_until - received == 1s);
}

TEST_CASE("only what all users may see is stored", "[part_freshness]") {
  struct row {
    std::string block;
    bool stored;
  };
  const std::vector<row> rows = {
      {"", true},
      {"Cache-Control: no-store\r\n", false},
      {"Cache-Control: private\r\n", false},
      {"Cache-Control: private=\"x\"\r\n", false},
      {"Cache-Control: no-cache\r\n", false},
      {"Cache-Control: max-age=9\r\nCache-Control: no-store\r\n", false},
      {"Set-Cookie: a=b\r\n", false},
      {"Cache-Control: public, max-age=9\r\nset-cookie: a=b\r\n", false},
      {"Vary: *\r\n", false},
      {"Vary: Accept, *\r\n", false},
      {"Vary: Accept\r\nVary: *\r\n", false},
      {"Vary: not a name\r\n", false},
      {"Vary: Accept\r\n", true},
      {"Pragma: no-cache\r\n", false},
      {"Pragma: no-cache\r\nCache-Control: public\r\n", true},
  };
  for (const auto& each : rows) {
    INFO(each.block);
    CHECK(judged(each.block, with_ttl(30s)).storable == each.stored);
  }
}

TEST_CASE("what is to be validated each time is kept with its validator alone",
          "[part_freshness]") {
  part_cache_settings settings = with_ttl(30s);
  settings.stale_while_revalidate = 10s;
  settings.stale_if_error = 10s;
  for (const auto* block : {"Cache-Control: no-cache, max-age=60\r\nETag: \"a\"\r\n",
                            "Cache-Control: no-cache, stale-if-error=9\r\nLast-Modified: x\r\n",
                            "Cache-Control: no-cache=\"x\"\r\nETag: W/\"a\"\r\n",
                            "Pragma: no-cache\r\nETag: \"a\"\r\n"}) {
    INFO(block);
    const auto found = judged(block, settings, {}, 200, 10min);
    CHECK(found.storable);
    CHECK(found.always_validated);
    CHECK(found.fresh_until == received);
    CHECK(found.revalidate_until == received);
    CHECK(found.error_until == received);
    CHECK(found.fallback_until == received);
    CHECK(found.keep_until == received + kept_for_validation);
  }
  CHECK_FALSE(judged("Cache-Control: no-cache, private\r\nETag: \"a\"\r\n", settings).storable);
  CHECK_FALSE(judged("ETag: \"a\"\r\n", settings).always_validated);
}

TEST_CASE("only answers 200 and 203 to GET and HEAD are stored", "[part_freshness]") {
  const std::string fresh = "Cache-Control: public, max-age=60\r\n";
  for (const int status :
       {100, 200, 201, 203, 204, 206, 300, 301, 304, 400, 404, 410, 429, 500, 501, 502, 503, 504}) {
    INFO(status);
    CHECK(judged(fresh, with_ttl(60s, true), {}, status).storable ==
          (status == 200 || status == 203));
  }
  for (const auto* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", ""}) {
    INFO(method);
    const std::string name = method;
    CHECK(judged(fresh, {}, {name, false, false}).storable == (name == "GET" || name == "HEAD"));
  }
}

TEST_CASE("an answer to somebody is stored only when it says that others may have it",
          "[part_freshness]") {
  struct row {
    std::string control;
    bool stored;
  };
  const std::vector<row> rows = {
      {"max-age=60", false},
      {"max-age=60, public", true},
      {"s-maxage=60", true},
      {"max-age=60, must-revalidate", true},
      {"max-age=60, proxy-revalidate", false},
      {"private, s-maxage=60", false},
      {"no-store, public", false},
  };
  for (const auto& each : rows) {
    INFO(each.control);
    const auto block = "Cache-Control: " + each.control + "\r\n";
    CHECK(judged(block, {}, {"GET", true, false}).storable == each.stored);
    CHECK(judged(block, {}, {"GET", false, true}).storable == each.stored);
    CHECK(judged(block, with_ttl(9s, true), {"GET", true, false}).storable == each.stored);
    auto shared = with_ttl(30s);
    shared.shared = true;
    CHECK(judged("", shared, {"GET", true, true}).storable);
    CHECK_FALSE(judged("Cache-Control: private\r\n", shared, {"GET", true, true}).storable);
  }
}

TEST_CASE("a forced time to live takes the place of what is said of time", "[part_freshness]") {
  const auto forced = with_ttl(30s, true);
  for (const auto* control :
       {"max-age=60", "max-age=0", "s-maxage=1", "no-cache", "must-revalidate", "public"}) {
    INFO(control);
    const auto found = judged("Cache-Control: " + std::string{control} + "\r\nAge: 50\r\n", forced,
                              {}, 200, 10min);
    CHECK(found.storable);
    CHECK(found.fresh_until - received == 30s);
    CHECK(found.fallback_until - received == 30s + 10min);
  }
  CHECK_FALSE(judged("Cache-Control: no-store\r\n", forced).storable);
  CHECK_FALSE(judged("Cache-Control: private\r\n", forced).storable);
  part_cache_settings no_time;
  no_time.force_ttl = true;
  CHECK_FALSE(judged("", no_time).storable);
  CHECK_FALSE(judged("Cache-Control: no-cache, max-age=3\r\n", no_time).storable);
  CHECK(judged("Cache-Control: max-age=3\r\n", no_time).fresh_until - received == 3s);
}

TEST_CASE("stale use is what the upstream says, else the settings", "[part_freshness]") {
  struct row {
    std::string control;
    milliseconds while_revalidating;  ///< past the time it is fresh
    milliseconds if_error;
    milliseconds fallback;
  };
  // The settings say 20 s while revalidating, 200 s on error; a fallback takes 600 s.
  const std::vector<row> rows = {
      {"max-age=60", 20s, 200s, 600s},
      {"max-age=60, stale-while-revalidate=5", 5s, 200s, 600s},
      {"max-age=60, stale-if-error=50", 20s, 50s, 600s},
      {"max-age=60, stale-while-revalidate=0, stale-if-error=0", 0s, 0s, 600s},
      {"max-age=0, stale-while-revalidate=5", 5s, 200s, 600s},
      {"max-age=60, must-revalidate", 0s, 0s, 0s},
      {"max-age=60, proxy-revalidate, stale-while-revalidate=5", 0s, 0s, 0s},
      {"s-maxage=60", 0s, 0s, 0s},
      {"s-maxage=60, stale-while-revalidate=5", 5s, 0s, 0s},
      {"s-maxage=60, stale-if-error=50", 0s, 50s, 0s},
  };
  part_cache_settings settings;
  settings.stale_while_revalidate = 20s;
  settings.stale_if_error = 200s;
  for (const auto& each : rows) {
    INFO(each.control);
    const auto found = judged("Cache-Control: " + each.control + "\r\n", settings, {}, 200, 600s);
    REQUIRE(found.storable);
    CHECK(found.revalidate_until - found.fresh_until == each.while_revalidating);
    CHECK(found.error_until - found.fresh_until == each.if_error);
    CHECK(found.fallback_until - found.fresh_until == each.fallback);
    CHECK(found.keep_until - found.fresh_until ==
          std::max({each.while_revalidating, each.if_error, each.fallback}));
  }
}

TEST_CASE("validators and what an answer varies by are handed on", "[part_freshness]") {
  const auto found = judged(
      "Cache-Control: max-age=60\r\nETag:  W/\"a b\" \r\n"
      "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nVary: Accept-Language ,,accept\r\n"
      "vary: ACCEPT, X-Tenant\r\n");
  CHECK(found.etag == "W/\"a b\"");
  CHECK(found.last_modified == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(found.vary == std::vector<std::string>{"accept-language", "accept", "x-tenant"});
  CHECK(found.keep_until - found.fresh_until == kept_for_validation);

  const auto at_once = judged("Cache-Control: max-age=0\r\nETag: \"x\"\r\n");
  CHECK(at_once.storable);
  CHECK(at_once.fresh_until == received);
  CHECK(at_once.keep_until == received + kept_for_validation);
}

TEST_CASE("a 304 renews the fields of the stored answer", "[part_freshness]") {
  const std::string stored =
      "Content-Type: application/json\r\nDate: Sun, 06 Nov 1994 08:00:00 GMT\r\nAge: 50\r\n"
      "Cache-Control: max-age=60\r\nCache-Control: public\r\nETag: \"a\"\r\nX-Kept: 1\r\n";
  CHECK(refreshed_header(stored, "") ==
        "Content-Type: application/json\r\nCache-Control: max-age=60\r\nCache-Control: public\r\n"
        "ETag: \"a\"\r\nX-Kept: 1\r\n");
  const auto renewed = refreshed_header(
      stored,
      "Date: Sun, 06 Nov 1994 09:00:00 GMT\r\ncache-control: max-age=5\r\nETag: \"b\"\r\n"
      "Content-Length: 0\r\nContent-Type: text/plain\r\nConnection: close\r\nX-New: 2\r\n");
  CHECK(renewed ==
        "Content-Type: application/json\r\nX-Kept: 1\r\nDate: Sun, 06 Nov 1994 09:00:00 GMT\r\n"
        "cache-control: max-age=5\r\nETag: \"b\"\r\nX-New: 2\r\n");
  CHECK(judged(renewed).fresh_until - received == 5s);
  CHECK(judged(refreshed_header(stored, "")).fresh_until - received == 60s);
  CHECK_FALSE(judged(refreshed_header(stored, "Cache-Control: no-store\r\n")).storable);
}

TEST_CASE("any header block at all is judged without harm", "[part_freshness]") {
  const std::vector<std::string> pieces = {"Cache-Control",
                                           ":",
                                           "max-age=9999999999999",
                                           "\r\n",
                                           "\n",
                                           "Expires",
                                           "Vary",
                                           ",",
                                           "*",
                                           "stale-if-error=2147483649",
                                           "\"",
                                           "Date",
                                           "Sun, 06 Nov 1994 08:49:37 GMT",
                                           "Age",
                                           " ",
                                           "99999999999",
                                           "ETag",
                                           "",
                                           "s-maxage",
                                           "=",
                                           "public",
                                           "Accept"};
  std::mt19937_64 random{4};
  for (int i = 0; i < 20'000; ++i) {
    std::string block;
    for (auto count = random() % 20; count > 0; --count) block += pieces[random() % pieces.size()];
    part_cache_settings settings;
    if (random() % 2 == 0) settings.ttl = milliseconds::max();
    settings.force_ttl = random() % 4 == 0;
    settings.stale_if_error = milliseconds::max();
    const auto found = judged(block, settings, {}, 200, milliseconds::max());
    if (!found.storable) continue;
    REQUIRE(found.fresh_until >= received);
    REQUIRE(found.revalidate_until >= found.fresh_until);
    REQUIRE(found.error_until >= found.fresh_until);
    REQUIRE(found.keep_until >= found.error_until);
  }
}

}  // namespace tributary::actors::cache
