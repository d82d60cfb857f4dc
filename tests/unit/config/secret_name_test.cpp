// SPDX-License-Identifier: MIT
#include "config/secret_name.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

TEST_CASE("names of secrets are known in any spelling", "[config][keys]") {
  for (auto* name : {"key", "apikey", "api_key", "X-CMC_PRO_API_KEY", "x-cg-demo-api-key", "token",
                     "X-Finnhub-Token", "crumb", "Cookie", "Authorization", "pwd", "signature",
                     "access-key", "credentials"}) {
    CAPTURE(name);
    CHECK(is_secret_name(name));
  }
  for (auto* name : {"keys", "cache_key", "symbol", "symbols", "monkey", "author", "function",
                     "passenger", "sigma", "x"}) {
    CAPTURE(name);
    CHECK_FALSE(is_secret_name(name));
  }
}

}  // namespace tributary::config
