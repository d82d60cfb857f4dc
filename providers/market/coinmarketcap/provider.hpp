// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>

namespace tributary::providers::market::coinmarketcap {

/// `access::version` other than `v1` and `v3` is `v2`.
std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::coinmarketcap
