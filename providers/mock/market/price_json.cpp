// SPDX-License-Identifier: MIT
#include "providers/mock/market/price_json.hpp"

#include "providers/mock/market/call.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace tributary::providers::mock::market {

nlohmann::ordered_json price_json(double value, int places) {
  const auto kept = rounded(value, places);
  const auto whole = static_cast<std::int64_t>(kept);
  if (static_cast<double>(whole) == kept) return whole;
  return kept;
}

}  // namespace tributary::providers::mock::market
