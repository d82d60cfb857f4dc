// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>

namespace tributary::providers::market::coingecko {

/// `access::tier` other than `pro` is the demo tier, which a key is not needed for.
std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::coingecko
