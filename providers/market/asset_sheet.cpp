// SPDX-License-Identifier: MIT
#include "providers/market/asset_sheet.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/symbol.hpp"

#include <utility>

namespace tributary::providers::market {

void asset_sheet::add(std::vector<asset> rows) {
  rows_.reserve(rows_.size() + rows.size());
  for (auto& row : rows) {
    auto what = parse_symbol(row.symbol);
    if (!what || !belongs(row, *what) || !seen_.insert(what->text).second) continue;
    row.symbol = std::move(what->text);
    rows_.push_back(std::move(row));
  }
}

bool asset_sheet::belongs(const asset& row, const symbol& what) const noexcept {
  if (what.kind != kind_) return false;
  switch (kind_) {
    case asset_class::stock:
      // `^` begins an index and `=` is in futures, both of which have the form of a stock.
      return row.type != "index" && row.type != "future" && row.type != "crypto" &&
             row.type != "forex" && what.text.find_first_of("^=") == what.text.npos;
    case asset_class::forex:
      return what.base != what.quote && is_national_currency(what.base) &&
             is_national_currency(what.quote);
    case asset_class::crypto:
      break;
  }
  return true;
}

assets_result asset_sheet::finish() {
  assets_result result;
  result.assets = std::exchange(rows_, {});
  seen_.clear();
  if (result.assets.empty()) {
    result.error = failed(error_kind::malformed, "the list holds no assets");
  }
  return result;
}

}  // namespace tributary::providers::market
