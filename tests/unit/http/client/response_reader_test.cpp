// SPDX-License-Identifier: MIT
#include "http/client/response_reader.hpp"

#include "http/client/fetch.hpp"
#include "http/wire/content_coding.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace tributary::http::client {

using http::wire::error_token;

namespace {

using reader_progress = response_reader::progress;

/// Feeds `text` in reads of at most `piece` bytes.
reader_progress feed(response_reader& reader, std::string_view text, std::size_t piece) {
  auto result = reader_progress::need_more;
  while (!text.empty() && result == reader_progress::need_more) {
    const auto space = reader.prepare();
    const auto size = std::min({space.size(), text.size(), piece});
    std::memcpy(space.data(), text.data(), size);
    text.remove_prefix(size);
    result = reader.commit(size);
  }
  return result;
}

}  // namespace

TEST_CASE("an answer is the same however it is cut", "[client][parser]") {
  const std::string large(40'000, 'x');
  const auto text = GENERATE_COPY(values<std::string>({
      "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 40000\r\n\r\n" + large,
      "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n9c40\r\n" + large +
          "\r\n0\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nL: m\r\n\r\n"
      "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 40000\r\n\r\n" +
          large,
  }));
  const auto piece = GENERATE(1, 7, 1000, 16'384, 1'000'000);
  response_reader reader{1024, 100'000};
  reader.begin(false);
  CHECK(reader.untouched());
  REQUIRE(feed(reader, text, static_cast<std::size_t>(piece)) == reader_progress::complete);
  fetch_result result;
  reader.take(result);
  CHECK(result.status == 200);
  CHECK(find_header(result.header_block, "a") == "b");
  CHECK(result.body.view() == large);
  CHECK(reader.reusable());
}

TEST_CASE("a body without length ends with the connection", "[client][parser]") {
  response_reader reader{1024, 100};
  reader.begin(false);
  REQUIRE(feed(reader, "HTTP/1.1 200 OK\r\n\r\nabc", 100) == reader_progress::need_more);
  REQUIRE(reader.commit_eof() == reader_progress::complete);
  fetch_result result;
  reader.take(result);
  CHECK(result.body.view() == "abc");
  CHECK_FALSE(reader.reusable());
}

TEST_CASE("bytes after an answer keep the connection from being reused", "[client][parser]") {
  const auto text = GENERATE(values<std::string_view>({
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naX",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nX",
      "HTTP/1.1 204 No Content\r\n\r\nX",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
  }));
  response_reader reader{1024, 100};
  reader.begin(false);
  REQUIRE(feed(reader, text, 1000) == reader_progress::complete);
  CHECK_FALSE(reader.reusable());
}

TEST_CASE("each way in which an answer can be wrong has its error", "[client][parser]") {
  struct row {
    std::string text;
    error_token error;
  };
  const auto wrong = GENERATE(values<row>({
      {"", error_token::connection_terminated},
      {"HTTP/1.1 2", error_token::http_response_incomplete},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", error_token::http_response_incomplete},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
       error_token::http_response_incomplete},
      {"nonsense", error_token::http_protocol_error},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", error_token::http_protocol_error},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       error_token::http_protocol_error},
      {"HTTP/1.1 200 OK\r\nA: " + std::string(300, 'x'),
       error_token::http_response_header_section_size},
      {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", error_token::http_response_body_size},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n",
       error_token::http_response_body_size},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x'), error_token::http_response_body_size},
  }));
  response_reader reader{256, 100};
  reader.begin(false);
  INFO(wrong.text);
  auto result = feed(reader, wrong.text, 1000);
  if (result == reader_progress::need_more) result = reader.commit_eof();
  REQUIRE(result == reader_progress::failed);
  CHECK(reader.error() == wrong.error);
}

TEST_CASE("interim answers without end are refused", "[client][parser]") {
  response_reader reader{1024, 100};
  reader.begin(false);
  std::string text;
  for (int i = 0; i < 9; ++i) text += "HTTP/1.1 102 Processing\r\n\r\n";
  CHECK(feed(reader, text, 1'000'000) == reader_progress::failed);
  CHECK(reader.error() == error_token::http_protocol_error);
}

TEST_CASE("a reader serves one answer after the other", "[client][parser]") {
  response_reader reader{1024, 100};
  for (int i = 0; i < 3; ++i) {
    reader.begin(false);
    REQUIRE(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 5) ==
            reader_progress::complete);
    fetch_result result;
    reader.take(result);
    CHECK(result.body.view() == "ok");
  }
}

TEST_CASE("header fields are found in a raw block", "[client][parser]") {
  const std::string_view block = "Content-Type: a/b \r\nX:\r\nx-two:  2\r\nX-Two: 3\r\n";
  CHECK(find_header(block, "content-type") == "a/b");
  CHECK(find_header(block, "X") == "");
  CHECK(find_header(block, "X-Two") == "2");
  CHECK(find_header(block, "Missing") == "");
  CHECK(find_header("", "X") == "");
}

namespace {

/// What is made of an answer with that status line, these fields and that body.
fetch_result result_of(const std::string& status, const std::string& fields,
                       const std::string& body) {
  response_reader reader{1024, 10'000};
  reader.begin(false);
  const auto text = "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n" + fields + "\r\n" + body;
  REQUIRE(feed(reader, text, text.size()) == reader_progress::complete);
  CHECK(reader.reusable());
  fetch_result result;
  reader.take(result);
  return result;
}

}  // namespace

TEST_CASE("a body that was packed without being asked for is unpacked", "[client][parser]") {
  const std::string text = R"({"v":1})";
  const auto packed = wire::gzip(text);
  CHECK(result_of("200 OK", "content-encoding: gzip\r\n", packed).body.view() == text);
  const auto two_lines = "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n";
  CHECK(result_of("200 OK", two_lines, packed).body.view() == text);
  const auto refused = result_of("200 OK", "Content-Encoding: br\r\n", packed);
  CHECK(refused.error == error_token::http_protocol_error);
  CHECK(refused.reason == "content_encoding_br");
  CHECK(refused.status == 200);
  CHECK(refused.body.empty());
  const auto large = wire::gzip(std::string(9'000, 'a') + std::string(1'001, 'b'));
  CHECK(result_of("200 OK", "Content-Encoding: gzip\r\n", large).error ==
        error_token::http_response_body_size);
  // Of these the status counts, and a body that is not there cannot be packed.
  const auto missing = result_of("404 Not Found", "Content-Encoding: br\r\n", packed);
  CHECK(missing.error == error_token::none);
  CHECK(missing.status == 404);
  CHECK(missing.body.empty());
  CHECK(result_of("200 OK", "Content-Encoding: br\r\n", "").error == error_token::none);
}

TEST_CASE("a charset other than UTF-8 is an error that says so", "[client][parser]") {
  for (const auto* readable :
       {"application/json", "application/json; charset=UTF-8", "text/json;a=b; Charset=\"utf-8\"",
        "application/json;charset=us-ascii",
        "application/json; charset=", "text/x; q=\"charset=x\""}) {
    INFO(readable);
    const auto field = std::string{"Content-Type: "} + readable + "\r\n";
    CHECK(result_of("200 OK", field, "{}").error == error_token::none);
  }
  for (const auto* foreign : {"application/json; charset=iso-8859-1", "text/plain;charset=UTF-16",
                              "application/json; v=1; CHARSET=\"windows-1252\""}) {
    INFO(foreign);
    const auto field = std::string{"Content-Type: "} + foreign + "\r\n";
    const auto result = result_of("200 OK", field, "{}");
    CHECK(result.error == error_token::http_protocol_error);
    CHECK(result.reason == "charset_not_utf8");
    CHECK(result_of("404 Not Found", field, "{}").error == error_token::none);
  }
}

}  // namespace tributary::http::client
