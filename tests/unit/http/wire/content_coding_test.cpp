// SPDX-License-Identifier: MIT
#include "http/wire/content_coding.hpp"

#include <zlib.h>
#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace tributary::http::wire {

namespace {

/// `bytes` in the format of zlib, or with a negative `window` without a format around them.
std::string deflated(std::string_view bytes, int window) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string result(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

/// Text that shrinks to about a third.
std::string numbers(int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += std::to_string(i * 7919 % 100'003) + ",";
  return result;
}

constexpr std::size_t plenty = 10'000'000;

}  // namespace

TEST_CASE("gzip and deflate are undone, in either format of deflate", "[wire][coding]") {
  for (const auto& text : {std::string{"{\"v\":1}"}, std::string(1, 'x'), numbers(50'000)}) {
    CHECK(unpack("gzip", gzip(text), plenty).bytes == text);
    CHECK(unpack(" X-GZIP", gzip(text), plenty).bytes == text);
    CHECK(unpack("deflate", deflated(text, 15), plenty).bytes == text);
    CHECK(unpack("Deflate", deflated(text, -15), plenty).bytes == text);
    CHECK(unpack("identity, gzip, identity", gzip(text), plenty).bytes == text);
  }
  CHECK(unpack("gzip", gzip("{\"v\"") + gzip(":1}"), plenty).bytes == "{\"v\":1}");
  CHECK(unpack("identity", "as it is", plenty).bytes == "as it is");
  CHECK(unpack("gzip", "", plenty).error == error_token::none);
}

TEST_CASE("what is not unpacked is refused by its name", "[wire][coding]") {
  for (const auto* coding : {"br", "zstd", "compress", "dcb"}) {
    const auto result = unpack(coding, "whatever", plenty);
    CHECK(result.error == error_token::http_protocol_error);
    CHECK(result.reason == "content_encoding_" + std::string{coding});
  }
  CHECK(unpack("BR", "x", plenty).reason == "content_encoding_br");
  CHECK(unpack("rot13", "x", plenty).reason == "content_encoding_unknown");
  CHECK(unpack("gzip, gzip", gzip(gzip("x")), plenty).reason == "content_encoding_repeated");
}

TEST_CASE("a packed body that is cut, changed or followed by something is refused",
          "[wire][coding]") {
  const auto whole = gzip(numbers(500));
  for (std::size_t size = 1; size < whole.size(); size += 7) {
    CHECK(unpack("gzip", whole.substr(0, size), plenty).reason == "content_encoding_malformed");
  }
  auto changed = whole;
  changed[changed.size() - 6] = static_cast<char>(changed[changed.size() - 6] ^ 1);
  CHECK(unpack("gzip", changed, plenty).reason == "content_encoding_malformed");
  CHECK(unpack("gzip", whole + "more", plenty).reason == "content_encoding_malformed");
  CHECK(unpack("deflate", deflated("x", 15) + "more", plenty).reason ==
        "content_encoding_malformed");
  CHECK(unpack("gzip", R"({"v":1})", plenty).error == error_token::http_protocol_error);
}

TEST_CASE("unpacking is bounded by a size and by a ratio", "[wire][coding]") {
  const auto text = numbers(10'000);
  CHECK(unpack("gzip", gzip(text), text.size()).bytes == text);
  const auto over = unpack("gzip", gzip(text), text.size() - 1);
  CHECK(over.error == error_token::http_response_body_size);
  CHECK(over.reason == "body_size");
  CHECK(over.bytes.empty());
  const auto bomb = unpack("gzip", gzip(std::string(1'000'000, ' ')), plenty);
  CHECK(bomb.error == error_token::http_response_body_size);
  CHECK(bomb.reason == "unpacking_ratio");
}

}  // namespace tributary::http::wire
