// SPDX-License-Identifier: MIT
#include "http/wire/chunk_decoder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::http::wire {

using chunk_progress = chunk_decoder::progress;

TEST_CASE(
    "a chunked body decodes the same in pieces of any size, and nothing behind it is touched") {
  const std::string input =
      "5;a=\"b\"\r\nhello\r\n00A\r\n, chunked!\r\n0\r\nTrailer: x\r\n\r\nGET /";
  for (std::size_t piece = 1; piece <= input.size(); ++piece) {
    chunk_decoder decoder(100, 100);
    std::string body;
    std::string_view rest;
    auto result = chunk_progress::need_more;
    for (std::size_t begin = 0; result == chunk_progress::need_more; begin += piece) {
      REQUIRE(begin < input.size());
      rest = std::string_view(input).substr(begin, piece);
      result = decoder.decode(rest, body);
    }
    CHECK(result == chunk_progress::complete);
    CHECK(body == "hello, chunked!");
    CHECK(std::string_view("GET /").substr(0, rest.size()) == rest);
  }
}

TEST_CASE("the body's limit holds to the byte and before the bytes have come") {
  std::string body;
  chunk_decoder fits(10, 0);
  std::string_view rest = "A\r\n0123456789\r\n0\r\n\r\n";
  CHECK(fits.decode(rest, body) == chunk_progress::complete);
  chunk_decoder over(10, 0);
  rest = "A\r\n0123456789\r\n1\r\n";
  CHECK(over.decode(rest, body) == chunk_progress::refused);
  CHECK(over.take_refusal().status == 413);
}

}  // namespace tributary::http::wire
