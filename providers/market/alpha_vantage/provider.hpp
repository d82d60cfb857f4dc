// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>

namespace tributary::providers::market::alpha_vantage {

/// Of `access`, key and `daily_rates` count.
std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::alpha_vantage
