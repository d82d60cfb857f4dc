// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Yahoo Finance, which is not documented: quotes of everything for those who hold a cookie and a
/// crumb, spark and chart for those who do not. Requests out, answers in; no I/O. All targets are
/// relative to one origin.
namespace tributary::providers::market::yahoo {

inline constexpr std::string_view source = "yfinance";
/// Symbols of one v7 quote. None is documented; this is a careful number.
inline constexpr std::size_t max_per_quote = 100;
/// Symbols of one spark. With one more, the whole call fails.
inline constexpr std::size_t max_per_spark = 20;

/// What quotes and screeners are asked with. Both parts are secrets, good for about a day and only
/// together; on `auth` both must go.
struct session {
  std::string cookie;  ///< `A3=…`, as the header Cookie has it
  std::string crumb;
};

/// False for a currency pair that is not two codes of three letters.
bool has_wire_symbol(const symbol& what) noexcept;
/// `BRK-B`, `EURUSD=X`; nothing for a currency pair that is not two codes of three letters.
std::optional<std::string> wire_symbol(const symbol& what);
/// The way back: `EURUSD=X` and `JPY=X` are pairs, `BRK-B` is `BRK.B`. What has no form of ours
/// stays as it is.
std::string unified_symbol(std::string_view wire);

/// The page that sets the cookie, whatever its status; at the host fc.yahoo.com.
wire_request cookie_request();
/// Another one, for when the first sets none; at finance.yahoo.com.
wire_request cookie_page_request();
/// The cookie to send: A3, else A1; nothing when neither was set (a consent page, for one).
std::optional<std::string> read_cookie(std::string_view header_block);

wire_request crumb_request(std::string_view cookie);
/// One of the two is there.
struct crumb_result {
  std::string crumb;
  std::optional<failure> error;
};
crumb_result read_crumb(const wire_answer& answer);

/// Symbols without a form of Yahoo's are left out of requests and `not_found` in answers.
wire_request quote_request(std::span<const symbol> asked, const session& with);
/// `auth` means: take a new session and ask once more, then fall back to spark.
quotes_result read_quotes(std::span<const symbol> asked, const wire_answer& answer);

enum class spark_version : std::uint8_t { v7, v8 };
wire_request spark_request(std::span<const symbol> asked,
                           spark_version version = spark_version::v7);
/// Reads both forms, nested and flat, whatever the version.
quotes_result read_spark(std::span<const symbol> asked, const wire_answer& answer);

wire_request chart_request(const symbol& asked);
quotes_result read_chart(const symbol& asked, const wire_answer& answer);

wire_request search_request(std::string_view query, std::size_t count);
assets_result read_search(const wire_answer& answer);

/// @param type all equity mutualfund etf index future currency cryptocurrency
wire_request lookup_request(std::string_view query, std::string_view type, std::size_t start,
                            std::size_t count);
assets_result read_lookup(const wire_answer& answer);

/// @param id `most_actives` and others that Yahoo keeps
wire_request screener_request(std::string_view id, std::size_t start, std::size_t count,
                              const session& with);
assets_result read_screener(const wire_answer& answer);

}  // namespace tributary::providers::market::yahoo
