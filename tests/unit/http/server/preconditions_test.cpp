// SPDX-License-Identifier: MIT
#include "http/server/preconditions.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::http::server {

namespace {

response with_etag(int status = 200) {
  response result;
  result.status = status;
  result.headers = "Cache-Status: x\r\nETag: \"a\"\r\nVary: Prefer\r\n";
  return result;
}

bool is_broken(const response& answer, std::vector<header_field> fields) {
  request asked;
  asked.headers = std::move(fields);
  return breaks_if_match(asked, answer);
}

}  // namespace

TEST_CASE("a success is given only to requests whose If-Match it fulfils", "[preconditions]") {
  CHECK_FALSE(is_broken(with_etag(), {}));
  CHECK_FALSE(is_broken(with_etag(), {{"If-Match", "\"a\""}}));
  CHECK_FALSE(is_broken(with_etag(), {{"if-match", "\"b\""}, {"If-Match", "\"a\""}}));
  CHECK_FALSE(is_broken(with_etag(), {{"If-Match", "*"}}));
  CHECK(is_broken(with_etag(), {{"If-Match", "\"other\""}}));
  CHECK(is_broken(with_etag(), {{"If-Match", "W/\"a\""}}));
  CHECK(is_broken(with_etag(), {{"If-Match", ""}}));
  CHECK(is_broken(with_etag(304), {{"If-Match", "\"other\""}}));
  CHECK_FALSE(is_broken(with_etag(404), {{"If-Match", "\"other\""}}));
  CHECK_FALSE(is_broken(with_etag(503), {{"If-Match", "\"other\""}}));
  CHECK(is_broken(response{}, {{"If-Match", "\"a\""}}));
  CHECK_FALSE(is_broken(response{}, {{"If-Match", "*"}}));
}

TEST_CASE("preconditions by date are ignored where no answer has a date", "[preconditions]") {
  CHECK_FALSE(is_broken(with_etag(), {{"If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"}}));
  CHECK_FALSE(is_broken(with_etag(), {{"If-Range", "\"b\""}, {"Range", "bytes=0-1"}}));
}

TEST_CASE("a failed precondition names the entity tag there is", "[preconditions]") {
  request asked;
  asked.request_id = "r1";
  const auto answer = precondition_failed(asked, with_etag());
  CHECK(answer.status == 412);
  CHECK(answer.headers.find("ETag: \"a\"\r\n") != std::string::npos);
  CHECK(precondition_failed(asked, {}).headers.find("ETag") == std::string::npos);
}

}  // namespace tributary::http::server
