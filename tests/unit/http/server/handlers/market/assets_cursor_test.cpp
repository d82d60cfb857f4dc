// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_cursor.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace tributary::tests {

using http::server::read_assets_cursor;
using http::server::write_assets_cursor;

TEST_CASE("a cursor tells the symbol that it was made of") {
  for (const std::string after : {"A", "AAPL", "BRK.B", "EUR/USD", "BTC-USD", "^GSPC", "AB", "ABC",
                                  "A234567890123456789012345678901B"}) {
    for (const std::string query : {"", "apple", "\xc3\xa9 &=?"}) {
      const auto cursor = write_assets_cursor({"stocks", query, after});
      INFO(cursor);
      CHECK(read_assets_cursor(cursor, "stocks", query) == after);
      CHECK(std::ranges::all_of(cursor, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
      }));
    }
  }
}

TEST_CASE("a cursor is good for its list and search only, in any case") {
  const auto cursor = write_assets_cursor({"stocks", "apple", "AAPL"});
  CHECK(read_assets_cursor(cursor, "stocks", "APPLE") == "AAPL");
  CHECK_FALSE(read_assets_cursor(cursor, "crypto", "apple"));
  CHECK_FALSE(read_assets_cursor(cursor, "stocks", ""));
  CHECK_FALSE(read_assets_cursor(cursor, "stocks", "appl"));
}

TEST_CASE("cursors are the same in every process") {
  CHECK(write_assets_cursor({"stocks", "", "AAPL"}) == "836Auw2MAX1BQVBM");
}

TEST_CASE("what is no cursor is not read") {
  for (const std::string text : {"", "A", "AAPL", "====", "QUFQTA", "AAAAAAAAAAA", "AAAAAAAAAAAA",
                                 "AAAAAAAAAAAAQUFQTA", "\xff\xff\xff\xff", "a b", "1"}) {
    INFO(text);
    CHECK_FALSE(read_assets_cursor(text, "stocks", ""));
  }
  CHECK_FALSE(read_assets_cursor(std::string(100'000, 'A'), "stocks", ""));
}

TEST_CASE("a cursor with any character changed, added or missing is not read") {
  const auto cursor = write_assets_cursor({"stocks", "", "AAPL"});
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    for (const char c : {'A', 'B', 'z', '0', '-', '_', '=', '+', '/', '\0'}) {
      auto changed = cursor;
      if (changed[i] == c) continue;
      changed[i] = c;
      INFO(changed);
      CHECK_FALSE(read_assets_cursor(changed, "stocks", ""));
    }
    CHECK_FALSE(read_assets_cursor(cursor.substr(0, i), "stocks", ""));
    CHECK_FALSE(read_assets_cursor(cursor.substr(i + 1), "stocks", ""));
  }
  for (const char c : {'A', 'Q', 'g', 'w', '=', '_'}) {
    CHECK_FALSE(read_assets_cursor(cursor + c, "stocks", ""));
  }
}

}  // namespace tributary::tests
