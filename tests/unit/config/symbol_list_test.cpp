// SPDX-License-Identifier: MIT
#include "config/sections/market_symbol_list.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

TEST_CASE("symbols stand between commas, with or without spaces", "[config][market]") {
  using parts = std::vector<std::string_view>;
  CHECK(split_symbols("").empty());
  CHECK(split_symbols("  ").empty());
  CHECK(split_symbols("AAPL") == parts{"AAPL"});
  CHECK(split_symbols(" BRK.B, BTC-USD ,EUR/USD") == parts{"BRK.B", "BTC-USD", "EUR/USD"});
  CHECK(split_symbols("A,,B,") == parts{"A", "", "B", ""});
  CHECK(split_symbols(" , ") == parts{"", ""});
  CHECK(split_symbols("A B") == parts{"A B"});
}

}  // namespace tributary::config
