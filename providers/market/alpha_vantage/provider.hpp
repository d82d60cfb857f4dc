// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>

namespace tributary::providers::market::alpha_vantage {

/// Of `access`, the key is all that counts.
std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::alpha_vantage
