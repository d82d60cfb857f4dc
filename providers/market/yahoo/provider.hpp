// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"

#include <memory>

namespace tributary::providers::market::yahoo {

/// Needs nothing of `access`, and has no settings of its own.
std::unique_ptr<provider> make_provider(const access& with);

}  // namespace tributary::providers::market::yahoo
