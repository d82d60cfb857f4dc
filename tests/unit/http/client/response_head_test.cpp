// SPDX-License-Identifier: MIT
#include "http/client/response_head.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::http::client {

namespace {

using head_progress = head_parser::progress;

head_progress parse(head_parser& parser, std::string_view text, bool head_request = false) {
  parser.reset(head_request);
  return parser.parse(text);
}

}  // namespace

TEST_CASE("a response header is understood", "[client][parser]") {
  struct row {
    std::string_view text;
    body_framing framing;
    bool keep_alive;
    std::uint64_t length;
  };
  const auto row_of = GENERATE(values<row>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n", body_framing::length, true, 12},
      {"HTTP/1.1 200\r\ncontent-length:0 \r\n\r\n", body_framing::length, true, 0},
      {"HTTP/1.1 200 \r\nTransfer-Encoding: Chunked\r\n\r\n", body_framing::chunked, true, 0},
      {"HTTP/1.1 200 OK\r\n\r\n", body_framing::until_close, false, 0},
      {"HTTP/1.1 204 No Content\r\n\r\n", body_framing::none, true, 0},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", body_framing::none, false, 5},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", body_framing::none, true, 5},
      {"HTTP/1.1 100 Continue\r\n\r\n", body_framing::none, true, 0},
      {"HTTP/1.1 200 OK\r\nConnection: a, Close\r\nContent-Length: 1\r\n\r\n", body_framing::length,
       false, 1},
      {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", body_framing::length, false, 1},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n",
       body_framing::length, true, 1},
  }));
  head_parser parser{1024};
  INFO(row_of.text);
  REQUIRE(parse(parser, row_of.text) == head_progress::complete);
  CHECK(parser.head().framing == row_of.framing);
  CHECK(parser.head().keep_alive == row_of.keep_alive);
  CHECK(parser.head().content_length == row_of.length);
  CHECK(parser.size() == row_of.text.size());
}

TEST_CASE("the answer to HEAD has no body whatever it announces", "[client][parser]") {
  head_parser parser{1024};
  REQUIRE(parse(parser, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true) ==
          head_progress::complete);
  CHECK(parser.head().framing == body_framing::none);
  CHECK(parser.head().keep_alive);
}

TEST_CASE("a response header that can be read in two ways is refused", "[client][parser]") {
  const auto text = GENERATE(values<std::string_view>({
      "SSH-2.0-OpenSSH\r\n",
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/2 200\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/1.1 2x0 OK\r\n\r\n",
      "HTTP/1.1 999 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 20\r\n\r\n",
      "HTTP/1.1 200 O\x01K\r\n\r\n",
      "HTTP/1.1 200 OK\nA: b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA: b\n\r\n",
      "HTTP/1.1 200 OK\r\nA: b\r\n\n",
      "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
      "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
  }));
  head_parser parser{1024};
  INFO(text);
  CHECK(parse(parser, text) == head_progress::malformed);
  CHECK_FALSE(parser.complaint().empty());
}

TEST_CASE("a NUL in a response header is refused", "[client][parser]") {
  head_parser parser{1024};
  CHECK(parse(parser, std::string_view{"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 28}) ==
        head_progress::malformed);
}

TEST_CASE("a header may come a byte at a time", "[client][parser]") {
  const std::string text = "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 3\r\n\r\n";
  head_parser parser{1024};
  parser.reset(false);
  for (std::size_t size = 1; size < text.size(); ++size) {
    REQUIRE(parser.parse({text.data(), size}) == head_progress::need_more);
  }
  REQUIRE(parser.parse(text) == head_progress::complete);
  CHECK(parser.head().block == "A: b\r\nContent-Length: 3\r\n");
}

TEST_CASE("a header over the limit is refused, one at the limit is not", "[client][parser]") {
  const std::string text = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  head_parser fits{text.size()};
  CHECK(parse(fits, text) == head_progress::complete);
  head_parser too_small{text.size() - 1};
  CHECK(parse(too_small, text) == head_progress::too_large);
}

}  // namespace tributary::http::client
