// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/quotes.hpp"
#include "http/server/exchange.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace tributary::http::server {

/// Appends `{"symbol":…,"kind":…,"detail":…}`.
void append_failure(std::string& out, const providers::market::failure& why);

/// The response to a caller of `/v1/quotes`: 200 with all there is and the errors of the rest; with
/// no quote at all 404, 503 or 502 (RFC 9457) by what the errors say of a later try.
/// @param quote_ttl how long a quote is fresh, for Cache-Status (RFC 9211)
response render_quotes(const request& asked, const actors::market::quotes_reply& reply,
                       std::chrono::milliseconds quote_ttl, steady_time now);

/// The object of a stale quote: as it is, with `"stale":true` and its age in whole seconds.
std::string stale_quote_json(const actors::market::published_quote& quote, steady_time now);

/// For the access log: `hit`, `miss` or `stale`.
std::string_view cache_word_of(const actors::market::quotes_reply& reply) noexcept;

}  // namespace tributary::http::server
