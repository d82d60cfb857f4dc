// SPDX-License-Identifier: MIT
#include "providers/market/redact.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::market {

TEST_CASE("A secret does not stay in any of its spellings", "[market]") {
  const std::string secret = "Ab+c/==9";
  for (const std::string text :
       {"Ab+c/==9", "AB+C/==9", "Ab%2Bc%2F%3D%3D9", "Ab%2bc/%3d=9", "Ab%252Bc%252F%253D%253D9",
        "Ab+c\\/==9", "Ab\\u002Bc\\u002f==9", "%41b+c/==9"}) {
    INFO(text);
    CHECK(redact("key=" + text + "&x", secret) == "key=***&x");
    CHECK(redact(text + text, secret) == "******");
  }
}

TEST_CASE("Other text stays as it is", "[market]") {
  CHECK(redact("100% of \\ and %zz %2", "secret-key") == "100% of \\ and %zz %2");
  CHECK(redact("abc", "") == "abc");
  CHECK(redact("", "abc") == "");
  CHECK(redact("demo Demo", "demo") == "*** Demo");
}

TEST_CASE("A detail is short, in one line, and has no part of a secret", "[market]") {
  CHECK(detail_from("Too Many Requests\r\n", {}) == "Too Many Requests");
  CHECK(detail_from("a\x01\xff", {}) == "a??");
  const std::string secret = "SECRETSECRET";
  const auto long_text = std::string(195, 'x') + secret;
  CHECK(detail_from(long_text, {secret}) == std::string(195, 'x') + "***");
  CHECK(detail_from(std::string(300, 'x'), {secret}).size() == 200);
}

}  // namespace tributary::providers::market
