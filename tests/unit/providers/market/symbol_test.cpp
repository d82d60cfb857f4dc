// SPDX-License-Identifier: MIT
#include "providers/market/symbol.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::market {

namespace {

struct form {
  std::string_view text;
  asset_class kind;
  std::string_view base;
  std::string_view second;  ///< the quote currency of a pair, the suffix of a stock
  bool exchange = false;
};

}  // namespace

TEST_CASE("A symbol's form tells what it is", "[market]") {
  using enum asset_class;
  constexpr form forms[] = {{"AAPL", stock, "AAPL", ""},
                            {"BRK.B", stock, "BRK", "B"},
                            {"BRK-B", stock, "BRK", "B"},
                            {"VOD-L", stock, "VOD", "L"},
                            {"OCDO.L", stock, "OCDO", "L", true},
                            {"BMW.F", stock, "BMW", "F", true},
                            {"7203.T", stock, "7203", "T", true},
                            {"ABC.V", stock, "ABC", "V", true},
                            {"2330.TW", stock, "2330", "TW", true},
                            {"RCI-B.TO", stock, "RCI-B", "TO", true},
                            {"M&M.NS", stock, "M&M", "NS", true},
                            {"^GSPC", stock, "^GSPC", ""},
                            {"GC=F", stock, "GC=F", ""},
                            {"BAC-PL", stock, "BAC", "PL"},
                            {"BTC-USD", crypto, "BTC", "USD"},
                            {"BTC-USDT", crypto, "BTC", "USDT"},
                            {"ETH-BTC", crypto, "ETH", "BTC"},
                            {"1INCH-EUR", crypto, "1INCH", "EUR"},
                            {"CBBTC32994-USD", crypto, "CBBTC32994", "USD"},
                            {"EUR/USD", forex, "EUR", "USD"}};
  for (const auto& row : forms) {
    INFO(row.text);
    const auto got = parse_symbol(row.text);
    REQUIRE(got);
    CHECK(got->text == row.text);
    CHECK(got->kind == row.kind);
    CHECK(got->base == row.base);
    CHECK((row.kind == stock ? got->suffix : got->quote) == row.second);
    CHECK(got->exchange_suffix == row.exchange);
  }
  CHECK(parse_symbol("btc-usd") == parse_symbol("BTC-USD"));
}

TEST_CASE("What keeps a text from being a symbol has words", "[market]") {
  CHECK(flaw_of_symbol("AAPL") == std::nullopt);
  CHECK(flaw_of_symbol("btc-usd") == std::nullopt);
  CHECK(flaw_of_symbol("A BC") == "has other characters than letters, digits and `.-/^&=`");
  CHECK(flaw_of_symbol("AAPL;MSFT") == "has other characters than letters, digits and `.-/^&=`");
  CHECK(flaw_of_symbol(std::string(33, 'A')) == "is longer than 32 characters");
  CHECK(flaw_of_symbol("BRK.") == "is not a symbol");
}

TEST_CASE("What is no symbol is told so", "[market]") {
  for (const std::string_view text :
       {"",     " ",           "A B",      "AAPL ",     ".L",
        "BRK.", "A..B",        "-USD",     "BTC-",      "/USD",
        "EUR/", "EUR/USD/JPY", "EUR//USD", "BRK.B/USD", "^",
        "A^",   "&",           "M&",       "=X",        "A%20",
        "A,B",  "A_B",         "A\n",      "\xc3\xa9",  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456"}) {
    INFO(text);
    CHECK_FALSE(parse_symbol(text));
  }
  CHECK(parse_symbol("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"));
}

TEST_CASE("Metals, funds, units and tests are no national currencies", "[market]") {
  for (const auto* code : {"USD", "EUR", "JPY", "XAF", "XOF", "XPF", "XCD", "ZWG", "AED"}) {
    CHECK(is_national_currency(code));
  }
  for (const auto* code : {"XAU", "XAG", "XPT", "XPD", "XDR", "XTS", "XXX", "CLF", "USN", "CHE",
                           "CNH", "BGN", "HRK", "BTC", "usd", "", "US"}) {
    CHECK_FALSE(is_national_currency(code));
  }
}

}  // namespace tributary::providers::market
