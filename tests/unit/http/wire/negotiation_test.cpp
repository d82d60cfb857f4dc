// SPDX-License-Identifier: MIT
#include "http/wire/negotiation.hpp"

#include <catch2/catch.hpp>

namespace tributary::http::wire {

using mode = preferences::handling_mode;

TEST_CASE("the most specific range of Accept decides") {
  struct row {
    const char* accept;
    int weight;
  };
  const row rows[] = {
      {"", 1000},
      {"*/*", 1000},
      {"application/json", 1000},
      {"Application/JSON", 1000},
      {"text/html", 0},
      {"application/*;q=0.5", 500},
      {"*/*;q=0.1, application/json;q=0", 0},
      {"application/json;q=0, */*", 0},
      {"application/*;q=0.25, */*;q=1", 250},
      {"text/html, application/json;v=\"a,b\";q=0.123", 123},
      {"application/json ; q=1.000", 1000},
      {"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", 1000},
      {"*;q=0.5", 500},
      {"application/json;q=2", 1000},
      {"application/json;q=1.5", 1000},
      {"application/json;q=0.1234", 1000},
      {"application/json;q=", 1000},
      {"application/json;q", 1000},
      {"application/json;Q = 0.4", 400},
      {"application/json;q=nonsense, */*;q=0.1", 1000},
      {"text/html;v=\"a, application/json;q=0.7", 700},
      {"*/json", 0},
      {", ,application/json", 1000},
  };
  for (const auto& row : rows) {
    CAPTURE(row.accept);
    CHECK(acceptance(row.accept, "application/json") == row.weight);
  }
}

TEST_CASE("gzip is chosen where Accept-Encoding likes it no less than nothing") {
  for (const auto* yes : {"gzip", "GZIP;q=0.1", "deflate, gzip;q=1.0, *;q=0.5", "*", "x-gzip",
                          "br, *;q=0.2", "gzip;q=.5", "identity;q=0.5, gzip;q=0.5"}) {
    CAPTURE(yes);
    CHECK(prefers_gzip(yes));
  }
  for (const auto* no :
       {"", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "identity, gzip;q=0.5", "gzipped"}) {
    CAPTURE(no);
    CHECK_FALSE(prefers_gzip(no));
  }
}

TEST_CASE("preferences are read from several lines, and the first of a kind counts") {
  preferences read;
  read_preferences("foo; bar, handling=\"strict\", wait=10;x", read);
  read_preferences("handling=lenient, wait=20, respond-async", read);
  CHECK(read.handling == mode::strict);
  CHECK(read.wait == std::chrono::seconds(10));
  CHECK(read.respond_async);
}

TEST_CASE("malformed preferences are ignored") {
  preferences read;
  read_preferences("handling=maybe, wait=-1, wait=x, wait=, wait=1x, wait=99999999999, =, ,\"",
                   read);
  CHECK(read.handling == mode::unset);
  CHECK_FALSE(read.wait);
  read_preferences("Wait = 3, HANDLING=Lenient", read);
  CHECK(read.wait == std::chrono::seconds(3));
  CHECK(read.handling == mode::lenient);
}

TEST_CASE("If-None-Match compares weakly") {
  for (const auto* hit : {"*", " * ", "\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"x,y\",W/\"a\""}) {
    CAPTURE(hit);
    CHECK(matches_etag(hit, "\"a\""));
    CHECK(matches_etag(hit, "W/\"a\""));
  }
  for (const auto* miss : {"", "a", "\"b\"", "\"A\"", "\"a", "\"b\\\"a\"", "\"b,\"a\",\""}) {
    CAPTURE(miss);
    CHECK_FALSE(matches_etag(miss, "\"a\""));
  }
}

TEST_CASE("If-Match compares strongly") {
  for (const auto* hit : {"*", " * ", "\"a\"", "\"b\", \"a\"", "\"x,y\",\"a\"", "W/\"b\",\"a\""}) {
    CAPTURE(hit);
    CHECK(matches_etag_strongly(hit, "\"a\""));
  }
  for (const auto* miss : {"", "a", "\"b\"", "W/\"a\"", "\"b\", W/\"a\"", "\"a", "\"A\""}) {
    CAPTURE(miss);
    CHECK_FALSE(matches_etag_strongly(miss, "\"a\""));
  }
  CHECK_FALSE(matches_etag_strongly("W/\"a\"", "W/\"a\""));
  CHECK_FALSE(matches_etag_strongly("\"a\"", "W/\"a\""));
  CHECK_FALSE(matches_etag_strongly("\"\"", ""));
  CHECK(matches_etag_strongly("*", ""));
}

}  // namespace tributary::http::wire
