// SPDX-License-Identifier: MIT
#include "http/client/request_writer.hpp"

#include "http/client/fetch.hpp"

#include <catch2/catch.hpp>

namespace tributary::http::client {

TEST_CASE("the Host field names the authority of the upstream", "[client]") {
  CHECK(make_fixed_fields("a.example", 80, false) ==
        "Host: a.example\r\nAccept-Encoding: identity\r\n");
  CHECK(make_fixed_fields("a.example", 8080, false).starts_with("Host: a.example:8080\r\n"));
  CHECK(make_fixed_fields("a.example", 443, true).starts_with("Host: a.example\r\n"));
  CHECK(make_fixed_fields("a.example", 80, true).starts_with("Host: a.example:80\r\n"));
  CHECK(make_fixed_fields("::1", 8080, false).starts_with("Host: [::1]:8080\r\n"));
  CHECK(make_fixed_fields("[::1]", 80, false).starts_with("Host: [::1]\r\n"));
}

TEST_CASE("a request is written with framing and body", "[client]") {
  fetch_request request;
  request.method = "POST";
  request.target = "/a?b=c";
  request.headers = {{"X-One", "1"}, {"X-Two", "2 3"}};
  request.body = "body";
  std::string result = "left over";
  REQUIRE(write_request(result, request, "Host: h\r\n").empty());
  CHECK(
      result ==
      "POST /a?b=c HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nX-Two: 2 3\r\nContent-Length: 4\r\n\r\nbody");
}

TEST_CASE("only methods that want one get a Content-Length without a body", "[client]") {
  fetch_request request;
  request.target = "/";
  std::string result;
  REQUIRE(write_request(result, request, "").empty());
  CHECK(result == "GET / HTTP/1.1\r\n\r\n");
  request.method = "PUT";
  REQUIRE(write_request(result, request, "").empty());
  CHECK(result == "PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("nothing can be injected into a request", "[client]") {
  using namespace std::string_view_literals;
  struct row {
    std::string_view method, target, name, value;
  };
  const auto bad = GENERATE(values<row>({
      {"GET /", "/", "A", "b"},
      {"", "/", "A", "b"},
      {"GET", "", "A", "b"},
      {"GET", "a", "A", "b"},
      {"GET", "http://other/", "A", "b"},
      {"GET", "/ HTTP/1.1\r\nX: y", "A", "b"},
      {"GET", "/a b", "A", "b"},
      {"GET", "/a\x7f", "A", "b"},
      {"GET", "/a\0"sv, "A", "b"},
      {"GET", "/", "A\r\nB", "b"},
      {"GET", "/", "A ", "b"},
      {"GET", "/", "", "b"},
      {"GET", "/", "A", "b\r\nC: d"},
      {"GET", "/", "A", "b\n"},
      {"GET", "/", "A", "b\0"sv},
      {"GET", "/", "content-length", "1"},
      {"GET", "/", "Transfer-Encoding", "chunked"},
      {"GET", "/", "host", "other"},
      {"GET", "/", "Connection", "close"},
      {"GET", "/", "Accept-Encoding", "gzip"},
  }));
  INFO(bad.method << '|' << bad.target << '|' << bad.name << '|' << bad.value);
  fetch_request request;
  request.method = bad.method;
  request.target = bad.target;
  request.headers = {{bad.name, bad.value}};
  std::string result;
  CHECK_FALSE(write_request(result, request, "Host: h\r\n").empty());
}

TEST_CASE("idempotent methods are those of RFC 9110", "[client]") {
  for (auto method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
    CHECK(is_idempotent(method));
  }
  for (auto method : {"POST", "PATCH", "get", "CONNECT", ""}) CHECK_FALSE(is_idempotent(method));
}

}  // namespace tributary::http::client
