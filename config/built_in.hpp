// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

/// Names that the program itself has taken: a configuration cannot give them to something else.
/// Those who serve and store under them take them from here, so that the check knows all of them.
namespace tributary::config::built_in {

/// Paths on the public listener.
inline constexpr std::string_view livez_path = "/livez";
inline constexpr std::string_view readyz_path = "/readyz";
inline constexpr std::string_view health_path = "/health";

/// Where market data is configured.
inline constexpr std::string_view quotes_path = "/v1/quotes";
inline constexpr std::string_view quote_stream_path = "/v1/quotes/stream";
inline constexpr std::string_view assets_path = "/v1/assets/{asset_type}";

/// Parameters in one path that the router can hold.
inline constexpr std::size_t most_path_parameters = 16;

/// How the keys begin that instances share in Redis, market data configured or not. Answers are not
/// kept there under such a key, and purges leave them alone.
inline constexpr std::string_view tag_set_prefix = "cache_tag:";
inline constexpr std::string_view key_prefixes[] = {
    "circuit_breaker:", "rate_limit:", tag_set_prefix, "quote:", "assets:", "market:"};

}  // namespace tributary::config::built_in
