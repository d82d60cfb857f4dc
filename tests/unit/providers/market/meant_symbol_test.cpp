// SPDX-License-Identifier: MIT
#include "providers/market/meant_symbol.hpp"

#include "providers/market/symbol.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace tributary::providers::market {

TEST_CASE("Symbols in the forms of exchanges and libraries are guessed", "[market]") {
  struct row {
    std::string_view text;
    std::string_view meant;
  };
  constexpr row rows[] = {
      // Coins, without a separator or with another one
      {"BTCUSDT", "BTC-USDT"},
      {"btcusdt", "BTC-USDT"},
      {"BTCUSD", "BTC-USD"},
      {"ETHBTC", "ETH-BTC"},
      {"SHIBUSD", "SHIB-USD"},
      {"1000PEPEUSDT", "1000PEPE-USDT"},
      {"BTC/USDT", "BTC-USDT"},
      {"DOGE/USD", "DOGE-USD"},
      {"BTC_USD", "BTC-USD"},
      {"BTC|USD", "BTC-USD"},
      {"BTC USD", "BTC-USD"},
      {"BTC+USD", "BTC-USD"},
      {"USD/BTC", "BTC-USD"},
      {"USD-BTC", "BTC-USD"},
      {"XBTUSD", "BTC-USD"},
      {"XBT/EUR", "BTC-EUR"},
      // Endings that can be read in two ways
      {"DOTUSD", "DOT-USD"},
      {"BNBUSD", "BNB-USD"},
      {"USDTUSD", "USDT-USD"},
      {"BTCTUSD", "BTC-TUSD"},
      // Currencies
      {"EURUSD", "EUR/USD"},
      {"eur-usd", "EUR/USD"},
      {"EUR_USD", "EUR/USD"},
      {"EURUSD=X", "EUR/USD"},
      {"JPY=X", "USD/JPY"},
      {"XAUUSD", "XAU/USD"},
      // With a place in front, or what is paid behind
      {"BINANCE:BTCUSDT", "BTC-USDT"},
      {"COINBASE:BTC-USD", "BTC-USD"},
      {"OANDA:EUR_USD", "EUR/USD"},
      {"BTC/USDT:USDT", "BTC-USDT"},
      {"NASDAQ:AAPL", "AAPL"},
      // Shares
      {"$AAPL", "AAPL"},
      {"BRK/B", "BRK.B"},
      {"BRK B", "BRK.B"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.text);
    CHECK(meant_symbol(each.text) == std::string{each.meant});
    CHECK(parse_symbol(each.meant));
  }
}

TEST_CASE("Symbols in our own form, and what resembles none, make nobody guess", "[market]") {
  for (const std::string_view text :
       {"AAPL", "BTC-USD", "btc-usd", "EUR/USD", "BRK.B",  "BRK-B", "OCDO.L",      "^GSPC",
        "GC=F", "ZZZ/QQQ", "NONE",    "USDT",    "600519", "",      "$",           ":",
        "A:",   ":/:",     "_",       "/",       "=X",     "A B C", "BTC/USD/EUR", "BTC__USD"}) {
    CAPTURE(text);
    CHECK(meant_symbol(text) == std::nullopt);
  }
  CHECK(meant_symbol(std::string(10'000, 'A') + "USDT") == std::nullopt);
}

TEST_CASE("A failure asks for the symbol that is meant, where there is one", "[market]") {
  CHECK(with_meant_symbol("not known", "EURUSD") == "not known; did you mean `EUR/USD`?");
  CHECK(with_meant_symbol("", "EURUSD") == "did you mean `EUR/USD`?");
  CHECK(with_meant_symbol("not known", "AAPL") == "not known");
}

TEST_CASE("The form tells that a coin is in a pair of currencies", "[market]") {
  const auto told = [](std::string_view text) { return is_pair_with_coin(*parse_symbol(text)); };
  CHECK(told("BTC/USDT"));
  CHECK(told("BTC/USD"));
  CHECK(told("DOGE/USDT"));
  CHECK_FALSE(told("EUR/USD"));
  CHECK_FALSE(told("XAU/USD"));
  CHECK_FALSE(told("DOGE/USD"));  // whoever lists that coin may have it
  CHECK_FALSE(told("BTC-USDT"));
}

}  // namespace tributary::providers::market
