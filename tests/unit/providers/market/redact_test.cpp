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

}  // namespace tributary::providers::market
