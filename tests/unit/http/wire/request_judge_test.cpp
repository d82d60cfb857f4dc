// SPDX-License-Identifier: MIT
#include "http/wire/request_judge.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>

namespace tributary::http::wire {

namespace {

using head_progress = head_scanner::progress;

request_head accepted(const std::string& head) {
  auto judged = judge_head(head);
  if (const auto* wrong = std::get_if<refusal>(&judged)) FAIL(wrong->detail);
  return std::get<request_head>(judged);
}

std::string refused_detail(const std::string& head) {
  auto judged = judge_head(head);
  const auto* wrong = std::get_if<refusal>(&judged);
  return wrong == nullptr ? "" : wrong->detail;
}

}  // namespace

TEST_CASE("the judge reads what the session needs to know of a request") {
  const std::string head =
      "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 42\r\nExpect: 100-Continue\r\n\r\n";
  const auto read = accepted(head);
  CHECK(read.method == "POST");
  CHECK(read.target == "/a?b");
  CHECK(read.minor_version == 1);
  CHECK(read.content_length == 42);
  CHECK_FALSE(read.chunked);
  CHECK(read.keep_alive);
  CHECK(read.expects_continue);
  CHECK(read.has_body());
}

TEST_CASE("a refusal says what is wrong and where") {
  CHECK(refused_detail("GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n") ==
        "header field 2: white space before the colon");
  CHECK(refused_detail(
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n") ==
        "header field 3 (Content-Length): given more than once");
  CHECK(refused_detail("GET / HTTP/1.1\r\n\r\n") == "the header field Host is missing");
}

TEST_CASE("framing is judged before the target") {
  CHECK(refused_detail("GET /{ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n") ==
        "header field 2 (Transfer-Encoding): only `chunked` is understood");
}

TEST_CASE("the scanner finds the end of a head in any pieces, and forgives one empty line") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string input = "\r\n" + head + "GET /next";
  for (std::size_t piece = 1; piece <= input.size(); ++piece) {
    head_scanner scanner({});
    auto result = head_progress::need_more;
    for (std::size_t end = piece; result == head_progress::need_more; end += piece) {
      result = scanner.scan(std::string_view(input).substr(0, end));
      REQUIRE(end <= input.size() + piece);
    }
    REQUIRE(result == head_progress::complete);
    CHECK(scanner.head(input) == head);
    CHECK(scanner.consumed() == head.size() + 2);
  }
}

TEST_CASE("limits hold to the byte") {
  head_limits limits;
  limits.request_line = 16;
  limits.headers = 23;  // with the line ends
  limits.header_count = 2;
  struct row {
    const char* bytes;
    head_progress result;
    int status;
  };
  const row rows[] = {
      {"GET /45 HTTP/1.1\r\nHost: a\r\nX: 890123456\r\n\r\n", head_progress::complete, 0},
      {"GET /456 HTTP/1.1\r\n", head_progress::refused, 414},
      {"GET /456 HTTP/1.1", head_progress::refused, 414},
      {"GET /45 HTTP/1.1\r\nHost: a\r\nX: 8901234567\r\n\r\n", head_progress::refused, 431},
      {"GET /45 HTTP/1.1\r\nHost: a\r\nX: 890123456789\r\n\r\n", head_progress::refused, 431},
      {"GET /45 HTTP/1.1\r\nHost: a\r\nX: 890123456789", head_progress::refused, 431},
      {"GET /45 HTTP/1.1\r\na:b\r\nc:d\r\ne:f\r\n", head_progress::refused, 431},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    head_scanner scanner(limits);
    CHECK(scanner.scan(row.bytes) == row.result);
    if (row.status != 0) CHECK(scanner.take_refusal().status == row.status);
  }
}

}  // namespace tributary::http::wire
