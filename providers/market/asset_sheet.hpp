// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace tributary::providers::market {

/// A list of assets in the making, of one class and with each symbol once: the first that came
/// stays.
class asset_sheet {
 public:
  explicit asset_sheet(asset_class kind) noexcept : kind_(kind) {}

  /// Adds what belongs into the list: symbols in a form of ours that is of the class; of stocks no
  /// indices and futures; of forex two different national currencies.
  void add(std::vector<asset> rows);

  /// The list; `malformed` where there is nothing in it. Leaves the sheet empty.
  assets_result finish();

 private:
  bool belongs(const asset& row, const symbol& what) const noexcept;

  asset_class kind_;
  std::vector<asset> rows_;
  std::unordered_set<std::string> seen_;
};

}  // namespace tributary::providers::market
