// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What market-data providers are asked and what comes back, in our terms. Adapters turn these into
/// requests and answers of one provider's wire format and do no I/O.
namespace tributary::providers::market {

enum class asset_class : std::uint8_t { stock, crypto, forex };

/// The name of a class in paths, keys of Redis and logs: `stocks`, `crypto`, `forex`.
std::string_view list_name(asset_class kind) noexcept;

/// A symbol as clients write it, told apart by its form: `AAPL`, `BRK.B`, `OCDO.L`, `BTC-USD`,
/// `EUR/USD`.
struct symbol {
  std::string text;
  asset_class kind = asset_class::stock;
  std::string base;   ///< of a pair; of a stock the text without suffix
  std::string quote;  ///< of a pair; of a stock empty
  /// Of a stock: `B` of the share class `BRK.B`, or `L` of the exchange in `OCDO.L`.
  std::string suffix;
  bool exchange_suffix = false;

  bool operator==(const symbol&) const = default;
};

/// A number with the spelling of whoever gave it; a derived one has its shortest spelling.
struct number {
  std::string text;
  double value = 0;
};

/// A price of one symbol.
struct quote {
  std::string symbol;  ///< as asked for
  number price;        ///< finite; above 0, but for futures and indices
  std::optional<number> change;
  std::optional<number> percent_change;  ///< 1.27 is +1.27 %
  std::string_view source;               ///< `yfinance` …; a literal
  std::optional<std::chrono::sys_time<std::chrono::milliseconds>>
      timestamp;  ///< the provider's own
  /// What the price is in, as the provider spells it: `USD`, and `GBp` for pence. Of a pair its
  /// second half. Empty: nobody says.
  std::string currency = {};
};

/// One row of a list of assets. Empty texts are absent.
struct asset {
  std::string symbol;
  std::string name;
  std::string type;  ///< stock etf fund index crypto forex future other
  std::string exchange;
  std::string currency;

  bool operator==(const asset&) const = default;
};

enum class error_kind : std::uint8_t {
  not_found,     ///< the provider does not know the symbol
  no_data,       ///< it knows it, and has no price
  rate_limited,  ///< until `retry_after`
  auth,          ///< key, cookie or crumb
  not_entitled,  ///< the key is good, the plan lacks this
  bad_request,
  unavailable,  ///< 5xx, HTML, no answer in time
  malformed,
};

/// `not_found` …
std::string_view to_string(error_kind kind) noexcept;

/// Why something asked for did not come. `detail` never holds a key, whoever echoes it.
struct failure {
  error_kind kind = error_kind::malformed;
  std::string symbol;  ///< as asked for; empty: all that was asked for in this call
  std::string detail;
  std::optional<std::chrono::milliseconds> retry_after;  ///< of rate_limited, where it is known
};

/// A GET to a provider: its origin (and path prefix) comes from the configuration.
struct wire_request {
  std::string target;  ///< path and query, percent-encoded
  std::vector<std::pair<std::string, std::string>> headers;
  /// Opens a session that others wait for: asked with the time of a quote, whatever it is for.
  bool opens_session = false;
};

/// What came back.
struct wire_answer {
  int status = 0;
  std::string_view header_block;  ///< raw, `Name: value\r\n` each
  std::string_view body;
  std::chrono::system_clock::time_point received;  ///< for times that are relative to now
};

/// Each symbol asked for is in exactly one of the two.
struct quotes_result {
  std::vector<quote> quotes;    ///< in the order asked for
  std::vector<failure> errors;  ///< in the order asked for; one with an empty symbol
                                ///< stands for all the rest
};

/// A page of a list of assets, or why there is none.
struct assets_result {
  std::vector<asset> assets;
  std::optional<failure> error;
  bool last = true;  ///< no further page follows
};

}  // namespace tributary::providers::market
