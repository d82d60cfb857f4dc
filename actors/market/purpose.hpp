// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace tributary::actors::market {

/// What a call to a provider is for: loops leave a share of the allowance to those who wait.
enum class purpose : std::uint8_t { loop, demand };

}  // namespace tributary::actors::market
