// SPDX-License-Identifier: MIT
#pragma once

#include "config/section.hpp"
#include "config/sections/market_settings.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::config {

/// Where market data is served, on the public listener.
inline constexpr std::string_view quotes_path = "/v1/quotes";
inline constexpr std::string_view quote_stream_path = "/v1/quotes/stream";
inline constexpr std::string_view assets_path = "/v1/assets/{asset_type}";

/// What those who know providers and symbols tell the section, which knows them by name only.
struct market_vocabulary {
  std::vector<std::string> sources;  ///< providers that there are; empty: any name is let through
  /// Unset: judged by length and characters.
  std::function<bool(std::string_view)> is_symbol{};
  /// Whether the provider of this name has this setting of its own (`tier`); unset: any may have
  /// it.
  std::function<bool(std::string_view source, std::string_view setting)> has_setting{};
  /// Whether a provider is asked for anything, and so becomes an upstream; unset: when `enabled`.
  std::function<bool(const market_provider_settings&)> is_served{};
};

/// `market`: quotes and lists of assets, there or not.
section_ptr market_section(market_vocabulary known);

}  // namespace tributary::config
