// SPDX-License-Identifier: MIT
#include "http/wire/base64url.hpp"

#include <catch2/catch.hpp>

namespace tributary::http::wire {

using namespace std::string_view_literals;

TEST_CASE("base64url has the values of RFC 4648, without padding", "[wire][base64url]") {
  struct row {
    std::string_view bytes;
    std::string_view text;
  };
  const auto r = GENERATE(values<row>({{"", ""},
                                       {"f", "Zg"},
                                       {"fo", "Zm8"},
                                       {"foo", "Zm9v"},
                                       {"foob", "Zm9vYg"},
                                       {"fooba", "Zm9vYmE"},
                                       {"foobar", "Zm9vYmFy"},
                                       {"\xfb\xff"sv, "-_8"},
                                       {"\0\0\0"sv, "AAAA"},
                                       {"\0"sv, "AA"}}));
  CHECK(encode_base64url(r.bytes) == r.text);
  CHECK(decode_base64url(r.text) == std::string{r.bytes});
}

TEST_CASE("each byte at each place survives the way there and back", "[wire][base64url]") {
  for (auto value = 0; value < 256; ++value) {
    for (const auto before : {0U, 1U, 2U}) {
      const auto bytes = std::string(before, 'x') + static_cast<char>(value);
      CAPTURE(value, before);
      CHECK(decode_base64url(encode_base64url(bytes)) == bytes);
    }
  }
}

TEST_CASE("only the one spelling of some bytes is taken", "[wire][base64url]") {
  const auto text = GENERATE(values<std::string_view>({
      "Zg==", "Zm8=",        // padding
      "-/8", "+_8",          // the digits of plain base64
      "Zh", "Zm9",           // bits left over that are not zero
      "Z", "Zm9vY",          // a digit too many
      "Zm 9v", "Zm9v\n",     // white space
      "Zm9\0"sv, "Zm9\xe1",  // bytes that are no digits
  }));
  CAPTURE(text);
  CHECK(decode_base64url(text) == std::nullopt);
}

}  // namespace tributary::http::wire
