// SPDX-License-Identifier: MIT
#include "http/client/chunk_decoder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace tributary::http::client;

namespace {

using outcome = chunk_decoder::outcome;

struct decoded {
  outcome result;
  std::string body;
  std::size_t consumed;
};

decoded decode(std::string_view text, std::size_t limit = 100, std::size_t line_limit = 40) {
  chunk_decoder decoder;
  decoder.reset(limit, line_limit);
  decoded result{};
  result.result = decoder.decode(text, result.body, result.consumed);
  return result;
}

}  // namespace

TEST_CASE("chunks become a body", "[client][parser]") {
  const auto text = GENERATE(values<std::string_view>({
      "5\r\nhello\r\n0\r\n\r\n",
      "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
      "05;name=value\r\nhello\r\n00\r\n\r\n",
      "5 ;x\r\nhello\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n",
  }));
  INFO(text);
  const auto result = decode(text);
  CHECK(result.result == outcome::complete);
  CHECK(result.body == "hello");
  CHECK(result.consumed == text.size());
}

TEST_CASE("chunks may come a byte at a time", "[client][parser]") {
  chunk_decoder decoder;
  decoder.reset(100, 40);
  std::string body;
  std::size_t consumed = 0;
  const std::string text = "a;b=c\r\n0123456789\r\n1\r\nx\r\n0\r\nT: u\r\n\r\n";
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    REQUIRE(decoder.decode({&text[i], 1}, body, consumed) == outcome::need_more);
  }
  CHECK(decoder.decode({&text.back(), 1}, body, consumed) == outcome::complete);
  CHECK(body == "0123456789x");
}

TEST_CASE("what follows the last chunk is not consumed", "[client][parser]") {
  CHECK(decode("0\r\n\r\nHTTP/1.1").consumed == 5);
}

TEST_CASE("malformed chunks are refused", "[client][parser]") {
  const auto text = GENERATE(values<std::string_view>({
      "\r\n", "x\r\n", "-1\r\n", "0x5\r\nhello", " 5\r\nhello", "5\nhello", "5 \r\nhello",
      "5\r\nhello0\r\n", "5\r\nhello\n0\r\n", "1000000000000000000\r\n", "5;a\nb\r\nhello",
      "0\r\n folded\r\n\r\n", "0\r\nA: b\n\r\n",
      "0;0123456789012345678901234567890123456789x\r\n\r\n",
      "0\r\nA: 0123456789012345678901234567890123456789\r\n\r\n",
  }));
  INFO(text);
  CHECK(decode(text, 1 << 30).result != outcome::complete);
  CHECK(decode(text, 1 << 30).result != outcome::need_more);
}

TEST_CASE("chunks over the limit are refused before they are read", "[client][parser]") {
  CHECK(decode("a\r\n0123456789\r\n0\r\n\r\n", 10).result == outcome::complete);
  CHECK(decode("b\r\n", 10).result == outcome::too_large);
  CHECK(decode("6\r\nhello!\r\n5\r\n", 10).result == outcome::too_large);
}
