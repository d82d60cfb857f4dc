// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"
#include "providers/market/types.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::server {

/// What a request asks of `/v1/assets/{asset_type}`.
struct assets_input {
  static constexpr std::size_t default_limit = 1'000;
  static constexpr std::size_t most_limit = 5'000;

  std::optional<providers::market::asset_class> kind;  ///< nothing: there is no such type
  std::size_t limit = default_limit;                   ///< rows on a page
  std::string query;                                   ///< decoded; empty: none
  std::string after;                                   ///< symbol; empty: from the first row on

  struct error {
    std::string detail;          ///< begins with the parameter
    std::string_view parameter;  ///< a literal
  };
  std::vector<error> errors;  ///< all that is wrong with the parameters; of a known type only
};

/// Reads the path's `asset_type` and the parameters `limit` (1–5000, above: 5000), `cursor` and `q`
/// (1–64 characters). Others are ignored.
assets_input read_assets_input(const request& asked);

}  // namespace tributary::http::server
