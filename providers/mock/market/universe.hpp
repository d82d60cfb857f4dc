// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What the market-data stand-ins know, whoever is asked: instruments and their prices.
namespace tributary::providers::mock::market {

using std::chrono::sys_seconds;

enum class listing : std::uint8_t { nasdaq, nyse, arca, london };
enum class stock_kind : std::uint8_t { common, adr, etf, index };

struct stock {
  std::string ticker;  ///< `AAPL`, `BRK.B`, `OCDO.L`, `^GSPC`
  std::string name;
  listing exchange = listing::nasdaq;
  stock_kind kind = stock_kind::common;
  double base = 100;  ///< about what it costs, in `currency()`
  /// `GBp`, pence, in London; dollars elsewhere.
  std::string_view currency() const { return exchange == listing::london ? "GBp" : "USD"; }
};

struct coin {
  std::string_view ticker;  ///< `BTC`; several coins may have the same
  std::string_view name;
  std::string_view gecko_id;
  unsigned cmc_id = 0;
  unsigned rank = 0;    ///< by market cap; above `last_major` for those that nobody means
  double base = 1;      ///< dollars
  double supply = 1e9;  ///< coins there are
  bool active = true;   ///< false: no longer traded, a name in lists
};
inline constexpr unsigned last_major = 1000;

struct currency {
  std::string_view code;  ///< `EUR`
  std::string_view name;
  double base = 1;  ///< dollars for one
};

/// What is said about a price at one time. All in the same currency, above 0.
struct quotation {
  double price = 0;
  double previous_close = 0;  ///< the last price of the day before (UTC)
  double open = 0, high = 0, low = 0;
  double day_ago = 0;  ///< 24 hours before
  double change() const { return price - previous_close; }
  double percent() const { return change() / previous_close * 100; }
  double change_24h() const { return price - day_ago; }
  double percent_24h() const { return change_24h() / day_ago * 100; }
};

/// Instruments and seeded random walks of their prices: pure functions of seed, instrument and
/// second, so that providers agree and a restart changes nothing. A step is a second; a price stays
/// within about a tenth of its base. Markets never close. Any thread.
class universe {
 public:
  explicit universe(std::uint64_t seed);

  /// Well-known ones first, then `T0001` … `T2000`.
  std::span<const stock> stocks() const { return stocks_; }
  /// Nullptr when there is none.
  const stock* find_stock(std::string_view ticker) const;

  /// By their ids at CoinGecko, which is how its list is sorted.
  static std::span<const coin> coins();
  /// The coin that people mean by the ticker, in upper case.
  static const coin* find_coin(std::string_view ticker);

  static std::span<const currency> currencies();
  static const currency* find_currency(std::string_view code);

  double price(const stock& what, sys_seconds at) const;
  double price(const coin& what, const currency& vs, sys_seconds at) const;
  double price(const currency& from, const currency& to, sys_seconds at) const;

  quotation quote(const stock& what, sys_seconds now) const;
  /// In `vs`, which may be the dollar.
  quotation quote(const coin& what, const currency& vs, sys_seconds now) const;
  /// How much of `to` one `from` costs.
  quotation quote(const currency& from, const currency& to, sys_seconds now) const;

  /// A number that belongs to a name, for volumes, ids and the like.
  std::uint64_t stable_number(std::string_view name) const;

 private:
  double walk(std::string_view name, double volatility, sys_seconds at) const;
  double dollars(const coin& what, sys_seconds at) const;
  double dollars(const currency& what, sys_seconds at) const;

  std::uint64_t seed_;
  std::vector<stock> stocks_;
  std::unordered_map<std::string_view, std::size_t> by_ticker_;  ///< views into `stocks_`
};

}  // namespace tributary::providers::mock::market
