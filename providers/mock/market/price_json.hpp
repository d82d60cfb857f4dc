// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace tributary::providers::mock::market {

/// A price with so many places; one that is whole has no point, as Yahoo and Finnhub write it.
nlohmann::ordered_json price_json(double value, int places);

}  // namespace tributary::providers::mock::market
