// SPDX-License-Identifier: MIT
#pragma once

#include "config/section.hpp"
#include "config/sections/market_settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::config {

/// Where market data is served, on the public listener.
inline constexpr std::string_view quotes_path = "/v1/quotes";
inline constexpr std::string_view quote_stream_path = "/v1/quotes/stream";
inline constexpr std::string_view assets_path = "/v1/assets/{asset_type}";

/// A setting of `market.providers.NAME` that only one provider has.
struct market_own_setting {
  std::string provider;  ///< `coingecko`
  std::string name;      ///< `tier`
  /// Which it may be, the first by default. Empty: a boolean, `false` by default.
  std::vector<std::string> words;
  std::string meaning;
};

/// What those who know providers and symbols tell the section, which knows them by name only.
struct market_vocabulary {
  std::vector<std::string> sources;  ///< providers that there are; empty: any name is let through
  std::vector<market_own_setting> own_settings{};
  /// What keeps a text from being a symbol, as a sentence goes on after it; nothing: it is one.
  /// Unset: anything but an empty text is.
  std::function<std::optional<std::string>(std::string_view)> symbol_flaw{};
  /// Whether a provider is asked for anything, and so becomes an upstream; unset: when `enabled`.
  std::function<bool(const market_provider_settings&)> is_served{};
};

/// `market`: quotes and lists of assets, there or not.
section_ptr market_section(market_vocabulary known);

}  // namespace tributary::config
