// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/quotes.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Quotes as JSON: for clients and for Redis. Pure.
namespace tributary::actors::market {

/// The object of `/v1/quotes`:
/// `{"symbol":"AAPL","price":182.50,"change":1.25,"percent_change":0.69,
/// "source":"yfinance","timestamp":"2024-01-15T14:30:00Z","currency":"USD"}`; numbers as the
/// provider spells them, null for what it does not give.
std::string render_quote(const pm::quote& quote);

/// What Redis keeps of a quote: the same object with `fetched_at` added, in milliseconds since
/// 1970.
std::string quote_record(std::string_view rendered, system_time fetched);

/// A record read back.
struct recorded_quote {
  pm::quote quote;
  system_time fetched;
};

/// Nothing for a text that is no record of a quote of that symbol.
/// @param sources literals that the quote's source must be one of
std::optional<recorded_quote> read_quote_record(std::string_view text, std::string_view symbol,
                                                const std::vector<std::string_view>& sources);

/// True when both say the same of a symbol.
bool same_content(const pm::quote& a, const pm::quote& b) noexcept;

}  // namespace tributary::actors::market
