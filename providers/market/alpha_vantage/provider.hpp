// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>
#include <string_view>

namespace tributary::providers::market::alpha_vantage {

inline constexpr own_setting own_settings[] = {
    {"daily_rates",
     {},
     "Whether Alpha Vantage is called a second time for each currency pair, for the change, "
     "which its rates come without."}};

std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::alpha_vantage
